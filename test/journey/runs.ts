// Runs and histories to start from: times are hours from NOW.
import type { ReplicationRun, RunHistory } from '../../src/core/operations.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import { job, NOW } from '../plan/world.ts';

export const HOUR = 3_600_000;

/** A run that was or is scheduled so many hours from now; one that has ended took an hour. */
export function run(
  state: ReplicationRun['state'],
  hours: number,
  more: Partial<ReplicationRun> = {},
): ReplicationRun {
  const scheduledAt = NOW + hours * HOUR;
  const ended = state === 'completed' || state === 'failed';
  return {
    id: `sms-run-${state}${hours}`,
    state,
    type: 'automatic',
    scheduledAt,
    ...(ended && { completedAt: scheduledAt + HOUR }),
    ...(state === 'completed' && { amiId: `ami-${hours}` }),
    ...more,
  };
}

export const onDemand = (state: ReplicationRun['state'], hours: number): ReplicationRun =>
  run(state, hours, { type: 'on-demand' });

/** A job's history; its runs are put in the order in which the port gives them. */
export function history(of: ObservedJob | string, runs: readonly ReplicationRun[]): RunHistory {
  return {
    at: NOW,
    job: typeof of === 'string' ? job(of) : of,
    isDeleted: false,
    runs: runs.toSorted((a, b) => (b.scheduledAt ?? 0) - (a.scheduledAt ?? 0)),
  };
}
