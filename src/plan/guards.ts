import type { ConcernId } from '../core/concern-ids.ts';
import { type Concern, raiseForTarget } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import { addToGroup, byKeys, incrementCount, summarizeList } from '../core/lists.ts';
import { fullName } from '../core/names.ts';
import { isOwnedBy } from '../core/observed.ts';
import { type Change, type DeleteChange, isExecutable, withBlocks } from '../core/plan.ts';
import type { ResolvedVms } from '../journey/resolve.ts';
import type { Guard, TargetInput } from './input.ts';

/** The result of one part of planning, in no particular order. */
export interface PartialPlan<Each extends Change = Change> {
  readonly changes: readonly Each[];
  readonly concerns: readonly Concern[];
}

/** What is decided about one VM, before caps. */
export interface Decision {
  /** Absent: a concern refuses the VM altogether. */
  readonly change?: Change;
  readonly concerns: readonly Concern[];
  /** The change takes a step again that has failed before. */
  readonly isRetry?: true;
  /** Settings that differ from the manifest and that the service cannot change. */
  readonly unchangeable?: readonly Concern[];
}

/** A target with fewer managed jobs is not guarded: there, one job is a large part. */
const MIN_GUARDED_JOBS = 10;

/**
 * Refuses a run that deletes, updates or destroys a larger share of a target's managed jobs than allowed. The cause is
 * often a mistake: a glob that no longer matches, an edit of defaults that was meant for one wave, a `git revert`. A
 * replaced job counts as deleted. The share is of all jobs of the target, whatever the run is narrowed to.
 */
export function guardChanges(input: TargetInput, changes: readonly Change[]): PartialPlan {
  const managed = new Set(
    input.observed.jobs.filter((job) => isOwnedBy(job, input.project)).map(({ id }) => id),
  );
  const isSmall = managed.size < MIN_GUARDED_JOBS;
  const counts: Record<Guard, number> = { deletes: 0, updates: 0, destroys: 0 };
  for (const change of managed.size === 0 ? [] : changes) {
    const { id, action, destroys } = change;
    // A job that is being adopted is not a managed job yet.
    if (id === undefined || !managed.has(id) || !isExecutable(change)) continue;
    // Instances run: on a small target too, one run must not end most of them.
    const takesBack = destroys === 'revert' || destroys === 'rollback';
    if (takesBack || (destroys !== undefined && !isSmall)) counts.destroys += 1;
    if (isSmall) continue;
    if (action === 'delete' || action === 'replace') counts.deletes += 1;
    else if (action === 'update') counts.updates += 1;
  }
  const { maxDeletes, maxUpdates, maxDestroys } = input.target.guards;
  // On SMS, finalized VMs have no job any more, but they still belong to the project.
  const all = Math.max(managed.size, input.vms.length);
  const concerns = [
    ...guardConcerns(input, 'deletes', counts.deletes, managed.size, maxDeletes),
    ...guardConcerns(input, 'updates', counts.updates, managed.size, maxUpdates),
    ...(counts.destroys > 1 ? guardConcerns(input, 'destroys', counts.destroys, all, maxDestroys) : []),
  ];
  return concerns.length === 0 ? { changes, concerns } : { changes: blockAll(changes, concerns), concerns };
}

const GUARD_RULES: Readonly<
  Record<Guard, { readonly id: ConcernId; readonly verb: string; readonly of: string }>
> = {
  deletes: { id: 'guard.max-deletes', verb: 'be deleted or replaced', of: 'managed jobs' },
  updates: { id: 'guard.max-updates', verb: 'be updated', of: 'managed jobs' },
  destroys: {
    id: 'guard.max-destroys',
    verb: 'lose an instance, their cut-over or their replication',
    of: 'VMs',
  },
};

function guardConcerns(
  { target: { name, place }, force }: TargetInput,
  guard: Guard,
  count: number,
  managed: number,
  limit: number,
): readonly Concern[] {
  const share = managed === 0 ? 0 : count / managed;
  if (share <= limit || force.includes(guard)) return [];
  const { id, verb, of } = GUARD_RULES[guard];
  const concern = raiseForTarget(id, name, {
    message: `${count} of the ${managed} ${of} of target "${name}" would ${verb}: ${percent(share)}, and one run may do that to ${percent(limit)}`,
    remedy: `look for a mistake in the manifests; if the changes are intended, run with --force=${guard}`,
    place,
  });
  return [concern];
}

/** Blocks every change of the run on the target, because a mistake may affect all of them. */
function blockAll(changes: readonly Change[], concerns: readonly Concern[]): readonly Change[] {
  const ids = concerns.map(({ id }) => id);
  return changes.map((change) => (isExecutable(change) ? withBlocks(change, ids) : change));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/**
 * Blocks deletes while it is not certain which server some VM is: of every wave that has such a VM (the job may
 * be that VM's), and wherever such a VM might have meant the server of the job (its wave may have been renamed).
 * Raises one concern for each wave.
 */
export function guardUnresolved(
  { target }: TargetInput,
  { problems, sharedServers, possibleVms }: ResolvedVms,
  changes: readonly DeleteChange[],
): PartialPlan<DeleteChange> {
  const uncertain = new Map<string, DesiredVm[]>();
  for (const vm of [...problems.keys(), ...sharedServers.keys()]) addToGroup(uncertain, vm.wave, vm);
  const held = new Map<string, { count: number; vms: Set<DesiredVm> }>();
  const guarded = changes.map((change) => {
    const ofWave = uncertain.get(change.wave);
    const ofServer = possibleVms.get(change.serverId);
    if (ofWave === undefined && ofServer === undefined) return change;

    const wave = held.get(change.wave) ?? { count: 0, vms: new Set(ofWave) };
    wave.count += 1;
    for (const vm of ofServer ?? []) wave.vms.add(vm);
    held.set(change.wave, wave);
    return withBlocks(change, ['delete.unresolved']);
  });
  const concerns = [...held].map(([wave, { count, vms }]) =>
    unresolvedDeleteConcern(target.name, wave, count, [...vms].toSorted(byAddress)),
  );
  return { changes: guarded, concerns };
}

/**
 * Blocks the deletes of jobs whose wave is in no file that the globs of the project match, and in one that they do not
 * match: most likely the file was renamed or moved. Raises one concern for each wave.
 */
export function guardUnmatched(
  { target, unmatchedWaves }: TargetInput,
  { changes, concerns }: PartialPlan<DeleteChange>,
): PartialPlan<DeleteChange> {
  const blocked = new Map<string, number>();
  const guarded = changes.map((change) => {
    if (!unmatchedWaves.has(change.wave)) return change;
    incrementCount(blocked, change.wave);
    return withBlocks(change, ['delete.file-unmatched']);
  });
  const raised = [...blocked].map(([wave, count]) => {
    const { file = '', path = '' } = unmatchedWaves.get(wave) ?? {};
    const deletes = count === 1 ? '1 delete' : `${count} deletes`;
    return raiseForTarget('delete.file-unmatched', target.name, {
      message: `${deletes} of wave "${wave}" blocked: ${path} has the wave, and no glob of the project matches the file`,
      remedy: `add a glob that matches it to waves in the project file; if the deletes are intended, remove the file`,
      place: { file, line: 1, column: 1 },
    });
  });
  return { changes: guarded, concerns: [...concerns, ...raised] };
}

/** Refuses to delete all jobs of a target whose last manifest is gone, unless `--allow-empty` allows it. */
export function guardEmpty(
  { target, vms, allowEmpty, observed, project }: TargetInput,
  deletes: PartialPlan<DeleteChange>,
): PartialPlan<DeleteChange> {
  const { length } = deletes.changes;
  if (vms.length > 0 || allowEmpty || length === 0) return deletes;
  const managed = observed.jobs.filter((job) => isOwnedBy(job, project)).length;
  const concern = raiseForTarget('guard.allow-empty', target.name, {
    message: `no manifest has a VM for target "${target.name}", and its replication jobs would be deleted: ${length} of ${managed}`,
    remedy: 'run with --allow-empty if that is intended',
    place: target.place,
  });
  return {
    changes: deletes.changes.map((change) => withBlocks(change, ['guard.allow-empty'])),
    concerns: [...deletes.concerns, concern],
  };
}

/** Blocks the changes that do not fit under a quota of the account. What validation has said is not said again. */
export function guardQuotas(
  { target, traits, observed, criticalIds }: TargetInput,
  { changes, concerns }: PartialPlan,
): PartialPlan {
  const over = traits.overQuota?.(target, observed, changes.filter(isExecutable)) ?? [];
  if (over.length === 0) return { changes, concerns };
  const ids = new Map(over.flatMap(({ id, blocked }) => blocked.map((change) => [change, id] as const)));
  const raised = over.flatMap(({ id, message, remedy, blocked }) => {
    const isKnown = blocked.some(({ address }) => criticalIds.get(address)?.includes(id) === true);
    return isKnown ? [] : [raiseForTarget(id, target.name, { message, remedy })];
  });
  return {
    changes: changes.map((change) => {
      const id = ids.get(change);
      return id === undefined ? change : withBlocks(change, [id]);
    }),
    concerns: [...concerns, ...raised],
  };
}

const byAddress = byKeys<DesiredVm>(({ address }) => address);

function unresolvedDeleteConcern(
  target: string,
  wave: string,
  count: number,
  vms: readonly DesiredVm[],
): Concern {
  const place = vms[0]?.place;
  const deletes = count === 1 ? `1 delete of wave "${wave}" is` : `${count} deletes of wave "${wave}" are`;
  const which = vms.length === 1 ? 'this VM is' : 'these VMs are';
  return raiseForTarget('delete.unresolved', target, {
    message: `${deletes} held back, as it is not certain which server ${which}: ${summarizeList(vms.map(fullName))}`,
    remedy: 'fix that first: the next plan deletes what is still in no manifest',
    ...(place === undefined ? {} : { place }),
  });
}
