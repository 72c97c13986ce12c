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
  status: 'IMPORTING' | 'AVAILABLE' | 'DELETED';
  modifiedAt: number;
  /** Whether servers are listed: those of the last import stay while the next one gathers. */
  listed: boolean;
  /** When the import that is under way is done. */
  readyAt?: number;
}

export type RunState = 'PENDING' | 'MISSED' | 'ACTIVE' | 'FAILED' | 'COMPLETED' | 'DELETING' | 'DELETED';

/** How a run will fail, settled when it starts. */
export interface PlannedFailure {
  readonly stage: string;
  readonly message: string;
  /** The job fails with it at once, instead of trying again. */
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
  /** Due, and in the queue for one of the slots. */
  waiting?: boolean;
  startedAt?: number;
  /** How long the run takes from start to end, were it to succeed. */
  span?: number;
  /** When an active run will end, for better or worse. */
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
  /** The VM as it was when the job was created: it outlives the catalogue. */
  readonly machine: Machine;
  readonly seedAt: number;
  readonly runOnce: boolean;
  readonly settings: JobSettings;
  state: JobState;
  message?: string;
  latestAmiId?: string;
  /** Scheduled runs start at this time plus whole intervals. */
  anchor: number;
  /** When its 90 days are over: set with its first run. */
  expiresAt?: number;
  /** When a paused job is deleted. */
  givesUpAt?: number;
  /** When a job that is being deleted is gone. */
  goneAt?: number;
  /** Runs that failed one after the other. */
  failures: number;
  /** In the order in which they were scheduled. */
  readonly runs: Run[];
}
