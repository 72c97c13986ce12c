import type { ConcernId } from '../core/concern-ids.ts';
import type { Settings, VmReference } from '../core/desired.ts';
import type { SkippedEntry } from '../core/inventory.ts';

/** A VM of a source. Empty cells are absent. */
export interface InventoryVm {
  /** The place in the source: `line 12`, or the id of its job. */
  readonly origin: string;
  /** All identifiers of the VM in the source. Which of them the manifest has is decided when all VMs are known. */
  readonly reference: VmReference;
  /** Whether the manifest must have all identifiers of the source. */
  readonly keepsFullReference?: boolean;
  readonly os?: string;
  /** The settings that differ from the defaults of its wave. */
  readonly settings: Settings;
  /** Values without a field in a manifest, one on a line: written as comments. */
  readonly comments: readonly string[];
  readonly concerns: readonly { readonly id: ConcernId; readonly message: string }[];
  readonly group: WaveGroup;
}

/** The group of a VM: VMs with the same key go into one wave. */
export interface WaveGroup {
  /** Compared as a whole: `Sales/EMEA` is one folder, and not the folder EMEA of Sales. */
  readonly key: readonly string[];
  /** The text from which the name of the wave is made. */
  readonly title: string;
  /** The name of the wave in ownership markers; absent: the name is made from the title. */
  readonly wave?: string;
  readonly adopt?: boolean;
  /** The settings of the wave itself: `mgn.waveName`. Absent: the service has none, or the defaults hold. */
  readonly ofWave?: Settings;
  /** The account has the applications of its VMs: the manifest must name each of them. */
  readonly keepsApplications?: boolean;
  /** Its VMs are in no group of the account. */
  readonly isUnassigned?: true;
  readonly labels?: ReadonlyMap<string, string>;
  /** Values without a field in a manifest, one on a line: written as comments. */
  readonly comments?: readonly string[];
}

/** The content of a source. */
export interface Inventory {
  readonly vms: readonly InventoryVm[];
  readonly leftOut: readonly SkippedEntry[];
  /** The number of VMs with each name, including VMs that are left out: the catalogue lists all of them. */
  readonly names: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}
