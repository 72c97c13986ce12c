import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeTerminal } from '../../src/report/text/escape.ts';
import { anyText } from '../setup/any-text.ts';
import { COMMANDS, commandsIn } from './runner-commands.ts';

describe('escapeTerminal', () => {
  it.each([
    ['an ANSI escape', '\u001b[2Jgone', '\\u{1b}[2Jgone'],
    ['an eight-bit control', '\u009b31m', '\\u{9b}31m'],
    ['a line feed, a return and a tab', 'a\nb\rc\td', 'a\\u{a}b\\u{d}c\\u{9}d'],
    ['NUL, backspace and delete', '\u0000\u0008\u007f', '\\u{0}\\u{8}\\u{7f}'],
    ['a bidi override', 'web\u202etxt', 'web\\u{202e}txt'],
    [
      'a bidi isolate and marks',
      '\u2066\u2069\u200e\u200f\u061c',
      '\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}',
    ],
    ['zero-width characters', 'a\u200bb\u2060c\ufeffd\u00ade', 'a\\u{200b}b\\u{2060}c\\u{feff}d\\u{ad}e'],
    ['line and paragraph separators', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['a tag character beyond the basic plane', '\u{e0041}', '\\u{e0041}'],
    ['a letter drawn as nothing', '\u3164', '\\u{3164}'],
    ['half of a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
  ])('shows %s', (_, text, expected) => {
    expect(escapeTerminal(text)).toBe(expected);
  });

  it('keeps ordinary text of any script', () => {
    const text = 'awsscrum-lnx1 Zürich Διακομιστής サーバー 服务器 🚀 "quoted" \\back\\slash | `tick` <b>';
    expect(escapeTerminal(text)).toBe(text);
  });

  it('lets nothing through that a terminal could obey', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const points = Array.from(escapeTerminal(text), (character) => character.codePointAt(0) ?? 0);
        const obeyed = (point: number) =>
          point < 0x20 ||
          (point >= 0x7f && point < 0xa0) ||
          (point >= 0x200b && point <= 0x200f) ||
          (point >= 0x2028 && point <= 0x202e) ||
          (point >= 0x2066 && point <= 0x2069);
        expect(points.filter(obeyed)).toEqual([]);
      }),
    );
  });

  it('cuts what is far too long, never in the middle of a character', () => {
    expect(escapeTerminal('x'.repeat(4000))).toHaveLength(4000);
    expect(escapeTerminal('x'.repeat(10_000_000))).toBe(`${'x'.repeat(4000)}… (10000000 characters)`);
    expect(escapeTerminal(`${'x'.repeat(3999)}🚀`)).toBe(`${'x'.repeat(3999)}… (4001 characters)`);
  });

  it('lets nothing through that the runner of a pipeline could obey', () => {
    expect(escapeTerminal('::error::x')).toBe('\\u{3a}:error::x');
    expect(escapeTerminal(' ##[error]x')).toBe(' #\\u{23}[error]x');
    expect(escapeTerminal('db-01:: # ## [x] a::b')).toBe('db-01:: # ## [x] a::b');
    const part = fc.oneof(fc.constantFrom(...COMMANDS, ':', '#', '[', ' ', 'vso'), fc.string());
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(commandsIn(escapeTerminal(parts.join('')))).toEqual([]);
      }),
    );
  });

  it('changes nothing that is already escaped', () => {
    const piece = fc.oneof(anyText(), fc.constantFrom(...COMMANDS));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const once = escapeTerminal(text);
        expect(escapeTerminal(once)).toBe(once);
      }),
    );
  });
});
