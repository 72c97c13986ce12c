import type { Concern } from './concern.ts';
import type { CatalogState, LaunchAction, ObservedJob, ObservedServer, ReplicationRun } from './observed.ts';
import type { Instant } from './time.ts';

/** All runs of a job at one moment. */
export interface RunHistory {
  /** The service's own time, from its answer. */
  readonly at: Instant;
  /** The job as it is now; absent once it is deleted, or if the service does not return it. */
  readonly job?: ObservedJob;
  /** The job is deleted or being deleted. */
  readonly isDeleted: boolean;
  /** Last scheduled first. */
  readonly runs: readonly ReplicationRun[];
}

/** A launch of a server's instance, or its end, by a job of a service that launches instances. */
export interface ServerLaunch {
  /** The id of the job. */
  readonly id: string;
  readonly of: 'test' | 'cut-over' | 'termination' | 'unknown';
  /** The service's own word on the server in the job, in lower case: `launched`, `failed`, `in progress`. */
  readonly result: string;
  readonly instanceId?: string;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  /** Why it has failed, as the log of the job says. */
  readonly error?: string;
  /** What ran on the instance after the launch, in order; absent: nothing did. */
  readonly actions?: readonly LaunchAction[];
  /** What the log of the job says of the server, oldest first; only of the latest job. */
  readonly log?: readonly LaunchLogItem[];
}

interface LaunchLogItem {
  readonly at: Instant;
  /** As the service reports it: `conversion start`. */
  readonly event: string;
  /** An id or an error. */
  readonly detail?: string;
}

/** What a service can say of instances that it has launched. Errors as in Provider. */
export interface Instances {
  /** The launches of a server, the latest first. */
  launches(serverId: string): Promise<readonly ServerLaunch[]>;
  /** The private addresses of instances by their ids, as far as they are known. */
  addresses(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
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

/** The port to the operations of AWS SMS beside plans (the founding document's commands). Errors as in Provider. */
export interface Operations {
  /** Starts the import of the catalogue; resolves when the service has accepted it. */
  importCatalog(): Promise<void>;
  deleteCatalog(): Promise<void>;
  /** The catalogue's state alone, in one small call. */
  catalogState(): Promise<CatalogState>;
  /** Sorted by id. */
  connectors(): Promise<readonly Connector[]>;
  /** Removes a connector. Succeeds for a connector that does not exist any more. */
  disassociateConnector(id: string): Promise<void>;
  /** Resolves to nothing for a job that the service has never had. */
  runs(jobId: string): Promise<RunHistory | undefined>;
  /** Starts a run now; resolves to its id. */
  startRun(jobId: string, description?: string): Promise<string>;
}

/** A server of the catalogue and its job. */
export interface CatalogEntry {
  readonly server: ObservedServer;
  /** What text output shows for its name, as other VMs have the name too: `jenkins (vc-zrh)`. */
  readonly label?: string;
  readonly job?: ObservedJob;
  /** The job carries the project's marker. */
  readonly managed: boolean;
}

export interface CatalogListing {
  readonly target: string;
  readonly state: CatalogState;
  /** The servers that match the filters, sorted by name, path and id. */
  readonly entries: readonly CatalogEntry[];
  /** Servers of the catalogue, filtered or not. */
  readonly total: number;
  /** What the account needs before the catalogue can have servers. */
  readonly missingSetup: readonly Concern[];
}

/** The effects of removing a connector. */
export interface Disassociation {
  readonly target: string;
  readonly connector: Connector;
  /** Its vCenter has no other healthy connector. False for a connector that is not healthy itself. */
  readonly lastOfVCenter: boolean;
  /** The target has no other healthy connector. */
  readonly lastOfAll: boolean;
  /** Managed jobs that would stop replicating, sorted by wave and name: none while another connector serves their vCenter. */
  readonly stalled: readonly ObservedJob[];
  /** How many jobs of others would stop too. */
  readonly stalledOthers: number;
}

/** One part of the set-up that an account needs before the first replication, and what was done. */
export interface SetUpStep {
  /** In words: `replication configuration template`. */
  readonly what: string;
  readonly done: 'created' | 'there already' | 'updated';
}
