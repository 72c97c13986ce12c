import type { Live } from './live.ts';
import type { Job, RunState } from './records.ts';

const DAY = 86_400_000;
/** A paused job is deleted after this long (domain: SMS rules). */
const PATIENCE = 4 * DAY;
/** How long a deletion takes. */
const DELETION = 20_000;

/** Whether the job will never run again. */
export function isOver({ state }: Job): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'DELETING' || state === 'DELETED';
}

export function completeJob(live: Live, job: Job): void {
  job.state = 'COMPLETED';
  cancelRuns(live, job, 'DELETED');
}

export function failJob(live: Live, job: Job): void {
  job.state = 'FAILED';
  cancelRuns(live, job, 'DELETED');
}

export function pauseJob(live: Live, job: Job): void {
  job.state = 'PAUSED_ON_FAILURE';
  job.givesUpAt = live.world.now + PATIENCE;
  live.agenda.add('give-up', job.givesUpAt, job.number);
  cancelRuns(live, job, 'DELETED');
}

export function deleteJob(live: Live, job: Job): void {
  job.state = 'DELETING';
  job.goneAt = live.world.now + DELETION;
  live.agenda.add('gone', job.goneAt, job.number);
  cancelRuns(live, job, 'DELETING');
}

/** Runs that have not ended will not: the active one stops and gives its place back. */
function cancelRuns(live: Live, job: Job, state: RunState): void {
  for (const run of job.runs) {
    if (run.state !== 'PENDING' && run.state !== 'ACTIVE') continue;
    if (run.state === 'ACTIVE') live.freePlace();
    delete run.waiting;
    delete run.endsAt;
    run.state = state;
  }
}

/** The 90 days are over. A run that is active may end first. */
export function expireJob(live: Live, job: Job): void {
  if (isOver(job) || job.runs.some(({ state }) => state === 'ACTIVE')) return;
  job.message = 'The replication job has reached the end of its 90 days.';
  completeJob(live, job);
}

export function giveUp(live: Live, job: Job): void {
  if (job.state === 'PAUSED_ON_FAILURE') deleteJob(live, job);
}

export function finishDeletion(job: Job): void {
  if (job.state !== 'DELETING') return;
  job.state = 'DELETED';
  for (const run of job.runs) if (run.state === 'DELETING') run.state = 'DELETED';
}
