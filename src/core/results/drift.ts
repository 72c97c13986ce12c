import type { Concern } from '../concern.ts';
import type { SettingValue } from '../desired.ts';
import type { Place } from '../error.ts';
import type { Address } from '../names.ts';
import type { PlannedTarget } from '../plan.ts';
import type { Instant } from '../time.ts';

/**
 * How the manifests and an account differ over one VM or job:
 * - `changed`: the job exists, and some of its settings differ.
 * - `missing`: the VM had a job, it is gone, and no cut-over is proven.
 * - `not-applied`: the VM has never had a job, as far as the account remembers, or it has not reached its wave's phase.
 * - `unlisted`: a job of the project that no manifest names.
 * - `foreign`: the VM's job carries the marker of another project, or none.
 * - `phase`: the VM is past the phase that its wave asks for, or its test or cut-over was taken back after its last launch.
 * - `state`: the job does not replicate.
 * - `unresolved`: it is not certain which server the manifest means.
 */
export const DRIFT_KINDS = [
  'changed',
  'missing',
  'not-applied',
  'unlisted',
  'foreign',
  'phase',
  'state',
  'unresolved',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** The value of one setting on either side; absent where that side has none. `owner` is the marker. */
export interface FieldDrift {
  readonly field: string;
  readonly git?: SettingValue;
  readonly account?: SettingValue;
}

/** One difference between the manifests and an account. A VM may have several, each of another kind. */
export interface ManifestDrift {
  readonly kind: DriftKind;
  readonly target: string;
  readonly wave: string;
  /** `wave/name`; of an unlisted job as a plan calls its delete. */
  readonly address: Address;
  /** What text output shows for its name, as other VMs have the name too: `jenkins (vc-zrh)`. */
  readonly label?: string;
  /** The job's id, where there is one. */
  readonly job?: string;
  /** Sorted by field. */
  readonly fields: readonly FieldDrift[];
  /** Details that are not about a field; begins in lower case. */
  readonly message?: string;
  /** What to do, where applying the manifests is not the answer. */
  readonly remedy?: string;
  readonly place?: Place;
}

/** All differences between the manifests and the accounts, at one moment. */
export interface DriftReport {
  readonly project: string;
  /** The latest time that a service has reported. */
  readonly at: Instant;
  readonly targets: readonly PlannedTarget[];
  /** Sorted by target, wave, address and kind. */
  readonly drift: readonly ManifestDrift[];
  /** How many VMs and jobs do not differ. */
  readonly matching: number;
  /** Why the comparison is incomplete: a target that was not observed, a catalogue that is not available. */
  readonly concerns: readonly Concern[];
}
