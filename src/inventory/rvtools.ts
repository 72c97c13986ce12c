import { incrementCount } from '../core/lists.ts';
import type { Target, VmReference } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import { supportedReference } from '../manifest/model.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../providers/registry.ts';
import { type CellReader, Header, readTable, type Row, splitRagged, type Table } from './csv.ts';
import { type Decisions, findDecisions } from './decisions.ts';
import { diskSizes, toGiB, toMebibytes } from './disks.ts';
import { bestOsName } from './guests.ts';
import {
  type Identity,
  type Inventory,
  type InventoryVm,
  type WaveGroup,
  wholeRowIdentity,
} from './inventory.ts';
import { LOST_CHARACTER } from './names.ts';

export interface RvtoolsOptions {
  /** As shown to the user. */
  readonly file: string;
  /** The encoding that the user gives; absent: it is found out. */
  readonly encoding?: string;
  readonly by: RvtoolsGrouping;
  /** The number of folders from the top that make a wave; absent: all. */
  readonly folderDepth?: number;
  readonly applicationColumn?: string;
  readonly includePoweredOff: boolean;
  /** The service of the waves; absent: SMS. */
  readonly provider?: Target['provider'];
}

const EXPORT_NAME = 'the vInfo tab of RVTools';

/**
 * Reads an RVTools vInfo export.
 * @throws LandfallError INVENTORY_INVALID if the file is not such an export, lacks a required column, or has no VM
 */
export function readRvtools(source: Uint8Array | Table, options: RvtoolsOptions): Inventory {
  const { file, by, applicationColumn } = options;
  const table = readTable(source, { what: EXPORT_NAME, ...options });
  const { header: first, rows: all, encoding, unit = 'line' } = table;
  const header = new Header(first, file, EXPORT_NAME);
  const columns = {
    ...findColumns(header, by, applicationColumn),
    disks: diskSizes(header, table.disks, file),
  };
  if (all.length === 0) {
    throw new LandfallError('INVENTORY_INVALID', `${file} holds no VM: it ends after its header`, {
      remedy: `give ${EXPORT_NAME}, saved as CSV`,
      place: { file, line: first?.line ?? 1, column: 1 },
    });
  }
  const vms: ExportedVm[] = [];
  const { sound: rows, leftOut } = splitRagged(all, header);
  const names = new Map<string, number>();
  const counted = new Set<string>();
  const hasOwnUuid = uniqueUuids(rows, columns);
  for (const row of rows) {
    const name = columns.name(row);
    const identity = identityOf(row, columns);
    if (!counted.has(identity.key)) incrementCount(names, name);
    counted.add(identity.key);
    const reason = whyLeftOut(row, columns, options);
    const origin = `${unit} ${row.line}`;
    if (reason !== undefined) leftOut.push({ name, origin, reason });
    else vms.push({ origin, identity, ...vmOf(row, columns, options, hasOwnUuid) });
  }
  const found = by === 'application' ? vms : splitByVCenter(vms);
  return {
    vms: found,
    leftOut,
    names,
    notes: [...(table.notes ?? []), ...columns.missing],
    ...(encoding && { encoding }),
  };
}

/** A VM of an export. */
interface ExportedVm extends InventoryVm {
  /** Its vCenter: a key for comparisons, and a name; both may be empty. */
  readonly vCenter: { readonly key: string; readonly name: string };
}

/** Splits groups that have the same name in several vCenters: they are different folders, clusters or data centres. */
function splitByVCenter(vms: readonly ExportedVm[]): readonly InventoryVm[] {
  const vCenters = new Map<string, Set<string>>();
  const groupKey = ({ group }: ExportedVm): string => JSON.stringify(group.key);
  for (const vm of vms) {
    if (vm.vCenter.key === '') continue;
    vCenters.set(groupKey(vm), (vCenters.get(groupKey(vm)) ?? new Set()).add(vm.vCenter.key));
  }
  return vms.map((vm) => {
    const { group, vCenter } = vm;
    if ((vCenters.get(groupKey(vm))?.size ?? 0) < 2) return vm;
    const comments = vCenter.name === '' ? [] : [`vCenter: ${vCenter.name}`];
    return { ...vm, group: { ...group, key: [...group.key, vCenter.key], comments } };
  });
}

/**
 * Returns by what a row is the same VM as another: its vCenter and VM ID, or its path in the vCenter; without a vCenter
 * all its cells, since another vCenter may have the same ids and paths.
 */
function identityOf(row: Row, columns: Columns): Identity {
  const { key: vCenter } = vCenterOf(row, columns);
  const vmId = columns.vmId(row);
  if (vCenter === '') return wholeRowIdentity(row.cells);
  if (vmId !== '') return { key: JSON.stringify([vCenter, vmId]) };
  const place = [columns.datacenter(row), ...foldersOf(row, columns), columns.name(row)];
  return { key: JSON.stringify([vCenter, '', columns.vmUuid(row).toLowerCase(), ...place]) };
}

function vCenterOf(row: Row, columns: Columns): ExportedVm['vCenter'] {
  const [id, server] = [columns.managerId(row), columns.managerName(row)];
  return { key: (id || server).toLowerCase(), name: server || id };
}

function whyLeftOut(
  row: Row,
  { name: nameOf, decisions }: Columns,
  options: RvtoolsOptions,
): string | undefined {
  const name = nameOf(row);
  if (name === '') return 'has no name';
  if (name.includes('\ufffd')) return LOST_CHARACTER;
  if (/^vCLS[ (-]/.test(name)) return 'is an agent of vSphere Cluster Services';
  return decisions.whyLeftOut(row, options);
}

/** Whether no other VM has the UUID of a row. Copies that were made outside vCenter have the UUID of the original. */
function uniqueUuids(rows: readonly Row[], columns: Columns): (row: Row) => boolean {
  const vmsOfUuid = new Map<string, Set<string>>();
  for (const row of rows) {
    const uuid = columns.vmUuid(row).toLowerCase();
    vmsOfUuid.set(uuid, (vmsOfUuid.get(uuid) ?? new Set()).add(identityOf(row, columns).key));
  }
  return (row) => vmsOfUuid.get(columns.vmUuid(row).toLowerCase())?.size === 1;
}

function vmOf(
  row: Row,
  columns: Columns,
  options: RvtoolsOptions,
  hasOwnUuid: (row: Row) => boolean,
): Omit<ExportedVm, 'origin' | 'identity'> {
  const os = bestOsName([columns.osReported(row), columns.osConfigured(row)]);
  const sizeGiB =
    columns.disks(row) ?? toGiB(toMebibytes(columns.inUse(row)) ?? toMebibytes(columns.provisioned(row)));
  return {
    vCenter: vCenterOf(row, columns),
    reference: supportedReference(
      serviceOf(options.provider ?? DEFAULT_PROVIDER),
      referenceOf(row, columns, hasOwnUuid),
    ),
    ...(os !== undefined && { os }),
    ...(sizeGiB !== undefined && { sizeGiB }),
    settings: {},
    comments: [],
    concerns: [],
    group: groupOf(row, columns, options),
  };
}

function referenceOf(row: Row, columns: Columns, hasOwnUuid: (row: Row) => boolean): VmReference {
  const name = columns.name(row);
  const datacenter = columns.datacenter(row);
  const vmId = columns.vmId(row);
  const vmManagerId = columns.managerId(row);
  const vmWareUuid = columns.vmUuid(row);
  // Without the data centre, the beginning of the path is not known.
  const path = ['', 'Datacenters', datacenter, 'vm', ...foldersOf(row, columns), name].join('/');
  return {
    name,
    ...(datacenter !== '' && { path }),
    ...(vmId !== '' && vmManagerId !== '' && { vmManagerId, vmId }),
    ...(vmWareUuid !== '' && hasOwnUuid(row) && { vmWareUuid }),
  };
}

/** Returns the folders of a VM, without the data centre and its root folder: `/SDSC/vm/Prod` and `Prod` are the same. */
function foldersOf(row: Row, columns: Columns): readonly string[] {
  const steps = columns
    .folder(row)
    .split('/')
    .map((step) => step.trim())
    .filter((step) => step !== '');
  for (const prefix of ['Datacenters', columns.datacenter(row), 'vm']) {
    if (steps[0] === prefix) steps.shift();
  }
  return steps;
}

function groupOf(row: Row, columns: Columns, { by, folderDepth }: RvtoolsOptions): WaveGroup {
  const datacenter = columns.datacenter(row);
  switch (by) {
    case 'folder': {
      const key = [datacenter, ...foldersOf(row, columns).slice(0, folderDepth)];
      return { key, title: key.filter((part) => part !== '').join(' / ') || 'no folder' };
    }
    case 'cluster': {
      const cluster = columns.cluster(row);
      return { key: [cluster, datacenter], title: cluster || `${datacenter} no cluster`.trim() };
    }
    case 'datacenter':
      return { key: [datacenter], title: datacenter || 'no datacenter' };
    case 'application': {
      // People type the names of applications, in any letter case.
      const application = columns.application(row);
      return { key: [application.toLowerCase()], title: application || 'no application' };
    }
  }
}

/** The ways to split an export into waves. */
export type RvtoolsGrouping = 'folder' | 'cluster' | 'datacenter' | 'application';

/** Usual titles of the custom attribute with the application of a VM. */
const APPLICATION_TITLES = ['Application', 'App', 'Application Name', 'Applications'] as const;

/** The columns of a vInfo tab that are read. */
interface Columns {
  /** The size of all disks of the vDisk tab, in GiB. */
  readonly disks: (row: Row) => number | undefined;
  readonly name: CellReader;
  readonly decisions: Decisions;
  readonly folder: CellReader;
  readonly datacenter: CellReader;
  readonly cluster: CellReader;
  readonly application: CellReader;
  readonly osReported: CellReader;
  readonly osConfigured: CellReader;
  readonly inUse: CellReader;
  readonly provisioned: CellReader;
  readonly vmId: CellReader;
  readonly vmUuid: CellReader;
  readonly managerId: CellReader;
  readonly managerName: CellReader;
  /** Missing optional columns, and what is not known without them. */
  readonly missing: readonly string[];
}

/**
 * Finds the columns. The name of the VM and the column by which waves are made are required.
 * @param application the title of the column with the application; absent: the usual ones
 * @throws LandfallError INVENTORY_INVALID with the missing required column
 */
function findColumns(header: Header, by: RvtoolsGrouping, application?: string): Omit<Columns, 'disks'> {
  const remedy = 'export the vInfo tab of RVTools as CSV, with its header line';
  const needed: Readonly<Record<RvtoolsGrouping, readonly string[]>> = {
    folder: ['Folder'],
    cluster: ['Cluster'],
    datacenter: ['Datacenter'],
    application: application === undefined ? APPLICATION_TITLES : [application],
  };
  const name = header.required(['VM'], '', remedy);
  const otherwise =
    by === 'application' ? 'name the column with --application-column' : `${remedy}, or split by another one`;
  header.required(needed[by], `, which --by ${by} needs`, otherwise);

  const decisions = findDecisions(header);
  const missing = [...decisions.notes];
  const osReported = header.find(['OS according to the VMware Tools']);
  const osConfigured = header.find(['OS according to the configuration file', 'OS']);
  if (osReported === undefined && osConfigured === undefined) {
    missing.push('there is no column of operating systems: licences and support are not checked');
  }
  return {
    name,
    decisions,
    folder: header.optional(['Folder']),
    datacenter: header.optional(['Datacenter']),
    cluster: header.optional(['Cluster']),
    application: header.optional(needed.application),
    osReported: osReported ?? (() => ''),
    osConfigured: osConfigured ?? (() => ''),
    inUse: header.optional(['In Use MiB', 'In Use MB']),
    provisioned: header.optional(['Provisioned MiB', 'Provisioned MB']),
    vmId: header.optional(['VM ID']),
    vmUuid: header.optional(['VM UUID']),
    managerId: header.optional(['VI SDK UUID']),
    managerName: header.optional(['VI SDK Server']),
    missing,
  };
}
