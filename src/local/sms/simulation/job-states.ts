import type { Job, RunState } from './records.ts';
import type { SimulationContext } from './schedule.ts';

const DAY = 86_400_000;
/** A paused job is deleted after this long (domain: SMS rules). */
const PAUSE_LIMIT = 4 * DAY;
/** How long a deletion takes. */
const DELETION_DURATION = 20_000;

/** Whether the job will never run again. */
export function isFinished({ state }: Job): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'DELETING' || state === 'DELETED';
}

export function completeJob(simulation: SimulationContext, job: Job): void {
  job.state = 'COMPLETED';
  cancelRuns(simulation, job, 'DELETED');
}

export function failJob(simulation: SimulationContext, job: Job): void {
  job.state = 'FAILED';
  cancelRuns(simulation, job, 'DELETED');
}

export function pauseJob(simulation: SimulationContext, job: Job): void {
  job.state = 'PAUSED_ON_FAILURE';
  job.givesUpAt = simulation.world.now + PAUSE_LIMIT;
  simulation.events.add('give-up', job.givesUpAt, job.number);
  cancelRuns(simulation, job, 'DELETED');
}

export function deleteJob(simulation: SimulationContext, job: Job): void {
  job.state = 'DELETING';
  job.goneAt = simulation.world.now + DELETION_DURATION;
  simulation.events.add('gone', job.goneAt, job.number);
  cancelRuns(simulation, job, 'DELETING');
}

/** Runs that have not ended will not: the active one stops and gives its place back. */
function cancelRuns(simulation: SimulationContext, job: Job, state: RunState): void {
  for (const run of job.runs) {
    if (run.state !== 'PENDING' && run.state !== 'ACTIVE') continue;
    if (run.state === 'ACTIVE') simulation.releaseRunSlot();
    delete run.waiting;
    delete run.endsAt;
    run.state = state;
  }
}

/** The 90 days are over. A run that is active may end first. */
export function expireJob(simulation: SimulationContext, job: Job): void {
  if (isFinished(job) || job.runs.some(({ state }) => state === 'ACTIVE')) return;
  job.message = 'The replication job has reached the end of its 90 days.';
  completeJob(simulation, job);
}

export function deletePausedJob(simulation: SimulationContext, job: Job): void {
  if (job.state === 'PAUSED_ON_FAILURE') deleteJob(simulation, job);
}

export function finishDeletion(job: Job): void {
  if (job.state !== 'DELETING') return;
  job.state = 'DELETED';
  for (const run of job.runs) if (run.state === 'DELETING') run.state = 'DELETED';
}
