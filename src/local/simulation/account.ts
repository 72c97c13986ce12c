import type { SimulatedFaults } from '../faults.ts';
import { upperBound } from '../collections.ts';

/** The part of the simulated account that both services use. */
export interface SharedAccount {
  /** The virtual time up to which all events have happened. */
  now: number;
  inventory: Inventory;
  faults: SimulatedFaults;
  /** The key for page tokens: other states refuse them. */
  readonly tokenKey: string;
  /** The buckets of S3, by name. */
  readonly buckets: Map<string, Bucket>;
}

export interface Bucket {
  readonly createdAt: number;
  readonly objects: Map<string, StoredObject>;
}

export interface StoredObject {
  /** In base 64. */
  readonly body: string;
  readonly modifiedAt: number;
}

/** An accepted change of S3. */
export type StorageCommand =
  | { readonly do: 'create-bucket'; readonly bucket: string }
  | { readonly do: 'delete-bucket'; readonly bucket: string }
  | { readonly do: 'put-object'; readonly bucket: string; readonly key: string; readonly body: string }
  | { readonly do: 'delete-object'; readonly bucket: string; readonly key: string };

/** Executes a command of S3 at the current time. */
export function executeStorageCommand({ buckets, now }: SharedAccount, command: StorageCommand): void {
  const { bucket } = command;
  const objects = buckets.get(bucket)?.objects;
  switch (command.do) {
    case 'create-bucket':
      buckets.set(bucket, { createdAt: now, objects: new Map() });
      return;
    case 'delete-bucket':
      buckets.delete(bucket);
      return;
    case 'put-object':
      objects?.set(command.key, { body: command.body, modifiedAt: now });
      return;
    case 'delete-object':
      objects?.delete(command.key);
  }
}

/**
 * A VM in a vCenter, or a server with an agent, which has no ids of SMS and vCenter (empty). It never changes: a new
 * inventory has new objects.
 */
export interface Machine {
  readonly serverId: string;
  readonly vmId: string;
  readonly name: string;
  readonly path: string;
  readonly managerId: string;
  readonly managerName: string;
  /** The text of the inventory; empty if the inventory does not say. */
  readonly os: string;
  /** The size of a full replication. */
  readonly gigabytes: number;
  /** Further facts, as far as the export has them. */
  readonly uuid?: string;
  readonly fqdn?: string;
  readonly cpus?: number;
  readonly mebibytes?: number;
  readonly disks?: number;
  /** The id in EC2, of an instance that is a source. */
  readonly instanceId?: string;
  /** The id that an import of MGN gave. */
  readonly userProvidedId?: string;
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

  /** Returns up to `count` machines whose ids come after `serverId`. */
  after(serverId: string, count: number): readonly Machine[] {
    const start = upperBound(this.machines, serverId, (machine) => machine.serverId);
    return this.machines.slice(start, start + count);
  }
}
