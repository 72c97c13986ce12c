import type { ConcernId } from '../core/concern-ids.ts';
import { type Concern, raiseForTarget, raiseForVm } from '../core/concern.ts';
import { type DesiredVm, isEarlierPhase, type Phase, phaseOfWave } from '../core/desired.ts';
import type { Stage } from '../core/journey.ts';
import { addToGroup, byKeys, byText, summarizeList } from '../core/lists.ts';
import { fullName } from '../core/names.ts';
import {
  type AdvanceChange,
  type Change,
  CONFIRMED_BY,
  type DeleteChange,
  type Destruction,
  withBlocks,
} from '../core/plan.ts';
import { quoteShellWord } from '../core/text.ts';
import { displayInstant, type Instant } from '../core/time.ts';
import type { VmJourney } from '../journey/journey.ts';
import type { Decision, PartialPlan } from './guards.ts';
import type { TargetInput } from './input.ts';

/** The concern about each kind of destruction, and what to check before it is confirmed. */
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
    what: 'takes a test or cut-over back, or ends its instance',
    check: 'if nobody uses the instances any more',
  },
  terminate: {
    id: 'phase.revert-unconfirmed',
    what: 'ends the instance of a test',
    check: 'if nobody uses the instances any more',
  },
  rollback: {
    id: 'phase.reverted',
    what: 'leads to the launch of a cut-over that somebody has taken back or stopped',
    check: 'once the reason for the rollback is fixed',
  },
  disconnect: {
    id: 'delete.disconnect-unconfirmed',
    what: 'ends replication for good',
    check: 'if the VMs do not migrate any more',
  },
};

type DestructiveChange = (AdvanceChange | DeleteChange) & { readonly destroys: Destruction };

/**
 * Blocks changes that destroy something, until a flag such as `--confirm-finalize` names their wave; one concern a wave.
 *
 * @param takenBack when the cut-over of a VM was taken back, by the address of the VM
 */
export function guardDestructions(
  { target, confirm }: TargetInput,
  { changes, concerns }: PartialPlan,
  takenBack: ReadonlyMap<string, Instant> = new Map(),
): PartialPlan {
  const unconfirmed = new Map<string, DestructiveChange[]>();
  for (const change of changes) {
    if (!isDestructive(change) || confirm[CONFIRMED_BY[change.destroys]]?.(change.wave) === true) continue;
    addToGroup(unconfirmed, JSON.stringify([change.destroys, change.wave]), change);
  }
  if (unconfirmed.size === 0) return { changes, concerns };
  const raised = [...unconfirmed.values()].flatMap(
    (group) => unconfirmedConcern(target.name, group, takenBack) ?? [],
  );
  return {
    changes: changes.map((change) =>
      isDestructive(change) && confirm[CONFIRMED_BY[change.destroys]]?.(change.wave) !== true
        ? withBlocks(change, [CONFIRMATIONS[change.destroys].id])
        : change,
    ),
    concerns: [...concerns, ...raised],
  };
}

function isDestructive(change: Change): change is DestructiveChange {
  return (change.action === 'advance' || change.action === 'delete') && change.destroys !== undefined;
}

const byAddress = byKeys<DestructiveChange>(({ address }) => address);

function unconfirmedConcern(
  target: string,
  changes: readonly DestructiveChange[],
  takenBack: ReadonlyMap<string, Instant>,
): Concern | undefined {
  const group = changes.toSorted(byAddress);
  const [first] = group;
  if (first === undefined) return undefined;
  const { destroys, wave } = first;
  const { id, what, check } = CONFIRMATIONS[destroys];
  const vms = group.length === 1 ? '1 VM' : `${group.length} VMs`;
  const names = group.map((change) => {
    const at = destroys === 'rollback' ? takenBack.get(change.address) : undefined;
    return `${fullName(change)}${at === undefined ? '' : ` (taken back ${displayInstant(at)})`}`;
  });
  const words = [...new Set(group.map((change) => change.step ?? change.action))].join(' and ');
  return raiseForTarget(id, target, {
    message: `${words} of ${vms} of wave "${wave}" ${what}: ${summarizeList(names)}`,
    remedy: `${check}, run with --confirm-${CONFIRMED_BY[destroys]} ${wave}`,
  });
}

const MID_CUTOVER = 'phase.change-unconfirmed';

/**
 * Blocks changes of VMs between their test and the end of their cut-over: of what is launched, of the group that a VM is
 * in, and its removal. What was tested is then no longer what is cut over. `--confirm-change` names the wave; one concern
 * a wave.
 */
export function guardMidCutover(
  { target, traits, observed, confirm }: TargetInput,
  { changes, concerns }: PartialPlan,
): PartialPlan {
  if (traits.midCutover === undefined) return { changes, concerns };
  const jobs = new Map(observed.jobs.map((job) => [job.id, job]));
  const unconfirmed = new Map<string, string[]>();
  const guarded = changes.map((change): Change => {
    const { action, id, wave, fields } = change;
    const job = id === undefined ? undefined : jobs.get(id);
    if (job === undefined || (action !== 'update' && action !== 'delete')) return change;
    const where = traits.midCutover?.(job, fields);
    const isConfirmed =
      confirm.change?.(wave) === true ||
      (change.destroys !== undefined && confirm.disconnect?.(wave) === true);
    if (where === undefined || isConfirmed) return change;
    const what = action === 'delete' ? 'removed' : `changes ${fields.map(({ field }) => field).join(', ')}`;
    addToGroup(unconfirmed, wave, `${fullName(change)} (${where}; ${what})`);
    return withBlocks(change, [MID_CUTOVER]);
  });
  const raised = [...unconfirmed].map(([wave, names]) => {
    const vms = names.length === 1 ? '1 VM of wave' : `${names.length} VMs of wave`;
    return raiseForTarget(MID_CUTOVER, target.name, {
      message: `${vms} "${wave}" would be changed in the middle of the cut-over: ${summarizeList(names.toSorted(byText))}`,
      remedy: `undo the change, or make it before the test; if it is meant now, run with --confirm-change ${wave}`,
    });
  });
  return { changes: guarded, concerns: [...concerns, ...raised] };
}

const NEVER_REPLICATED = 'phase.never-replicated';

/**
 * Blocks the start of a way that ends with finalizing: the account may have forgotten that the VM was migrated. It starts
 * if the end is confirmed from the start.
 */
export function blockUnconfirmed(
  { confirm, phases, traits }: TargetInput,
  vm: DesiredVm,
  { change, concerns }: Decision & { readonly change: Change },
): Decision {
  if (confirm.finalize?.(vm.wave) === true) return { change, concerns };
  const { phase } = phaseOfWave(phases, vm.wave);
  const wave = quoteShellWord(vm.wave);
  const steps = change.remaining ?? [];
  const needed = steps.flatMap((step, index) => {
    const destroys = traits.phases.destroysLater?.(step, steps.slice(0, index), undefined);
    return destroys === undefined ? [] : [CONFIRMED_BY[destroys]];
  });
  const follow = (flags: readonly string[]): string =>
    `\`landfall apply --follow --wave ${wave}${flags.map((flag) => ` --confirm-${flag} ${wave}`).join('')}\``;
  const flags = [...new Set(needed)];
  const before = flags.filter((flag) => flag !== 'finalize');
  const concern = raiseForVm(NEVER_REPLICATED, vm, {
    message: `${fullName(vm)} cannot be ${phase === 'archive' ? 'archived' : 'finalized'}: the account shows no replication of it`,
    remedy: `if it was migrated, remove it from the manifests; else set \`phase: cutover\`, run ${follow(before)}, check the cut-over, set \`phase: ${phase}\`, and run ${follow(['finalize'])}; to go the whole way at once, run ${follow(flags)}`,
  });
  return { change: withBlocks(change, [NEVER_REPLICATED]), concerns: [...concerns, concern] };
}

const PROTECTED = 'protect.refused';

/** Refuses to replace the job of a VM that is protected, and every step that destroys something of it. */
export function protectVm(vm: DesiredVm, decision: Decision): Decision {
  const { change, concerns } = decision;
  if (!vm.protect || change === undefined) return decision;
  const isDestroyed = change.action === 'advance' && change.destroys !== undefined;
  if (change.action !== 'replace' && !isDestroyed) return decision;
  const what = isDestroyed
    ? `taken through ${change.step}: ${change.effects.join('; ')}`
    : `replaced: ${change.reason ?? ''}`;
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

/** The phase that keeps a VM in its stage; a VM in any other stage has nothing that could be taken back. */
const KEEPING_PHASES: Readonly<Partial<Record<Stage, Phase>>> = {
  testing: 'test',
  // Phase test is reached too once the test has ended.
  'ready-for-cutover': 'test',
  'cutting-over': 'cutover',
  'cut-over': 'cutover',
  finalized: 'finalize',
  archived: 'archive',
};

/** Whether a VM is past the phase that its wave asks for: taken there by hand, or before the phase was lowered. */
export function isAhead(
  { phases }: Pick<TargetInput, 'phases'>,
  { wave }: DesiredVm,
  { stage }: Pick<VmJourney, 'stage'>,
): boolean {
  const { phase, isDefault } = phaseOfWave(phases, wave);
  const reached = phaseOfStage(stage);
  return isDefault !== true && reached !== undefined && isEarlierPhase(phase, reached);
}

/** The phase that a VM in a stage has reached; undefined: it replicates at most. */
export function phaseOfStage(stage: Stage): Phase | undefined {
  return stage === 'ready-for-cutover' ? 'ready' : KEEPING_PHASES[stage];
}

/**
 * Refuses to adopt a VM, or to move it to another wave, where the phase of the wave is before the stage of the VM: the
 * change itself looks harmless, and the next apply would take its test or cut-over back.
 */
export function belowConcern(
  { phases, traits }: TargetInput,
  vm: DesiredVm,
  { stage, decision }: VmJourney,
  isAdopted: boolean,
): Concern | undefined {
  const { phase, isDefault } = phaseOfWave(phases, vm.wave);
  if (isDefault === true) return undefined;
  const keeping = KEEPING_PHASES[stage];
  const isBelow = keeping !== undefined && isEarlierPhase(phase, keeping);
  const takesBack = decision?.kind === 'step' && decision.destroys === 'revert';
  if (!isBelow && !takesBack) return undefined;
  const keeps = keeping !== undefined && traits.phases.phases.includes(keeping) ? keeping : undefined;
  const wave = `its ${isAdopted ? '' : 'new '}wave`;
  return raiseForVm('phase.below', vm, {
    message: `${fullName(vm)} is ${stage.replaceAll('-', ' ')}, and phase ${phase} of ${wave} would take that back`,
    remedy: `${keeps === undefined ? `remove the phase from ${wave}` : `set \`phase: ${keeps}\` in ${wave}, or remove its phase`}; once it is ${isAdopted ? 'adopted' : 'moved'}, a lower phase asks for --confirm-revert`,
  });
}
