import { digestId } from '../simulation/ids.ts';
import type { Inventory, Machine } from '../simulation/account.ts';

/** The appliance that reports the VMs of one vCenter to MGN. */
export interface VcenterClient {
  readonly id: string;
  readonly managerId: string;
  readonly managerName: string;
  readonly datacenter: string;
}

/** The inventory of MGN: VMs by the ids of their source servers, and vCenter clients. */
class MgnInventory {
  /** In order. */
  readonly ids: readonly string[];
  /** In the order of their ids. */
  readonly clients: readonly VcenterClient[];
  readonly #machines = new Map<string, Machine>();

  constructor(inventory: Inventory) {
    const clients = new Map<string, VcenterClient>();
    for (const machine of inventory.machines) {
      this.#machines.set(sourceServerId(machine), machine);
      if (!clients.has(machine.managerId)) clients.set(machine.managerId, vcenterClientOf(machine));
    }
    this.ids = [...this.#machines.keys()].sort();
    this.clients = [...clients.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: string): Machine | undefined {
    return this.#machines.get(id);
  }
}

const sourceServerId = ({ managerId, vmId }: Machine) => digestId('s-', `${managerId}\n${vmId}`);

export const vcenterClientId = (managerId: string) => digestId('vcc-', managerId);

function vcenterClientOf({ managerId, managerName, path }: Machine): VcenterClient {
  // A path is /Datacenters/<datacenter>/vm/…
  const [, , datacenter = ''] = path.split('/');
  return { id: vcenterClientId(managerId), managerId, managerName, datacenter };
}

/** Computed once for an inventory, at the first request of MGN. */
const inventories = new WeakMap<Inventory, MgnInventory>();

export function mgnInventoryOf(inventory: Inventory): MgnInventory {
  const known = inventories.get(inventory);
  if (known !== undefined) return known;
  const mgnInventory = new MgnInventory(inventory);
  inventories.set(inventory, mgnInventory);
  return mgnInventory;
}

const GIB = 2 ** 30;

/** Returns the disks of a VM, the boot disk first. */
export function diskNames({ os, disks = 1 }: Machine): string[] {
  const count = Math.min(60, Math.max(1, disks));
  return Array.from({ length: count }, (_, index) =>
    isWindows(os) ? `c:${index}` : `/dev/sd${letters(index)}`,
  );
}

/** Returns the letters of the nth disk: `a` to `z`, `aa`, … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Computes the sizes of the disks, in bytes, from their sum: an export has only the sum. */
export function diskSizes(machine: Machine): number[] {
  const names = diskNames(machine);
  const each = Math.max(1, Math.floor(machine.gigabytes / names.length));
  return names.map(
    (_, index) => (index === 0 ? Math.max(1, machine.gigabytes - each * (names.length - 1)) : each) * GIB,
  );
}

export const isWindows = (os: string) => /windows/i.test(os);

/** Versions of Windows for workstations, for which AWS provides no licences. */
export const isWindowsClient = (os: string) =>
  isWindows(os) && !/server|\b20(03|08|12|16|19|22|25)\b/i.test(os);
