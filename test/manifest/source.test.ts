import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Source } from '../../src/manifest/source.ts';

describe('Source', () => {
  it('counts lines and columns from 1, columns in UTF-16 code units', () => {
    const source = new Source('a.yaml', 'ab\r\n🚀x\n\nlast');
    expect(source.place(0)).toEqual({ file: 'a.yaml', line: 1, column: 1 });
    expect(source.place(6)).toEqual({ file: 'a.yaml', line: 2, column: 3 });
    expect(source.place(12)).toMatchObject({ line: 4, column: 4 });
  });

  it('ends an excerpt with its line', () => {
    const source = new Source('a.yaml', 'one\r\ntwo three\nfour');
    expect(source.placeAndExcerpt({ start: 9, end: 30 })).toEqual({
      place: { file: 'a.yaml', line: 2, column: 5 },
      excerpt: { text: 'two three', length: 5 },
    });
    expect(source.placeAndExcerpt({ start: 1, end: 1 }).excerpt).toEqual({ text: 'one', length: 1 });
  });

  it('has no excerpt of an empty line', () => {
    expect(new Source('a.yaml', '\n').placeAndExcerpt({ start: 0, end: 1 })).toEqual({
      place: { file: 'a.yaml', line: 1, column: 1 },
    });
  });

  it('agrees with counting line feeds', () => {
    const text = fc.array(fc.constantFrom('a', '\n', 'bc'), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(), (content, seed) => {
        const offset = seed % (content.length + 1);
        const before = content.slice(0, offset).split('\n');
        const place = new Source('f', content).place(offset);
        expect(place).toEqual({ file: 'f', line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
      }),
    );
  });
});
