import type { Span } from './entries.ts';

/** Tells whether an offset lies in one of the spans: sorted, and not over one another. A file can have thousands. */
export function within(spans: readonly Span[]): (at: number) => boolean {
  return (at) => {
    const span = lastBefore(spans, at);
    return span !== undefined && at < span.end;
  };
}

/** The last of sorted spans that begins at an offset or before it. */
export function lastBefore<T extends Span>(spans: readonly T[], at: number): T | undefined {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

/** Of two that begin together, the one that takes up nothing comes first. */
export function byStart(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end;
}
