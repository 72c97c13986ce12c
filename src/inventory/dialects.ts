import type { Row, Table } from './csv.ts';

/** What a command reads: the VMs of vCenters, or a list of servers in waves. */
export type TableKind = 'vms' | 'servers';

/** A kind of table, recognised by its titles. */
export interface Dialect {
  readonly name: string;
  readonly kind: TableKind;
  /** @param titles in lower case */
  readonly isHeader: (titles: ReadonlySet<string>) => boolean;
  /** Returns the table with the columns of RVTools, or of MGN's CSV. Absent: it has them. */
  readonly convert?: (table: Located, unit: Unit) => Converted;
}

type Converted = Pick<Table, 'header' | 'rows' | 'leftOut' | 'notes'>;

export interface Located {
  readonly dialect: Dialect | undefined;
  readonly header: Row | undefined;
  readonly rows: readonly Row[];
}

/** What the rows of a table are counted in. */
export type Unit = 'line' | 'row';

const has = (titles: ReadonlySet<string>, ...any: readonly string[]): boolean =>
  any.some((each) => titles.has(each));

/** The known tables. The first that fits counts. */
export const DIALECTS: readonly Dialect[] = [
  { name: 'the vInfo tab of RVTools', kind: 'vms', isHeader: (titles) => has(titles, 'vm') },
  {
    name: 'a vInfo tab of RVTools with the columns of its database',
    kind: 'vms',
    isHeader: (titles) => has(titles, 'vinfovmname', 'vinfovm', 'vinfoname'),
    convert: (table) => renameColumns(table, (title) => databaseTitle(title)),
  },
  {
    name: 'an inventory CSV of MGN',
    kind: 'servers',
    isHeader: (titles) => [...titles].some((title) => title.startsWith('mgn:')),
  },
  {
    name: 'an intake form of AWS Cloud Migration Factory',
    kind: 'servers',
    isHeader: (titles) =>
      has(titles, 'server_name') && has(titles, 'wave_name', 'app_name', 'server_os_family', 'server_fqdn'),
    convert: readIntakeForm,
  },
  {
    name: 'a list of VMs by PowerCLI (Get-VM)',
    kind: 'vms',
    isHeader: (titles) => has(titles, 'name') && has(titles, 'powerstate'),
    convert: readPowerCli,
  },
  {
    name: 'a list of VMs that the vSphere Client exported',
    kind: 'vms',
    isHeader: (titles) =>
      has(titles, 'name') && has(titles, 'state', 'power state') && has(titles, 'provisioned space'),
    convert: (table) => renameColumns(table, (title) => CLIENT_TITLES[title.toLowerCase()]),
  },
];

/** Returns a table with other titles. @param titleOf undefined: the title stays */
function renameColumns({ header, rows }: Located, titleOf: (title: string) => string | undefined): Converted {
  const cells = (header?.cells ?? []).map((cell) => titleOf(cell.trim()) ?? cell);
  return { header: header === undefined ? undefined : { ...header, cells }, rows };
}

/**
 * The titles that RVTools writes with `-DBColumnNames`, without `vInfo`, where they are not its usual ones without spaces
 * (sources: exports in public repositories).
 */
const DATABASE_TITLES: Readonly<Record<string, string>> = {
  vm: 'VM',
  vmname: 'VM',
  name: 'VM',
  guesthostname: 'DNS Name',
  numvirtualdisks: 'Disks',
  provisioned: 'Provisioned MiB',
  inuse: 'In Use MiB',
  os: 'OS according to the configuration file',
  ostools: 'OS according to the VMware Tools',
  uuid: 'VM UUID',
  instanceuuid: 'VM UUID',
  objectid: 'VM ID',
  moref: 'VM ID',
};

/** The usual titles that are read, without spaces. */
const USUAL_TITLES: ReadonlyMap<string, string> = new Map(
  [
    ...[
      'Powerstate',
      'Template',
      'SRM Placeholder',
      'Connection state',
      'FT Role',
      'FT State',
      'Folder',
      'Datacenter',
    ],
    ...[
      'Cluster',
      'Host',
      'CPUs',
      'Memory',
      'Disks',
      'VM ID',
      'VM UUID',
      'VI SDK Server',
      'VI SDK UUID',
      'Application',
    ],
  ].map((title) => [title.replaceAll(' ', '').toLowerCase(), title]),
);

function databaseTitle(title: string): string | undefined {
  const name = /^vinfo(.+)$/i.exec(title)?.[1]?.toLowerCase();
  return name === undefined ? undefined : (DATABASE_TITLES[name] ?? USUAL_TITLES.get(name));
}

const CLIENT_TITLES: Readonly<Record<string, string>> = {
  name: 'VM',
  state: 'Powerstate',
  'power state': 'Powerstate',
  'guest os': 'OS according to the configuration file',
  uuid: 'SMBIOS UUID',
};

/** The properties of a VM in PowerCLI (VMware.VimAutomation.ViCore, UniversalVirtualMachine) that RVTools has too. */
const POWERCLI_TITLES: Readonly<Record<string, string>> = {
  name: 'VM',
  powerstate: 'Powerstate',
  numcpu: 'CPUs',
  memorymb: 'Memory',
  vmhost: 'Host',
  id: 'VM ID',
  persistentid: 'VM UUID',
  guest: 'OS according to the VMware Tools',
  uid: 'VI SDK Server',
};

/** `Get-VM` lists no templates, and gives the last folder of a VM only. */
function readPowerCli(table: Located): Converted {
  const titles = (table.header?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const nameAt = titles.indexOf('name');
  const { header, rows } = renameColumns(table, (title) => POWERCLI_TITLES[title.toLowerCase()]);
  const hasTemplates = titles.includes('template');
  const folder = titles.includes('folder') ? ['PowerCLI gives the last folder of a VM only'] : [];
  return {
    header: header && { ...header, cells: [...header.cells, ...(hasTemplates ? [] : ['Template'])] },
    rows: rows.map((row) => {
      const name = row.cells[nameAt]?.trim() ?? '';
      const cells = row.cells.map((cell, index) => powerCliCell(titles[index] ?? '', cell.trim(), name));
      return cells.length < titles.length || hasTemplates
        ? { ...row, cells }
        : { ...row, cells: [...cells.slice(0, titles.length), 'False', ...cells.slice(titles.length)] };
    }),
    notes: folder,
  };
}

function powerCliCell(title: string, cell: string, name: string): string {
  switch (title) {
    case 'id':
      return cell.replace(/^VirtualMachine-/, '');
    case 'guest':
      // `web01:Red Hat Enterprise Linux 7 (64-bit)`
      return cell.startsWith(`${name}:`) ? cell.slice(name.length + 1) : cell;
    case 'uid':
      // `/VIServer=vsphere.local\admin@vc1.example.org:443/VirtualMachine=VirtualMachine-vm-101/`
      return /@([^@/:]+)(?::\d+)?\//.exec(cell)?.[1] ?? '';
    default:
      return cell;
  }
}

/** The columns of the intake form of Cloud Migration Factory that MGN's inventory CSV has too (implementation guide). */
const INTAKE_TITLES: Readonly<Record<string, string>> = {
  wave_name: 'mgn:wave:name',
  app_name: 'mgn:app:name',
  aws_accountid: 'mgn:account-id',
  aws_region: 'mgn:region',
  server_name: 'mgn:server:user-provided-id',
  server_fqdn: 'mgn:server:fqdn-for-action-framework',
  server_os_family: 'mgn:server:platform',
  server_os_version: 'mgn:server:tag:landfall:os',
  instancetype: 'mgn:launch:instance-type',
  iamrole: 'mgn:launch:iam-instance-profile:name',
  private_ip: 'mgn:launch:nic:0:private-ip:0',
  securitygroup_ids: 'mgn:launch:nic:0:security-group-id:0',
  subnet_ids: 'mgn:launch:nic:0:subnet-id',
  tenancy: 'mgn:launch:placement:tenancy',
};

/** Leaves out servers that are not migrated by replication: those whose `r_type` is not Rehost. */
function readIntakeForm(table: Located, unit: Unit): Converted {
  const titles = (table.header?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const cellOf = (row: Row, title: string): string => row.cells[titles.indexOf(title)]?.trim() ?? '';
  const isRehost = (row: Row): boolean => /^(?:rehost)?$/i.test(cellOf(row, 'r_type'));
  const { header, rows } = renameColumns(table, (title) => INTAKE_TITLES[title.toLowerCase()]);
  return {
    header,
    rows: rows.filter(isRehost),
    leftOut: rows
      .filter((row) => !isRehost(row))
      .map((row) => ({
        name: cellOf(row, 'server_name'),
        origin: `${unit} ${row.line}`,
        reason: `has r_type ${cellOf(row, 'r_type')}, and only Rehost replicates servers`,
      })),
  };
}
