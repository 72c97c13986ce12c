import { Cap, takeSlots } from '../core/caps.ts';
import type { Desired, Limits } from '../core/desired.ts';
import { DAY, MAX_RUNS_PER_DAY } from '../core/limits.ts';
import {
  activeOrDueRun,
  isActive,
  isOwnedBy,
  type JobState,
  type Observed,
  type ObservedJob,
} from '../core/observed.ts';
import type { RunHistory } from '../core/operations.ts';
import type { VmEntry } from '../core/status.ts';
import { displayInstant } from '../core/time.ts';

/** A VM and the runs of its job as they were last seen; no history: it has no job, or it was not asked for. */
export interface VmSnapshot {
  readonly subject: VmEntry;
  readonly history?: RunHistory;
}

/** The VM's job as it was last seen, which is beside its runs; undefined where it has none, or it has been deleted. */
function latestJob({ subject: { job }, history }: VmSnapshot): ObservedJob | undefined {
  return history?.isDeleted === true ? undefined : (history?.job ?? job);
}

/** Whether the VM's job has a run that is active, or that is due and waits. */
export function hasActiveOrDueRun(snapshot: VmSnapshot): boolean {
  const job = latestJob(snapshot);
  const { runs = [], at = 0 } = snapshot.history ?? {};
  return job !== undefined && activeOrDueRun(job, runs, at) !== undefined;
}

/** Why no run can start in a job's state; nothing for states in which one may. */
const REFUSING_STATES: Readonly<Partial<Record<JobState, string>>> = {
  completed: 'has completed',
  failed: 'has failed',
  paused: 'is paused after failures',
};

/**
 * Why a VM's job may not run now; nothing if it may. Says early what the service would say, a call later: an
 * on-demand run needs a completed seed run, no other run of the job beside it, and no two in the 24 hours before
 * (domain: SMS rules). Jobs that the project does not own are not touched.
 * @param connectorProblem why the service cannot replicate the server now; absent: it can
 */
export function refuseRun(
  snapshot: VmSnapshot,
  project: string,
  connectorProblem?: string,
): string | undefined {
  const job = latestJob(snapshot);
  const { history } = snapshot;
  if (job === undefined || history === undefined)
    return 'it has no replication job: `landfall apply` creates it';
  const { id, owner, state } = job;
  if (!isOwnedBy(job, project)) {
    const whose = owner === undefined ? 'no project owns' : `project ${owner.project} owns`;
    return `${whose} its replication job ${id}, and only its owner runs a job`;
  }
  const ended = REFUSING_STATES[state];
  return ended === undefined
    ? refuseForRunHistory(job, history, connectorProblem)
    : `its replication job ${id} ${ended}`;
}

function refuseForRunHistory(
  job: ObservedJob,
  { runs, at }: RunHistory,
  connectorProblem: string | undefined,
): string | undefined {
  const busy = activeOrDueRun(job, runs, at);
  if (busy !== undefined) {
    if (busy.state === 'active') return `run ${busy.id} is active`;
    return `run ${busy.id} waits${connectorProblem === undefined ? ' for its turn' : `: ${connectorProblem}`}`;
  }
  // A history may not go back to the seed run; the AMI tells of it then.
  const seeded = job.latestAmiId !== undefined || runs.some(({ state }) => state === 'completed');
  if (!seeded) return 'its seed run has not completed yet';
  const recent = runs.filter(
    ({ type, scheduledAt }) => type === 'on-demand' && scheduledAt !== undefined && scheduledAt > at - DAY,
  );
  const oldest = recent[MAX_RUNS_PER_DAY - 1]?.scheduledAt;
  if (oldest === undefined) return undefined;
  return `it has had ${MAX_RUNS_PER_DAY} on-demand runs in 24 hours: the next may start at ${displayInstant(oldest + DAY)}`;
}

/**
 * Says why a VM's job may not run while its wave file is left out: the limits of its wave cannot be read. Returns nothing
 * where they can be, or the file is not left out.
 */
export function refuseUnknownLimits(
  { waves, leftOut = [] }: Desired,
  { wave, isLeftOut }: VmEntry,
): string | undefined {
  if (isLeftOut !== true || waves.some(({ name }) => name === wave)) return undefined;
  const named = leftOut.flatMap((file) => file.waves.filter(({ name }) => name === wave));
  if (named.length > 0 && named.every(({ limits }) => limits !== undefined)) return undefined;
  const files = leftOut.filter(
    (file) => file.hasUnknownWaves || file.waves.some(({ name }) => name === wave),
  );
  const names = files.map(({ file }) => file).join(', ');
  return `the limits of wave ${wave ?? ''} cannot be read, because ${names} has errors: fix them, and run it again`;
}

/** A cap on runs at once that could be passed, and the jobs whose runs count against it. */
export interface RunCap {
  readonly target: string;
  /** Absent: the target's own. */
  readonly wave?: string;
  readonly limit: number;
  /** By id. */
  readonly jobs: ReadonlyMap<string, ObservedJob>;
}

/**
 * The caps of targets and waves (`limits.activeReplications`) that runs of these VMs could pass. A job has one run at a time, so a cap
 * over no more jobs than it allows holds whatever runs, and nobody need count.
 */
export function runCaps(
  desired: Desired,
  observed: ReadonlyMap<string, Observed>,
  subjects: readonly VmEntry[],
): readonly RunCap[] {
  const ofTargets = desired.targets.flatMap(({ name, limits }): readonly RunCap[] => {
    const jobs = activeJobs(observed.get(name)?.jobs ?? []);
    return [{ target: name, limit: limits.activeReplications, jobs }];
  });
  const leftOut = (desired.leftOut ?? []).flatMap((file) => file.waves);
  const waves: readonly { name: string; limits?: Limits; target?: string }[] = [...desired.waves, ...leftOut];
  const ofWaves = waves.flatMap(({ name, target: only, limits }): readonly RunCap[] => {
    const limit = limits?.activeReplications;
    if (limit === undefined) return [];
    const mine = subjects.filter(({ wave, target }) => wave === name && (only ?? target) === target);
    return [...new Set(mine.map(({ target }) => target))].map((target) => {
      const jobs = mine.flatMap((one) => (one.target === target ? (one.job ?? []) : []));
      return { target, wave: name, limit, jobs: activeJobs(jobs) };
    });
  });
  // A wave's cap is asked before its target's: a VM that it turns down takes nothing from the target's.
  return [...ofWaves, ...ofTargets].filter(({ limit, jobs }) => jobs.size > limit);
}

function activeJobs(jobs: readonly ObservedJob[]): ReadonlyMap<string, ObservedJob> {
  return new Map(jobs.filter(isActive).map((job) => [job.id, job]));
}

/**
 * Lets as many of the VMs run as the caps have room for, in their order, and gives the reason for each of the rest.
 * @param isBusy whether a job has a run that is active or waits for its turn
 */
export function refuseBeyondCaps(
  subjects: readonly VmEntry[],
  caps: readonly RunCap[],
  isBusy: (target: string, jobId: string) => boolean,
): ReadonlyMap<VmEntry, string> {
  const counted = caps.map((cap) => {
    const active = [...cap.jobs.keys()].filter((id) => isBusy(cap.target, id)).length;
    return { jobs: cap.jobs, cap: new Cap({ ...cap, of: 'runs', active }) };
  });
  const refused = new Map<VmEntry, string>();
  for (const subject of subjects) {
    const { target, job } = subject;
    const ofJob = counted.filter(
      ({ cap, jobs }) => cap.target === target && job !== undefined && jobs.has(job.id),
    );
    const full = takeSlots(
      ofJob.map(({ cap }) => cap),
      () => 1,
    );
    if (full !== undefined) refused.set(subject, full.reason);
  }
  return refused;
}
