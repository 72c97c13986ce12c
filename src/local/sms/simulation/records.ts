/** A VM as a vCenter knows it. Never changes: a new inventory brings new ones. */
export interface Machine {
  readonly serverId: string;
  readonly vmId: string;
  readonly name: string;
  readonly path: string;
  readonly managerId: string;
  readonly managerName: string;
  /** As the inventory writes it; empty where it does not say. */
  readonly os: string;
  /** What a full replication has to carry. */
  readonly gigabytes: number;
  /** What an export may say besides. */
  readonly uuid?: string;
  readonly fqdn?: string;
  readonly cpus?: number;
  readonly mebibytes?: number;
  readonly disks?: number;
}

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

/** What a fault file may do to the simulation (the faults of the wire are not part of it). */
export interface SimulatedFaults {
  readonly unhealthyConnectors: readonly string[];
  readonly failures: readonly { readonly server: string; readonly stage: string; readonly message: string }[];
  /** Launches of MGN that fail, of tests, of cutovers or of both. */
  readonly launchFailures?: readonly {
    readonly server: string;
    readonly of?: 'test' | 'cutover';
    readonly message: string;
  }[];
  /** Replications of MGN that stall. */
  readonly stalls?: readonly { readonly server: string; readonly error: string; readonly message: string }[];
  /** Servers of MGN whose EC2 launch template says that they run on dedicated hosts. */
  readonly dedicatedHosts?: readonly string[];
}

const vmKey = (managerId: string, vmId: string) => `${managerId}\n${vmId}`;

/** The VMs of all vCenters, in the order of their server ids. */
export class Inventory {
  readonly machines: readonly Machine[];
  readonly #byId = new Map<string, Machine>();
  #byAddress: Map<string, Machine> | undefined;

  constructor(machines: readonly Machine[]) {
    this.machines = [...machines].sort((a, b) => (a.serverId < b.serverId ? -1 : 1));
    for (const machine of machines) this.#byId.set(machine.serverId, machine);
  }

  get(serverId: string): Machine | undefined {
    return this.#byId.get(serverId);
  }

  at(managerId: string, vmId: string): Machine | undefined {
    this.#byAddress ??= new Map(
      this.machines.map((machine) => [vmKey(machine.managerId, machine.vmId), machine]),
    );
    return this.#byAddress.get(vmKey(managerId, vmId));
  }

  /** Up to `count` machines whose ids come after `serverId`. */
  after(serverId: string, count: number): readonly Machine[] {
    let low = 0;
    let high = this.machines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const machine = this.machines[middle];
      if (machine !== undefined && machine.serverId <= serverId) low = middle + 1;
      else high = middle;
    }
    return this.machines.slice(low, low + count);
  }
}
