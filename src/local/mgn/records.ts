import type { Machine } from '../simulation/account.ts';
import type { MgnQuotas } from './quotas.ts';

export type Tags = Readonly<Record<string, string>>;

/** The members of a configuration, by the names of the API. The simulation reads only some of them. */
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
  | 'BACKLOG'
  | 'RESCAN'
  | 'CREATING_SNAPSHOT'
  | 'CONTINUOUS'
  | 'PAUSED'
  | 'STALLED'
  | 'DISCONNECTED'
  | 'PENDING_SNAPSHOT_SHIPPING'
  | 'SHIPPING_SNAPSHOT';

/** Why a replication stalls: the error code of the API, and a text. */
export interface Stall {
  readonly error: string;
  readonly message: string;
}

/** Times are virtual, in milliseconds since 1970. */
export interface Replication {
  state: ReplicationState;
  initiatedAt: number;
  /** When the current state began. */
  since: number;
  /** When the current state ends; absent for a state that ends only by another event. */
  until?: number;
  /** The part of the current snapshot that was shipped before a pause, from 0 to 1. */
  done: number;
  /** How long it takes to ship the rest of the current snapshot without a stall, in milliseconds. */
  span: number;
  /** The number of snapshots that were begun; it varies their durations. */
  shipments: number;
  /** Whether all disks have been shipped once. */
  synced: boolean;
  firstByteAt?: number;
  /** The time of the shipped data; without it there is no lag, and no launch is possible. */
  snapshotAt?: number;
  /** The state that a pause interrupted. */
  pausedIn?: ReplicationState;
  /** The fault that will end the current state, decided when the state began. */
  fate?: Stall;
  /** The state in which the replication stalled, and why. */
  stalled?: Stall & { readonly during: ReplicationState };
}

/** The times of the calls for a test or a cutover. */
export interface Milestone {
  initiatedAt?: number;
  job?: number;
  finalizedAt?: number;
  revertedAt?: number;
}

/** A server with an agent, or one that an operation has changed. All others are computed from the inventory. */
export interface SourceServer {
  readonly id: string;
  /** The VM at the time of the first operation on the server, or what its agent reported when it was installed. */
  machine: Machine;
  readonly addedAt: number;
  state: LifeCycleState;
  type: 'SNAPSHOT_SHIPPING' | 'AGENT_BASED';
  archived: boolean;
  /** Whether the server was deleted, even if the inventory has its VM. */
  deleted?: true;
  tags: Tags;
  applicationId?: string;
  /** The connector that installs the agent, and its credentials, by the names of the API. */
  connectorAction?: Settings;
  /** The name by which a connector reaches it. */
  fqdnForActionFramework?: string;
  /** Absent while the settings of the template apply. */
  launchSettings?: Settings;
  replicationSettings?: Settings;
  replication?: Replication;
  /** Post-launch actions, in their order; absent while those of the template apply. */
  actions?: readonly Settings[];
  /** Absent while the EC2 launch template is as MGN has created it. */
  template?: LaunchTemplate;
  launched?: Launched;
  lastTest: Milestone;
  lastCutover: Milestone;
}

/** A server of a list that is loaded with its agent. */
export interface ListedAgent {
  readonly machine: Machine;
  /** Milliseconds until the agent is installed; absent: it is never installed. */
  readonly after?: number;
  /** Whether the server was imported into MGN: it is listed before its agent is installed. */
  readonly imported: boolean;
}

/** An agent that is installed later. */
export interface AwaitedAgent {
  readonly machine: Machine;
  /** When it is installed. */
  readonly at: number;
}

/** A version of an EC2 launch template. */
export interface TemplateVersion {
  readonly number: number;
  readonly createdAt: number;
  /** By the names of EC2's API. */
  readonly data: Settings;
  readonly description?: string;
  /** The client token of the request that created it, and a text that identifies the request. */
  readonly token?: string;
  readonly request?: string;
}

export interface LaunchTemplate {
  /** In the order of their numbers. */
  readonly versions: readonly TemplateVersion[];
  readonly defaultVersion: number;
}

/** What a launch has taken from the default version of the template, by the names of EC2's API. */
export interface Instance {
  readonly type: string;
  readonly templateVersion: number;
  readonly subnetId?: string;
  readonly privateIp?: string;
  readonly groups: readonly string[];
  readonly placement?: Settings;
  readonly iamInstanceProfile?: Settings;
  readonly keyName?: string;
  readonly tags: Tags;
}

/** The latest instance of a server. */
export interface Launched {
  readonly instanceId: string;
  readonly job: number;
  readonly at: number;
  /** Absent: it was launched before the endpoint had launch templates. */
  readonly instance?: Instance;
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
  /** The wave of an application. */
  waveId?: string;
}

/** A wave, an application or a server of an import: what all rows say of it. */
export interface ImportedResource {
  /** The first row about it; the header is row 1. */
  readonly row: number;
  /** The id in MGN; absent: it is found by its name, or created. */
  readonly id?: string;
  /** The name of a wave or application, the user-provided id of a server. */
  readonly name?: string;
  /** The key of the application of a server, or of the wave of an application: its id or its name. */
  readonly parent?: string;
  readonly tags: Tags;
  /** Cells by their columns, without `mgn:server:` and the like. */
  readonly values: Tags;
  /** Cells of a server by their columns, without `mgn:launch:`. */
  readonly launch: Tags;
}

/** What an import changes, by kind, and the limits that it must keep. */
export interface ImportedInventory {
  readonly waves: readonly ImportedResource[];
  readonly applications: readonly ImportedResource[];
  readonly servers: readonly ImportedResource[];
}

export interface TransferError {
  readonly type: 'VALIDATION_ERROR' | 'PROCESSING_ERROR';
  readonly message: string;
  readonly row?: number;
  /** The resource that it is about, by the names of the API. */
  readonly ids?: Settings;
}

/** An import or an export of the inventory; its state follows from its times. */
export interface Transfer {
  readonly number: number;
  readonly id: string;
  readonly kind: 'import' | 'export';
  readonly bucket: string;
  readonly key: string;
  readonly createdAt: number;
  /** When everything happens. */
  readonly endsAt: number;
  /** The client token of an import. */
  readonly token?: string;
  /** What remains to be imported. */
  inventory?: ImportedInventory;
  quotas?: MgnQuotas;
  /** The account and the region that an export names. */
  readonly account?: string;
  readonly region?: string;
  /** Why the file of an import is invalid. */
  errors: readonly TransferError[];
  /** The summary of the API; absent before the end. */
  summary?: Settings;
}

/** A machine with an SSM agent, by which MGN runs commands on source servers. */
export interface Connector {
  readonly number: number;
  readonly id: string;
  /** By the names of the API. */
  settings: Settings;
  tags: Tags;
}

export interface Template {
  readonly number: number;
  readonly id: string;
  settings: Settings;
  /** Post-launch actions of a launch configuration template, in their order. */
  actions?: readonly Settings[];
  tags: Tags;
}

export type Purpose = 'START_TEST' | 'START_CUTOVER' | 'TERMINATE';

/** An action after a launch, decided completely when the job is created. */
export interface PlannedAction {
  /** In the form of an SSM document of the API. */
  readonly document: Settings;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Why it fails. */
  readonly failure?: string;
}

/** The part of a server in a job, decided completely when the job is created. */
export interface Participant {
  readonly serverId: string;
  readonly endsAt: number;
  readonly instanceId?: string;
  readonly instance?: Instance;
  /** The instance of an earlier launch that this launch replaces. */
  readonly replaces?: string;
  /** Why the launch of the server fails. */
  readonly failure?: string;
  /** What runs after the launch; absent: post-launch actions are off. */
  readonly postLaunch?: readonly PlannedAction[];
}

/** A job; its state follows from its times. */
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
