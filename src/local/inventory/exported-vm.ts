import type { Machine } from '../simulation/records.ts';
import type { CellReader } from './columns.ts';

/** A VM of an export; ids of the service are there only where the export has them. */
export interface ExportedVm {
  readonly line: number;
  readonly name: string;
  readonly path: string;
  readonly vmId: string;
  readonly managerId: string;
  readonly managerName: string;
  readonly os: string;
  readonly gigabytes: number;
  readonly details: Pick<Machine, 'uuid' | 'fqdn' | 'cpus' | 'mebibytes' | 'disks'>;
  readonly template: boolean;
  readonly serverId: string;
  readonly connectorId: string;
}

const MIB_PER_GIB = 1024;
/** Where an export says nothing of sizes. */
const GIGABYTES_PER_DISK = 40;

export function vmOf(read: CellReader, row: readonly string[], line: number): ExportedVm {
  const name = read(row, 'name');
  const managerId = read(row, 'managerId');
  return {
    line,
    name,
    path: pathOf(read(row, 'datacenter'), read(row, 'folder'), name),
    vmId: read(row, 'vmId'),
    managerId,
    managerName: read(row, 'managerName') || managerId,
    os: read(row, 'osConfigured') || read(row, 'osReported'),
    gigabytes: gigabytesOf(read, row),
    details: detailsOf(read, row),
    template: read(row, 'template').toLowerCase() === 'true',
    serverId: read(row, 'serverId'),
    connectorId: read(row, 'connectorId'),
  };
}

/** The path as the service writes it: `/Datacenters/<datacenter>/vm/<folder>/<name>`. */
function pathOf(datacenter: string, folder: string, name: string): string {
  const steps = folder.split('/').filter((step) => step !== '');
  for (const prefix of ['Datacenters', datacenter, 'vm']) if (steps[0] === prefix) steps.shift();
  return ['', 'Datacenters', datacenter, 'vm', ...steps, name].join('/').replaceAll('//', '/');
}

/** Sizes are whole MiB, perhaps with marks between the thousands. */
function gigabytesOf(read: CellReader, row: readonly string[]): number {
  const mebibytes = Number(digits(read(row, 'inUse')) || digits(read(row, 'provisioned')));
  if (mebibytes > 0) return Math.max(1, Math.round(mebibytes / MIB_PER_GIB));
  return Math.max(1, Number(digits(read(row, 'disks')))) * GIGABYTES_PER_DISK;
}

/** What an export says of a VM besides, as far as it does. */
function detailsOf(read: CellReader, row: readonly string[]): ExportedVm['details'] {
  const [uuid, fqdn] = [read(row, 'uuid'), read(row, 'dnsName')];
  const [cpus, mebibytes, disks] = (['cpus', 'memory', 'disks'] as const).map((column) =>
    Number(digits(read(row, column))),
  );
  return {
    ...(uuid === '' ? {} : { uuid }),
    ...(fqdn === '' ? {} : { fqdn }),
    ...(cpus ? { cpus } : {}),
    ...(mebibytes ? { mebibytes } : {}),
    ...(disks ? { disks } : {}),
  };
}

const digits = (cell: string) => cell.replace(/\D/g, '').slice(0, 12);
