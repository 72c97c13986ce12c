import { digestId } from '../simulation/ids.ts';
import type { Inventory } from '../simulation/inventory.ts';
import type { Machine } from '../simulation/records.ts';

/** The appliance by which MGN sees the VMs of one vCenter. */
export interface VcenterClient {
  readonly id: string;
  readonly managerId: string;
  readonly managerName: string;
  readonly datacenter: string;
}

/** An inventory as MGN sees it: VMs by the ids of their source servers, and vCenter clients. */
export class Census {
  /** In order. */
  readonly ids: readonly string[];
  /** In the order of their ids. */
  readonly clients: readonly VcenterClient[];
  readonly #machines = new Map<string, Machine>();

  constructor(inventory: Inventory) {
    const clients = new Map<string, VcenterClient>();
    for (const machine of inventory.machines) {
      this.#machines.set(sourceServerId(machine), machine);
      if (!clients.has(machine.managerId)) clients.set(machine.managerId, clientOf(machine));
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

function clientOf({ managerId, managerName, path }: Machine): VcenterClient {
  // A path is /Datacenters/<datacenter>/vm/…
  const [, , datacenter = ''] = path.split('/');
  return { id: vcenterClientId(managerId), managerId, managerName, datacenter };
}

/** Made once for an inventory, when someone first asks: whoever does not use MGN does not pay for it. */
const made = new WeakMap<Inventory, Census>();

export function censusOf(inventory: Inventory): Census {
  const known = made.get(inventory);
  if (known !== undefined) return known;
  const census = new Census(inventory);
  made.set(inventory, census);
  return census;
}
