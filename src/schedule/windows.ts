import { Cron } from 'croner';
import type { MaintenanceWindow } from '../core/desired.ts';
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
  const cron = new Cron(schedule, { mode: '5-part', timezone: timeZone, paused: true });
  const open: [Instant, Instant][] = [];
  // A second earlier: the next run after an instant is later than it.
  let start = cron.nextRun(new Date(from - duration - 1000))?.getTime();
  for (let count = 0; start !== undefined; count += 1) {
    const end = start + duration;
    const last = open.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else if (end > from) open.push([start, end]);
    if (start > until) return { open, knownUntil: end };
    if (count === MAX_OPENINGS) return { open, knownUntil: start };
    start = cron.nextRun(new Date(start))?.getTime();
  }
  return { open, knownUntil: Number.POSITIVE_INFINITY };
}
