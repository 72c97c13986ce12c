import { amiId, runId } from './ids.ts';
import { completeJob, expireJob, failJob, pauseJob } from './job-state.ts';
import type { Live } from './live.ts';
import type { Job, Run } from './records.ts';
import { fateOf, lengthOf, spanOf } from './run-course.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A job lives this long from its first run (domain: SMS rules). */
const LIFETIME = 90 * DAY;

/** Puts a run into the job's history and on the agenda. */
export function scheduleRun(live: Live, job: Job, type: Run['type'], at: number, description?: string): Run {
  const number = ++live.world.runCount;
  const run: Run = {
    number,
    id: runId(number),
    type,
    state: 'PENDING',
    scheduledAt: at,
    ...(description === undefined ? {} : { description }),
  };
  job.runs.push(run);
  live.agenda.add('due', at, job.number, number);
  return run;
}

/** The run's time has come: it queues for a place, or is missed because another run of the job is not done. */
export function fallDue(live: Live, job: Job, run: Run, at: number): void {
  if (run.state !== 'PENDING' || run.waiting === true || run.scheduledAt !== at) return;
  if (busyRun(job) === undefined) {
    run.waiting = true;
    live.queue.add(job, run);
    return;
  }
  run.state = 'MISSED';
  scheduleRun(live, job, 'AUTOMATIC', nextSlot(job, at));
}

/** The run that is active or waits for a place; a job has at most one. */
export function busyRun(job: Job): Run | undefined {
  return job.runs.findLast((run) => run.state === 'ACTIVE' || run.waiting === true);
}

/** The automatic run that is to come. */
export function comingRun(job: Job): Run | undefined {
  return job.runs.findLast((run) => run.state === 'PENDING' && run.type === 'AUTOMATIC');
}

/** The first of the job's regular times after `time`. */
export function nextSlot(job: Job, time: number): number {
  const interval = (job.settings.frequency ?? 24) * HOUR;
  return job.anchor + (Math.max(0, Math.floor((time - job.anchor) / interval)) + 1) * interval;
}

export function startRun(live: Live, job: Job, run: Run): void {
  const { now, faults } = live.world;
  const seeded = job.runs.some(({ state }) => state === 'COMPLETED');
  const fate = fateOf(job, faults);
  delete run.waiting;
  run.state = 'ACTIVE';
  run.startedAt = now;
  run.span = spanOf(job.machine, seeded, run.number);
  run.endsAt = now + lengthOf(run.span, fate);
  if (fate !== undefined) run.fate = fate;
  live.agenda.add('end', run.endsAt, job.number, run.number);
  if (job.state === 'PENDING') job.state = 'ACTIVE';
  if (job.expiresAt === undefined) {
    job.expiresAt = now + LIFETIME;
    live.agenda.add('expire', job.expiresAt, job.number);
  }
  if (run.type === 'AUTOMATIC' && !job.runOnce) scheduleRun(live, job, 'AUTOMATIC', nextSlot(job, now));
}

export function endRun(live: Live, job: Job, run: Run, at: number): void {
  if (run.state !== 'ACTIVE') return;
  live.freePlace();
  run.completedAt = at;
  delete run.endsAt;
  if (run.fate === undefined) succeed(live, job, run);
  else fail(live, job, run);
  if (job.expiresAt !== undefined && at >= job.expiresAt) expireJob(live, job);
}

function succeed(live: Live, job: Job, run: Run): void {
  run.state = 'COMPLETED';
  run.amiId = amiId(run.number);
  job.latestAmiId = run.amiId;
  job.failures = 0;
  delete job.message;
  job.state = 'ACTIVE';
  retainAmis(job);
  if (job.runOnce) completeJob(live, job);
}

function fail(live: Live, job: Job, run: Run): void {
  const { fate } = run;
  if (fate === undefined) return;
  run.state = 'FAILED';
  run.message = fate.message;
  job.message = fate.message;
  job.failures += 1;
  if (job.runOnce || fate.permanent) failJob(live, job);
  else if (job.failures >= 3) pauseJob(live, job);
  else job.state = 'FAILING';
}

/** Deletes the oldest AMIs beyond the number to keep; 0 keeps all. */
function retainAmis(job: Job): void {
  const keep = job.settings.numberOfRecentAmisToKeep ?? 0;
  if (keep === 0) return;
  for (const run of job.runs.filter(({ amiId: ami }) => ami !== undefined).slice(0, -keep)) delete run.amiId;
}
