// What a model of a service offers to a walk. The models are written from the domain's rules alone, so that they share
// nothing with the rules of src that they are held against.
import type { Settings } from '../../../src/core/desired.ts';
import type { Observed, Owner } from '../../../src/core/observed.ts';
import type { ExecutableChange } from '../../../src/core/plan.ts';
import type { ProviderTraits } from '../../../src/core/provider.ts';

export const HOUR = 3_600_000;

/** What a VM can lose by a change. */
export type Loss =
  /** Its replication ends for good. */
  | 'replication'
  /** An instance ends that a test has launched. */
  | 'test instance'
  /** An instance ends that a cut-over has launched. */
  | 'cut-over instance'
  /** The test is no longer under way. */
  | 'test'
  /** The cut-over counts no more. */
  | 'cut-over'
  /** The server is archived. */
  | 'server';

/** What becomes of one VM in an account. */
export interface Standing {
  /** The project and the wave in its marker. */
  readonly owner: string | undefined;
  /** Its test runs, and the instance of that has launched. */
  readonly isTested: boolean;
  /** Its cut-over is under way or complete, and not taken back. */
  readonly isCutOver: boolean;
  /** The instance or the AMI of the cut-over is there, and nothing is wrong with it. */
  readonly isCutoverDone: boolean;
  /** Somebody has taken its cut-over back or stopped its replication, and nothing was launched since. */
  readonly isReverted: boolean;
  /** It is ready for a cut-over, and the instance of an earlier one still runs. */
  readonly isKept: boolean;
  readonly isFinalized: boolean;
  /** In a word or two, for people. */
  readonly text: string;
}

/** Where a VM can be when a walk begins. */
export const STARTS = [
  'not replicating',
  'replicating',
  'tested',
  'ready',
  'cut over',
  'taken back',
  'finalized',
  'archived',
] as const;
export type Start = (typeof STARTS)[number];

/** An account of a service with some VMs. */
export interface AccountModel<Happening extends string = string> {
  readonly traits: ProviderTraits;
  readonly happenings: readonly Happening[];
  observed: () => Observed;
  /** Puts a VM where it is when a walk begins; where the service has no such state, it replicates. */
  start: (vm: string, where: Start, owner: Owner | undefined, settings: Settings) => void;
  standing: (vm: string) => Standing;
  /**
   * Carries out a change of one VM.
   * @returns what the VM has lost
   * @throws Error what the service would refuse the change with
   */
  apply: (change: ExecutableChange) => readonly Loss[];
  /** Lets something happen to a VM that landfall does not do. What cannot happen to it changes nothing. */
  happen(what: Happening, vm: string): void;
  /** Lets three hours pass. */
  pass: () => void;
}
