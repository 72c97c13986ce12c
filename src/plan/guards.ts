import type { ConcernId } from '../core/concern-ids.ts';
import { type Concern, raiseForTarget, raiseForVm } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import { addToGroup, byKeys, byText, incrementCount, summarizeList } from '../core/lists.ts';
import { fullName } from '../core/names.ts';
import { isOwnedBy } from '../core/observed.ts';
import {
  type AdvanceChange,
  type Change,
  type DeleteChange,
  type Destruction,
  isExecutable,
  withBlocks,
} from '../core/plan.ts';
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
 * Refuses a run that deletes or updates a larger share of a target's managed jobs than allowed. The cause is often a
 * mistake: a glob that no longer matches, or an edit of defaults that was meant for one wave. A replaced job counts as
 * deleted. The share is of all jobs of the target, whatever the run is narrowed to.
 */
export function guardChanges(input: TargetInput, changes: readonly Change[]): PartialPlan {
  const managed = new Set(
    input.observed.jobs.filter((job) => isOwnedBy(job, input.project)).map(({ id }) => id),
  );
  if (managed.size < MIN_GUARDED_JOBS) return { changes, concerns: [] };

  // A job that is being adopted is not a managed job yet.
  const touched = changes.filter(isExecutable).filter(({ id }) => id !== undefined && managed.has(id));
  const counts: Record<Guard, number> = { deletes: 0, updates: 0 };
  for (const { action } of touched) {
    if (action === 'delete' || action === 'replace') counts.deletes += 1;
    else if (action === 'update') counts.updates += 1;
  }
  const { maxDeletes, maxUpdates } = input.target.guards;
  const concerns = [
    ...guardConcerns(input, 'deletes', counts.deletes, managed.size, maxDeletes),
    ...guardConcerns(input, 'updates', counts.updates, managed.size, maxUpdates),
  ];
  return concerns.length === 0 ? { changes, concerns } : { changes: blockAll(changes, concerns), concerns };
}

const GUARD_RULES: Readonly<Record<Guard, { readonly id: ConcernId; readonly verb: string }>> = {
  deletes: { id: 'guard.max-deletes', verb: 'deleted or replaced' },
  updates: { id: 'guard.max-updates', verb: 'updated' },
};

function guardConcerns(
  { target: { name, place }, force }: TargetInput,
  guard: Guard,
  count: number,
  managed: number,
  limit: number,
): readonly Concern[] {
  const share = count / managed;
  if (share <= limit || force.includes(guard)) return [];
  const { id, verb } = GUARD_RULES[guard];
  const concern = raiseForTarget(id, name, {
    message: `${count} of the ${managed} managed jobs of target "${name}" would be ${verb}: ${percent(share)}, and one run may do that to ${percent(limit)}`,
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

/** How each destruction is confirmed, and what there is to check before. */
const CONFIRMATIONS: Readonly<
  Record<Destruction, { readonly id: ConcernId; readonly what: string; readonly check: string }>
> = {
  finalize: {
    id: 'phase.unconfirmed',
    what: 'cannot be undone',
    check: 'once the cut-over has been checked',
  },
  revert: {
    id: 'phase.revert-unconfirmed',
    what: 'takes a test or cut-over back and ends its instance',
    check: 'if nobody uses the instances any more',
  },
  disconnect: {
    id: 'delete.disconnect-unconfirmed',
    what: 'ends replication for good',
    check: 'if the VMs do not migrate any more',
  },
};

type DestructiveChange = (AdvanceChange | DeleteChange) & { readonly destroys: Destruction };

/** Blocks changes that destroy something, until a flag such as `--confirm-finalize` names their wave; one concern a wave. */
export function guardDestructions(
  { target, confirm }: TargetInput,
  { changes, concerns }: PartialPlan,
): PartialPlan {
  const unconfirmed = new Map<string, DestructiveChange[]>();
  for (const change of changes) {
    if (!isDestructive(change) || confirm[change.destroys]?.(change.wave) === true) continue;
    addToGroup(unconfirmed, JSON.stringify([change.destroys, change.wave]), change);
  }
  if (unconfirmed.size === 0) return { changes, concerns };
  const raised = [...unconfirmed.values()].flatMap((group) => unconfirmedConcern(target.name, group) ?? []);
  return {
    changes: changes.map((change) =>
      isDestructive(change) && confirm[change.destroys]?.(change.wave) !== true
        ? withBlocks(change, [CONFIRMATIONS[change.destroys].id])
        : change,
    ),
    concerns: [...concerns, ...raised],
  };
}

function isDestructive(change: Change): change is DestructiveChange {
  return (change.action === 'advance' || change.action === 'delete') && change.destroys !== undefined;
}

function unconfirmedConcern(target: string, group: readonly DestructiveChange[]): Concern | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const { destroys, wave } = first;
  const { id, what, check } = CONFIRMATIONS[destroys];
  const vms = group.length === 1 ? '1 VM' : `${group.length} VMs`;
  const words = [...new Set(group.map((change) => change.step ?? change.action))].join(' and ');
  return raiseForTarget(id, target, {
    message: `${words} of ${vms} of wave "${wave}" ${what}: ${summarizeList(group.map(fullName))}`,
    remedy: `${check}, run with --confirm-${destroys} ${wave}`,
  });
}

const PROTECTED = 'protect.refused';

/** Refuses to replace the job of a VM that is protected, and to take back its test or cut-over. */
export function protectVm(vm: DesiredVm, decision: Decision): Decision {
  const { change, concerns } = decision;
  if (!vm.protect || change === undefined) return decision;
  const isReverted = change.action === 'advance' && change.destroys === 'revert';
  if (change.action !== 'replace' && !isReverted) return decision;
  const what = isReverted ? `taken back: ${change.effects.join('; ')}` : `replaced: ${change.reason ?? ''}`;
  const concern = raiseForVm(PROTECTED, vm, {
    message: `replication job ${change.id} of ${fullName(vm)} is protected and would be ${what}`,
    remedy: 'undo the change that requires it; if it is intended, set `protect: false` on the VM',
  });
  return { change: withBlocks(change, [PROTECTED]), concerns: [...concerns, concern] };
}

/** Refuses to delete jobs whose marker names a protected wave, once a wave; the wave must still be there. */
export function protectWaves(
  { target, protectedWaves }: TargetInput,
  { changes, concerns }: PartialPlan<DeleteChange>,
): PartialPlan<DeleteChange> {
  const held = new Map<string, DeleteChange[]>();
  for (const change of changes) if (protectedWaves.has(change.wave)) addToGroup(held, change.wave, change);
  const refusals = [...held].map(([wave, deletes]) => {
    const count = deletes.length === 1 ? '1 delete is' : `${deletes.length} deletes are`;
    const addresses = deletes.map(fullName).toSorted(byText);
    const place = protectedWaves.get(wave)?.place;
    return raiseForTarget(PROTECTED, target.name, {
      message: `${count} refused, as wave "${wave}" is protected: ${summarizeList(addresses)}`,
      remedy: 'add the VMs again; if it is intended, remove `protect: true` from the wave for this change',
      ...(place === undefined ? {} : { place }),
    });
  });
  return {
    changes: changes.map((change) => (held.has(change.wave) ? withBlocks(change, [PROTECTED]) : change)),
    concerns: [...concerns, ...refusals],
  };
}
