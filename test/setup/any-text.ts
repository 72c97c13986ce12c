import fc from 'fast-check';

/** Any character of Unicode. The unit `binary` of fast-check has the same, but lists all of them first, for a second. */
const character = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));

/** Strings of any characters of Unicode, control characters included. */
export function anyText(constraints: fc.StringConstraints = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: character });
}
