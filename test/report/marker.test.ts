import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readMarker } from '../../src/core/comment.ts';
import { commentMarker } from '../../src/report/markdown/comment.ts';
import { anyText } from '../setup/any-text.ts';

const hostile = fc.oneof(
  anyText(),
  fc.string({ unit: fc.constantFrom('-', '>', '<', '!', ':', ',', '%', '~', '\n', ' ', 'a', '\ud800') }),
);

describe('the marker of a comment', () => {
  it('can be read by people who look at the source', () => {
    expect(commentMarker('ucop-datacenter', ['production', 'local'])).toBe(
      '<!-- landfall:ucop-datacenter:local,production -->',
    );
  });

  it('is the same for the same set of targets', () => {
    expect(commentMarker('p', ['b', 'a', 'b'])).toBe(commentMarker('p', ['a', 'b']));
  });

  it('is found again, and is a whole HTML comment on one line, whatever the names', () => {
    fc.assert(
      fc.property(hostile, fc.array(hostile), (project, targets) => {
        const marker = commentMarker(`p${project}`, targets);
        expect(marker.slice(4, -4)).not.toMatch(/--|[<>\n]/);
        expect(readMarker(`**1 to delete**\r\n\r\n${marker}\r\n`)).toBe(marker);
      }),
    );
  });

  it('tells projects and targets apart, whatever the names', () => {
    const pair = fc.tuple(hostile, fc.uniqueArray(hostile, { maxLength: 3 }));
    const key = ([project, targets]: readonly [string, readonly string[]]): string =>
      JSON.stringify([project, [...targets].sort()].flat().map((name) => name.replace(/\p{Cs}/gu, '\ufffd')));
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        // No name of a project or target is empty.
        fc.pre([...a, ...b].flat().every((name) => name !== ''));
        expect(commentMarker(...a) === commentMarker(...b)).toBe(key(a) === key(b));
      }),
    );
  });

  it('stays short for ten megabytes, and still tells them apart', () => {
    const long = 'x'.repeat(10_000_000);
    const marker = commentMarker(long, [long]);
    expect(marker.length).toBeLessThan(200);
    expect(readMarker(marker)).toBe(marker);
    expect(commentMarker(`${long}y`, [long])).not.toBe(marker);
  });

  it('is not read where it is only quoted or spoken of', () => {
    const marker = commentMarker('p', ['a']);
    expect(readMarker(`> ${marker}\n\`${marker}\`\nno comment`)).toBeUndefined();
  });

  it('is the last one', () => {
    expect(readMarker(`${commentMarker('p', ['a'])}\n${commentMarker('p', ['b'])}\n`)).toBe(
      commentMarker('p', ['b']),
    );
  });
});
