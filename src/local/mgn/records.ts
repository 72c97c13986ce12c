import type { Machine } from '../simulation/account.ts';

export type Tags = Readonly<Record<string, string>>;

/** Members of a configuration as the API names them; only those that matter to the simulation are looked into. */
export type Settings = Readonly<Record<string, unknown>>;

type LifeCycleState =
  | 'STOPPED'
  | 'NOT_READY'
  | 'READY_FOR_TEST'
  | 'TESTING'
  | 'READY_FOR_CUTOVER'
  | 'CUTTING_OVER'
  | 'CUTOVER'
  | 'DISCONNECTED'
  | 'DISCOVERED'
  | 'PENDING_INSTALLATION';

export type ReplicationState =
  | 'STOPPED'
  | 'INITIATING'
  | 'INITIAL_SYNC'
  | 'CREATING_SNAPSHOT'
  | 'CONTINUOUS'
  | 'PAUSED'
  | 'STALLED'
  | 'DISCONNECTED'
  | 'PENDING_SNAPSHOT_SHIPPING'
  | 'SHIPPING_SNAPSHOT';

/** Why a replication stalls: the API's word for it, and text. */
export interface Stall {
  readonly error: string;
  readonly message: string;
}

/** Times are virtual, in milliseconds since 1970. */
export interface Replication {
  state: ReplicationState;
  initiatedAt: number;
  /** When the present state began. */
  since: number;
  /** When it ends of itself; a state without waits for something else. */
  until?: number;
  /** Part of the present snapshot that was shipped before a pause, from 0 to 1. */
  done: number;
  /** How long the rest of the present snapshot takes to ship, were nothing to stall it. */
  span: number;
  /** Snapshots shipped or begun, for their share of luck. */
  shipments: number;
  /** Whether all of the disks have been shipped once. */
  synced: boolean;
  firstByteAt?: number;
  /** The time that the shipped data is of: there is no lag, and no launch, without it. */
  snapshotAt?: number;
  /** What a pause interrupted. */
  pausedIn?: ReplicationState;
  /** How the present state will end, settled when it began. */
  fate?: Stall;
  /** What a stalled one stalled in, and why. */
  stalled?: Stall & { readonly during: ReplicationState };
}

/** What has been done of a test or a cutover: times of the calls. */
export interface Milestone {
  initiatedAt?: number;
  job?: number;
  finalizedAt?: number;
  revertedAt?: number;
}

/** A server that something was done with; the others are made up from the inventory as they are asked for. */
export interface SourceServer {
  readonly id: string;
  /** The VM as it was when something was first done with the server. */
  readonly machine: Machine;
  readonly addedAt: number;
  state: LifeCycleState;
  type: 'SNAPSHOT_SHIPPING' | 'AGENT_BASED';
  archived: boolean;
  /** It is not there any more, whatever the inventory says. */
  deleted?: true;
  tags: Tags;
  applicationId?: string;
  /** Absent while the template decides. */
  launchSettings?: Settings;
  replicationSettings?: Settings;
  replication?: Replication;
  launched?: { readonly instanceId: string; readonly job: number; readonly at: number };
  lastTest: Milestone;
  lastCutover: Milestone;
}

/** An application, or a wave. */
export interface Group {
  readonly number: number;
  readonly id: string;
  name: string;
  description?: string;
  tags: Tags;
  archived: boolean;
  readonly createdAt: number;
  modifiedAt: number;
  /** The wave that an application is in. */
  waveId?: string;
}

export interface Template {
  readonly number: number;
  readonly id: string;
  settings: Settings;
  tags: Tags;
}

export type Purpose = 'START_TEST' | 'START_CUTOVER' | 'TERMINATE';

/** A server's part in a job: all of it is settled when the job is made. */
export interface Participant {
  readonly serverId: string;
  readonly endsAt: number;
  readonly instanceId?: string;
  /** Why its launch fails. */
  readonly failure?: string;
}

/** What the states of a job are follows from its times. */
export interface Job {
  readonly number: number;
  readonly id: string;
  readonly purpose: Purpose;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  tags: Tags;
  readonly participants: readonly Participant[];
}
