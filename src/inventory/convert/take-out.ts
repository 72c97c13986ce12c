import type { Entry, Span } from './entries.ts';
import { lineBreak, lineEnd, lineStart } from './lines.ts';

/**
 * What to cut from the text so that some entries of a mapping are gone. All other lines stay as they are, comments on
 * lines of their own too; a comment behind an entry goes with it.
 */
export function takeOut(
  text: string,
  entries: readonly Entry[],
  gone: ReadonlySet<Entry>,
  isFlow: boolean,
): Span[] {
  return isFlow ? fromFlow(text, entries, gone) : fromBlock(text, entries, gone);
}

function fromBlock(text: string, entries: readonly Entry[], gone: ReadonlySet<Entry>): Span[] {
  return runsOf(entries, gone).flatMap(({ first, run, next }) => {
    const spans = run.map((entry) => linesOf(text, entry));
    const indent = text.slice(lineStart(text, first.start), first.start);
    if (indent.trim() === '') return spans;
    // A dash stands before the first: what follows moves up to it, or the dash stays by itself.
    const following = [...run, ...(next === undefined ? [] : [next])].slice(1);
    const isTight = following.every((entry, index) => lineStart(text, entry.start) === spans[index]?.end);
    if (next !== undefined && isTight) return [{ start: first.start, end: next.start }];
    const dash = lineStart(text, first.start) + indent.trimEnd().length;
    return [{ start: dash, end: lineBreak(text, first.end) }, ...spans.slice(1)];
  });
}

function fromFlow(text: string, entries: readonly Entry[], gone: ReadonlySet<Entry>): Span[] {
  return runsOf(entries, gone).flatMap(({ first, last, run, before, next }) => {
    if (run.every((entry) => isAlone(text, entry))) return run.map((entry) => linesOf(text, entry));
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

/** Whether nothing else is on the lines of an entry but its comma and a comment. */
function isAlone(text: string, { start, end }: Entry): boolean {
  const before = text.slice(lineStart(text, start), start);
  return before.trim() === '' && /^[ \t]*,?[ \t]*(?:#.*)?$/.test(text.slice(end, lineBreak(text, end)));
}

/** Entries that go and stand one behind the other, with their neighbours. */
interface Run {
  readonly first: Entry;
  readonly last: Entry;
  readonly run: readonly Entry[];
  readonly before: Entry | undefined;
  readonly next: Entry | undefined;
}

function runsOf(entries: readonly Entry[], gone: ReadonlySet<Entry>): Run[] {
  return entries.flatMap((first, from) => {
    const before = entries[from - 1];
    if (!gone.has(first) || (before !== undefined && gone.has(before))) return [];
    const stays = entries.findIndex((entry, index) => index > from && !gone.has(entry));
    const run = entries.slice(from, stays < 0 ? undefined : stays);
    return [{ first, last: run.at(-1) ?? first, run, before, next: stays < 0 ? undefined : entries[stays] }];
  });
}
