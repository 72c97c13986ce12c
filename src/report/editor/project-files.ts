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

/**
 * Warns that the platform does not find the pipeline, which was written below the top of the repository.
 * @param top the top, from the working folder
 * @param folder the project's folder, from the top
 */
export function renderPipelineBelowTopWarning(
  pipeline: 'github' | 'gitlab',
  top: string,
  folder: string,
): string {
  const [platform, files, set] =
    pipeline === 'github'
      ? ['GitHub', '.github/workflows', `set working-directory: ${folder} in each step of landfall`]
      : ['GitLab', '.gitlab-ci.yml', `begin each script with \`cd ${quoteShellWord(folder)}\``];
  const warning = `warning: ${platform} reads ${files} only at the top of the repository, ${top === '' ? '.' : top}: move it there and ${set}`;
  return `\n${escapeTerminal(warning)}\n`;
}

/**
 * Lists the next steps with a new project.
 * @param setUp the account needs a set-up first
 */
export function renderNextSteps(
  folder: string,
  { pipeline, setUp }: { readonly pipeline: boolean; readonly setUp: boolean },
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
    ['landfall plan', 'show what an apply would do, on the built-in endpoint'],
    ['landfall apply', 'apply it'],
    ['landfall status', 'show the replication status; `landfall local advance 12h` lets time pass'],
  ];
  const lines = steps.map(
    ([command = '', words = '']) => `  ${words === '' ? command : `${command.padEnd(19)}${words}`}`,
  );
  const rest = pipeline
    ? 'The pipeline needs the location of landfall and its roles in AWS: see the first lines of its files.'
    : 'For your own VMs: add a target to landfall.yaml, and list them in waves/.';
  return `\nNext:\n${lines.join('\n')}\n\n${rest}\n`;
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
