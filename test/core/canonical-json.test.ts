import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byText } from '../../src/core/lists.ts';
import { canonicalJson } from '../../src/core/text.ts';
import { tries } from '../setup/tries.ts';

/** What the digests of saved plans are made of: it must stay the same, or plans of earlier versions could not be read. */
function reference(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => byText(a, b)));
  });
}

describe('canonical JSON', () => {
  it('sorts the keys of every object, and writes all else as JSON', () => {
    const any = fc.anything({
      key: fc.oneof(fc.string(), fc.constantFrom('__proto__', '10', '9', 'constructor', 'ä', '\ud83d\ude00')),
      maxKeys: 40,
    });
    fc.assert(
      fc.property(any, (data) => {
        expect(canonicalJson([data])).toBe(reference([data]));
      }),
      tries(300),
    );
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`k${(index * 37) % 50}`, index]),
    );
    expect(canonicalJson(many)).toBe(reference(many));
    expect(canonicalJson({ b: Infinity, a: [NaN, undefined], c: undefined })).toBe(
      '{"a":["NaN",null],"b":"Infinity"}',
    );
  });
});
