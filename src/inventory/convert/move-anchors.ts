import { type Document, visit } from 'yaml';
import type { Edit, Entry, Span } from './entries.ts';
import { within } from './within.ts';

/**
 * Where a value that goes has an anchor, and an alias of it stays: the first such alias becomes the value itself, with
 * its anchor.
 */
export function moveAnchors(
  text: string,
  document: Document.Parsed,
  gone: readonly Entry[],
  spans: readonly Span[],
): Edit[] {
  const isGone = within(spans);
  const waiting = new Map(
    gone.flatMap(({ value, valueStart, end }) => {
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
