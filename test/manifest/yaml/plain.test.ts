import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { type Node, toValue } from '../../../src/manifest/yaml/node.ts';
import { readPlain } from '../../../src/manifest/yaml/plain.ts';
import { readFull } from '../../../src/manifest/yaml/read.ts';
import { exampleTexts } from '../examples.ts';

/** What both readers must agree on: values, and the ranges of everything a problem may point at. */
function outline(node: Node): unknown {
  if (node.kind === 'scalar') {
    return node.start === node.end ? node.value : [node.value, node.start, node.end];
  }
  if (node.kind === 'list') return node.items.map((item) => outline(item));
  return node.entries.map(({ key, keyStart, keyEnd, value }) => [key, keyStart, keyEnd, outline(value)]);
}

/** Whatever the plain reader returns, the full parser must return as well, and find nothing wrong. */
function expectAgreement(text: string): boolean {
  const plain = readPlain(text);
  if (plain === undefined) return false;
  const full = readFull(text);
  expect(full.problems).toEqual([]);
  expect(plain.map(outline)).toEqual(full.roots.map(outline));
  return true;
}

describe('readPlain', () => {
  it('reads every example by itself', () => {
    for (const text of exampleTexts()) expect(expectAgreement(text)).toBe(true);
  });

  it.each([
    ['a mapping', 'a: 1\nb: two\n', [{ a: 1, b: 'two' }]],
    ['nested mappings', 'a:\n  b:\n    c: d\n  e: f\n', [{ a: { b: { c: 'd' }, e: 'f' } }]],
    ['a list under its key, indented', 'a:\n  - x\n  - y\nb: z', [{ a: ['x', 'y'], b: 'z' }]],
    ['a list in the column of its key', 'a:\n- x\n- y\nb: z', [{ a: ['x', 'y'], b: 'z' }]],
    ['mappings in a list', '- a: 1\n  b: 2\n- a: 3\n', [[{ a: 1, b: 2 }, { a: 3 }]]],
    ['a mapping below its dash', '-\n  a: 1\n- b\n', [[{ a: 1 }, 'b']]],
    ['a list in a mapping in a list', '- a:\n  - 1\n- a:\n    - 2\n', [[{ a: [1] }, { a: [2] }]]],
    ['braces and brackets', 'a: { b: [1, "x, y", \'z\'], c: {} }\n', [{ a: { b: [1, 'x, y', 'z'], c: {} } }]],
    ['values that are left out', 'a:\nb:\n  -\n  - c:\n', [{ a: null, b: [null, { c: null }] }]],
    [
      'words and numbers',
      'a: [true, False, ~, null, 0, -7, 42]',
      [{ a: [true, false, null, null, 0, -7, 42] }],
    ],
    [
      'text that looks like more',
      'a: 7.3.1\nb: 30%\nc: 2026-12-01T20:00:00-08:00\n',
      [{ a: '7.3.1', b: '30%', c: '2026-12-01T20:00:00-08:00' }],
    ],
    ['comments', '# one\na: b # two\n\n  # three\nc: "d # e" # f\n', [{ a: 'b', c: 'd # e' }]],
    ['Windows line ends', 'a: b\r\nc:\r\n  - d\r\n', [{ a: 'b', c: ['d'] }]],
    ['several documents', '---\na: 1\n---\n\n---\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['text in other alphabets', 'a: Zürich 服务器 🚀\n', [{ a: 'Zürich 服务器 🚀' }]],
    ['nothing', '# only a comment\n', []],
  ])('reads %s', (_, text, expected) => {
    const roots = readPlain(text);
    expect(JSON.stringify(roots?.map(toValue))).toEqual(JSON.stringify(expected));
    expect(expectAgreement(text)).toBe(true);
  });

  it.each([
    ['tabs', 'a:\tb\n'],
    ['anchors', 'a: &x b\n'],
    ['aliases', 'a: *x\n'],
    ['tags', 'a: !!str 1\n'],
    ['block scalars', 'a: |\n  b\n'],
    ['escapes', 'a: "\\u0041"\n'],
    ['doubled quotes', "a: 'it''s'\n"],
    ['text on several lines', 'a: b\n  c\n'],
    ['quotes on several lines', 'a: "b\n  c"\n'],
    ['braces on several lines', 'a: {\n  b: c }\n'],
    ['keys that stand twice', 'a: 1\na: 2\n'],
    ['keys that stand twice in braces', '{ a: 1, a: 2 }\n'],
    ['numbers in unusual spellings', 'a: 0x1F\n'],
    ['fractions', 'a: 1.5\n'],
    ['numbers too large', 'a: 1e400\n'],
    ['wrong indentation', 'a:\n    b: 1\n  c: 2\n'],
    ['a mapping in a mapping on one line', 'a: b: c\n'],
    ['a list on the line of its key', 'a: - b\n'],
    ['unclosed braces', 'a: { b: c\n'],
    ['text behind braces', 'a: { b: c } d\n'],
    ['directives', '%YAML 1.1\n---\na: yes\n'],
    ['text behind a marker', '--- a: b\n'],
    ['ends of documents', 'a: b\n...\n'],
    ['a value alone', 'a\n'],
    ['lists in a list on one line', '- - a\n'],
    ['keys that are not names', '? a\n: b\n'],
    ['nesting without end', `a: ${'['.repeat(70)}${']'.repeat(70)}\n`],
  ])('leaves %s to the full parser', (_, text) => {
    expect(readPlain(text)).toBeUndefined();
  });

  it.each([60, 61, 62, 63, 64, 65, 66])('agrees with the full parser on %i levels', (levels) => {
    const lines = (line: string) => Array.from({ length: levels }, (_, at) => ' '.repeat(at) + line).join('');
    expectAgreement(`a: ${'['.repeat(levels)}${']'.repeat(levels)}`);
    expectAgreement(`a: ${'{ b: '.repeat(levels)}c${' }'.repeat(levels)}`);
    expectAgreement(lines('a:\n'));
    expectAgreement(lines('-\n'));
    expectAgreement(`${lines('a:\n')}${' '.repeat(levels)}- b`);
  });

  it('agrees with the full parser on whatever a program writes', () => {
    const scalar = fc.oneof(
      fc.constantFrom(
        'a',
        'true',
        'null',
        '',
        '12',
        '-',
        'x: y',
        'a #b',
        '[',
        "it's",
        '1e3',
        '~',
        'no',
        ' b ',
      ),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const key = fc.constantFrom('name', 'path', 'a.b/c', 'x', '_', 'true', '1', 'a b');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, scalar, tie('map'), tie('list')),
      map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      list: fc.array(tie('value'), { maxLength: 4 }),
    }));
    const options = fc.record({
      indent: fc.constantFrom(1, 2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 40),
      collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
      defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
    });
    fc.assert(
      fc.property(fc.dictionary(key, value), options, (document, how) => {
        expectAgreement(stringify(document, { ...how, aliasDuplicateObjects: false }));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with the full parser on whatever is made of the pieces of YAML', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        'key',
        'x1',
        ' ',
        '  ',
        '\n',
        '\n  ',
        '\n    ',
        '\n- ',
        '\n  - ',
        '\r\n',
        ':',
        ': ',
        '- ',
        '-',
      ],
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ', ',
        '"',
        "'",
        '#',
        ' #',
        '"q"',
        "'q'",
        '---\n',
        '---',
        '...',
        '1',
        '1.0',
        '0x1',
      ],
      ...[
        'true',
        '~',
        '&a ',
        '*a',
        '!',
        '|',
        '>',
        '%',
        '?',
        '@',
        '`',
        '\\',
        '\t',
        'ü',
        '\u00a0',
        '.5',
        '+1',
        '<<',
      ],
    );
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
    let read = 0;
    fc.assert(
      fc.property(text, (yaml) => {
        if (expectAgreement(yaml)) read++;
      }),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('agrees with the full parser on manifests with something changed in them', () => {
    const change = fc.record({
      text: fc.constantFrom(...exampleTexts().map((text) => text.slice(0, 900))),
      at: fc.nat(900),
      remove: fc.nat(6),
      insert: fc.oneof(
        fc.constantFrom(
          '',
          ' ',
          '\n',
          '- ',
          ': ',
          '#',
          '"',
          '{',
          '}',
          ',',
          "'",
          '  ',
          '\n  ',
          '-',
          ':',
          'x',
          '&',
          '0',
        ),
        fc.string({ maxLength: 3 }),
      ),
    });
    let read = 0;
    fc.assert(
      fc.property(change, ({ text, at, remove, insert }) => {
        const changed = text.slice(0, at) + insert + text.slice(at + remove);
        if (/[^\n\r\x20-\x7e]|\r(?!\n)/.test(changed)) return;
        if (expectAgreement(changed)) read++;
      }),
      { numRuns: 800 },
    );
    expect(read).toBeGreaterThan(50);
  });
});
