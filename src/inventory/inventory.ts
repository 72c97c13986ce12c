import type { ConcernId } from '../core/concern-ids.ts';
import type { ReplicationKind, Settings, VmReference } from '../core/desired.ts';
import type { FileEncoding, SkippedEntry } from '../core/inventory.ts';

/** A VM of a source. Empty cells are absent. */
export interface InventoryVm {
  /** The place in the source: `line 12`, or the id of its job. */
  readonly origin: string;
  readonly identity: Identity;
  /** All identifiers of the VM in the source. Which of them the manifest has is decided when all VMs are known. */
  readonly reference: VmReference;
  /** Whether the manifest must have all identifiers of the source. */
  readonly keepsFullReference?: boolean;
  /** Which source server of the VM is meant. Absent: its reference fits one server only, which has no agent. */
  readonly replication?: ReplicationKind;
  readonly os?: string;
  /** Used size of its disks, else what is provisioned, in GiB. */
  readonly sizeGiB?: number;
  /** The settings that differ from the defaults of its wave. */
  readonly settings: Settings;
  /** Values without a field in a manifest, one on a line: written as comments. */
  readonly comments: readonly string[];
  readonly concerns: readonly { readonly id: ConcernId; readonly message: string }[];
  readonly group: WaveGroup;
}

/**
 * By what two entries of a source are one VM: made of all columns of the source, also of those that the service of the
 * manifest does not support. Entries that differ here are two VMs, even if the manifest cannot tell them apart.
 */
export interface Identity {
  /** Equal for the entries of one VM. */
  readonly key: string;
  /** The source does not identify its VMs: only entries that are equal in every cell count as one. */
  readonly isWholeRow?: true;
}

/** Identifies an entry by all its cells. */
export function wholeRowIdentity(cells: readonly string[]): Identity {
  const trimmed = cells.map((cell) => cell.trim());
  const end = trimmed.findLastIndex((cell) => cell !== '') + 1;
  return { key: JSON.stringify(trimmed.slice(0, end)), isWholeRow: true };
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
  /**
   * The number of VMs with each name, including VMs that are left out: the catalogue lists all of them. A VM that is
   * listed twice counts once.
   */
  readonly names: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
  /** Absent: the source is not a file of text. */
  readonly encoding?: FileEncoding;
}
