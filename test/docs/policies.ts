import { readdirSync, readFileSync } from 'node:fs';
import { expect } from '@jest/globals';

const SECURITY = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const COMMAND = /\b(\w+)Command\b/g;
const SOURCES = new URL('../../src/', import.meta.url);

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
}

/** The statements of the policy that follows a comment `<!-- name -->` in docs/security.md; all of them allow. */
export function statements(name: string): readonly Statement[] {
  const [, json = ''] = new RegExp(`<!-- ${name} -->\\s+\`\`\`json\\n(.*?)\`\`\``, 's').exec(SECURITY) ?? [];
  const { Statement } = JSON.parse(json) as { Statement: readonly Statement[] };
  expect(Statement.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  return Statement;
}

/** The actions of a policy, sorted. */
export function policy(name: string): readonly string[] {
  return statements(name)
    .flatMap(({ Action }) => Action)
    .toSorted();
}

/** Operations of one of AWS's services whose commands any code imports, or makes of all that it imports; sorted. */
export function operationsOf(client: string): readonly string[] {
  const imported = new RegExp(`import \\{([^}]*)\\} from '${client}'`, 'g');
  const files = readdirSync(SOURCES, { encoding: 'utf8', recursive: true }).filter((file) =>
    file.endsWith('.ts'),
  );
  const names = files.flatMap((file) => {
    const text = readFileSync(new URL(file, SOURCES), 'utf8');
    const [, whole] = new RegExp(`import \\* as (\\w+) from '${client}'`).exec(text) ?? [];
    const lists = [...text.matchAll(imported)].flatMap(([, list = '']) => [...list.matchAll(COMMAND)]);
    const made =
      whole === undefined ? [] : [...text.matchAll(new RegExp(`new ${whole}\\.(\\w+)Command\\b`, 'g'))];
    return [...lists, ...made].map(([, operation = '']) => operation);
  });
  return [...new Set(names)].toSorted();
}
