import type { Capacity, Change } from '../core/plan.ts';
import type { TargetInput } from './input.ts';

interface Quota {
  readonly of: 'jobs' | 'servers-in-jobs';
  readonly limit: number;
  readonly active: number;
  starting: number;
  deferred: number;
}

/**
 * Lets as many VMs take a step as the service's quotas of jobs leave room for, in the order in which `changes` come,
 * and defers the rest: servers of a wave that take the same step share a job, as many as a call takes (domain: MGN
 * rules).
 * @param failed addresses of VMs that take a step again after it has failed: they come last, so that a wave that fails
 *   every time does not keep the others waiting
 */
export function applyJobCaps(
  { target, observed, traits }: TargetInput,
  changes: readonly Change[],
  failed: ReadonlySet<string> = new Set(),
): { readonly changes: readonly Change[]; readonly capacity: readonly Capacity[] } {
  const { makesJob, batch } = traits.phases;
  const { activeJobs, serversInJobs } = target.limits;
  if (makesJob === undefined || activeJobs === undefined || serversInJobs === undefined)
    return { changes, capacity: [] };

  const running = observed.jobsRunning ?? { jobs: 0, servers: 0 };
  const jobs: Quota = { of: 'jobs', limit: activeJobs, active: running.jobs, starting: 0, deferred: 0 };
  const servers: Quota = {
    of: 'servers-in-jobs',
    limit: serversInJobs,
    active: running.servers,
    starting: 0,
    deferred: 0,
  };
  const taken = new Map<string, number>();
  const cap = (change: Change): Change => {
    const { action, step, blockedBy } = change;
    if (action !== 'advance' || step === undefined || blockedBy.length > 0 || !makesJob(step)) return change;
    const kind = `${step}/${change.wave}`;
    const before = taken.get(kind) ?? 0;
    const newJob = before % batch === 0 ? 1 : 0;
    const full = [jobs, servers].find((quota) => isFull(quota, quota === jobs ? newJob : 1));
    if (full !== undefined) {
      full.deferred += 1;
      return { ...change, action: 'defer', reason: fullReason(target.name, full), effects: [] };
    }
    taken.set(kind, before + 1);
    jobs.starting += newJob;
    servers.starting += 1;
    return change;
  };
  const again = changes.filter(({ address }) => failed.has(address));
  const first = changes.filter(({ address }) => !failed.has(address));
  const capped = new Map([...first, ...again].map((change) => [change, cap(change)]));
  const quotas = [jobs, servers].filter(({ active, starting, deferred }) => active + starting + deferred > 0);
  return {
    changes: changes.map((change) => capped.get(change) ?? change),
    capacity: quotas.map((quota) => ({ ...quota, target: target.name, freed: 0 })),
  };
}

function isFull({ limit, active, starting }: Quota, more: number): boolean {
  return more > 0 && active + starting + more > limit;
}

function fullReason(target: string, { of, limit, active, starting }: Quota): string {
  const what = of === 'jobs' ? 'jobs of the service' : 'servers in jobs';
  const now = starting === 0 ? '' : `, ${starting} of them starting now`;
  return `target ${target} has ${active + starting} of ${limit} ${what}${now}`;
}
