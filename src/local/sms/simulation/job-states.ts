import type { Job, JobSettings, RunState } from '../records.ts';
import { DAY } from '../../simulation/durations.ts';
import type { SimulationContext } from './account.ts';

/** An accepted change of a job. */
export type JobCommand =
  | {
      readonly do: 'create';
      readonly serverId: string;
      readonly seedAt: number;
      readonly runOnce: boolean;
      readonly settings: JobSettings;
      readonly app?: number;
    }
  | {
      readonly do: 'update';
      readonly job: number;
      readonly settings: JobSettings;
      readonly dropKey?: boolean;
      readonly nextRunAt?: number;
    }
  | { readonly do: 'delete'; readonly job: number }
  | { readonly do: 'run'; readonly job: number; readonly description?: string };

/** A paused job is deleted after this time (domain: SMS rules). */
const PAUSE_LIMIT = 4 * DAY;
/** Milliseconds that a deletion takes. */
const DELETION_DURATION = 20_000;

/** Whether the job will never run again. */
export function isFinished({ state }: Job): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'DELETING' || state === 'DELETED';
}

export function finishJob(simulation: SimulationContext, job: Job, state: 'COMPLETED' | 'FAILED'): void {
  job.state = state;
  cancelRuns(simulation, job, 'DELETED');
}

export function pauseJob(simulation: SimulationContext, job: Job): void {
  job.state = 'PAUSED_ON_FAILURE';
  job.givesUpAt = simulation.account.now + PAUSE_LIMIT;
  simulation.events.add({ kind: 'give-up', at: job.givesUpAt, job: job.number });
  cancelRuns(simulation, job, 'DELETED');
}

export function deleteJob(simulation: SimulationContext, job: Job): void {
  job.state = 'DELETING';
  job.goneAt = simulation.account.now + DELETION_DURATION;
  simulation.events.add({ kind: 'gone', at: job.goneAt, job: job.number });
  cancelRuns(simulation, job, 'DELETING');
}

/** Cancels all runs that have not ended; the active run releases its slot. */
function cancelRuns(simulation: SimulationContext, job: Job, state: RunState): void {
  for (const run of job.runs) {
    if (run.state !== 'PENDING' && run.state !== 'ACTIVE') continue;
    if (run.state === 'ACTIVE') simulation.slots.release();
    delete run.waiting;
    delete run.endsAt;
    run.state = state;
  }
}

/** Completes a job whose VM has reached its 90 days. A run that is active ends first. */
export function expireJob(simulation: SimulationContext, job: Job): void {
  if (isFinished(job) || job.runs.some(({ state }) => state === 'ACTIVE')) return;
  job.message = 'The replication job has reached the end of its 90 days.';
  finishJob(simulation, job, 'COMPLETED');
}

export function deletePausedJob(simulation: SimulationContext, job: Job): void {
  if (job.state === 'PAUSED_ON_FAILURE') deleteJob(simulation, job);
}

export function finishDeletion(job: Job): void {
  if (job.state !== 'DELETING') return;
  job.state = 'DELETED';
  for (const run of job.runs) if (run.state === 'DELETING') run.state = 'DELETED';
}
