import type { Concern } from './concern.ts';
import type { CatalogState, ObservedJob, ObservedServer, ReplicationRun } from './observed.ts';
import type { Instant } from './time.ts';

/** All runs of a job at one moment. */
export interface RunHistory {
  /** The service's own time, from its answer. */
  readonly at: Instant;
  /** The job as it stands now; absent once it is deleted, or if the service does not tell of it. */
  readonly job?: ObservedJob;
  /** The job is deleted or being deleted. */
  readonly isDeleted: boolean;
  /** Last scheduled first. */
  readonly runs: readonly ReplicationRun[];
}

/** The appliance through which the service reaches a vCenter. */
export interface Connector {
  readonly id: string;
  readonly healthy: boolean;
  readonly version?: string;
  readonly vmManagerName?: string;
  readonly vmManagerId?: string;
  readonly ipAddress?: string;
  readonly macAddress?: string;
  readonly associatedAt?: Instant;
}

/** The port to what people ask of AWS SMS beside the plan (the founding document's commands). Errors as in Provider. */
export interface Operations {
  /** Starts the gathering of the catalogue; resolves when the service has accepted. */
  importCatalog(): Promise<void>;
  deleteCatalog(): Promise<void>;
  /** The catalogue's state alone, in one small call. */
  catalogState(): Promise<CatalogState>;
  /** Sorted by id. */
  connectors(): Promise<readonly Connector[]>;
  /** A connector that is gone already is a success. */
  disassociateConnector(id: string): Promise<void>;
  /** Resolves to nothing for a job that the service has never had. */
  runs(jobId: string): Promise<RunHistory | undefined>;
  /** Starts a run now; resolves to its id. */
  startRun(jobId: string, description?: string): Promise<string>;
}

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
  readonly missingSetup: readonly Concern[];
}

/** What comes of taking a connector away. */
export interface Disassociation {
  readonly target: string;
  readonly connector: Connector;
  /** No healthy connector is left at its vCenter. Never so for one that is not healthy itself. */
  readonly lastOfVCenter: boolean;
  /** No healthy connector is left at all. */
  readonly lastOfAll: boolean;
  /** Managed jobs that would replicate no longer, sorted by wave and name: none while another connector serves their vCenter. */
  readonly stalled: readonly ObservedJob[];
  /** How many jobs of others would not either. */
  readonly stalledOthers: number;
}
