import { matchesGlob } from '../../faults/simulated-faults.ts';
import { amiId, fixedFraction, runId } from './ids.ts';
import { completeJob, expireJob, failJob, pauseJob } from './job-states.ts';
import { guestFamilyOf, licenceFits } from './operating-systems.ts';
import type { Job, Machine, PlannedFailure, Run, SimulatedFaults } from './records.ts';
import type { SimulationContext } from './schedule.ts';

const DAY = 86_400_000;
/** A job lives this long from its first run (domain: SMS rules). */
const JOB_LIFETIME = 90 * DAY;

/** Puts a run into the job's history and on the events. */
export function scheduleRun(
  simulation: SimulationContext,
  job: Job,
  type: Run['type'],
  at: number,
  description?: string,
): Run {
  const number = ++simulation.world.runCount;
  const run: Run = {
    number,
    id: runId(number),
    type,
    state: 'PENDING',
    scheduledAt: at,
    ...(description === undefined ? {} : { description }),
  };
  job.runs.push(run);
  simulation.events.add('due', at, job.number, number);
  return run;
}

/** The run's time has come: it queues for a place, or is missed because another run of the job is not done. */
export function queueDueRun(simulation: SimulationContext, job: Job, run: Run, at: number): void {
  if (run.state !== 'PENDING' || run.waiting === true || run.scheduledAt !== at) return;
  if (activeOrWaitingRun(job) === undefined) {
    run.waiting = true;
    simulation.queue.add(job, run);
    return;
  }
  run.state = 'MISSED';
  scheduleRun(simulation, job, 'AUTOMATIC', nextScheduledTime(job, at));
}

/** The run that is active or waits for a place; a job has at most one. */
export function activeOrWaitingRun(job: Job): Run | undefined {
  return job.runs.findLast((run) => run.state === 'ACTIVE' || run.waiting === true);
}

/** The automatic run that is to come. */
export function nextAutomaticRun(job: Job): Run | undefined {
  return job.runs.findLast((run) => run.state === 'PENDING' && run.type === 'AUTOMATIC');
}

/** The first of the job's regular times after `time`. */
export function nextScheduledTime(job: Job, time: number): number {
  const interval = (job.settings.frequency ?? 24) * HOUR;
  return job.anchor + (Math.max(0, Math.floor((time - job.anchor) / interval)) + 1) * interval;
}

export function startRun(simulation: SimulationContext, job: Job, run: Run): void {
  const { now, faults } = simulation.world;
  const seeded = job.runs.some(({ state }) => state === 'COMPLETED');
  const fate = plannedFailureOf(job, faults);
  delete run.waiting;
  run.state = 'ACTIVE';
  run.startedAt = now;
  run.span = runDuration(job.machine, seeded, run.number);
  run.endsAt = now + durationUntilEnd(run.span, fate);
  if (fate !== undefined) run.fate = fate;
  simulation.events.add('end', run.endsAt, job.number, run.number);
  if (job.state === 'PENDING') job.state = 'ACTIVE';
  if (job.expiresAt === undefined) {
    job.expiresAt = now + JOB_LIFETIME;
    simulation.events.add('expire', job.expiresAt, job.number);
  }
  if (run.type === 'AUTOMATIC' && !job.runOnce)
    scheduleRun(simulation, job, 'AUTOMATIC', nextScheduledTime(job, now));
}

export function endRun(simulation: SimulationContext, job: Job, run: Run, at: number): void {
  if (run.state !== 'ACTIVE') return;
  simulation.releaseRunSlot();
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
  if (job.runOnce) completeJob(simulation, job);
}

function failRun(simulation: SimulationContext, job: Job, run: Run): void {
  const { fate } = run;
  if (fate === undefined) return;
  run.state = 'FAILED';
  run.message = fate.message;
  job.message = fate.message;
  job.failures += 1;
  if (job.runOnce || fate.permanent) failJob(simulation, job);
  else if (job.failures >= 3) pauseJob(simulation, job);
  else job.state = 'FAILING';
}

/** Deletes the oldest AMIs beyond the number to keep; 0 keeps all. */
function deleteOldAmis(job: Job): void {
  const keep = job.settings.numberOfRecentAmisToKeep ?? 0;
  if (keep === 0) return;
  for (const run of job.runs.filter(({ amiId: ami }) => ami !== undefined).slice(0, -keep)) delete run.amiId;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const BASE_DURATION = 30 * MINUTE;
const GIGABYTES_PER_HOUR = 25;
/** The part of a disk that changes between two runs. */
const CHANGED_SHARE = 0.1;
/** Uploading takes this part of a run, converting the rest. */
const UPLOAD_SHARE = 0.8;

const FIRST_BOOT_FAILURE =
  'FirstBootFailure: This import request failed because the instance failed to boot and establish network connectivity.';

/** How long a run takes from start to end, in milliseconds: all of the disk the first time, then what changed. */
function runDuration(machine: Machine, seeded: boolean, runNumber: number): number {
  const share = seeded ? CHANGED_SHARE : 1;
  const span = BASE_DURATION + (machine.gigabytes * share * HOUR) / GIGABYTES_PER_HOUR;
  return Math.round(span * (0.9 + 0.2 * fixedFraction(runNumber)));
}

/** How a run that starts now will fail; nothing if it will not. */
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

/** When a run ends, counted from its start: a failing one stops half-way through its stage. */
function durationUntilEnd(span: number, fate: PlannedFailure | undefined): number {
  if (fate === undefined) return span;
  return Math.round(span * (fate.stage === 'Uploading' ? UPLOAD_SHARE / 2 : (1 + UPLOAD_SHARE) / 2));
}

/** Where an active run stands at `now`. */
export function runProgress(run: Run, now: number): { stage: string; stageProgress: string } {
  const done = (now - (run.startedAt ?? now)) / (run.span ?? 1);
  const [stage, share] =
    done < UPLOAD_SHARE
      ? ['Uploading', done / UPLOAD_SHARE]
      : ['Converting', (done - UPLOAD_SHARE) / (1 - UPLOAD_SHARE)];
  return { stage, stageProgress: `${Math.min(99, Math.floor(share * 100))}%` };
}
