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

/**
 * Decides whether a step may be taken at an instant: every window that denies must be shut, one of those that allow must be
 * open where there are any, and the time of the cut-over must have come and not be over (as Argo CD's sync windows).
 */
export function openingAt(rules: OpeningRules, now: Instant): Opening {
  const isOpen = isOpenAt(rules, now);
  const change = changesOf(rules, now).find((at) => isOpenAt(rules, at) !== isOpen);
  if (isOpen) return { isOpen, ...(change !== undefined && { closesAt: change }) };
  const shutBy = shuttingWindow(rules, now);
  return {
    isOpen,
    ...(change !== undefined && { opensAt: change }),
    ...(shutBy !== undefined && { shutBy }),
  };
}

function isOpenAt({ windows, cutover }: OpeningRules, at: Instant): boolean {
  const { at: start = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = cutover ?? {};
  if (at < start || at >= until) return false;
  const allowing = windows.filter(({ kind }) => kind === 'allow');
  if (windows.some((window) => window.kind === 'deny' && covers(window, at))) return false;
  return allowing.length === 0 || allowing.some((window) => covers(window, at));
}

/** The window that denies at an instant, or else the window that allows next. */
function shuttingWindow({ windows }: OpeningRules, at: Instant): OpenWindow | undefined {
  const denying = windows.find((window) => window.kind === 'deny' && covers(window, at));
  if (denying !== undefined) return denying;
  const allowing = windows.filter(({ kind }) => kind === 'allow');
  if (allowing.some((window) => covers(window, at))) return undefined;
  const nextStart = ({ open }: OpenWindow): Instant =>
    open.find(([start]) => start > at)?.[0] ?? Number.POSITIVE_INFINITY;
  return allowing.toSorted((a, b) => nextStart(a) - nextStart(b))[0];
}

/** The instants after `now` at which something opens or shuts, in order, as far as all windows are known. */
function changesOf({ windows, cutover }: OpeningRules, now: Instant): readonly Instant[] {
  const known = Math.min(...windows.map(({ knownUntil }) => knownUntil));
  const ofWindows = windows.flatMap(({ open }) => open.flat()).filter((at) => at <= known);
  return [...ofWindows, cutover?.at ?? now, cutover?.until ?? now]
    .filter((at) => at > now)
    .toSorted((a, b) => a - b);
}

/** Finds by halving whether a window is open: a forecast asks for years of openings. */
function covers({ open }: OpenWindow, at: Instant): boolean {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((open[middle]?.[1] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return (open[low]?.[0] ?? Number.POSITIVE_INFINITY) <= at;
}

const NEVER = Number.POSITIVE_INFINITY;

/** A time in which nothing opens or shuts. */
interface Span {
  readonly until: Instant;
  readonly isOpen: boolean;
}

/**
 * When some windows let a step be taken, computed as far as it is asked for: a simulation asks for the same times in each
 * of its runs.
 */
class WindowTimes {
  readonly #windows: readonly OpenWindow[];
  readonly #spans: Span[] = [];
  #known: Instant;

  constructor(windows: readonly OpenWindow[], from: Instant) {
    this.#windows = windows;
    this.#known = from;
  }

  /** The span that an instant is in; instants before the first one are in the first. */
  at(instant: Instant): Span {
    if (this.#windows.length === 0) return { until: NEVER, isOpen: true };
    while (this.#known <= instant && this.#known !== NEVER) {
      const opening = openingAt({ windows: this.#windows }, this.#known);
      const until = (opening.isOpen ? opening.closesAt : opening.opensAt) ?? NEVER;
      this.#spans.push({ until, isOpen: opening.isOpen });
      this.#known = until;
    }
    let [low, high] = [0, this.#spans.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#spans[middle]?.until ?? NEVER) <= instant) low = middle + 1;
      else high = middle;
    }
    return this.#spans[low] ?? { until: NEVER, isOpen: true };
  }
}

/** The times of the windows of all waves and phases, each set of windows once. */
export class Openings {
  readonly #from: Instant;
  readonly #bySet = new Map<string, WindowTimes>();
  readonly #byList = new Map<readonly OpenWindow[], WindowTimes>();

  /** @param from the earliest instant that is asked for */
  constructor(from: Instant) {
    this.#from = from;
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
    const times = this.#timesOf(windows);
    let opensAt = Math.max(at, cutover?.at ?? at);
    while (opensAt < end) {
      const { until, isOpen } = times.at(opensAt);
      if (isOpen) return { opensAt, closesAt: Math.min(until, end) };
      opensAt = until;
    }
    return undefined;
  }

  #timesOf(windows: readonly OpenWindow[]): WindowTimes {
    const known = this.#byList.get(windows);
    if (known !== undefined) return known;
    const key = JSON.stringify(windows.map(({ name }) => name));
    const times = this.#bySet.get(key) ?? new WindowTimes(windows, this.#from);
    this.#bySet.set(key, times);
    this.#byList.set(windows, times);
    return times;
  }
}
