import { readdirSync, readFileSync } from 'node:fs';
import { expect } from '@jest/globals';

const SECURITY = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const IMPORTED = /\b(?:(\w+)Command|paginate(\w+))\b/g;
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

/**
 * Operations of one of AWS's services that the code calls, sorted: by commands and paginators that it imports, or as
 * methods of the aggregated client in the folder of an adapter.
 */
export function operationsOf(client: string): readonly string[] {
  const imported = new RegExp(
    `(?:import|const) \\{([^}]*)\\} (?:from|= await import\\()\\s*'${client}'`,
    'g',
  );
  const folder = `providers/${client.replace('@aws-sdk/client-', '')}/`;
  const files = readdirSync(SOURCES, { encoding: 'utf8', recursive: true }).filter((file) =>
    file.endsWith('.ts'),
  );
  const names = files.flatMap((file) => {
    const text = readFileSync(new URL(file, SOURCES), 'utf8');
    const lists = [...text.matchAll(imported)].flatMap(([, list = '']) => [...list.matchAll(IMPORTED)]);
    const methods = file.startsWith(folder) ? [...text.matchAll(/\bapi\s*\.(?!destroy)(\w+)\(/g)] : [];
    return [
      ...lists.map(([, command, paginated]) => command ?? paginated ?? ''),
      ...methods.map(([, method = '']) => method.charAt(0).toUpperCase() + method.slice(1)),
    ];
  });
  return [...new Set(names)].toSorted();
}
