import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** What the scripts under script/docs/ export, as far as it is tried here. */
interface Scripts {
  readonly groupsOf: (schema: object) => readonly { fields: readonly { path: string }[] }[];
  readonly unlisted: (text: string) => readonly string[];
  readonly brokenLinks: (root: string, pages: readonly string[]) => Promise<readonly string[]>;
}

const script = async <Name extends keyof Scripts>(file: string, name: Name): Promise<Scripts[Name]> => {
  const path = new URL(`../../script/docs/${file}`, import.meta.url).href;
  return ((await import(path)) as Scripts)[name];
};

const text = (description?: string): object => ({
  type: 'string',
  ...(description !== undefined && { description }),
});

describe('the fields of a schema', () => {
  it('are found below objects, lists, mappings, references and conditions', async () => {
    const groupsOf = await script('schema-fields.mjs', 'groupsOf');
    const set = { title: 'Set', description: 'x', properties: { shared: text('x') } };
    const [own, sets] = groupsOf({
      properties: {
        list: { type: 'array', description: 'x', items: { properties: { a: text('x') } } },
        map: { type: 'object', description: 'x', additionalProperties: { $ref: '#/$defs/one' } },
        first: { description: 'x', $ref: '#/$defs/set' },
        second: { description: 'x', $ref: '#/$defs/set' },
      },
      allOf: [{ if: { properties: { list: {} } }, then: { properties: { mgn: text('x') } } }],
      $defs: { set, one: { properties: { b: text('x') } } },
    });
    const paths = own?.fields.map(({ path }) => path);
    expect(paths).toEqual(['list', 'list[].a', 'map', 'map.<name>.b', 'first', 'second', 'mgn']);
    expect(sets?.fields.map(({ path }) => path)).toEqual(['shared']);
  });

  it('must be described', async () => {
    const groupsOf = await script('schema-fields.mjs', 'groupsOf');
    const schema = {
      title: 'Wave',
      properties: { spec: { description: 'x', properties: { target: text() } } },
    };
    expect(() => groupsOf(schema)).toThrow('no description in Wave: spec.target');
  });
});

it('knows every variable that the source reads', async () => {
  const unlisted = await script('environment.mjs', 'unlisted');
  expect(unlisted("env['NO_COLOR'] ?? env.SHELL; tokens: ['GITHUB_PAT']; env['LINES']")).toEqual([
    'SHELL',
    'GITHUB_PAT',
    'LINES',
  ]);
});

describe('links', () => {
  let root: string;
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'landfall-links-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('must lead to files and headings that are there, and every page must be led to', async () => {
    const brokenLinks = await script('links.mjs', 'brokenLinks');
    write(
      'README.md',
      '# A `b.c` *d*!\n\n## Twice\n\n## Twice\n\n[1](#a-bc-d) [2](#twice-1) [3](docs/a.md#x)\n',
    );
    write(
      'docs/a.md',
      '# X\n\n[1](../README.md#twice-2)\n[2](b.md)\n[3](https://x.example/#y)\n\n`[4](no.md)`\n',
    );
    write('docs/lonely.md', '# L\n\n[own](#l) [out](../../outside.md)\n');
    expect(await brokenLinks(root, ['README.md', 'docs/a.md', 'docs/lonely.md'])).toEqual([
      'docs/a.md:3: ../README.md has no heading #twice-2',
      'docs/a.md:4: there is no b.md',
      'docs/lonely.md:3: there is no ../../outside.md',
      'docs/lonely.md: no page links to it; name it in docs/README.md',
    ]);
  });
});
