import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readYaml } from './read-yaml.ts';

interface Entry {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const DOCUMENT = readFileSync(new URL('../../docs/pipelines.md', import.meta.url), 'utf8');
const ACTION = readYaml('action.yml') as Readonly<Record<'inputs' | 'outputs', Record<string, Entry>>>;

/** The rows of the table below a heading, without the head, their cells one space apart. */
function rows(heading: string): readonly string[] {
  const section = DOCUMENT.split(`\n${heading}\n`)[1]?.split(/\n#/)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/\s+/g, ' '));
}

function standing({ required, default: value = '' }: Entry): string {
  if (required === true) return 'required';
  return value === '' ? '–' : `\`${value}\``;
}

it('docs/pipelines.md has every input of the action, as action.yml describes it', () => {
  expect(rows('### Inputs')).toEqual(
    Object.entries(ACTION.inputs).map(
      ([name, input]) => `| \`${name}\` | ${standing(input)} | ${input.description} |`,
    ),
  );
});

it('docs/pipelines.md has every output of the action, as action.yml describes it', () => {
  expect(rows('### Outputs')).toEqual(
    Object.entries(ACTION.outputs).map(([name, { description }]) => `| \`${name}\` | ${description} |`),
  );
});
