import { readFile } from 'node:fs/promises';
import { connectorId, hashBytes, serverId } from '../simulation/ids.ts';
import type { Connector } from '../sms/records.ts';
import type { Machine } from '../simulation/account.ts';
import type { ExportedVm } from './exported-vm.ts';
import { readExport, type SkippedRow } from './rvtools.ts';

/** The data centre of an export: its VMs with their ids, and a connector for each vCenter. */
export interface Datacentre {
  readonly machines: readonly Machine[];
  readonly connectors: readonly Connector[];
  readonly skipped: readonly SkippedRow[];
}

let defaultExport: ReturnType<typeof readExport> | undefined;

/** Reads the data centre that is part of landfall. Its export is parsed once: a program may start many endpoints. */
export async function readDefaultDatacentre(now: number): Promise<Datacentre> {
  defaultExport ??= readFile(new URL('../default-inventory.csv', import.meta.url)).then(readExport);
  return datacentreOf(await defaultExport, now);
}

/**
 * Reads the data centre of an RVTools vInfo export.
 * @throws LocalError BAD_INVENTORY
 */
export async function readDatacentre(source: string | Uint8Array, now: number): Promise<Datacentre> {
  return datacentreOf(await readExport(source), now);
}

function datacentreOf({ vms, skipped }: Awaited<ReturnType<typeof readExport>>, now: number): Datacentre {
  return { machines: assignServerIds(vms), connectors: connectorsOf(vms, now), skipped };
}

/** Chooses an id that depends only on the VM; if another VM has that id, also on the order in the export. */
function assignServerIds(vms: readonly ExportedVm[]): Machine[] {
  const taken = new Set(vms.map((vm) => vm.serverId).filter((id) => id !== ''));
  return vms.map((vm) => {
    let id = vm.serverId;
    for (let attempt = 0; id === '' || (vm.serverId === '' && taken.has(id)); attempt += 1) {
      id = serverId(vm.managerId, vm.vmId, attempt);
    }
    taken.add(id);
    const { vmId, name, path, managerId, managerName, os, gigabytes, details } = vm;
    return { serverId: id, vmId, name, path, managerId, managerName, os, gigabytes, ...details };
  });
}

/** Returns a connector for each vCenter of some VMs, with the id that one of them names, or one of its own. */
export function connectorsOf(
  vms: readonly Pick<ExportedVm, 'managerId' | 'managerName' | 'connectorId'>[],
  now: number,
): Connector[] {
  const connectors = new Map<string, Connector>();
  for (const vm of vms) {
    const known = connectors.get(vm.managerId);
    if (known !== undefined && vm.connectorId === '') continue;
    const { managerId, managerName } = vm;
    const id = vm.connectorId || connectorId(managerId);
    const [a = 0, b = 0, c = 0] = hashBytes(managerId);
    connectors.set(managerId, {
      connectorId: id,
      managerId,
      managerName,
      ipAddress: `10.${a}.${b}.${1 + (c % 254)}`,
      macAddress: ['00', '50', '56', ...[a, b, c].map((byte) => byte.toString(16).padStart(2, '0'))].join(
        ':',
      ),
      associatedOn: now,
    });
  }
  return [...connectors.values()].sort((x, y) => (x.connectorId < y.connectorId ? -1 : 1));
}
