import { type Event, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import { buildTrees, type Trees } from './build.ts';
import { MAX_DEPTH } from './node.ts';
import type { Failure } from './syntax-errors.ts';

export function isFailure(result: Trees | Failure): result is Failure {
  return 'reason' in result;
}

/** Parses a part of a file that holds whole documents. Never throws. */
export function parseDocuments(file: string, start: number, end: number): Trees | Failure {
  const text = file.slice(start, end);
  const result = parse(text, start, []);
  if (!isFailure(result) || result.reason !== 'deficient indentation') return result;
  const brackets = closingBrackets(text);
  return brackets.includes(result.at - start) ? parse(text, start, brackets) : result;
}

/**
 * Parses a text with a space more before some brackets. YAML wants a bracket that closes on a line of its own to be
 * indented more than the key it belongs to; many people write it in the same column, and most parsers allow it.
 */
function parse(text: string, start: number, brackets: readonly number[]): Trees | Failure {
  const spaces = brackets.map((at, index) => at + index);
  const place = (at: number): number => at - countBelow(spaces, at) + start;
  try {
    const parts = [...brackets, text.length].map((at, index) => text.slice(brackets[index - 1] ?? 0, at));
    const wide = parts.join(' ');
    // The parser counts a scalar as a level.
    const events = parseEvents(wide, { maxDepth: MAX_DEPTH + 1 });
    const outside = brackets.length === 0 ? brackets : outsideScalars(brackets, events);
    if (outside.length < brackets.length) return parse(text, start, outside);
    return buildTrees(wide, events, place);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { at: place(error.mark?.position ?? 0), reason: error.reason };
  }
}

/** Offsets of the closing brackets and braces that a line begins with. */
function closingBrackets(text: string): number[] {
  return [...text.matchAll(/(?<=(?:^|\n) *)[\]}]/g)].map(({ index }) => index);
}

/** The brackets that are not part of a text of several lines, where a space more would be part of the value. */
function outsideScalars(brackets: readonly number[], events: readonly Event[]): readonly number[] {
  const scalars = events.filter((event) => event.type === EVENT_ID.SCALAR);
  let next = 0;
  return brackets.filter((bracket, index) => {
    const at = bracket + index;
    while ((scalars[next]?.valueEnd ?? Infinity) <= at) next++;
    return (scalars[next]?.valueStart ?? Infinity) > at;
  });
}

/** How many of sorted numbers are below another. */
function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
