import type { Concern } from './concern.ts';
import type { CatalogState, ObservedJob, ObservedServer } from './observed.ts';

/** A server of the catalogue and the job that stands for it. */
export interface CatalogEntry {
  readonly server: ObservedServer;
  readonly job?: ObservedJob;
  /** The job carries the project's marker. */
  readonly managed: boolean;
}

export interface CatalogListing {
  readonly target: string;
  readonly state: CatalogState;
  /** Those that the filters let through, sorted by name, path and id. */
  readonly entries: readonly CatalogEntry[];
  /** Servers of the catalogue, filtered or not. */
  readonly total: number;
  /** What the account lacks before it can know any. */
  readonly lacks: readonly Concern[];
}
