import { formatDuration } from '../../src/core/time.ts';
import { describe, expect, it } from '@jest/globals';
import { alignRows } from '../../src/report/text/table.ts';
import { settingText } from '../../src/report/text/words.ts';

describe('columns', () => {
  it('line up, without those that are empty and without spaces at the end', () => {
    expect(alignRows([['a', '', 'long', 'x'], ['bbb', '', 'c', ''], []])).toEqual([
      'a    long  x',
      'bbb  c',
      '',
    ]);
  });

  it('are not pushed away by one very long cell', () => {
    const long = 'x'.repeat(60);
    expect(
      alignRows([
        [long, 'a'],
        ['b', 'c'],
      ]),
    ).toEqual([`${long}  a`, `b${' '.repeat(39)}  c`]);
  });

  it('are coloured with their padding', () => {
    const styles = { 1: (text: string) => `<${text}>` };
    expect(
      alignRows(
        [
          ['a', 'b', 'c'],
          ['a', 'bb', 'c'],
        ],
        styles,
      ),
    ).toEqual(['a  <b >  c', 'a  <bb>  c']);
  });
});

describe('settings', () => {
  it.each([
    [12, '12'],
    [true, 'true'],
    [undefined, 'none'],
    ['BYOL', 'BYOL'],
    ['', '""'],
    ['moved by hand', '"moved by hand"'],
    ['2026-12-02T04:00:00Z', '2026-12-02 04:00 UTC'],
    ['2026-12-02T04:00:30Z', '2026-12-02 04:00:30 UTC'],
    ['\u001b[2J', '\\u{1b}[2J'],
  ])('%j reads %s', (value, text) => {
    expect(settingText(value)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [-5, '0.0 s'],
    [0, '0.0 s'],
    [312, '0.3 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_960, '1 min 0 s'],
    [125_400, '2 min 5 s'],
    [48 * 60_000 + 42_000, '48 min 42 s'],
    [(2 * 60 + 50) * 60_000, '2 h 50 min'],
    [76 * 3_600_000, '3 d 4 h'],
  ])('%d ms reads %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
