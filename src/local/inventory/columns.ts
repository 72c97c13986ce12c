import { LocalError } from '../error.ts';

/**
 * The columns of an RVTools vInfo export that count, with their spellings over the years.
 * The last two are our own: an export may carry the ids that the service is to give.
 */
const COLUMNS = {
  name: ['VM'],
  template: ['Template'],
  disks: ['Disks'],
  dnsName: ['DNS Name'],
  cpus: ['CPUs'],
  memory: ['Memory'],
  uuid: ['VM UUID'],
  inUse: ['In Use MiB', 'In Use MB'],
  provisioned: ['Provisioned MiB', 'Provisioned MB'],
  folder: ['Folder'],
  datacenter: ['Datacenter'],
  osConfigured: ['OS according to the configuration file', 'OS'],
  osReported: ['OS according to the VMware Tools'],
  vmId: ['VM ID'],
  managerName: ['VI SDK Server'],
  managerId: ['VI SDK UUID'],
  serverId: ['SMS Server ID'],
  connectorId: ['SMS Connector ID'],
} as const;

type Column = keyof typeof COLUMNS;

const REQUIRED: readonly Column[] = ['name', 'vmId', 'managerId'];

/** Reads the cells of a row by what they mean; a column the export lacks reads as empty. */
export type CellReader = (row: readonly string[], column: Column) => string;

/** @throws LocalError BAD_INVENTORY naming the columns that must be there and are not */
export function cellReader(header: readonly string[], line: number): CellReader {
  const titles = header.map((title) => title.trim().toLowerCase());
  const position = (column: Column) =>
    COLUMNS[column].map((title) => titles.indexOf(title.toLowerCase())).find((at) => at >= 0);
  const missing = REQUIRED.filter((column) => position(column) === undefined);
  if (missing.length > 0) {
    const names = missing.map((column) => `"${COLUMNS[column][0]}"`).join(', ');
    throw new LocalError(
      'BAD_INVENTORY',
      `line ${line} is not the header of a vInfo export: it has no column ${names}`,
      'export the vInfo tab of RVTools as CSV, with its header line',
      { line, column: 1 },
    );
  }
  const positions = new Map(Object.keys(COLUMNS).map((key) => [key, position(key as Column) ?? -1]));
  return (row, column) => row[positions.get(column) ?? -1]?.trim() ?? '';
}
