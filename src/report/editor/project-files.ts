import { quoteShellWord } from '../../core/text.ts';
import { escapeTerminal } from '../text/escape.ts';
import { alignRows } from '../text/table.ts';

/** What became of each file of a new project; a file that was kept may lack what this version would write. */
export function renderInitFiles(
  files: readonly { readonly path: string; readonly what: 'written' | 'same' | 'kept' }[],
  isNew: boolean,
): string {
  const words = { written: 'wrote  ', same: 'there  ', kept: 'kept   ' };
  const lines = files.map(
    ({ path, what }) => `${words[what]}${path}${what === 'kept' ? keptFileHint(path) : ''}`,
  );
  const project = isNew ? [] : ['kept   landfall.yaml: the project is there already, and no wave is added'];
  return `${[...project, ...lines].join('\n')}\n`;
}

/** What to see to in a file that is left as it is. */
function keptFileHint(path: string): string {
  const left = ' (not as landfall would write it';
  const schema = /^schemas\/(\w+)\.schema\.json$/.exec(path)?.[1];
  if (schema !== undefined) return `${left}: \`landfall schema ${schema} --out ${path}\` renews it)`;
  if (path === '.gitignore') return `${left}: see that it has .landfall/ and *.plan)`;
  if (path === '.vscode/settings.json') return `${left}: see that yaml.schemas names both files of schemas/)`;
  return `${left})`;
}

/** A project begun inside the folder of another, which may be a slip. */
export function renderNestedProjectNote(projectFile: string): string {
  return `\nnote: ${escapeTerminal(projectFile)} is a project too; in the new folder, the new one counts\n`;
}

/**
 * What to do with a new project.
 * @param setUp its account has to be made ready first
 */
export function renderNextSteps(
  folder: string,
  { pipeline, setUp }: { readonly pipeline: boolean; readonly setUp: boolean },
): string {
  const steps = [
    ...(folder === '' ? [] : [[`cd ${quoteShellWord(escapeTerminal(folder))}`, '']]),
    ['landfall validate', 'check the files'],
    ...(setUp
      ? [['landfall mgn init', 'make the account ready: once, or whenever the project file says more']]
      : []),
    ['landfall plan', 'see what an apply would do, on the built-in endpoint'],
    ['landfall apply', 'do it'],
    ['landfall status', 'see how it is getting on; `landfall local advance 12h` lets time pass'],
  ];
  const lines = steps.map(
    ([command = '', words = '']) => `  ${words === '' ? command : `${command.padEnd(19)}${words}`}`,
  );
  const rest = pipeline
    ? 'The pipeline needs to know where landfall is kept, and its roles in AWS: see the first lines of its files.'
    : 'For your own VMs: add a target to landfall.yaml, and list them in waves/.';
  return `\nNext:\n${lines.join('\n')}\n\n${rest}\n`;
}

/** The schemas that there are, one line each, with the first sentence of what they say of themselves. */
export function renderSchemaList(
  schemas: readonly { readonly name: string; readonly description: string }[],
): string {
  const rows = schemas.map(({ name, description }) => [
    name,
    /^.*?[.:](?=\s|$)/.exec(description)?.[0].slice(0, -1) ?? description,
  ]);
  return `${alignRows(rows).join('\n')}\n`;
}
