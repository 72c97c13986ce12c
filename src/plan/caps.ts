import { Cap, takeSlots } from '../core/caps.ts';
import type { DesiredWave, Target } from '../core/desired.ts';
import { addToGroup, groupBy, incrementCount } from '../core/lists.ts';
import type { ServerId } from '../core/names.ts';
import { isActive, isOwnedBy, limitsOf, type Observed } from '../core/observed.ts';
import {
  type AdvanceChange,
  type Capacity,
  type Change,
  type CreateChange,
  isExecutable,
  type Plan,
  type ReplaceChange,
} from '../core/plan.ts';
import type { ResolvedVms } from '../journey/resolve.ts';
import { indexServers, serverOf, type Servers } from '../journey/servers.ts';
import { depthsOf, SafeSlots, WaveOrder } from '../schedule/slot-order.ts';
import { type BarrierGroups, deferJob, deferStep, holdOf } from './steps.ts';
import type { GatedVm, TargetInput } from './input.ts';

/** Changes after caps: what does not fit is deferred. */
interface CappedChanges {
  readonly changes: readonly Change[];
  readonly capacity: readonly Capacity[];
}

/**
 * Starts as many jobs as the caps of the target and its waves allow (design, rule 3), in the order of slots, and defers
 * the rest. A VM that one cap refuses takes no slot of the other. Counts every active job of the
 * account, ours or not, selected or not. A blocked change takes no slot and frees none.
 */
function applyCaps(
  { target, observed, project, vms }: TargetInput,
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

  const deletes = changes.filter((change) => change.action === 'delete' && isExecutable(change));
  const deleted = new Set(deletes.map(({ id }) => id));
  /** How many active replications each wave has after the deletes. */
  const activeOf = new Map<string, number>();
  const capsOfJob = new Map<string, readonly Cap[]>();
  const vmWaves = (serverId: ServerId): readonly string[] =>
    (byServer.get(serverId) ?? []).map(({ wave }) => wave);
  for (const [id, counted] of wavesOfActiveJobs(observed, servers, project, vmWaves)) {
    const caps = [whole, ...[...counted].flatMap((wave) => ofWave.get(wave) ?? [])];
    capsOfJob.set(id, caps);
    for (const cap of caps) cap.active += 1;
    if (!deleted.has(id)) for (const wave of counted) incrementCount(activeOf, wave);
  }
  for (const { id = '', replicatesOn } of deletes) {
    for (const cap of capsOfJob.get(id) ?? []) {
      // It no longer belongs to its wave, but is still a replication of the account.
      if (cap !== whole || replicatesOn !== true) cap.deleted += 1;
    }
  }

  const startsJob = (change: Change): change is CreateChange | ReplaceChange =>
    (change.action === 'create' || change.action === 'replace') && isExecutable(change);
  const left = new Map<string, number>();
  for (const change of changes) if (isNewJob(change)) incrementCount(left, change.wave);
  const depths = depthsOf(vms);
  const depth = ({ address }: Change): number => depths.get(address) ?? 0;
  const order = new WaveOrder(waves);
  const wantedBy = (wave: string): number => left.get(wave) ?? 0;
  const starting = changes.filter(startsJob);
  if (depths.size > 0) starting.sort((a, b) => depth(a) - depth(b));
  const ordered = order.sort(starting, ({ wave }) => wave, {
    left: wantedBy,
    hasSlot: (wave) => activeOf.has(wave),
  });
  const safe = new SafeSlots(
    order,
    new Map(waves.map(({ name }) => [name, { held: activeOf.get(name) ?? 0, left: wantedBy(name) }])),
    (wave) => Math.min(whole.limit, ofWave.get(wave)?.limit ?? Infinity),
  );
  // Where both are full, the reason names the wave: its cap is the narrower one.
  const capsOfWave = new Map([...ofWave].map(([wave, cap]) => [wave, [cap, whole]]));
  const onlyWhole = [whole];
  const decide = (change: CreateChange | ReplaceChange): Change => {
    const free = whole.limit - whole.used;
    if (!change.activeBefore && free > 0 && !safe.allows(change.wave, free)) {
      whole.deferred += 1;
      return deferJob(change, 'its slot is for a wave that must be completed before');
    }
    const caps = capsOfWave.get(change.wave) ?? onlyWhole;
    const full = takeSlots(caps, () => (change.activeBefore ? 0 : 1));
    if (full !== undefined) return deferJob(change, full.reason);
    if (!change.activeBefore) safe.take(change.wave);
    if (change.action === 'replace' && change.activeBefore) {
      for (const cap of caps) cap.renewed += 1;
      for (const cap of capsOfJob.get(change.id) ?? []) cap.replaced += 1;
    }
    return change;
  };
  const deferred = new Map<Change, Change>();
  for (const change of ordered) {
    const decided = decide(change);
    if (decided !== change) deferred.set(change, decided);
  }
  const capped = deferred.size === 0 ? changes : changes.map((change) => deferred.get(change) ?? change);
  return { changes: capped, capacity: [whole, ...ofWave.values()].map((cap) => cap.toCapacity()) };
}

/** Whether a change starts a replication, now or once it is not deferred any more. */
function isNewJob({ action, step, activeBefore }: Change): boolean {
  return action === 'create' || (action === 'defer' && step === undefined && !activeBefore);
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
 * Lets as many VMs take a step as the service's quotas of jobs allow, in the order of slots, and defers the rest:
 * servers of a wave that take the same step share a job, as many as one call takes (domain: MGN rules). A group that
 * starts together fits as a whole or waits; a group that is larger than a quota starts in parts.
 *
 * @param retries addresses of VMs whose step failed before: they come last, so that a wave that fails every time does
 *   not keep the others waiting
 * @param groups the VMs that start together, by address
 */
export function applyJobQuotas(
  { target, observed, traits }: Pick<TargetInput, 'target' | 'observed' | 'traits'>,
  changes: readonly Change[],
  retries: ReadonlySet<string> = new Set(),
  groups: BarrierGroups = new Map(),
  waves: readonly DesiredWave[] = [],
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
  const takesJob = (change: Change): change is AdvanceChange =>
    change.action === 'advance' && isExecutable(change) && phases.makesJob?.(change.step) === true;
  const groupOf = ({ address, step }: AdvanceChange) =>
    step === phases.barrier?.step ? groups.get(address) : undefined;

  const again = changes.filter(({ address }) => retries.has(address));
  const first = changes.filter(({ address }) => !retries.has(address));
  const units = groupBy([...first, ...again].filter(takesJob), (change) => {
    const group = groupOf(change);
    return JSON.stringify(group === undefined ? [change.address] : [change.wave, group.name]);
  });
  const taken = new Map<string, number>();
  const decided = new Map<Change, Change>();
  const decide = (unit: readonly AdvanceChange[], note?: string): void => {
    const [one] = unit;
    if (one === undefined) return;
    const kind = `${one.step}/${one.wave}`;
    const before = taken.get(kind) ?? 0;
    const newJobs = Math.ceil((before + unit.length) / phases.batch) - Math.ceil(before / phases.batch);
    const full = takeSlots([jobs, servers], (each) => (each === jobs ? newJobs : unit.length));
    if (full === undefined) taken.set(kind, before + unit.length);
    else full.deferred += unit.length - 1;
    const together =
      unit.length > 1 ? `; the ${unit.length} VMs of ${groupOf(one)?.name ?? ''} start together` : '';
    for (const change of unit) {
      const effects = note === undefined ? change.effects : [...change.effects, note];
      decided.set(
        change,
        full === undefined ? { ...change, effects } : deferStep(change, full.reason + together),
      );
    }
  };
  const claims = [...units.values()];
  const isAgain = ([one]: readonly AdvanceChange[]): boolean => one !== undefined && retries.has(one.address);
  const left = groupBy(changes.filter(takesJob), ({ wave }) => wave);
  const state = { left: (wave: string) => left.get(wave)?.length ?? 0, hasSlot: () => false };
  const waveOrder = new WaveOrder(waves);
  const order = [claims.filter((unit) => !isAgain(unit)), claims.filter(isAgain)].flatMap((some) =>
    waveOrder.sort(some, ([one]) => one?.wave ?? '', state),
  );
  for (const unit of order) {
    const [one] = unit;
    const fits = unit.length <= serversInJobs && Math.ceil(unit.length / phases.batch) <= activeJobs;
    const group = one === undefined ? undefined : groupOf(one);
    if (fits || group === undefined) decide(unit);
    else
      for (const change of unit)
        decide([change], `${group.name} has more VMs than the quota of jobs allows: it starts in parts`);
  }
  return {
    changes: changes.map((change) => decided.get(change) ?? change),
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
    const found = targets.find(({ name }) => name === target);
    const account = observed.get(target);
    const limits = found === undefined || account === undefined ? undefined : limitsOf(found, account);
    const lower = (limit = cap.limit): number => Math.min(cap.limit, limit);
    const running = observed.get(target)?.jobsRunning;
    if (of === 'jobs') return { ...cap, limit: lower(limits?.activeJobs), active: running?.jobs ?? 0 };
    if (of === 'servers-in-jobs')
      return { ...cap, limit: lower(limits?.serversInJobs), active: running?.servers ?? 0 };
    if (wave !== undefined) return { ...cap, active: jobs.filter((waves) => waves.has(wave)).length };
    return { ...cap, limit: lower(limits?.activeReplications), active: jobs.length };
  });
}

/** The VMs of a target. */
interface TargetVms {
  readonly servers: Servers;
  readonly resolved: ResolvedVms;
  /** Those that the gates of the plan have looked at, by address. */
  readonly gated: ReadonlyMap<string, GatedVm>;
}

/**
 * Decides which replications start, within the caps and each in its turn. The VMs of a staggered wave whose turn comes
 * when no window is open take no slot: the caps are applied again without them, until all that start may.
 */
export function startChanges(
  input: TargetInput,
  waves: readonly DesiredWave[],
  { servers, resolved, gated }: TargetVms,
  changes: readonly Change[],
): { readonly changes: readonly Change[]; readonly capacity: readonly Capacity[] } {
  const { gates } = input;
  let due = gates?.stagger(input, changes, 'before-caps', gated) ?? changes;
  for (;;) {
    const capped = applyCaps(input, waves, servers, resolved, due);
    if (gates === undefined) return capped;
    const started = gates.stagger(input, capped.changes, 'after-caps', gated);
    // Those of a wave that come after one whose turn is too late are later still.
    const late = new Map<string, Change>();
    for (const [index, change] of started.entries())
      if (change.action === 'defer' && capped.changes[index]?.action === 'create')
        late.set(change.wave, late.get(change.wave) ?? change);
    if (late.size === 0) return { ...capped, changes: started };
    const starting = new Set(
      started.filter(({ action }) => action === 'create').map(({ address }) => address),
    );
    due = due.map((change) => {
      const first = change.action === 'create' ? late.get(change.wave) : undefined;
      return first === undefined || change.action !== 'create' || starting.has(change.address)
        ? change
        : deferJob(change, first.reason ?? '', holdOf(first));
    });
  }
}
