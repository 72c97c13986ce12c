import type { Concern } from '../core/concern.ts';
import type { Instant } from '../core/instant.ts';
import type { ObservedJob } from '../core/observed.ts';
import type { RunHistory } from '../core/operations.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { Subject, VmStatus } from '../core/status.ts';
import { refuseJob } from '../plan/ownership.ts';
import { phaseOf, type StatusContext } from './phase-of.ts';
import { busyRun, daysLeft, lastEnded, nextRunAt } from './history.ts';

/** A VM and the runs of its job as they were last seen; no history: it has no job, or it was not asked for. */
export interface Sighting {
  readonly subject: Subject;
  readonly history?: RunHistory;
  /** What has become of the job since, where the service keeps no runs; no job: it is gone. */
  readonly since?: { readonly at: Instant; readonly job?: ObservedJob };
}

/** How a VM's replication is getting on at a moment. */
export function vmStatus(sighting: Sighting, context: StatusContext, at: Instant): VmStatus {
  const { history } = sighting;
  const now = latest(sighting);
  const { job } = now;
  const { project, traits } = context;
  const progress = job === undefined ? undefined : traits.progress?.(job);
  const { phase, concern } = phaseOf(now, context, at);
  // What goes nowhere any more is said once.
  const ofJob = phase?.kind === 'refused' ? [] : concernsOf(now, project, traits);
  const status = {
    ...now,
    ...(progress !== undefined && { progress }),
    ...(phase !== undefined && { phase }),
    concerns: concern === undefined ? ofJob : [...ofJob, concern],
  };
  if (job === undefined || history === undefined) return status;
  const { runs } = history;
  const run = busyRun(job, runs, at);
  const lastRun = lastEnded(runs);
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
export function latest({ subject, history, since }: Sighting): Subject {
  const now: Omit<Subject, 'job'> & { job?: ObservedJob } = { ...subject };
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
export function isBusy(sighting: Sighting): boolean {
  const { job } = latest(sighting);
  const { runs = [], at = 0 } = sighting.history ?? {};
  return job !== undefined && busyRun(job, runs, at) !== undefined;
}

/** What a plan would say of the VM and of the state of its job. */
function concernsOf(
  { vm, job, problem }: Subject,
  project: string,
  traits: ProviderTraits,
): readonly Concern[] {
  if (problem !== undefined) return [problem];
  if (vm === undefined || job === undefined) return [];
  const refusal = refuseJob(vm, job, project);
  if (refusal !== undefined) return [refusal];
  return traits.isDone(vm, job) ? [] : traits.jobConcerns(vm, job);
}
