import type { ConcernId } from '../core/concern-ids.ts';
import type { Settings, VmReference } from '../core/desired.ts';
import type { SkippedEntry } from '../core/inventory.ts';

/** A VM as a source tells of it. Cells that are empty are absent. */
export interface InventoryVm {
  /** Where it stands: `line 12`, or the id of its job. */
  readonly origin: string;
  /** All that the source knows it by; what of it the manifest says is decided once all VMs are known. */
  readonly reference: VmReference;
  /** The source says itself what the manifest is to say: all of the reference. */
  readonly keepsFullReference?: boolean;
  readonly os?: string;
  /** In which it differs from the defaults of its wave. */
  readonly settings: Settings;
  /** What has no field in a manifest, a line each: kept as comments. */
  readonly comments: readonly string[];
  readonly concerns: readonly { readonly id: ConcernId; readonly message: string }[];
  readonly group: WaveGroup;
}

/** Which VMs go into one wave: those whose key is the same. */
export interface WaveGroup {
  /** Compared as a whole: `Sales/EMEA` is one folder, and not the folder EMEA of Sales. */
  readonly key: readonly string[];
  /** What the wave is called after. */
  readonly title: string;
  /** The name that the wave must have: it stands in markers. Absent: one is made of the title. */
  readonly wave?: string;
  readonly adopt?: boolean;
  readonly labels?: ReadonlyMap<string, string>;
  /** What has no field in a manifest, a line each: kept as comments. */
  readonly comments?: readonly string[];
}

/** All that a source tells. */
export interface Inventory {
  readonly vms: readonly InventoryVm[];
  readonly leftOut: readonly SkippedEntry[];
  /** How many VMs have a name, also of those that are left out: a catalogue lists all of them. */
  readonly names: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}
