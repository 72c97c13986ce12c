import { stringify } from 'csv-stringify/sync';
import { LandfallError } from '../core/error.ts';
import { joinFirst } from '../core/text.ts';
import { Header, parseRows, type Row, type Table, type TableOptions } from './csv.ts';
import { decodeExport } from './encoding.ts';
import { disksOf } from './disks.ts';
import { DIALECTS, type Located, type TableKind, type Unit } from './dialects.ts';

export interface ExportOptions extends Omit<TableOptions, 'what'> {
  readonly kind: TableKind;
}

/** What a command reads in the first place, and the command for it. */
const EXPECTED: Readonly<Record<TableKind, { readonly what: string; readonly command: string }>> = {
  vms: { what: 'the vInfo tab of RVTools', command: 'landfall import rvtools' },
  servers: { what: 'an inventory CSV of MGN', command: 'landfall import mgn-csv' },
};

/**
 * Reads the table of a file, whichever of the known files it is: CSV or a workbook of RVTools, with its own titles or those
 * of its database; a list of PowerCLI, of govc or of the vSphere Client; an inventory CSV of MGN; an intake form of Cloud
 * Migration Factory. Lines above the header are skipped. A header that is not known stays as it is.
 * @throws LandfallError INVENTORY_INVALID for what cannot be read, and for a file that another command reads
 */
export async function readExportTable(bytes: Uint8Array, options: ExportOptions): Promise<Table> {
  const { file, kind, encoding: wanted } = options;
  if (startsWith(bytes, ZIP_MAGIC)) return readSheetTable(bytes, options);
  if (startsWith(bytes, COMPOUND_MAGIC)) throw oldWorkbook(file);
  const { text, encoding } = decodeExport(bytes, file, wanted);
  // A path of govc is the whole line, perhaps after a type.
  if (/^\s*[[{]/.test(text) || /^(?:[A-Za-z]+[ \t]+)?\/[^,;\t\r\n]*\r?$/m.exec(text)?.index === 0) {
    const { source, ...table } = tableOfGovc(text, file);
    refuseOtherKind(source, 'vms', options, 1);
    return { ...table, encoding, unit: 'VM' };
  }
  return { encoding, ...convert(locateInText(text, file, EXPECTED[kind].what), options, 'line') };
}

/** The first bytes of a zip archive, and of a compound file: a workbook before 2007, or one with a password. */
const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];
const COMPOUND_MAGIC = [0xd0, 0xcf, 0x11, 0xe0];

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

function oldWorkbook(file: string): LandfallError {
  const what = 'this is a workbook of Excel before 2007 (.xls), or has a password';
  return new LandfallError('INVENTORY_INVALID', what, {
    remedy: 'save it as .xlsx without a password, or save the tab as CSV',
    place: { file, line: 1, column: 1 },
  });
}

/** Reads CSV, and finds its header. Titles above the header may hide its separator: then each is tried. */
function locateInText(text: string, file: string, what: string): Located {
  let first: Located | undefined;
  let problem: unknown;
  for (const delimiter of [undefined, ',', ';', '\t']) {
    try {
      const found = locateHeader(parseRows(text, file, what, delimiter));
      if (found.dialect !== undefined) return found;
      if (problem === undefined) first ??= found;
    } catch (error) {
      problem ??= error;
    }
  }
  if (first !== undefined) return first;
  throw problem;
}

async function readSheetTable(bytes: Uint8Array, options: ExportOptions): Promise<Table> {
  const { file, kind } = options;
  const { openWorkbook } = await import('./workbook.ts');
  const workbook = openWorkbook(bytes, file);
  const isInfo = (name: string): boolean => kind === 'vms' && /^(?:tab)?vinfo$/i.test(name);
  const own = workbook.sheets.filter(isInfo).slice(0, 1);
  for (const name of own.length > 0 ? own : workbook.sheets) {
    const found = locateHeader(workbook.read(name));
    if (found.dialect === undefined && own.length === 0) continue;
    const table = convert(found, options, 'row');
    const notes = [`read the tab ${JSON.stringify(name)} of the workbook`, ...(table.notes ?? [])];
    return { ...table, notes, ...(kind === 'vms' && disksOf(workbook)) };
  }
  const tabs = joinFirst(workbook.sheets.map((name) => JSON.stringify(name)));
  throw new LandfallError(
    'INVENTORY_INVALID',
    `no tab of the workbook has a header that is known: it has ${tabs}`,
    {
      remedy: `give a workbook with ${EXPECTED[kind].what}, with its header line`,
      place: { file, line: 1, column: 1 },
    },
  );
}

/** Most rows above the header. */
const MAX_TITLE_ROWS = 30;

/** Finds the first row that is a header of a known table; if there is none, the first row is the header. */
function locateHeader(rows: readonly Row[]): Located {
  for (const [index, row] of rows.slice(0, MAX_TITLE_ROWS).entries()) {
    const titles = new Set(
      row.cells.map((cell) => cell.trim().toLowerCase()).filter((title) => title !== ''),
    );
    if (titles.size < 2 && ![...titles].some((title) => title.startsWith('mgn:'))) continue;
    const dialect = DIALECTS.find(({ isHeader }) => isHeader(titles));
    if (dialect !== undefined) return { dialect, header: row, rows: rows.slice(index + 1) };
  }
  const [header, ...rest] = rows;
  return { dialect: undefined, header, rows: rest };
}

function convert(found: Located, options: ExportOptions, unit: Unit): Table {
  const { dialect, header, rows } = found;
  const plain = { header, rows, unit };
  if (dialect === undefined || header === undefined) return plain;
  refuseOtherKind(dialect.name, dialect.kind, options, header.line);
  if (dialect.convert === undefined) return plain;
  const table = dialect.convert(found, unit);
  return { ...table, unit, notes: [`read as ${dialect.name}`, ...(table.notes ?? [])] };
}

function refuseOtherKind(
  what: string,
  kind: TableKind,
  { file, kind: wanted }: ExportOptions,
  line: number,
): void {
  if (kind === wanted) return;
  throw new LandfallError('INVENTORY_INVALID', `this is ${what}, and not ${EXPECTED[wanted].what}`, {
    remedy: `import it with \`${EXPECTED[kind].command}\`, or give ${EXPECTED[wanted].what}`,
    place: { file, line, column: 1 },
  });
}

/**
 * Returns an export as the built-in endpoint reads it: CSV of the columns that it reads, each row on its line, and the rows
 * whose cells are not those of their columns. Ids that the export lacks are made up, so that the endpoint has its VMs: `vm-`
 * and the line, and the name of the vCenter.
 * @param read the titles of the columns that the endpoint reads
 * @throws LandfallError INVENTORY_INVALID if no row has the cells of its columns
 */
export function toEndpointCsv(
  { header: first, rows }: Table,
  file: string,
  read: readonly string[],
): { readonly text: string; readonly ragged: readonly { readonly line: number; readonly reason: string }[] } {
  if (first === undefined) return { text: '', ragged: [] };
  const header = new Header(first, file, EXPECTED.vms.what);
  const titles = header.titles.map((title) => title.toLowerCase());
  const columns = read.flatMap((title) => header.find([title]) ?? []);
  const missing = titles.includes('vm')
    ? ['VM ID', 'VI SDK UUID'].filter((title) => !titles.includes(title.toLowerCase()))
    : [];
  const vCenter = header.optional(['VI SDK Server']);
  const ragged: { line: number; reason: string }[] = [];
  const records: string[][] = [];
  for (const row of [first, ...rows]) {
    const reason = row === first ? undefined : header.whyRagged(row);
    if (reason !== undefined) {
      ragged.push({ line: row.line, reason });
      continue;
    }
    const made = missing.map((title) =>
      row === first ? title : title === 'VM ID' ? `vm-${row.line}` : vCenter(row) || 'vcenter',
    );
    const cells = columns.length === 0 ? row.cells : columns.map((cell) => cell(row));
    while (records.length < row.line - 1) records.push([]);
    records.push([...cells.map((cell) => cell.replace(/\s+/g, ' ')), ...made]);
  }
  const [why] = ragged;
  if (why !== undefined && ragged.length === rows.length) {
    throw new LandfallError('INVENTORY_INVALID', `no row can be loaded: this one ${why.reason}`, {
      remedy: 'put quotes around cells with separators or line breaks, or save the tab as CSV again',
      place: { file, line: why.line, column: 1 },
    });
  }
  return { text: stringify(records), ragged };
}

/** A table that govc's output has been made into; `line` of a row is the number of the VM. */
interface GovcTable extends Pick<Table, 'header' | 'rows'> {
  readonly source: string;
  readonly notes: readonly string[];
}

/**
 * Reads what govc prints of VMs: JSON of `govc vm.info -json`, or the paths of `govc find`, as lines or JSON. The table has
 * the columns of RVTools.
 * @throws LandfallError INVENTORY_INVALID
 */
function tableOfGovc(text: string, file: string): GovcTable {
  if (!/^\s*[[{]/.test(text)) return tableOfPaths(text.split('\n'), file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'this begins as JSON, but is not well-formed', cause);
  }
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return tableOfPaths(value, file);
  const vms = Array.isArray(value) ? value : field(value, 'virtualMachines');
  if (!Array.isArray(vms)) throw invalid(file, 'this is JSON, and has no "virtualMachines"');
  // The caller chooses the properties that govc prints: a column that no VM has is missing, not empty.
  const columns = COLUMNS.filter(
    ([title, read]) => /^(?:VM|Folder)$/.test(title) || vms.some((vm: unknown) => read(vm) !== ''),
  );
  const rows = vms.map((vm: unknown, index): Row => ({
    line: index + 1,
    cells: columns.map(([, read]) => read(vm)),
  }));
  return {
    source: 'a list of VMs by govc vm.info',
    header: { line: 1, cells: columns.map(([title]) => title) },
    rows,
    notes: ['read as a list of VMs by govc vm.info: it does not say the folders of VMs'],
  };
}

function invalid(file: string, what: string, cause?: unknown): LandfallError {
  return new LandfallError('INVENTORY_INVALID', what, {
    remedy: 'give the output of `govc vm.info -json` or `govc find / -type m`, or the vInfo tab of RVTools',
    place: { file, line: 1, column: 1 },
    cause,
  });
}

/** Reads a field of an object; older versions of govc write its first letter as a capital. */
function field(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((found: unknown, name) => {
    if (typeof found !== 'object' || found === null) return undefined;
    const fields = found as Readonly<Record<string, unknown>>;
    return fields[name] ?? fields[name.charAt(0).toUpperCase() + name.slice(1)];
  }, value);
}

function textAt(...paths: readonly (readonly string[])[]): (vm: unknown) => string {
  return (vm) => {
    const found = paths.map((path) => field(vm, ...path)).find((each) => each !== undefined && each !== '');
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
      ? String(found)
      : '';
  };
}

/** The columns of RVTools, and where a VirtualMachine of the vSphere API has them. */
const COLUMNS: readonly (readonly [string, (vm: unknown) => string])[] = [
  ['VM', textAt(['name'], ['config', 'name'], ['summary', 'config', 'name'])],
  ['Powerstate', textAt(['runtime', 'powerState'], ['summary', 'runtime', 'powerState'])],
  ['Template', textAt(['config', 'template'], ['summary', 'config', 'template'])],
  ['Connection state', textAt(['runtime', 'connectionState'], ['summary', 'runtime', 'connectionState'])],
  ['DNS Name', textAt(['guest', 'hostName'], ['summary', 'guest', 'hostName'])],
  ['CPUs', textAt(['config', 'hardware', 'numCPU'], ['summary', 'config', 'numCpu'])],
  ['Memory', textAt(['config', 'hardware', 'memoryMB'], ['summary', 'config', 'memorySizeMB'])],
  ['Disks', textAt(['summary', 'config', 'numVirtualDisks'])],
  ['Folder', () => ''],
  [
    'OS according to the configuration file',
    textAt(['config', 'guestFullName'], ['summary', 'config', 'guestFullName']),
  ],
  [
    'OS according to the VMware Tools',
    textAt(['guest', 'guestFullName'], ['summary', 'guest', 'guestFullName']),
  ],
  ['VM ID', textAt(['self', 'value'])],
  ['VM UUID', textAt(['config', 'instanceUuid'], ['summary', 'config', 'instanceUuid'])],
  ['VI SDK UUID', textAt(['self', 'serverGuid'])],
];

/** Reads inventory paths such as `/DC/vm/Prod/web01`, each perhaps after its type (`govc find -l`). */
function tableOfPaths(lines: readonly string[], file: string): GovcTable {
  const paths = lines
    .map((line, index) => ({ line: index + 1, path: line.trim().replace(/^[A-Za-z]+\s+(?=\/)/, '') }))
    .filter(({ path }) => path !== '');
  const all = new Set(paths.map(({ path }) => path));
  for (const { path, line } of paths) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    const other = !/^\/.+?\/vm\/./.test(path) ? path : all.has(parent) ? parent : undefined;
    if (other === undefined) continue;
    throw new LandfallError('INVENTORY_INVALID', `${JSON.stringify(other)} is not the path of a VM`, {
      remedy: 'list VMs only: `govc find / -type m`',
      place: { file, line, column: 1 },
    });
  }
  return {
    source: 'a list of paths by govc find',
    header: { line: 1, cells: ['VM', 'Datacenter', 'Folder'] },
    rows: paths.map(({ line, path }) => {
      const [, before = '', inside = ''] = /^\/(.+?)\/vm\/(.*)$/.exec(path) ?? [];
      const name = inside.slice(inside.lastIndexOf('/') + 1);
      const datacenter = before.slice(before.lastIndexOf('/') + 1);
      // vCenter writes a slash in a name as %2f.
      return { line, cells: [name.replace(/%2f/gi, '/'), datacenter, inside.slice(0, -name.length - 1)] };
    }),
    notes: ['read as a list of paths by govc find: it does not say the systems of VMs'],
  };
}
