import { omitUndefined } from '../../collections.ts';
import { copyDuration, DAY, HOUR, MINUTE } from '../../simulation/durations.ts';
import { matchesGlob, type SimulatedFaults } from '../../faults.ts';
import { amiId, runId } from '../../simulation/ids.ts';
import { expireJob, finishJob, pauseJob } from './job-states.ts';
import { guestFamilyOf, licenceFits } from './operating-systems.ts';
import type { Job, PlannedFailure, Run } from '../records.ts';
import type { Machine } from '../../simulation/account.ts';
import type { SimulationContext } from './account.ts';

/** The replication of a VM ends this long after the start of its first run, whatever jobs it had (domain: learnt since). */
const VM_LIFETIME = 90 * DAY;

/** Adds a run to the job's history, and its event. */
export function scheduleRun(
  simulation: SimulationContext,
  job: Job,
  type: Run['type'],
  at: number,
  description?: string,
): Run {
  const number = ++simulation.account.runCount;
  const run: Run = omitUndefined({
    number,
    id: runId(number),
    type,
    state: 'PENDING' as const,
    scheduledAt: at,
    description,
  });
  job.runs.push(run);
  simulation.events.add({ kind: 'due', at, job: job.number, run: number });
  return run;
}

/** Queues a run that is due for a slot, or marks it as missed if another run of the job has not ended. */
export function queueDueRun(simulation: SimulationContext, job: Job, run: Run, at: number): void {
  if (run.state !== 'PENDING' || run.waiting === true || run.scheduledAt !== at) return;
  if (activeOrWaitingRun(job) === undefined) {
    run.waiting = true;
    simulation.slots.add({ at, job, run });
    return;
  }
  run.state = 'MISSED';
  scheduleRun(simulation, job, 'AUTOMATIC', nextScheduledTime(job, at));
}

/** Finds the run that is active or waits for a slot; a job has at most one. */
export function activeOrWaitingRun(job: Job): Run | undefined {
  return job.runs.findLast((run) => run.state === 'ACTIVE' || run.waiting === true);
}

/** Finds the next automatic run. */
export function nextAutomaticRun(job: Job): Run | undefined {
  return job.runs.findLast((run) => run.state === 'PENDING' && run.type === 'AUTOMATIC');
}

/** Computes the first of the job's regular start times after `time`. */
export function nextScheduledTime(job: Job, time: number): number {
  const interval = (job.settings.frequency ?? 24) * HOUR;
  return job.anchor + (Math.max(0, Math.floor((time - job.anchor) / interval)) + 1) * interval;
}

export function startRun(simulation: SimulationContext, job: Job, run: Run): void {
  const { now, faults } = simulation.account;
  const seeded = job.runs.some(({ state }) => state === 'COMPLETED');
  const fate = plannedFailureOf(job, faults);
  delete run.waiting;
  run.state = 'ACTIVE';
  run.startedAt = now;
  run.span = runDuration(job.machine, seeded, run.number);
  run.endsAt = now + durationUntilEnd(run.span, fate);
  if (fate !== undefined) run.fate = fate;
  simulation.events.add({ kind: 'end', at: run.endsAt, job: job.number, run: run.number });
  if (job.state === 'PENDING') job.state = 'ACTIVE';
  if (job.expiresAt === undefined) {
    job.expiresAt = now + VM_LIFETIME;
    simulation.events.add({ kind: 'expire', at: job.expiresAt, job: job.number });
  }
  if (run.type === 'AUTOMATIC' && !job.runOnce)
    scheduleRun(simulation, job, 'AUTOMATIC', nextScheduledTime(job, now));
}

export function endRun(simulation: SimulationContext, job: Job, run: Run, at: number): void {
  if (run.state !== 'ACTIVE') return;
  simulation.slots.release();
  run.completedAt = at;
  delete run.endsAt;
  if (run.fate === undefined) completeRun(simulation, job, run);
  else failRun(simulation, job, run);
  if (job.expiresAt !== undefined && at >= job.expiresAt) expireJob(simulation, job);
}

function completeRun(simulation: SimulationContext, job: Job, run: Run): void {
  run.state = 'COMPLETED';
  run.amiId = amiId(run.number);
  job.latestAmiId = run.amiId;
  job.failures = 0;
  delete job.message;
  job.state = 'ACTIVE';
  deleteOldAmis(job);
  if (job.runOnce) finishJob(simulation, job, 'COMPLETED');
}

function failRun(simulation: SimulationContext, job: Job, run: Run): void {
  const { fate } = run;
  if (fate === undefined) return;
  run.state = 'FAILED';
  run.message = fate.message;
  job.message = fate.message;
  job.failures += 1;
  if (job.runOnce || fate.permanent) finishJob(simulation, job, 'FAILED');
  else if (job.failures >= 3) pauseJob(simulation, job);
  else job.state = 'FAILING';
}

/** Deletes the oldest AMIs beyond the number to keep; 0 keeps all. */
function deleteOldAmis(job: Job): void {
  const keep = job.settings.numberOfRecentAmisToKeep ?? 0;
  if (keep === 0) return;
  for (const run of job.runs.filter(({ amiId: ami }) => ami !== undefined).slice(0, -keep)) delete run.amiId;
}

const BASE_DURATION = 30 * MINUTE;
/** The share of the data that changes between two runs. */
const CHANGED_SHARE = 0.1;
/** The share of a run until the end of the stage Uploading; the rest is Converting. */
const UPLOAD_SHARE = 0.8;
/** The share of a run that is the stage before Uploading. */
const PREPARE_SHARE = 0.02;

const FIRST_BOOT_FAILURE =
  'FirstBootFailure: This import request failed because the instance failed to boot and establish network connectivity.';

/** Computes how long a run takes, in milliseconds: the first run copies all data, later runs copy the changes. */
function runDuration(machine: Machine, seeded: boolean, runNumber: number): number {
  return copyDuration(BASE_DURATION, machine.gigabytes * (seeded ? CHANGED_SHARE : 1), runNumber);
}

/** Decides how a run that starts now will fail; returns nothing if it will succeed. */
function plannedFailureOf(job: Job, faults: SimulatedFaults): PlannedFailure | undefined {
  const { machine, settings } = job;
  const scripted = faults.failures.find(
    ({ server }) => matchesGlob(server, machine.name) || matchesGlob(server, machine.serverId),
  );
  if (scripted !== undefined) return { stage: scripted.stage, message: scripted.message, permanent: false };
  const licence = settings.licenseType;
  if (licence !== undefined && !licenceFits(licence, machine.os)) {
    const message = `ClientError: License type ${licence} is not compatible with the operating system of the server (${machine.os}).`;
    return { stage: 'Converting', message, permanent: true };
  }
  if (guestFamilyOf(machine.os) === 'unsupported') {
    return { stage: 'Converting', message: FIRST_BOOT_FAILURE, permanent: false };
  }
  return undefined;
}

/** Computes how long a run takes until it ends, in milliseconds. A failing run ends in the middle of its stage. */
function durationUntilEnd(span: number, fate: PlannedFailure | undefined): number {
  if (fate === undefined) return span;
  return Math.round(span * (fate.stage === 'Uploading' ? UPLOAD_SHARE / 2 : (1 + UPLOAD_SHARE) / 2));
}

/** Returns the stage and the progress of an active run at `now`. */
export function runProgress(run: Run, now: number): { stage: string; stageProgress: string } {
  const done = (now - (run.startedAt ?? now)) / (run.span ?? 1);
  const [stage, share] =
    done < PREPARE_SHARE
      ? ['Preparing', done / PREPARE_SHARE]
      : done < UPLOAD_SHARE
        ? ['Uploading', (done - PREPARE_SHARE) / (UPLOAD_SHARE - PREPARE_SHARE)]
        : ['Converting', (done - UPLOAD_SHARE) / (1 - UPLOAD_SHARE)];
  return { stage, stageProgress: `${Math.min(99, Math.floor(share * 100))}%` };
}
