import { quoteShellWord } from '../../core/text.ts';
import { escapeTerminal } from '../text/escape.ts';
import { alignRows } from '../text/table.ts';

/** Lists what became of each file of a new project, and what to check in files that were kept. */
export function renderInitFiles(
  files: readonly { readonly path: string; readonly what: 'written' | 'same' | 'kept' }[],
  isNew: boolean,
): string {
  const words = { written: 'wrote  ', same: 'same   ', kept: 'kept   ' };
  const lines = files.map(
    ({ path, what }) => `${words[what]}${path}${what === 'kept' ? keptFileHint(path) : ''}`,
  );
  const project = isNew ? [] : ['kept   landfall.yaml: the project exists, so no wave is added'];
  return `${[...project, ...lines].join('\n')}\n`;
}

/** Says what to check in a file that was kept. */
function keptFileHint(path: string): string {
  const left = ' (differs from what landfall writes';
  const schema = /^schemas\/(\w+)\.schema\.json$/.exec(path)?.[1];
  if (schema !== undefined) return `${left}: \`landfall schema ${schema} --out ${path}\` renews it)`;
  if (path === '.gitignore') return `${left}: check that it contains .landfall/ and *.plan)`;
  if (path === '.vscode/settings.json')
    return `${left}: check that yaml.schemas names both files of schemas/)`;
  return `${left})`;
}

/** Notes that the new project lies in the folder of another, which may be a mistake. */
export function renderNestedProjectNote(projectFile: string): string {
  return `\nnote: ${escapeTerminal(projectFile)} is a project too; commands in the new folder use the new project\n`;
}

/** Prints the sections that a project file, which landfall does not change, does not have. */
export function renderMissingSections(sections: readonly { readonly text: string }[]): string {
  return `\nTo have them in this project, add to landfall.yaml:\n\n${sections.map(({ text }) => text).join('\n')}`;
}

/** What to do with a pipeline below the top of the repository: where the platform looks for it, and how it finds the project. */
const BELOW_TOP: Readonly<
  Record<
    'github' | 'gitlab' | 'azure' | 'bitbucket' | 'jenkins',
    (top: string, folder: string, cd: string) => string
  >
> = {
  github: (top, folder) =>
    `GitHub reads .github/workflows only at the top of the repository, ${top}: move it there and set working-directory: ${folder} in each step of landfall`,
  gitlab: (top, _, cd) =>
    `GitLab reads .gitlab-ci.yml only at the top of the repository, ${top}: move it there and begin each script with \`${cd}\``,
  azure: (_, folder, cd) =>
    `Azure Pipelines runs scripts at the top of the repository: begin each script of landfall with \`${cd}\`, publish files of ${folder}, and give the path of azure-pipelines.yml when you create the pipeline`,
  bitbucket: (top, _, cd) =>
    `Bitbucket reads bitbucket-pipelines.yml only at the top of the repository, ${top}: move it there and begin each script with \`${cd}\``,
  jenkins: (_, folder, cd) =>
    `Jenkins reads the Jenkinsfile at the top of the repository and runs scripts there: set Script Path to ${folder}/Jenkinsfile, and begin each script of landfall with \`${cd}\``,
};

/**
 * Warns that the platform does not find the pipeline, or the pipeline not the project, below the top of the repository.
 * @param top the top, from the working folder
 * @param folder the project's folder, from the top
 */
export function renderPipelineBelowTopWarning(
  pipeline: keyof typeof BELOW_TOP,
  top: string,
  folder: string,
): string {
  const what = BELOW_TOP[pipeline](top === '' ? '.' : top, folder, `cd ${quoteShellWord(folder)}`);
  return `\n${escapeTerminal(`warning: ${what}`)}\n`;
}

/**
 * Lists the next steps with a new project.
 * @param setUp the account needs a set-up first
 * @param sections what was written into the project file besides
 * @param report the user has asked for the report
 */
export function renderNextSteps(
  folder: string,
  {
    pipeline,
    setUp,
    sections,
    report,
  }: {
    readonly pipeline: boolean;
    readonly setUp: boolean;
    readonly sections: readonly string[];
    readonly report: boolean;
  },
): string {
  const steps = [
    ...(folder === '' ? [] : [[`cd ${quoteShellWord(escapeTerminal(folder))}`, '']]),
    ['landfall validate', 'check the files'],
    ...(setUp
      ? [
          [
            'landfall mgn init',
            'set up the account: once, and after changes of the set-up in the project file',
          ],
        ]
      : []),
    ...(sections.includes('policies')
      ? [['landfall policy test', 'check the policies on their examples']]
      : []),
    ['landfall plan', 'show what an apply would do, on the built-in endpoint'],
    ['landfall apply', 'apply it'],
    ['landfall status', 'show the replication status; `landfall local advance 12h` lets time pass'],
    ...(report
      ? [['landfall report', 'write it, the forecast and the calendar to report.html, for a browser']]
      : []),
  ];
  const width = Math.max(
    ...steps.filter(([, words]) => words !== '').map(([command = '']) => command.length),
  );
  const lines = steps.map(
    ([command = '', words = '']) => `  ${words === '' ? command : `${command.padEnd(width + 2)}${words}`}`,
  );
  const rest = [
    ...(sections.length === 0
      ? []
      : [`Change the ${sections.join(' and ')} at the end of landfall.yaml to your own.`]),
    pipeline
      ? 'The pipeline needs the location of landfall and access to AWS: see the first lines of its files.'
      : 'For your own VMs: add a target to landfall.yaml, and list them in waves/.',
  ];
  return `\nNext:\n${lines.join('\n')}\n\n${rest.join('\n')}\n`;
}

/** Lists the schemas, one line each, with the first sentence of their descriptions. */
export function renderSchemaList(
  schemas: readonly { readonly name: string; readonly description: string }[],
): string {
  const rows = schemas.map(({ name, description }) => [
    name,
    /^.*?[.:](?=\s|$)/.exec(description)?.[0].slice(0, -1) ?? description,
  ]);
  return `${alignRows(rows).join('\n')}\n`;
}
