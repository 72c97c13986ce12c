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
