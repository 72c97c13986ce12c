import type { Instant } from '../core/instant.ts';
import type { ObservedJob } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import type { ReplicationRun } from '../core/operations.ts';

const DAY = 86_400_000;
/** A job lives 90 days from its first run, then AWS ends it (domain: SMS rules). */
const LIFETIME = 90 * DAY;

/**
 * The run of a job that is active, or that is due and waits for its turn. A paused job starts nothing, whatever is
 * due.
 */
export function busyRun(
  job: ObservedJob,
  runs: readonly ReplicationRun[],
  at: Instant,
): ReplicationRun | undefined {
  const active = runs.find(({ state }) => state === 'active');
  if (active !== undefined || !isActive(job) || job.state === 'paused') return active;
  return runs.find(
    ({ state, scheduledAt }) => state === 'pending' && scheduledAt !== undefined && scheduledAt <= at,
  );
}

/** The latest run that came to an end; runs are last scheduled first. */
export function lastEnded(runs: readonly ReplicationRun[]): ReplicationRun | undefined {
  return runs.find(({ state }) => state === 'completed' || state === 'failed');
}

/** When the next run starts of its own accord. */
export function nextRunAt(
  job: ObservedJob,
  runs: readonly ReplicationRun[],
  at: Instant,
): Instant | undefined {
  if (!isActive(job) || job.state === 'paused') return undefined;
  const pending = runs.filter(({ state }) => state === 'pending').map(({ scheduledAt }) => scheduledAt);
  const times = [job.nextRunAt, ...pending].filter((time) => time !== undefined);
  return times.filter((time) => time > at).toSorted((a, b) => a - b)[0];
}

/** Days until the service ends the job, the last one included; nothing before its first run, or if it is over. */
export function daysLeft(job: ObservedJob, runs: readonly ReplicationRun[], at: Instant): number | undefined {
  if (!isActive(job)) return undefined;
  const first = runs.findLast(
    ({ state }) => state === 'active' || state === 'completed' || state === 'failed',
  );
  if (first?.scheduledAt === undefined) return undefined;
  return Math.max(0, Math.ceil((first.scheduledAt + LIFETIME - at) / DAY));
}
