import { describe, expect, it } from '@jest/globals';
import { quote, shorten } from '../../src/core/text.ts';

describe('shorten', () => {
  it('leaves short text alone', () => {
    expect(shorten('a'.repeat(80))).toBe('a'.repeat(80));
  });

  it('cuts long text and says how long it was', () => {
    expect(shorten('a'.repeat(10_000_000))).toBe(`${'a'.repeat(80)}… (10000000 characters)`);
  });

  it('never cuts a character in two', () => {
    expect(shorten(`${'a'.repeat(79)}🚀🚀`)).toBe(`${'a'.repeat(79)}… (83 characters)`);
  });
});

describe('quote', () => {
  it('names any value', () => {
    expect(['a', 1, true, null, [1], { a: 1 }].map(quote)).toEqual([
      '"a"',
      '1',
      'true',
      'null',
      'a list',
      'a mapping',
    ]);
  });
});
