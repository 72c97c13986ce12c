import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import type { MaintenanceWindow } from '../core/desired.ts';
import { DAY } from '../core/limits.ts';
import type { Instant } from '../core/time.ts';

/** From its start, up to and without its end. */
type Interval = readonly [start: Instant, end: Instant];

/** A window with the times in which it is open, sorted and apart from each other. */
export interface OpenWindow extends MaintenanceWindow {
  readonly open: readonly Interval[];
  /** Up to when `open` is complete. */
  readonly knownUntil: Instant;
}

/** Openings that are computed of one window at most: a schedule of every minute must not take seconds. */
const MAX_OPENINGS = 5000;

/** Why a schedule is no cron of five fields; undefined: it is one. */
export function scheduleProblem(schedule: string): string | undefined {
  try {
    new Cron(schedule, { mode: '5-part', paused: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

/**
 * Computes when windows are open: every opening that touches the time between two instants, and the first one after it.
 * Times that a change of the clocks skips open at the next time that exists.
 */
export function openWindows(
  windows: readonly MaintenanceWindow[],
  from: Instant,
  until: Instant,
): readonly OpenWindow[] {
  return windows.map((window) => ({ ...window, ...openingsOf(window, from, until) }));
}

function openingsOf(
  { schedule, duration, timeZone }: MaintenanceWindow,
  from: Instant,
  until: Instant,
): Pick<OpenWindow, 'open' | 'knownUntil'> {
  const open: [Instant, Instant][] = [];
  let count = 0;
  // A second earlier: the next run after an instant is later than it.
  for (const start of startsAfter(schedule, timeZone, from - duration - 1000)) {
    const end = start + duration;
    const last = open.at(-1);
    const goesOn = last !== undefined && start <= last[1];
    if (goesOn) last[1] = end;
    else if (end > from) open.push([start, end]);
    // Openings without a break between them: when they end is not known.
    if (start > until) return { open, knownUntil: goesOn ? start : end };
    if (count === MAX_OPENINGS) return { open, knownUntil: start };
    count += 1;
  }
  return { open, knownUntil: Number.POSITIVE_INFINITY };
}

/** A time in which the clocks of a zone do not change, and the schedule by clocks that never do. */
interface Stretch {
  readonly from: Instant;
  readonly until: Instant;
  readonly cron: Cron;
}

/**
 * Finds the starts of a schedule after an instant, in order. Where the clocks do not change it counts with their fixed
 * offset, which is many times faster than looking each hour up in the zone, and gives the same.
 */
export function* startsAfter(schedule: string, timeZone: string, after: Instant): Generator<Instant> {
  const inZone = new Cron(schedule, { mode: '5-part', timezone: timeZone, paused: true });
  let stretch = stretchAt(schedule, timeZone, after);
  for (let at = after; ;) {
    if (at >= stretch.until) stretch = stretchAt(schedule, timeZone, at);
    const fixed = at < stretch.from ? undefined : stretch.cron.nextRun(new Date(at))?.getTime();
    const start =
      fixed !== undefined && fixed < stretch.until ? fixed : inZone.nextRun(new Date(at))?.getTime();
    if (start === undefined) return;
    yield start;
    at = start;
  }
}

/** From a day after the last change of the clocks, by which time no hour of it is near, up to the next one. */
function stretchAt(schedule: string, timeZone: string, at: Instant): Stretch {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const changeOf = (direction: 'previous' | 'next'): Instant | undefined =>
    time.getTimeZoneTransition(direction)?.epochMilliseconds;
  const options = { mode: '5-part', utcOffset: time.offsetNanoseconds / 60e9, paused: true } as const;
  return {
    from: (changeOf('previous') ?? Number.NEGATIVE_INFINITY) + DAY,
    until: changeOf('next') ?? Number.POSITIVE_INFINITY,
    cron: new Cron(schedule, options),
  };
}
