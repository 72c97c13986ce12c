import type { Concern } from '../core/concern.ts';
import { DAY, JOB_LIFETIME_DAYS } from '../core/limits.ts';
import { isActive, type ObservedJob } from '../core/observed.ts';
import type { ReplicationRun, RunHistory } from '../core/operations.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { VmEntry, VmStatus } from '../core/status.ts';
import type { Instant } from '../core/time.ts';
import { type PhaseInput, phaseOfVm } from './phase.ts';
import { ownershipConcern } from './vm-concerns.ts';

/** A VM and the runs of its job as they were last seen; no history: it has no job, or it was not asked for. */
export interface VmSnapshot {
  readonly subject: VmEntry;
  readonly history?: RunHistory;
  /** What has become of the job since, where the service keeps no runs; no job: it is gone. */
  readonly since?: { readonly at: Instant; readonly job?: ObservedJob };
}

/** The replication status of a VM at a moment. */
export function vmStatus(sighting: VmSnapshot, context: PhaseInput, at: Instant): VmStatus {
  const { history } = sighting;
  const now = latestSubject(sighting);
  const { job } = now;
  const { project, traits } = context;
  const progress = job === undefined ? undefined : traits.progress?.(job);
  const { status: phase, concern } = phaseOfVm(now, context, at);
  // A VM whose phase is refused has no other concerns: nothing is done with its job.
  const ofJob = phase?.kind === 'refused' ? [] : concernsOf(now, project, traits);
  const status = {
    ...now,
    ...(progress !== undefined && { progress }),
    ...(phase !== undefined && { phase }),
    concerns: concern === undefined ? ofJob : [...ofJob, concern],
  };
  if (job === undefined || history === undefined) return status;
  const { runs } = history;
  const run = activeOrDueRun(job, runs, at);
  const lastRun = lastEndedRun(runs);
  const next = nextRunAt(job, runs, at);
  const days = daysLeft(job, runs, at);
  const ami = job.latestAmiId ?? runs.find(({ amiId }) => amiId !== undefined)?.amiId;
  return {
    ...status,
    ...(run !== undefined && { run }),
    ...(lastRun !== undefined && { lastRun }),
    ...(next !== undefined && { nextRunAt: next }),
    ...(ami !== undefined && { latestAmiId: ami }),
    ...(days !== undefined && { daysLeft: days }),
  };
}

/** The VM with its job as it was last seen, which is beside its runs; without one that has been deleted since. */
export function latestSubject({ subject, history, since }: VmSnapshot): VmEntry {
  const now: Omit<VmEntry, 'job'> & { job?: ObservedJob } = { ...subject };
  if (since !== undefined) {
    delete now.job;
    return since.job === undefined ? now : { ...now, job: since.job };
  }
  if (history === undefined) return subject;
  if (history.isDeleted) delete now.job;
  if (history.job === undefined) return now;
  // What phases go by is not told beside the runs.
  const { facts } = subject.job ?? {};
  return { ...now, job: { ...(facts !== undefined && { facts }), ...history.job } };
}

/** Whether the VM's job has a run that is active or waits for its turn. */
export function hasActiveOrDueRun(sighting: VmSnapshot): boolean {
  const { job } = latestSubject(sighting);
  const { runs = [], at = 0 } = sighting.history ?? {};
  return job !== undefined && activeOrDueRun(job, runs, at) !== undefined;
}

/** What a plan would say of the VM and of the state of its job. */
function concernsOf(
  { vm, job, problem }: VmEntry,
  project: string,
  traits: ProviderTraits,
): readonly Concern[] {
  if (problem !== undefined) return [problem];
  if (vm === undefined || job === undefined) return [];
  const refusal = ownershipConcern(vm, job, project);
  if (refusal !== undefined) return [refusal];
  return traits.isDone(vm, job) ? [] : traits.jobConcerns(vm, job);
}

/**
 * The run of a job that is active, or that is due and waits for its turn. A paused job starts nothing, whatever is
 * due.
 */
export function activeOrDueRun(
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
export function lastEndedRun(runs: readonly ReplicationRun[]): ReplicationRun | undefined {
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
  return Math.max(0, Math.ceil((first.scheduledAt + JOB_LIFETIME_DAYS * DAY - at) / DAY));
}
