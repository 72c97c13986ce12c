import { describe, expect, it } from '@jest/globals';
import { keyRangeOf, type Node, nodeAt, type Path, rangeOf } from '../../src/manifest/yaml/node.ts';
import { readYaml } from '../../src/manifest/yaml/read.ts';

const TEXT = `spec:
  vms:
    - name: a
      frequency: 12
    - { name: b, os: }
  labels: { x: y }
`;

function root(text = TEXT): Node {
  const [first] = readYaml(text).roots;
  if (first === undefined) throw new Error('no document');
  return first;
}

function textAt(path: Path, range = rangeOf): string {
  const { start, end } = range(root(), path);
  return `${start} ${TEXT.slice(start, end)}`;
}

describe('rangeOf', () => {
  it.each<[string, Path, string]>([
    ['a scalar', ['spec', 'vms', 0, 'frequency'], `${TEXT.indexOf('12')} 12`],
    [
      'a position given as text, as in a JSON pointer',
      ['spec', 'vms', '0', 'name'],
      `${TEXT.indexOf('a\n')} a`,
    ],
    ['the key of a collection', ['spec', 'labels'], `${TEXT.indexOf('labels')} labels`],
    ['the key of a value that is left out', ['spec', 'vms', 1, 'os'], `${TEXT.indexOf('os')} os`],
    ['the first key of a list item', ['spec', 'vms', 0], `${TEXT.indexOf('name')} name`],
    [
      'the nearest above a value that is not there',
      ['spec', 'vms', 0, 'gone', 'deeper'],
      `${TEXT.indexOf('name')} name`,
    ],
    ['the first key of the document', [], '0 spec'],
  ])('finds %s', (_, path, expected) => {
    expect(textAt(path)).toBe(expected);
  });
});

describe('keyRangeOf', () => {
  it('finds a key, whatever its value', () => {
    expect(textAt(['spec', 'vms', 0, 'frequency'], keyRangeOf)).toBe(
      `${TEXT.indexOf('frequency')} frequency`,
    );
  });

  it('finds keys of large mappings too', () => {
    const text = Array.from({ length: 90 }, (_, at) => `k${at}: v\n`).join('');
    expect(keyRangeOf(root(text), ['k77']).start).toBe(text.indexOf('k77'));
    expect(nodeAt(root(text), ['k90'])).toBeUndefined();
  });
});
