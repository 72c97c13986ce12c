import type { Desired } from '../core/desired.ts';
import type { Observed, ObservedJob } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import type { Subject } from '../core/status.ts';

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
  subjects: readonly Subject[],
): readonly RunCap[] {
  const ofTargets = desired.targets.flatMap(({ name, limits }): readonly RunCap[] => {
    const jobs = activeJobs(observed.get(name)?.jobs ?? []);
    return [{ target: name, limit: limits.activeReplications, jobs }];
  });
  const ofWaves = desired.waves.flatMap(({ name, target, limits }): readonly RunCap[] => {
    if (limits.activeReplications === undefined) return [];
    const mine = subjects.filter((subject) => subject.target === target && subject.wave === name);
    return [
      {
        target,
        wave: name,
        limit: limits.activeReplications,
        jobs: activeJobs(mine.flatMap(({ job }) => job ?? [])),
      },
    ];
  });
  // A wave's cap is asked before its target's: a VM that it turns down takes nothing from the target's.
  return [...ofWaves, ...ofTargets].filter(({ limit, jobs }) => jobs.size > limit);
}

function activeJobs(jobs: readonly ObservedJob[]): ReadonlyMap<string, ObservedJob> {
  return new Map(jobs.filter(isActive).map((job) => [job.id, job]));
}

/**
 * Lets as many of the VMs run as the caps leave room for, in the order they come in, and gives the reason for each
 * of the rest.
 * @param isBusy whether a job has a run that is active or waits for its turn
 */
export function withinCaps(
  subjects: readonly Subject[],
  caps: readonly RunCap[],
  isBusy: (target: string, jobId: string) => boolean,
): ReadonlyMap<Subject, string> {
  const gauges = caps.map((cap) => ({
    ...cap,
    busy: [...cap.jobs.keys()].filter((id) => isBusy(cap.target, id)).length,
    starting: 0,
  }));
  const refused = new Map<Subject, string>();
  for (const subject of subjects) {
    const { target, job } = subject;
    const mine = gauges.filter(
      (gauge) => gauge.target === target && job !== undefined && gauge.jobs.has(job.id),
    );
    const full = mine.find(({ busy, starting, limit }) => busy + starting >= limit);
    if (full === undefined) for (const gauge of mine) gauge.starting += 1;
    else refused.set(subject, reason(full));
  }
  return refused;
}

function reason({
  target,
  wave,
  limit,
  busy,
  starting,
}: RunCap & { busy: number; starting: number }): string {
  const who = wave === undefined ? `target ${target}` : `wave ${wave}`;
  const now = starting === 0 ? '' : `, ${starting} of them starting now`;
  return `${who} has ${busy + starting} of ${limit} replication runs active${now}`;
}
