// Runs and histories to start from: times are hours from NOW.
import type { RunHistory } from '../../src/core/operations.ts';
import type { ReplicationRun } from '../../src/core/observed.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import type { Status } from '../../src/core/status.ts';
import { findSubjects } from '../../src/journey/subjects.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { buildStatus } from '../../src/plan/status.ts';
import { job, NOW } from '../plan/plan-input.ts';

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

/** The status of all VMs and jobs, with the runs of the histories on their jobs. */
export function statusOf(input: PlanInput, histories: readonly RunHistory[] = []): Status {
  const { desired, traits } = input;
  const runs = new Map(histories.map(({ job: of, runs: ofJob }) => [of?.id, ofJob]));
  const observed = new Map(
    [...input.observed].map(([target, account]) => {
      const jobs = account.jobs.map((one) => {
        const ofJob = runs.get(one.id);
        return ofJob === undefined ? one : { ...one, runs: ofJob };
      });
      return [target, { ...account, jobs }];
    }),
  );
  return buildStatus({ ...input, observed }, findSubjects(desired, observed, traits));
}
