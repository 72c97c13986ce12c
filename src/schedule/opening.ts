import type { CutoverTime, Phase } from '../core/desired.ts';
import type { Instant } from '../core/time.ts';
import type { OpenWindow } from './windows.ts';

/** Whether steps of a wave to a phase may be taken at an instant, and until when that holds. */
export type Opening =
  /** `closesAt` absent: they may as long as the windows are known. */
  | { readonly isOpen: true; readonly closesAt?: Instant }
  /** `opensAt` absent: no opening is known. `shutBy`: the window that denies, or else one that will allow. */
  | { readonly isOpen: false; readonly opensAt?: Instant; readonly shutBy?: OpenWindow };

/** What limits the steps of one wave to one phase: the windows about both, and the wave's own time of the cut-over. */
export interface OpeningRules {
  readonly windows: readonly OpenWindow[];
  /** Of the wave; it limits steps to the phase cutover only. */
  readonly cutover?: Pick<CutoverTime, 'at' | 'until'>;
}

/** Returns the windows that are about steps of a wave to a phase. */
export function windowsFor(
  windows: readonly OpenWindow[],
  wave: string,
  phase: Phase,
): readonly OpenWindow[] {
  return windows.filter((window) => window.phases.includes(phase) && window.waves.includes(wave));
}

const NEVER = Number.POSITIVE_INFINITY;

/** A time in which nothing opens or shuts, from the end of the one before it on. */
interface Span {
  readonly until: Instant;
  readonly isOpen: boolean;
}

/**
 * When steps may be taken, by the rules of Argo CD's sync windows: every window that denies must be shut, and one of those
 * that allow must be open where there are any. The times of each set of windows are computed once: a plan asks for each of
 * its changes, and a simulation in each of its runs.
 */
export class Openings {
  readonly #numbers = new Map<OpenWindow, number>();
  readonly #bySet = new Map<string, readonly Span[]>();
  readonly #byList = new WeakMap<readonly OpenWindow[], readonly Span[]>();

  /** Decides whether a step may be taken at an instant: by the windows, and by the time of the cut-over. */
  at({ windows, cutover }: OpeningRules, now: Instant): Opening {
    const { opensAt, closesAt = NEVER } = this.next(windows, now, cutover) ?? {};
    if (opensAt === now) return { isOpen: true, ...(closesAt !== NEVER && { closesAt }) };
    const shutBy = shuttingWindow(windows, now);
    return {
      isOpen: false,
      ...(opensAt !== undefined && { opensAt }),
      ...(shutBy !== undefined && { shutBy }),
    };
  }

  /**
   * Returns the first instant from `at` on at which a step may be taken, and until when; undefined: there is none.
   * @param cutover the wave's own time, for steps to the phase cutover
   */
  next(
    windows: readonly OpenWindow[],
    at: Instant,
    cutover?: Pick<CutoverTime, 'at' | 'until'>,
  ): { readonly opensAt: Instant; readonly closesAt: Instant } | undefined {
    const end = cutover?.until ?? NEVER;
    const spans = this.#spansOf(windows);
    let opensAt = Math.max(at, cutover?.at ?? at);
    for (let index = firstAfter(spans, ({ until }) => until, opensAt); opensAt < end; index += 1) {
      const { until, isOpen } = spans[index] ?? { until: NEVER, isOpen: false };
      if (isOpen) return { opensAt, closesAt: Math.min(until, end) };
      opensAt = until;
    }
    return undefined;
  }

  #spansOf(windows: readonly OpenWindow[]): readonly Span[] {
    const known = this.#byList.get(windows);
    if (known !== undefined) return known;
    const key = windows.map((window) => this.#numberOf(window)).join();
    const spans = this.#bySet.get(key) ?? spansOf(windows);
    this.#bySet.set(key, spans);
    this.#byList.set(windows, spans);
    return spans;
  }

  #numberOf(window: OpenWindow): number {
    const number = this.#numbers.get(window) ?? this.#numbers.size;
    this.#numbers.set(window, number);
    return number;
  }
}

/** Computes when windows let steps be taken, as far as all of them are known; the last span has no end. */
function spansOf(windows: readonly OpenWindow[]): readonly Span[] {
  const known = Math.min(...windows.map(({ knownUntil }) => knownUntil));
  const changes = windows
    .flatMap(({ kind, open }) =>
      open.flatMap(([start, end]) => [
        { at: start, kind, by: 1 },
        { at: end, kind, by: -1 },
      ]),
    )
    .filter(({ at }) => at <= known)
    .toSorted((a, b) => a.at - b.at);
  const needsAllow = windows.some(({ kind }) => kind === 'allow');
  const count = { allow: 0, deny: 0 };
  const spans: Span[] = [];
  let isOpen = !needsAllow;
  for (const [index, { at, kind, by }] of changes.entries()) {
    count[kind] += by;
    if (changes[index + 1]?.at === at) continue;
    const isOpenNow = count.deny === 0 && (!needsAllow || count.allow > 0);
    if (isOpenNow !== isOpen) spans.push({ until: at, isOpen });
    isOpen = isOpenNow;
  }
  return [...spans, { until: NEVER, isOpen }];
}

/** The window that denies at an instant, or else the window that allows next. */
function shuttingWindow(windows: readonly OpenWindow[], now: Instant): OpenWindow | undefined {
  const denying = windows.find((window) => window.kind === 'deny' && covers(window, now));
  if (denying !== undefined) return denying;
  const allowing = windows.filter(({ kind }) => kind === 'allow');
  if (allowing.some((window) => covers(window, now))) return undefined;
  const nextStart = ({ open }: OpenWindow): Instant =>
    open[firstAfter(open, ([, end]) => end, now)]?.[0] ?? NEVER;
  return allowing.toSorted((a, b) => nextStart(a) - nextStart(b))[0];
}

function covers({ open }: OpenWindow, at: Instant): boolean {
  return (open[firstAfter(open, ([, end]) => end, at)]?.[0] ?? NEVER) <= at;
}

/** Finds by halving the first item that ends after an instant: a year has thousands of openings. */
function firstAfter<Item>(items: readonly Item[], endOf: (item: Item) => Instant, at: Instant): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && endOf(item) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
