import type { Machine } from '../simulation/account.ts';

/** The appliance that replicates the VMs of one vCenter. */
export interface Connector {
  readonly connectorId: string;
  readonly managerId: string;
  readonly managerName: string;
  readonly ipAddress: string;
  readonly macAddress: string;
  readonly associatedOn: number;
}

export interface Catalog {
  status: 'NOT_IMPORTED' | 'IMPORTING' | 'AVAILABLE' | 'DELETED';
  modifiedAt: number;
  /** Whether servers are listed. Those of the previous import stay listed during an import. */
  listed: boolean;
  /** When the current import ends. */
  readyAt?: number;
}

export type RunState = 'PENDING' | 'MISSED' | 'ACTIVE' | 'FAILED' | 'COMPLETED' | 'DELETING' | 'DELETED';

/** How a run will fail, decided when it starts. */
export interface PlannedFailure {
  readonly stage: string;
  readonly message: string;
  /** Whether the job fails at once, without another run. */
  readonly permanent: boolean;
}

/** Times are virtual, in milliseconds since 1970. */
export interface Run {
  readonly number: number;
  readonly id: string;
  readonly type: 'AUTOMATIC' | 'ON_DEMAND';
  readonly description?: string;
  state: RunState;
  scheduledAt: number;
  /** Whether the run is due and waits for a slot. */
  waiting?: boolean;
  startedAt?: number;
  /** How long the run takes if it succeeds, in milliseconds. */
  span?: number;
  /** When an active run ends, successfully or not. */
  endsAt?: number;
  fate?: PlannedFailure;
  completedAt?: number;
  amiId?: string;
  message?: string;
}

type JobState =
  'PENDING' | 'ACTIVE' | 'FAILED' | 'DELETING' | 'DELETED' | 'COMPLETED' | 'PAUSED_ON_FAILURE' | 'FAILING';

export interface ServerGroup {
  readonly id: string;
  readonly name?: string;
  /** The ids of its servers. */
  readonly servers: readonly string[];
}

export interface AppTag {
  readonly key: string;
  readonly value: string;
}

/** The members of a configuration, by the names of the API. */
export type Settings = Readonly<Record<string, unknown>>;

/** What an application is created with, and what an update may change. */
export interface AppFacts {
  readonly name?: string;
  readonly description?: string;
  readonly roleName?: string;
  readonly groups: readonly ServerGroup[];
  readonly tags: readonly AppTag[];
}

/** How the servers of an application are replicated, how it is launched, and how that is validated. */
export type AppConfiguration = 'replication' | 'launch' | 'validation';

/** How a server of an application is launched: some members of the API. */
export interface LaunchSettings {
  readonly logicalId?: string;
  readonly instanceType?: string;
  readonly subnet?: string;
  readonly securityGroup?: string;
  readonly ec2KeyName?: string;
  readonly iamInstanceProfileName?: string;
}

/** An instance that a launch creates. */
export interface AppInstance {
  readonly id: string;
  readonly serverId: string;
  readonly at: number;
  readonly settings: LaunchSettings;
}

/** A launch of an application as a stack. Its state follows from its times. */
export interface AppLaunch {
  readonly stack: string;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly instances: readonly AppInstance[];
  /** When the termination began and ends. */
  terminatedAt?: number;
  goneAt?: number;
}

/** What a client has said of a validation. */
export interface AppNotification {
  readonly status: string;
  readonly message?: string;
  readonly at: number;
}

/** An application: servers that replicate and are launched together. */
export interface App {
  readonly number: number;
  readonly id: string;
  readonly clientToken?: string;
  readonly createdAt: number;
  modifiedAt: number;
  facts: AppFacts;
  configurations: Readonly<Partial<Record<AppConfiguration, Settings>>>;
  /** The numbers of the jobs of its latest replication. */
  jobs: readonly number[];
  /** Whether its replication was stopped. */
  stopped?: true;
  launch?: AppLaunch;
  /** By the ids of validations. */
  notifications: Readonly<Record<string, AppNotification>>;
}

export type LicenceType = 'AWS' | 'BYOL';

/** Settings of a job that an update may change. */
export interface JobSettings {
  frequency?: number;
  licenseType?: LicenceType;
  roleName?: string;
  description?: string;
  numberOfRecentAmisToKeep?: number;
  encrypted?: boolean;
  kmsKeyId?: string;
}

export interface Job {
  readonly number: number;
  /** The number of the application that created it. */
  readonly app?: number;
  readonly id: string;
  /** The VM at the creation of the job; it stays known if the catalogue is deleted. */
  readonly machine: Machine;
  readonly seedAt: number;
  readonly runOnce: boolean;
  readonly settings: JobSettings;
  state: JobState;
  message?: string;
  latestAmiId?: string;
  /** Scheduled runs start at this time plus whole intervals. */
  anchor: number;
  /** When the 90 days of the VM end; set at the first run of its first job, and taken over by each later job. */
  expiresAt?: number;
  /** When a paused job is deleted. */
  givesUpAt?: number;
  /** When the deletion of a job ends. */
  goneAt?: number;
  /** The number of runs in a row that failed. */
  failures: number;
  /** In the order in which they were scheduled. */
  readonly runs: Run[];
}
