import type { Machine } from './records.ts';

const address = (managerId: string, vmId: string) => `${managerId}\n${vmId}`;

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
      this.machines.map((machine) => [address(machine.managerId, machine.vmId), machine]),
    );
    return this.#byAddress.get(address(managerId, vmId));
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
