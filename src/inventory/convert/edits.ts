import { type Document, visit } from 'yaml';
import type { ParsedWave } from './find-waves.ts';
import {
  type Edit,
  endOfLine,
  type Entry,
  isWithinAny,
  lineBreak,
  lineEnd,
  lineStart,
  type Span,
} from './spans.ts';

/**
 * Finds the text to remove for some entries of a mapping. All other lines stay, including comments on their own lines; a
 * comment after an entry is removed with it.
 */
export function cutEntries(
  text: string,
  entries: readonly Entry[],
  removed: ReadonlySet<Entry>,
  isFlow: boolean,
): Span[] {
  return isFlow ? cutFromFlow(text, entries, removed) : cutFromBlock(text, entries, removed);
}

function cutFromBlock(text: string, entries: readonly Entry[], removed: ReadonlySet<Entry>): Span[] {
  return adjacentEntries(entries, removed).flatMap(({ first, run, next }) => {
    const spans = run.map((entry) => linesOf(text, entry));
    const indent = text.slice(lineStart(text, first.start), first.start);
    if (indent.trim() === '') return spans;
    // There is a dash before the first entry: the next entry moves up to it, or the dash stays alone.
    const following = [...run, ...(next === undefined ? [] : [next])].slice(1);
    const isTight = following.every((entry, index) => lineStart(text, entry.start) === spans[index]?.end);
    if (next !== undefined && isTight) return [{ start: first.start, end: next.start }];
    const dash = lineStart(text, first.start) + indent.trimEnd().length;
    return [{ start: dash, end: lineBreak(text, first.end) }, ...spans.slice(1)];
  });
}

function cutFromFlow(text: string, entries: readonly Entry[], removed: ReadonlySet<Entry>): Span[] {
  return adjacentEntries(entries, removed).flatMap(({ first, last, run, before, next }) => {
    if (run.every((entry) => isAloneOnLines(text, entry))) return run.map((entry) => linesOf(text, entry));
    const possible = [
      ...(before === undefined ? [] : [{ start: before.end, end: last.end }]),
      ...(next === undefined ? [] : [{ start: first.start, end: next.start }]),
    ];
    const onOneLine = possible.find(({ start, end }) => !text.slice(start, end).includes('\n'));
    const comma = /^\s*,/.exec(text.slice(last.end))?.[0].length ?? 0;
    return [onOneLine ?? possible[0] ?? { start: first.start, end: last.end + comma }];
  });
}

function linesOf(text: string, { start, end }: Entry): Span {
  return { start: lineStart(text, start), end: lineEnd(text, end) };
}

/** Whether the lines of an entry have only the entry, its comma and a comment. */
function isAloneOnLines(text: string, { start, end }: Entry): boolean {
  const before = text.slice(lineStart(text, start), start);
  return before.trim() === '' && /^[ \t]*,?[ \t]*(?:#.*)?$/.test(text.slice(end, lineBreak(text, end)));
}

/** Consecutive entries to remove, with their neighbours. */
interface AdjacentEntries {
  readonly first: Entry;
  readonly last: Entry;
  readonly run: readonly Entry[];
  readonly before: Entry | undefined;
  readonly next: Entry | undefined;
}

function adjacentEntries(entries: readonly Entry[], removed: ReadonlySet<Entry>): AdjacentEntries[] {
  return entries.flatMap((first, from) => {
    const before = entries[from - 1];
    if (!removed.has(first) || (before !== undefined && removed.has(before))) return [];
    const stays = entries.findIndex((entry, index) => index > from && !removed.has(entry));
    const run = entries.slice(from, stays < 0 ? undefined : stays);
    return [{ first, last: run.at(-1) ?? first, run, before, next: stays < 0 ? undefined : entries[stays] }];
  });
}

/** Words that are not text without quotes. */
const NEEDS_QUOTES = /^(?:\d.*|null|true|false|yes|no|on|off|y|n)$/;

/** Sets the target of a wave: changes its line, or adds one as the first under `spec`. */
export function setTarget(
  text: string,
  { specStart, specEntries, spec }: ParsedWave,
  target: string,
): Edit[] {
  const written = NEEDS_QUOTES.test(target) ? `"${target}"` : target;
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
  // After the line of `spec:`, so that comments above the first key stay with that key.
  const above = text.indexOf('\n', specStart) + 1;
  return [{ start: above, end: above, text: `${indent}target: ${written}${endOfLine(text, above - 1)}` }];
}

/**
 * If a removed value has an anchor and one of its aliases stays, replaces the first such alias by the value with its
 * anchor.
 */
export function moveAnchors(
  text: string,
  document: Document.Parsed,
  removed: readonly Entry[],
  spans: readonly Span[],
): Edit[] {
  const isGone = isWithinAny(spans);
  const waiting = new Map(
    removed.flatMap(({ value, valueStart, end }) => {
      const anchor = value !== null && 'anchor' in value ? value.anchor : undefined;
      const written = text.slice(valueStart, end);
      return anchor === undefined || written.includes('\n') ? [] : [[anchor, written] as const];
    }),
  );
  const edits: Edit[] = [];
  visit(document, {
    Alias(_, { source, range }) {
      const written = waiting.get(source);
      if (written === undefined || range == null || isGone(range[0])) return;
      edits.push({ start: range[0], end: range[0] + source.length + 1, text: written });
      waiting.delete(source);
    },
  });
  return edits;
}
