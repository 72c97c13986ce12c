import { Cap, takeSlots } from '../core/caps.ts';
import type { DesiredWave, Target } from '../core/desired.ts';
import { addToGroup } from '../core/lists.ts';
import type { ServerId } from '../core/names.ts';
import { isActive, isOwnedBy, type Observed } from '../core/observed.ts';
import {
  type AdvanceChange,
  type Capacity,
  type Change,
  type CreateChange,
  type DeferredJob,
  type DeferredStep,
  isExecutable,
  type Plan,
  type ReplaceChange,
} from '../core/plan.ts';
import type { ResolvedVms } from '../journey/resolve.ts';
import { indexServers, serverOf, type Servers } from '../journey/servers.ts';
import type { TargetInput } from './input.ts';

/** Changes after caps: what does not fit is deferred. */
interface CappedChanges {
  readonly changes: readonly Change[];
  readonly capacity: readonly Capacity[];
}

/**
 * Starts as many jobs as the caps of the target and its waves allow (design, rule 3), in the order of `changes`, and
 * defers the rest. A VM that one cap refuses takes no slot of the other. Counts every active job of the
 * account, ours or not, selected or not. A blocked change takes no slot and frees none.
 */
export function applyCaps(
  { target, observed, project }: TargetInput,
  waves: readonly DesiredWave[],
  servers: Servers,
  { byServer }: ResolvedVms,
  changes: readonly Change[],
): CappedChanges {
  const whole = new Cap({ target: target.name, limit: target.limits.activeReplications, active: 0 });
  const ofWave = new Map<string, Cap>();
  for (const { name: wave, limits } of waves) {
    const { activeReplications: limit } = limits;
    if (limit !== undefined) ofWave.set(wave, new Cap({ target: target.name, wave, limit, active: 0 }));
  }

  const capsOfJob = new Map<string, readonly Cap[]>();
  const vmWaves = (serverId: ServerId): readonly string[] =>
    (byServer.get(serverId) ?? []).map(({ wave }) => wave);
  for (const [id, counted] of wavesOfActiveJobs(observed, servers, project, vmWaves)) {
    const caps = [whole, ...[...counted].flatMap((wave) => ofWave.get(wave) ?? [])];
    capsOfJob.set(id, caps);
    for (const cap of caps) cap.active += 1;
  }
  for (const change of changes) {
    if (!isExecutable(change) || change.action !== 'delete') continue;
    for (const cap of capsOfJob.get(change.id) ?? []) {
      // It no longer belongs to its wave, but is still a replication of the account.
      if (cap !== whole || change.replicatesOn !== true) cap.deleted += 1;
    }
  }

  const capped = changes.map((change): Change => {
    if (!isExecutable(change) || (change.action !== 'create' && change.action !== 'replace')) return change;
    // Where both are full, the reason names the wave: its cap is the narrower one.
    const caps = [ofWave.get(change.wave), whole].filter((cap) => cap !== undefined);
    const full = takeSlots(caps, () => (change.activeBefore ? 0 : 1));
    if (full !== undefined) return deferred(change, full);
    if (change.action === 'replace' && change.activeBefore) {
      for (const cap of caps) cap.renewed += 1;
      for (const cap of capsOfJob.get(change.id) ?? []) cap.replaced += 1;
    }
    return change;
  });
  return { changes: capped, capacity: [whole, ...ofWave.values()].map((cap) => cap.toCapacity()) };
}

function deferred(change: CreateChange | ReplaceChange, full: Cap): DeferredJob;
function deferred(change: AdvanceChange, full: Cap): DeferredStep;
function deferred(change: CreateChange | ReplaceChange | AdvanceChange, full: Cap): Change {
  return { ...change, action: 'defer', reason: full.reason, effects: [] };
}

/**
 * The active jobs of an account by id, each with the waves whose caps count it: the wave of its marker, and those of
 * the VMs on its server.
 */
function wavesOfActiveJobs(
  { jobs }: Observed,
  servers: Servers,
  project: string,
  vmWaves: (serverId: ServerId) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    jobs.filter(isActive).map((job) => {
      const waves = new Set(vmWaves(serverOf(job, servers).serverId));
      if (isOwnedBy(job, project)) waves.add(job.owner.wave);
      return [job.id, waves];
    }),
  );
}

/**
 * Lets as many VMs take a step as the service's quotas of jobs allow, in the order of `changes`, and defers the rest: servers of a wave that take the same step share a job, as many as one call takes (domain: MGN rules).
 *
 * @param retries addresses of VMs whose step failed before: they come last, so that a wave that fails every time does
 *   not keep the others waiting
 */
export function applyJobQuotas(
  { target, observed, traits }: Pick<TargetInput, 'target' | 'observed' | 'traits'>,
  changes: readonly Change[],
  retries: ReadonlySet<string> = new Set(),
): CappedChanges {
  const { phases } = traits;
  const { activeJobs, serversInJobs } = target.limits;
  if (phases.makesJob === undefined || activeJobs === undefined || serversInJobs === undefined)
    return { changes, capacity: [] };

  const running = observed.jobsRunning ?? { jobs: 0, servers: 0 };
  const cap = (of: 'jobs' | 'servers-in-jobs', limit: number, active: number): Cap =>
    new Cap({ target: target.name, of, limit, active });
  const jobs = cap('jobs', activeJobs, running.jobs);
  const servers = cap('servers-in-jobs', serversInJobs, running.servers);
  const taken = new Map<string, number>();
  const decide = (change: Change): Change => {
    if (!isExecutable(change) || change.action !== 'advance' || phases.makesJob?.(change.step) !== true)
      return change;
    const kind = `${change.step}/${change.wave}`;
    const before = taken.get(kind) ?? 0;
    const newJobs = before % phases.batch === 0 ? 1 : 0;
    const full = takeSlots([jobs, servers], (one) => (one === jobs ? newJobs : 1));
    if (full !== undefined) return deferred(change, full);
    taken.set(kind, before + 1);
    return change;
  };
  const again = changes.filter(({ address }) => retries.has(address));
  const first = changes.filter(({ address }) => !retries.has(address));
  const capped = new Map([...first, ...again].map((change) => [change, decide(change)]));
  return {
    changes: changes.map((change) => capped.get(change) ?? change),
    capacity: [jobs, servers]
      .filter(({ used, deferred: waiting }) => used + waiting > 0)
      .map((one) => one.toCapacity()),
  };
}

/**
 * Counts again what the caps of a saved plan count: jobs that are unrelated to the plan may have taken slots since. The
 * lower of a target's limits then and now holds.
 */
export function recountCapacity(
  { capacity, changes, project }: Plan,
  targets: readonly Target[],
  observed: ReadonlyMap<string, Observed>,
): readonly Capacity[] {
  const active = new Map(
    [...observed].map(([target, account]) => {
      const vmWaves = new Map<ServerId, string[]>();
      for (const change of changes)
        if (change.target === target) addToGroup(vmWaves, change.serverId, change.wave);
      const wavesOf = (serverId: ServerId): readonly string[] => vmWaves.get(serverId) ?? [];
      return [target, [...wavesOfActiveJobs(account, indexServers(account), project, wavesOf).values()]];
    }),
  );
  return capacity.map((cap): Capacity => {
    const { target, wave, of } = cap;
    const jobs = active.get(target);
    if (jobs === undefined) return cap;
    const { limits } = targets.find(({ name }) => name === target) ?? {};
    const lower = (limit = cap.limit): number => Math.min(cap.limit, limit);
    const running = observed.get(target)?.jobsRunning;
    if (of === 'jobs') return { ...cap, limit: lower(limits?.activeJobs), active: running?.jobs ?? 0 };
    if (of === 'servers-in-jobs')
      return { ...cap, limit: lower(limits?.serversInJobs), active: running?.servers ?? 0 };
    if (wave !== undefined) return { ...cap, active: jobs.filter((waves) => waves.has(wave)).length };
    return { ...cap, limit: lower(limits?.activeReplications), active: jobs.length };
  });
}
