import type { Capacity, Change } from '../core/plan.ts';

/** A cap and what a run does to it: counted up while the changes of a target are gone through. */
export interface Gauge {
  readonly target: string;
  /** Absent: the target's own cap. */
  readonly wave?: string;
  readonly limit: number;
  active: number;
  /** Active jobs that the run deletes for good. */
  deleted: number;
  /** Active jobs that the run deletes in order to create them anew, in the slot they had. */
  replaced: number;
  /** Replaced ones whose new job counts here. */
  renewed: number;
  started: number;
  deferred: number;
}

/** A gauge before anything is counted. */
export function newGauge(target: string, limit: number, wave?: string): Gauge {
  const counts = { active: 0, deleted: 0, replaced: 0, renewed: 0, started: 0, deferred: 0 };
  return { target, ...(wave === undefined ? {} : { wave }), limit, ...counts };
}

/**
 * Whether a job may start under a cap. One that replaces an active job starts in the slot that this leaves, which
 * is there unless more are active than the cap allows: then nothing starts.
 */
export function fits(gauge: Gauge, { activeBefore }: Change): boolean {
  return occupied(gauge) + (activeBefore ? 0 : 1) <= gauge.limit;
}

/** Why a cap defers a change. */
export function fullReason(gauge: Gauge): string {
  const { target, wave, limit, started } = gauge;
  const who = wave === undefined ? `target ${target}` : `wave ${wave}`;
  const now = started === 0 ? '' : `, ${started} of them starting now`;
  return `${who} has ${occupied(gauge)} of ${limit} active replications${now}`;
}

/** What a plan says of a cap once everything is counted. */
export function toCapacity({ target, wave, limit, ...counts }: Gauge): Capacity {
  const { active, deleted, replaced, renewed, started, deferred } = counts;
  const part = wave === undefined ? {} : { wave };
  return { target, ...part, limit, active, freed: deleted + replaced, starting: started + renewed, deferred };
}

/**
 * Slots that are taken at this point of a run. Deletes come first in a run and free theirs; the slot of a job that
 * is replaced goes to its successor and to nobody else.
 */
function occupied({ active, deleted, started }: Gauge): number {
  return active - deleted + started;
}
