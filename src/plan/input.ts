import type { Concern } from '../core/concern.ts';
import type { Desired, DesiredVm, DesiredWave, Target } from '../core/desired.ts';
import type { Observed } from '../core/observed.ts';
import type { Phases } from '../core/phase.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { Neighbours } from './neighbours.ts';

/** Whether a name or an address is meant: a glob that the caller has compiled. */
export type Matches = (text: string) => boolean;

/** What a run is narrowed to; a part that is left out narrows nothing. */
export interface Selection {
  readonly wave?: Matches;
  /** Tried on a VM's name, on what its address says after the wave, and on its whole address. */
  readonly vm?: Matches;
}

/** A guard that a run may lift, by the name that `--force` takes. */
export type Guard = 'deletes' | 'updates';

/** Everything planning looks at: it reads no clock, no disk and no network. */
export interface PlanInput {
  readonly desired: Desired;
  /** What validation has found. A critical concern blocks the change of the VM whose address it carries. */
  readonly concerns: readonly Concern[];
  /** What each account holds, by target name: a target that is not in here is not planned. */
  readonly observed: ReadonlyMap<string, Observed>;
  /** What each target's provider is like, by target name. */
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  readonly selection?: Selection;
  /** Whether a target that no manifest names any more may lose all of its jobs. */
  readonly allowEmpty?: boolean;
  /** The guards that do not hold this time. */
  readonly force?: readonly Guard[];
  /** The VMs whose job is to be replaced whatever the comparison says; tried like `selection.vm`. */
  readonly replace?: Matches;
  /** The waves whose finalizing, which cannot be undone, is confirmed. */
  readonly confirmFinalize?: Matches;
}

/** What planning one target looks at: the same for each of its VMs. */
export interface TargetInput {
  readonly project: string;
  readonly target: Target;
  /** All VMs that git wants on the target, selected or not. */
  readonly vms: readonly DesiredVm[];
  readonly neighbours: Neighbours;
  /** The waves of the project that say `protect: true`, on whichever target, by name. */
  readonly protectedWaves: ReadonlyMap<string, DesiredWave>;
  readonly observed: Observed;
  readonly traits: ProviderTraits;
  /** How far each wave of the project is to go, by name. */
  readonly phases: Phases;
  readonly selection: Selection;
  readonly allowEmpty: boolean;
  readonly force: readonly Guard[];
  readonly replace: Matches;
  readonly confirmFinalize: Matches;
  /** Ids of the critical concerns that validation raised, by the address of the VM. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
}
