import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatJson, formatJsonLine } from '../../src/report/text/json.ts';
import { anyText } from '../setup/any-text.ts';
import { COMMANDS, commandsIn } from './runner-commands.ts';

describe('JSON', () => {
  it('is indented and ends in a newline', () => {
    expect(formatJson({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });

  it('holds the same data, and nothing that a terminal acts upon', () => {
    const texts = fc.string({
      unit: fc.oneof(anyText(), fc.constantFrom('\u009b', '\u202e', '\n')),
    });
    fc.assert(
      fc.property(fc.dictionary(texts, texts), (data) => {
        const json = formatJson(data);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(data)));
        expect(json).not.toMatch(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('holds no command for the runner of a pipeline', () => {
    const text = fc
      .array(fc.oneof(fc.constantFrom(...COMMANDS, '#', '['), fc.string()))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.dictionary(text, text), (data) => {
        for (const json of [formatJson(data), formatJsonLine(data)]) {
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(data)));
          expect(commandsIn(json)).toEqual([]);
        }
      }),
    );
  });

  it('escapes characters outside of the basic plane by their two halves', () => {
    expect(formatJson('\u{e0041}')).toBe('"\\udb40\\udc41"\n');
    expect(formatJson('ä→😀')).toBe('"ä→😀"\n');
  });
});
