import type { Concern } from '../core/concern.ts';
import type {
  Desired,
  DesiredVm,
  DesiredWave,
  Phases,
  Target,
  UnmatchedFile,
  VmReference,
} from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import { byText } from '../core/lists.ts';
import { fullName } from '../core/names.ts';
import { type Observed, phasesOf } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { Violation } from '../core/results/policy.ts';
import type { Change, Confirmation, Plan, WindowOverride } from '../core/plan.ts';
import type { Instant } from '../core/time.ts';
import { type OverlappingTargets, overlappingTargets } from '../journey/account.ts';
import type { VmJourney } from '../journey/journey.ts';

/** Whether a name or an address matches: a glob that the caller has compiled. */
type NameMatcher = (text: string) => boolean;

/** What a run is narrowed to; a part that is left out narrows nothing. */
interface Selection {
  readonly wave?: NameMatcher;
  /** Tried on a VM's name, on what its address says after the wave, and on its whole address. */
  readonly vm?: NameMatcher;
}

/** A guard that a run may lift, by the name that `--force` takes. */
export type Guard = 'deletes' | 'updates' | 'destroys';

/** What `--force` lifts: a guard, or the end of a VM's replication, which the service may have extended. */
export type Override = Guard | 'lifetime';

/** What the windows, dependencies and times of a project do to changes. */
export interface Gates {
  /** The windows that do not hold for the run. */
  readonly overrides: readonly WindowOverride[];
  /**
   * Decides whether a change may start now.
   * @param now the account's time
   */
  gate(change: Change, vm: DesiredVm, journey: VmJourney, now: Instant): GateDecision;
  /**
   * Spreads the starts of replications of waves that are staggered.
   * @param vms by address
   */
  stagger(
    input: Pick<TargetInput, 'project' | 'observed' | 'traits'>,
    changes: readonly Change[],
    when: 'before-caps' | 'after-caps',
    vms: ReadonlyMap<string, GatedVm>,
  ): readonly Change[];
}

/** A VM of the manifests whose server is known, and where it stands. */
export interface GatedVm {
  readonly vm: DesiredVm;
  readonly journey: VmJourney;
}

/** A change that may start now, and from when on it must not; or the same change, deferred. */
export interface GateDecision {
  readonly change: Change;
  readonly closesAt?: Instant;
}

/** Makes the gates of a plan. It is input because few projects need it, and it loads a calendar. */
export type MakeGates = (input: Pick<PlanInput, 'desired' | 'observed' | 'traits' | 'unreachable'>) => Gates;

/** All input of planning, which reads no clock, no disk and no network. */
export interface PlanInput {
  readonly desired: Desired;
  /** What validation has found. A critical concern blocks the change of the VM whose address it carries. */
  readonly concerns: readonly Concern[];
  /** What was observed in each account, by target name. A target without an observation is not planned. */
  readonly observed: ReadonlyMap<string, Observed>;
  /** The targets of the run that could not be read: they are not planned, and what may have moved to them is kept. */
  readonly unreachable?: readonly Concern[];
  /** Other targets, of which waves wait for waves: they are not planned. Absent: there are none. */
  readonly waitedFor?: Pick<PlanInput, 'observed'> & { readonly unreachable: readonly Concern[] };
  /** The traits of each target's provider, by target name; also of those that waves wait for. */
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  readonly selection?: Selection;
  /** Whether a target that no manifest names any more may lose all of its jobs. */
  readonly allowEmpty?: boolean;
  /** The guards that do not hold this time. */
  readonly force?: readonly Override[];
  /** The VMs whose job is to be replaced whatever the comparison says; tried like `selection.vm`. */
  readonly replace?: NameMatcher;
  /** The waves whose destructions are confirmed, by what is destroyed; absent: none. */
  readonly confirm?: Readonly<Partial<Record<Confirmation, NameMatcher>>>;
  /** Finds the policies that a plan does not meet, and names those that block nothing this time; absent: there are none. */
  readonly policies?: {
    readonly check: (plan: Plan) => readonly Violation[];
    readonly overrides: NonNullable<Plan['policyOverrides']>;
  };
  /** Absent: nothing of the project waits for a window, a time or a wave. */
  readonly makeGates?: MakeGates;
}

/** Makes the gates of a plan, which know all accounts that were read. */
export function gatesOfInput({
  makeGates,
  desired,
  observed,
  unreachable = [],
  waitedFor,
  traits,
}: PlanInput): Gates | undefined {
  return makeGates?.({
    ...{ desired, traits },
    observed: waitedFor === undefined ? observed : new Map([...observed, ...waitedFor.observed]),
    unreachable: waitedFor === undefined ? unreachable : [...unreachable, ...waitedFor.unreachable],
  });
}

/** The input for planning one target: the same for each of its VMs. */
export interface TargetInput {
  readonly project: string;
  readonly target: Target;
  /** All VMs of the manifests on the target, selected or not. */
  readonly vms: readonly DesiredVm[];
  readonly overlapping: OverlappingTargets;
  /** The waves of the project that say `protect: true`, on whichever target, by name. */
  readonly protectedWaves: ReadonlyMap<string, DesiredWave>;
  /** The waves and the VMs of the targets that could not be read. */
  readonly unread: { readonly waves: readonly DesiredWave[]; readonly vms: readonly DesiredVm[] };
  /** The waves that only files which no glob matches have, by name. */
  readonly unmatchedWaves: ReadonlyMap<string, UnmatchedFile>;
  readonly observed: Observed;
  readonly traits: ProviderTraits;
  /** The phase of each wave of the project, by name. */
  readonly phases: Phases;
  readonly selection: Selection;
  readonly allowEmpty: boolean;
  readonly force: readonly Override[];
  readonly replace: NameMatcher;
  readonly confirm: Readonly<Partial<Record<Confirmation, NameMatcher>>>;
  /** Ids of the critical concerns that validation raised, by the address of the VM. */
  readonly criticalIds: ReadonlyMap<string, readonly string[]>;
  readonly gates?: Gates;
}

/**
 * Selects the input for one target.
 * @param refused ids of the critical concerns that validation raised, by the address of the VM
 * @throws LandfallError `INTERNAL` if the target's provider is not known
 */
export function targetInput(
  input: PlanInput,
  target: Target,
  observed: Observed,
  refused: ReadonlyMap<string, readonly string[]>,
  gates?: Gates,
): TargetInput {
  const { desired, selection = {}, allowEmpty = false, force = [], unreachable = [] } = input;
  const isUnread = (one: { readonly target: string }): boolean =>
    unreachable.some(({ target: name }) => name === one.target);
  const { replace = () => false, confirm = {} } = input;
  const traits = input.traits.get(target.name);
  if (traits === undefined) {
    throw new LandfallError('INTERNAL', `nothing is known of the provider of target "${target.name}"`, {
      source: 'landfall',
    });
  }
  return {
    project: desired.project,
    target,
    vms: desired.vms.filter((vm) => vm.target === target.name).toSorted(byAddress),
    overlapping: overlappingTargets(target, desired, input.observed),
    protectedWaves: new Map(desired.waves.filter(({ protect }) => protect).map((wave) => [wave.name, wave])),
    unread: { waves: desired.waves.filter(isUnread), vms: desired.vms.filter(isUnread) },
    unmatchedWaves: unmatchedWavesOf(desired),
    observed,
    traits,
    phases: phasesOf(desired),
    selection,
    allowEmpty,
    force,
    replace,
    confirm,
    criticalIds: withCritical(refused, observed.concerns),
    ...(gates !== undefined && { gates }),
  };
}

/** Adds the critical concerns that reading the account has raised about VMs. */
function withCritical(
  refused: ReadonlyMap<string, readonly string[]>,
  concerns: readonly Concern[] = [],
): ReadonlyMap<string, readonly string[]> {
  const critical = concerns.filter(({ severity }) => severity === 'critical');
  if (critical.length === 0) return refused;
  const all = new Map(refused);
  for (const { id, address = '' } of critical) all.set(address, [...(all.get(address) ?? []), id]);
  return all;
}

function unmatchedWavesOf({ waves, unmatched = [] }: Desired): ReadonlyMap<string, UnmatchedFile> {
  const known = new Set(waves.map(({ name }) => name));
  return new Map(
    unmatched.flatMap((file) => file.waves.filter((name) => !known.has(name)).map((name) => [name, file])),
  );
}

const byAddress = (a: DesiredVm, b: DesiredVm): number => byText(a.address, b.address);

/** A VM of the manifests, or the delete of a job that no VM of them stands for any more. */
interface NamedVm {
  readonly wave: string;
  readonly address: string;
  readonly label?: string;
  readonly reference?: VmReference;
}

/** Whether a VM is selected. */
export function isSelected({ wave, vm }: Selection, named: NamedVm): boolean {
  return wave?.(named.wave) !== false && (vm === undefined || isNamed(vm, named));
}

/** Whether one of the names a VM goes by is meant: its whole address, the part after the wave, its name or its label. */
export function isNamed(matches: NameMatcher, vm: NamedVm): boolean {
  const { wave, address, label, reference } = vm;
  const names = [address, address.slice(wave.length + 1), reference?.name, label, fullName(vm)];
  return names.some((name) => name !== undefined && matches(name));
}
