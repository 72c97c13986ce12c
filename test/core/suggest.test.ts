import { describe, expect, it } from '@jest/globals';
import { didYouMean, oneOf, suggest } from '../../src/core/suggest.ts';

const KEYS = ['name', 'path', 'os', 'frequency', 'licenseType', 'vmId'];

describe('suggest', () => {
  it.each([
    ['frequncy', 'frequency'],
    ['licenceType', 'licenseType'],
    ['LICENSETYPE', 'licenseType'],
    ['freq', 'frequency'],
    ['nmae', 'name'],
    ['OS', 'os'],
  ])('takes %s for %s', (word, meant) => {
    expect(suggest(word, KEYS)).toBe(meant);
  });

  it.each([['color'], ['x'], [''], ['toString'], ['n'.repeat(100_000)]])(
    'takes %.10s for nothing',
    (word) => {
      expect(suggest(word, KEYS)).toBeUndefined();
    },
  );

  it.each(['b', 'bc'])('takes %s for no word of as few letters that shares none of them', (word) => {
    expect(suggest(word, ['a', 'xy'])).toBeUndefined();
  });

  it('takes a short word for one that shares a letter', () => {
    expect(suggest('ac', ['ab'])).toBe('ab');
    expect(suggest('A', ['a'])).toBe('a');
  });

  it('has nothing to suggest from nothing', () => {
    expect(suggest('a', [])).toBeUndefined();
  });
});

describe('didYouMean', () => {
  it('falls back on the remedy given', () => {
    expect(didYouMean('nam', KEYS, 'see the list')).toBe('did you mean name?');
    expect(didYouMean('zzz', KEYS, 'see the list')).toBe('see the list');
  });
});

describe('oneOf', () => {
  it('spells out a few names, and not many', () => {
    expect(oneOf('target', ['local', 'production'])).toBe('one of local, production');
    expect(oneOf('target', ['local'])).toBe('local, the only target');
    for (const names of [[], KEYS.concat('encrypted'), ['x'.repeat(100)]])
      expect(oneOf('target', names)).toBe('the name of a target');
  });
});
