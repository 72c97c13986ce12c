import type { ConcernId } from './concern-ids.ts';
import type { Concern } from './concern.ts';
import type { Place } from './error.ts';

/** Where an import reads: an RVTools export, the account itself, or the inventory CSV of MGN. */
export type ImportSource = 'rvtools' | 'live' | 'mgn-csv';

/** The encoding in which a file was read, and why. */
export interface FileEncoding {
  /** In lower case, as `--encoding` takes it. */
  readonly name: string;
  /** The end of "read as …: ". */
  readonly reason: string;
}

/** A wave file that an import has made. */
export interface ImportedFile {
  /** As shown to the user. */
  readonly path: string;
  readonly wave: string;
  /** VMs that are in the wave. */
  readonly vms: number;
  /** VMs that are written as comments, because validate would refuse them. */
  readonly commentedOut: number;
  /** The wave takes over jobs that nobody owns. */
  readonly adopt: boolean;
  /** The file existed already, with the same content. */
  readonly unchanged: boolean;
}

/** Something that an import did not write, and why. */
export interface SkippedEntry {
  readonly name: string;
  /** Its origin: `line 12`, or the id of a job. */
  readonly origin: string;
  readonly reason: string;
}

/** What validate or plan would say of a VM that was imported. */
export interface ImportConcern {
  readonly id: ConcernId;
  readonly vm: string;
  readonly message: string;
}

/** The result of an import. */
export interface ImportReport {
  readonly source: ImportSource;
  /** Absent: it did not read a file of text. */
  readonly encoding?: FileEncoding;
  readonly dryRun: boolean;
  readonly files: readonly ImportedFile[];
  readonly leftOut: readonly SkippedEntry[];
  readonly concerns: readonly ImportConcern[];
  /** Notes about the whole import. */
  readonly notes: readonly string[];
  /** The commands that come next. */
  readonly next: readonly string[];
}

/** A setting that a conversion has removed from a wave, as it was in the file. */
export interface DroppedSetting {
  readonly place: Place;
  readonly wave: string;
  /** The VM that had it; absent: the defaults had it. */
  readonly vm?: string;
  readonly setting: string;
  /** As it was written: `frequency: 12`. */
  readonly text: string;
  /** What the other service does instead, or why it has no such thing. */
  readonly reason: string;
  /** Comments that were removed with it. */
  readonly comments: readonly string[];
}

/** A wave that is given another target. */
export interface TargetChange {
  readonly place: Place;
  readonly wave: string;
  /** Absent: the wave named none. */
  readonly from?: string;
  readonly to: string;
}

export interface ConvertedFile {
  /** As shown to the user. */
  readonly path: string;
  /** Where the result is written; absent: in its place. */
  readonly out?: string;
  /** The waves of the file that were converted. */
  readonly waves: readonly string[];
  readonly changed: boolean;
  readonly dropped: readonly DroppedSetting[];
  readonly targets: readonly TargetChange[];
}

/** A problem that a person must solve: a concern that the result still has, or why a file was not converted. */
export type ConvertProblem = Pick<Concern, 'message' | 'remedy' | 'place'> & Partial<Pick<Concern, 'id'>>;

/** The result of rewriting waves for another service. */
export interface ConvertReport {
  /** The service that the waves were rewritten for. */
  readonly to: string;
  /** Absent: nothing was written, because no flag asked for it. */
  readonly written?: 'in-place' | 'out';
  readonly files: readonly ConvertedFile[];
  /** Lines are those of the result. */
  readonly problems: readonly ConvertProblem[];
  /** Notes for the user before the next plan. */
  readonly notes: readonly string[];
}
