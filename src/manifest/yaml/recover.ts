import type { Range } from '../source.ts';
import type { MapEntry, Node } from './node.ts';
import { isFailure, parseDocuments } from './parse.ts';

/** Deepest level at which entries are recovered: names of targets and waves are on the second. */
const MAX_LEVEL = 3;

/**
 * Reads what can still be read of a document that is not well-formed: each entry of its mapping by itself, and of an
 * entry with a mistake the entries below it. Returns nothing, or one mapping. Not fit to plan from.
 */
export function recoverMapping(text: string, start: number, end: number): Node[] {
  const entries = recoverEntries(text, { start, end }, 1);
  return entries.length === 0 ? [] : [{ kind: 'map', entries, start, end }];
}

function recoverEntries(text: string, range: Range, level: number): MapEntry[] {
  return splitEntries(text, range).flatMap((block) => {
    const whole = parseEntries(text, block);
    if (whole.length > 0 || level > MAX_LEVEL) return whole;
    const line = { start: block.start, end: endOfLine(text, block.start) };
    const first = parseEntries(text, line);
    const [entry] = first;
    if (entry === undefined || entry.value.kind !== 'scalar' || entry.value.value !== null) return first;
    const entries = recoverEntries(text, { start: line.end, end: block.end }, level + 1);
    return [{ ...entry, value: { kind: 'map', entries, start: line.end, end: block.end } }];
  });
}

/** Splits lines where they are indented as little as the first of them. */
function splitEntries(text: string, { start, end }: Range): Range[] {
  const starts: number[] = [];
  let indent: number | undefined;
  for (let line = start; line < end; line = endOfLine(text, line)) {
    let at = line;
    while (text[at] === ' ') at++;
    if (at >= end || '\t\r\n#'.includes(text.charAt(at))) continue;
    indent ??= at - line;
    if (at - line === indent) starts.push(line);
  }
  return starts.map((from, index) => ({ start: from, end: starts[index + 1] ?? end }));
}

function parseEntries(text: string, { start, end }: Range): readonly MapEntry[] {
  const result = parseDocuments(text, start, end);
  const [root] = isFailure(result) ? [] : [...result.roots, ...result.broken];
  return root?.kind === 'map' ? root.entries : [];
}

function endOfLine(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? text.length : feed + 1;
}
