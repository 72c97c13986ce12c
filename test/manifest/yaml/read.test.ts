import { describe, expect, it } from '@jest/globals';
import { toValue } from '../../../src/manifest/yaml/node.ts';
import { readYaml } from '../../../src/manifest/yaml/read.ts';

/** Problems as `id line:column text`, with the text they underline. */
function problemsOf(text: string): string[] {
  return readYaml(text).problems.map(({ id, start, end }) => {
    const before = text.slice(0, start).split('\n');
    return `${id} ${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${JSON.stringify(text.slice(start, end))}`;
  });
}

describe('readYaml', () => {
  it('reads anchors, escapes, block scalars and numbers to other bases', () => {
    const { roots, problems } = readYaml('a: &x { b: "\\x41" }\nc: *x\nd: |\n  text\ne: 0x1f\n');
    expect(problems).toEqual([]);
    expect(JSON.stringify(roots.map(toValue))).toBe('[{"a":{"b":"A"},"c":{"b":"A"},"d":"text\\n","e":31}]');
  });

  it('keeps to YAML 1.2: yes is text, dates are text, 010 is ten', () => {
    const { roots } = readYaml('a: yes\nb: 2026-12-01T20:00:00-08:00\nc: 010\nd: "\\x41"\n');
    expect(JSON.stringify(roots.map(toValue))).toBe(
      '[{"a":"yes","b":"2026-12-01T20:00:00-08:00","c":10,"d":"A"}]',
    );
  });

  it('ignores documents that are empty', () => {
    expect(readYaml('---\n---\n# nothing\n---\na: "\\x41"\n---\n').roots).toHaveLength(1);
  });

  it.each([
    ['a tab for indentation', 'a:\n\t- b\n', ['yaml.tab 2:1 "\\t"']],
    ['tabs before a list', 'a:\n  b:\n\t- c: d\n\t- e: f\n', ['yaml.tab 3:1 "\\t"']],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', ['yaml.duplicate-key 3:1 "a"']],
    [
      'two keys twice on a line',
      '{ a: 1, a: 2, b: 1, b: 2 }',
      ['yaml.duplicate-key 1:9 "a"', 'yaml.duplicate-key 1:21 "b"'],
    ],
    ['an alias without anchor', 'a: *gone\n', ['yaml.alias 1:4 "*gone"']],
    ['an alias in its own anchor', 'a: &x [*x]\n', ['yaml.alias 1:8 "*x"']],
    ['a tag of its own', 'a: !run "rm"\n', ['yaml.syntax 1:4 "!run"']],
    ['a tag of YAML 1.1', 'a: !!binary aGk=\n', ['yaml.syntax 1:4 "!!binary"']],
    [
      'a tag and an alias that mean nothing',
      'a: !foo 1\nb: *nope\n',
      ['yaml.syntax 1:4 "!foo"', 'yaml.alias 2:4 "*nope"'],
    ],
    ['another version of YAML', '%YAML 1.1\n---\na: yes\n', ['yaml.syntax 1:1 "%YAML"']],
    ['a key that is a mapping', '? { a: b }\n: c\n', ['yaml.syntax 1:3 "{"']],
    ['a mapping on the line of its key', 'a: b: c\n', ['yaml.syntax 1:5 ":"']],
    ['a missing colon', 'a\nb: c\n', ['yaml.syntax 1:1 "a"']],
    ['a merge key', 'a:\n  - <<: *b\n', ['yaml.merge-key 2:5 "<<"']],
    [
      'a merge key for each of two anchors, which is no repeated key to choose from',
      'a:\n  - <<: *b\n    <<: *c\n    d: 1\n',
      ['yaml.merge-key 2:5 "<<"', 'yaml.merge-key 3:5 "<<"'],
    ],
    ['a quoted <<', 'a: { "<<": b }\n', []],
    [
      'a conflict of a merge',
      'v:\n<<<<<<< HEAD\n  - a\n=======\n  - b\n>>>>>>> topic\n',
      ['yaml.conflict 2:1 "<<<<<<<"'],
    ],
    ['a conflict over two documents', 'a: b\n---\nc: d\n>>>>>>> topic\n', ['yaml.conflict 4:1 ">>>>>>>"']],
    ['no conflict in text', 'a: |\n  <<<<<<< HEAD\n', []],
    ['a placeholder of Helm', 'a: {{ .Values.x }}\n', ['yaml.template 1:4 "{{ .Values.x }}"']],
    ['a placeholder in quotes', 'a: "{{ x }}-{{ y }}"\n', ['yaml.template 1:5 "{{ x }}"']],
    ['a placeholder of a shell', 'a:\n  - ${NAME}\n', ['yaml.template 2:5 "${NAME}"']],
    ['a placeholder of ERB', 'a: <%= x %>\n', ['yaml.template 1:4 "<%= x %>"']],
    ['a placeholder in a key', '${X}: b\n', ['yaml.template 1:1 "${X}"']],
    ['a placeholder that is a key', '{{ x }}: b\n', ['yaml.template 1:1 "{{ x }}"']],
    [
      'a placeholder on a line by itself',
      'a:\n  {{- range .x }}\n  - b\n',
      ['yaml.template 2:3 "{{- range .x }}"'],
    ],
    ['a placeholder above the mistake', '<% if x %>\na: b\n', ['yaml.template 1:1 "<% if x %>"']],
    ['a placeholder of Jinja', '{% if x %}\na: b\n', ['yaml.template 1:1 "{% if x %}"']],
    ['no placeholder in a comment or an escape', 'a: "\\x24{X}" # ${Y}\n', []],
    ['mistakes of two documents', 'a: b: c\n---\nd: e: f\n', ['yaml.syntax 1:5 ":"', 'yaml.syntax 3:5 ":"']],
    ['an unclosed quote', 'a: "b\n', ['yaml.syntax 1:4 "\\""']],
    [
      'a quote that is unclosed after one with escapes',
      `a: 'it''s'\nb: "x\\"y"\nc: "z\n`,
      ['yaml.syntax 3:4 "\\""'],
    ],
    ['an unclosed brace', 'a: { b: c\n', ['yaml.syntax 1:4 "{"']],
    ['an unclosed brace above closed brackets', 'a: { b: c,\n  d: [1,\n  2],\n', ['yaml.syntax 1:4 "{"']],
    ['a NUL', 'a: b\nc: \0\n', ['yaml.syntax 2:4 "\\u0000"']],
    ['an escape character', 'a: \u001b[2J\n', ['yaml.syntax 1:4 "\\u001b"']],
    ['half a surrogate pair', 'a: \ud800\n', ['yaml.syntax 1:4 "\\ud800"']],
    ['a return that ends no line', 'a: b\rc: d\n', ['yaml.syntax 1:5 "\\r"']],
    ['problems in two documents', 'a: *x\n---\nb: *y\n', ['yaml.alias 1:4 "*x"', 'yaml.alias 3:4 "*y"']],
  ])('finds %s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('returns the sound documents beside a broken one', () => {
    const { roots, problems } = readYaml('a: 1\n---\nb: c: d\n---\ne: 2\n');
    expect(JSON.stringify(roots.map(toValue))).toBe('[{"a":1},{"e":2}]');
    expect(problems).toHaveLength(1);
  });

  it('lets 64 levels pass, and no more', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}\n`;
    expect(problemsOf(nested(64))).toEqual([]);
    expect(problemsOf(nested(65))).toEqual(['yaml.too-deep 1:65 "["']);
    const block = (levels: number) =>
      Array.from({ length: levels }, (_, at) => `${' '.repeat(at)}a:\n`).join('');
    expect(problemsOf(block(64))).toEqual([]);
    expect(problemsOf(block(65))).toEqual([expect.stringMatching(/^yaml.too-deep 65/)]);
    expect(problemsOf('- '.repeat(100_000))).toEqual([expect.stringMatching(/^yaml.too-deep 1/)]);
  });

  it('shares labels among a thousand VMs, and stops a bomb', () => {
    expect(problemsOf(`a: &x { b: c, d: e }\nf: [${'*x, '.repeat(1000)}*x]\n`)).toEqual([]);
    const levels = Array.from(
      { length: 20 },
      (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}, *a${at}]`,
    );
    const bomb = readYaml(`a0: &a0 [x]\n${levels.join('\n')}\n`);
    expect(bomb.problems.map(({ id }) => id)).toEqual(['yaml.alias']);
  });

  it('stops at two million values, or a thousand documents', () => {
    expect(problemsOf('\n'.repeat(2_000_001))).toEqual([expect.stringMatching(/^file.too-large/)]);
    expect(problemsOf('- "\\x41"\n'.repeat(223_000))).toEqual([]);
    expect(problemsOf('---\na: "\\x41"\n'.repeat(1100))).toEqual([expect.stringMatching(/^file.too-large/)]);
    expect(problemsOf('---\na: b\n'.repeat(1100))).toEqual([expect.stringMatching(/^file.too-large/)]);
    expect(problemsOf('---\na: b\n'.repeat(900))).toEqual([]);
  });

  it('says what to do about each problem, in lower case and without a full stop', () => {
    const texts = [
      'a:\n\t- b\n',
      'a: *x',
      'a: b: c\n',
      'a: "\\q"\n',
      '&a &b c: d\n',
      'a: !x y',
      '- a\nb: c\n',
      '\0',
    ];
    for (const { message, remedy } of texts.flatMap((text) => readYaml(text).problems)) {
      for (const words of [message, remedy ?? '']) expect(words).toMatch(/^[^A-Z\s].*[^.\s]$/s);
    }
  });
});
