import type { Edit } from './entries.ts';
import type { WaveText } from './find-waves.ts';
import { endOfLine, lineStart } from './lines.ts';

/** Words that would not be text without quotes. */
const NO_TEXT = /^(?:\d.*|null|true|false|yes|no|on|off|y|n)$/;

/** Has a wave name a target: its line changed, or one more put first under `spec`. */
export function setTarget(text: string, { specStart, specEntries, spec }: WaveText, target: string): Edit[] {
  const written = NO_TEXT.test(target) ? `"${target}"` : target;
  const there = specEntries.find(({ key }) => key === 'target');
  if (there !== undefined) {
    const empty = there.valueStart === there.end;
    return [{ start: there.valueStart, end: there.end, text: empty ? ` ${written}` : written }];
  }
  const [first] = specEntries;
  if (first === undefined) return [];
  if (spec.flow === true) return [{ start: first.start, end: first.start, text: `target: ${written}, ` }];
  const line = lineStart(text, first.start);
  const indent = ' '.repeat(first.start - line);
  // Behind the line of `spec:`, so that comments above the first key stay with it.
  const above = text.indexOf('\n', specStart) + 1;
  return [{ start: above, end: above, text: `${indent}target: ${written}${endOfLine(text, above - 1)}` }];
}
