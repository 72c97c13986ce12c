import { spellInstant } from '../core/instant.ts';
import type { JobState, ObservedJob } from '../core/observed.ts';
import type { RunHistory } from '../core/operations.ts';
import { busyRun } from './history.ts';
import { latest, type Sighting } from './vm-status.ts';

const DAY = 86_400_000;
/** On-demand runs of a job in 24 hours (domain: SMS rules). */
const PER_DAY = 2;

/** Why no run can start in a job's state; nothing for states in which one may. */
const STATES: Readonly<Partial<Record<JobState, string>>> = {
  completed: 'has completed',
  failed: 'has failed',
  paused: 'is paused after failures',
};

/**
 * Why a VM's job may not run now; nothing if it may. Says early what the service would say, a call later: an
 * on-demand run needs a completed seed run, no other run of the job beside it, and no two in the 24 hours before
 * (domain: SMS rules). Jobs that the project does not own are not touched.
 */
export function refuseRun(sighting: Sighting, project: string): string | undefined {
  const { job } = latest(sighting);
  const { history } = sighting;
  if (job === undefined || history === undefined)
    return 'it has no replication job: `landfall apply` creates it';
  const { id, owner, state } = job;
  if (owner?.project !== project) {
    const whose = owner === undefined ? 'no project owns' : `project ${owner.project} owns`;
    return `${whose} its replication job ${id}, and only its owner runs a job`;
  }
  const ended = STATES[state];
  return ended === undefined ? refuseForRuns(job, history) : `its replication job ${id} ${ended}`;
}

function refuseForRuns(job: ObservedJob, { runs, at }: RunHistory): string | undefined {
  const busy = busyRun(job, runs, at);
  if (busy !== undefined) {
    return `run ${busy.id} ${busy.state === 'active' ? 'is active' : 'waits for its turn'}`;
  }
  // A history may not go back to the seed run; the AMI tells of it then.
  const seeded = job.latestAmiId !== undefined || runs.some(({ state }) => state === 'completed');
  if (!seeded) return 'its seed run has not completed yet';
  const recent = runs.filter(
    ({ type, scheduledAt }) => type === 'on-demand' && scheduledAt !== undefined && scheduledAt > at - DAY,
  );
  const oldest = recent[PER_DAY - 1]?.scheduledAt;
  if (oldest === undefined) return undefined;
  return `it has had ${PER_DAY} on-demand runs in 24 hours: the next may start at ${spellInstant(oldest + DAY)}`;
}
