import type { ConcernId } from './concern-ids.ts';

/** Where an import reads: an RVTools export, the account itself, or the inventory CSV of MGN. */
export type ImportSource = 'rvtools' | 'live' | 'mgn-csv';

/** A wave file that an import has made. */
export interface ImportedFile {
  /** As shown to the user. */
  readonly path: string;
  readonly wave: string;
  /** VMs that are in the wave. */
  readonly vms: number;
  /** VMs that stand in the file as comments, because validate would refuse them. */
  readonly commentedOut: number;
  /** The wave takes over jobs that nobody owns. */
  readonly adopt: boolean;
  /** The file was there already, with the very same content. */
  readonly unchanged: boolean;
}

/** Something an import did not write, and why: nothing is dropped without a word. */
export interface LeftOut {
  readonly name: string;
  /** Where it stands: `line 12`, or the id of a job. */
  readonly origin: string;
  readonly reason: string;
}

/** What validate or plan would say of a VM that was imported. */
export interface ImportConcern {
  readonly id: ConcernId;
  readonly vm: string;
  readonly message: string;
}

/** What an import came to. */
export interface ImportReport {
  readonly source: ImportSource;
  readonly dryRun: boolean;
  readonly files: readonly ImportedFile[];
  readonly leftOut: readonly LeftOut[];
  readonly concerns: readonly ImportConcern[];
  /** Words about the whole of it. */
  readonly notes: readonly string[];
}
