import type { DesiredWave, Target } from '../core/desired.ts';
import { addToGroup } from '../core/lists.ts';
import { isActive, type Observed, type ObservedJob } from '../core/observed.ts';
import {
  type Capacity,
  type Change,
  type CreateChange,
  type DeleteChange,
  isExecutable,
  type Plan,
  type ReplaceChange,
} from '../core/plan.ts';
import type { ResolvedVms } from '../journey/resolve.ts';
import { indexServers, serverOf, type Servers } from '../journey/servers.ts';
import type { TargetInput } from './input.ts';

/**
 * Lets as many jobs start as the caps of the target and its waves leave room for (design, rule 3), in the order in
 * which `changes` come, and defers the rest; a VM that one cap turns down takes nothing from the other. Counts every active job of the account, ours or not, selected or not.
 * A blocked change takes no slot and frees none.
 */
export function applyCaps(
  input: TargetInput,
  waves: readonly DesiredWave[],
  servers: Servers,
  resolved: ResolvedVms,
  changes: readonly Change[],
): { readonly changes: readonly Change[]; readonly capacity: readonly Capacity[] } {
  const { target, observed } = input;
  const whole = newCapUsage(target.name, target.limits.activeReplications);
  const ofWave = new Map<string, CapUsage>();
  for (const { name, limits } of waves) {
    if (limits.activeReplications !== undefined) {
      ofWave.set(name, newCapUsage(target.name, limits.activeReplications, name));
    }
  }

  const gaugesOf = new Map<string, readonly CapUsage[]>();
  for (const job of observed.jobs.filter(isActive)) {
    const counted = wavesOfJob(job, input, servers, resolved);
    const gauges = [whole, ...[...counted].flatMap((wave) => ofWave.get(wave) ?? [])];
    gaugesOf.set(job.id, gauges);
    for (const gauge of gauges) gauge.active += 1;
  }
  for (const { id, replicatesOn } of changes.filter(freesSlot)) {
    for (const gauge of gaugesOf.get(id) ?? []) {
      // It is no job of its wave any more, and a replication of the account all the same.
      if (gauge !== whole || replicatesOn !== true) gauge.deleted += 1;
    }
  }

  const capped = changes.map((change): Change => {
    if (!startsJob(change)) return change;
    // Where both are full, the wave's is named: it is the narrower.
    const gauges = [ofWave.get(change.wave), whole].filter((gauge) => gauge !== undefined);
    const full = gauges.find((gauge) => !hasRoom(gauge, change));
    if (full !== undefined) {
      full.deferred += 1;
      return { ...change, action: 'defer', reason: capFullReason(full), effects: [] };
    }
    for (const gauge of gauges) gauge[change.activeBefore ? 'renewed' : 'started'] += 1;
    if (change.action === 'replace' && change.activeBefore) {
      for (const gauge of gaugesOf.get(change.id) ?? []) gauge.replaced += 1;
    }
    return change;
  });
  return { changes: capped, capacity: [whole, ...ofWave.values()].map(toCapacity) };
}

/** The waves whose caps an active job counts against: its marker's, and those of the VMs that stand on its server. */
function wavesOfJob(
  job: ObservedJob,
  { project }: TargetInput,
  servers: Servers,
  { byServer }: ResolvedVms,
): ReadonlySet<string> {
  const waves = new Set((byServer.get(serverOf(job, servers).serverId) ?? []).map(({ wave }) => wave));
  if (job.owner?.project === project) waves.add(job.owner.wave);
  return waves;
}

function freesSlot(change: Change): change is DeleteChange {
  return isExecutable(change) && change.action === 'delete';
}

function startsJob(change: Change): change is CreateChange | ReplaceChange {
  return isExecutable(change) && (change.action === 'create' || change.action === 'replace');
}

/** A cap and what a run does to it: counted up while the changes of a target are gone through. */
interface CapUsage {
  readonly target: string;
  /** Absent: the target's own cap. */
  readonly wave?: string;
  readonly limit: number;
  active: number;
  /** Active jobs that the run deletes for good. */
  deleted: number;
  /** Active jobs that the run deletes in order to create them anew, in the slot they had. */
  replaced: number;
  /** Replaced ones whose new job counts here. */
  renewed: number;
  started: number;
  deferred: number;
}

/** A gauge before anything is counted. */
function newCapUsage(target: string, limit: number, wave?: string): CapUsage {
  const counts = { active: 0, deleted: 0, replaced: 0, renewed: 0, started: 0, deferred: 0 };
  return { target, ...(wave === undefined ? {} : { wave }), limit, ...counts };
}

/**
 * Whether a job may start under a cap. One that replaces an active job starts in the slot that this leaves, which
 * is there unless more are active than the cap allows: then nothing starts.
 */
function hasRoom(gauge: CapUsage, { activeBefore }: CreateChange | ReplaceChange): boolean {
  return usedSlots(gauge) + (activeBefore ? 0 : 1) <= gauge.limit;
}

/** Why a cap defers a change. */
function capFullReason(gauge: CapUsage): string {
  const { target, wave, limit, started } = gauge;
  const who = wave === undefined ? `target ${target}` : `wave ${wave}`;
  const now = started === 0 ? '' : `, ${started} of them starting now`;
  return `${who} has ${usedSlots(gauge)} of ${limit} active replications${now}`;
}

/** What a plan says of a cap once everything is counted. */
function toCapacity({ target, wave, limit, ...counts }: CapUsage): Capacity {
  const { active, deleted, replaced, renewed, started, deferred } = counts;
  const part = wave === undefined ? {} : { wave };
  return { target, ...part, limit, active, freed: deleted + replaced, starting: started + renewed, deferred };
}

/**
 * Slots that are taken at this point of a run. Deletes come first in a run and free theirs; the slot of a job that
 * is replaced goes to its successor and to nobody else.
 */
function usedSlots({ active, deleted, started }: CapUsage): number {
  return active - deleted + started;
}

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
export function applyJobQuotas(
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
    if (!isExecutable(change) || change.action !== 'advance' || !makesJob(change.step)) return change;
    const kind = `${change.step}/${change.wave}`;
    const before = taken.get(kind) ?? 0;
    const newJob = before % batch === 0 ? 1 : 0;
    const full = [jobs, servers].find((quota) => isFull(quota, quota === jobs ? newJob : 1));
    if (full !== undefined) {
      full.deferred += 1;
      return { ...change, action: 'defer', reason: quotaFullReason(target.name, full), effects: [] };
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

function quotaFullReason(target: string, { of, limit, active, starting }: Quota): string {
  const what = of === 'jobs' ? 'jobs of the service' : 'servers in jobs';
  const now = starting === 0 ? '' : `, ${starting} of them starting now`;
  return `target ${target} has ${active + starting} of ${limit} ${what}${now}`;
}

/**
 * The caps of a saved plan with what is active now: what is unrelated to the plan may have taken slots since. Of a
 * target's limit then and now the lower one holds.
 */
export function recountCapacity(
  plan: Plan,
  targets: readonly Target[],
  observed: ReadonlyMap<string, Observed>,
): readonly Capacity[] {
  const counts = new Map(
    [...observed].map(([target, account]) => [target, countActive(plan, target, account)]),
  );
  return plan.capacity.map((capacity) => {
    const { target, wave, of } = capacity;
    const count = counts.get(target);
    if (count === undefined) return capacity;
    const { limits } = targets.find(({ name }) => name === target) ?? {};
    if (of !== undefined) {
      const running = observed.get(target)?.jobsRunning?.[of === 'jobs' ? 'jobs' : 'servers'] ?? 0;
      const limit = (of === 'jobs' ? limits?.activeJobs : limits?.serversInJobs) ?? capacity.limit;
      return { ...capacity, limit: Math.min(capacity.limit, limit), active: running };
    }
    if (wave !== undefined) return { ...capacity, active: count.ofWave.get(wave) ?? 0 };
    const now = limits?.activeReplications ?? capacity.limit;
    return { ...capacity, limit: Math.min(capacity.limit, now), active: count.whole };
  });
}

/** A job counts for the wave in its marker, and for the wave whose VM, in the plan, stands on its server. */
function countActive(
  { project, changes }: Plan,
  target: string,
  account: Observed,
): { readonly whole: number; readonly ofWave: ReadonlyMap<string, number> } {
  const standing = new Map<string, string[]>();
  for (const change of changes)
    if (change.target === target) addToGroup(standing, change.serverId, change.wave);
  const servers = indexServers(account);
  const active = account.jobs.filter(isActive);
  const ofWave = new Map<string, number>();
  for (const job of active) {
    const waves = new Set(standing.get(serverOf(job, servers).serverId));
    if (job.owner?.project === project) waves.add(job.owner.wave);
    for (const wave of waves) ofWave.set(wave, (ofWave.get(wave) ?? 0) + 1);
  }
  return { whole: active.length, ofWave };
}
