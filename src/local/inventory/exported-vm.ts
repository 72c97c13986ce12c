import { LocalError } from '../errors.ts';
import type { Machine } from '../simulation/account.ts';

/** A VM of an export, with the ids of the service if the export has them. */
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
  /** Why it is not a VM: it is a template, or may be one. */
  readonly template: string | undefined;
  readonly serverId: string;
  readonly connectorId: string;
}

const MIB_PER_GIB = 1024;
/** The size of a VM if the export has none, in gigabytes. */
const GIGABYTES_PER_DISK = 40;

export function parseVm(columns: Columns, row: readonly string[], line: number): ExportedVm {
  const { read } = columns;
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
    template: whyTemplate(columns, row),
    serverId: read(row, 'serverId'),
    connectorId: read(row, 'connectorId'),
  };
}

/** Returns why a row is not a VM to load by its column `Template`: a value that is not known is never taken for a no. */
export function whyTemplate({ read, has }: Columns, row: readonly string[]): string | undefined {
  if (!has('template')) return undefined;
  const cell = read(row, 'template');
  const isTemplate = parseYesNo(cell);
  if (isTemplate === undefined) return cell === '' ? 'has an empty Template' : unknownValue('Template', cell);
  return isTemplate ? 'is a template' : undefined;
}

/** Says that the value of a column is not known. */
export const unknownValue = (title: string, cell: string) =>
  `has the ${title} ${JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)}, which is not known`;

/** Returns the path in the form of the service: `/Datacenters/<datacenter>/vm/<folder>/<name>`. */
function pathOf(datacenter: string, folder: string, name: string): string {
  const steps = folder.split('/').filter((step) => step !== '');
  for (const prefix of ['Datacenters', datacenter, 'vm']) if (steps[0] === prefix) steps.shift();
  return ['', 'Datacenters', datacenter, 'vm', ...steps, name].join('/').replaceAll('//', '/');
}

/** Parses the size of the disks, in GiB, or in MiB as RVTools has it, which may have separators of thousands. */
export function gigabytesOf(read: CellReader, row: readonly string[]): number {
  const gibibytes = Number(digits(read(row, 'gibibytes')));
  if (gibibytes > 0) return gibibytes;
  const mebibytes = Number(digits(read(row, 'inUse')) || digits(read(row, 'provisioned')));
  if (mebibytes > 0) return Math.max(1, Math.round(mebibytes / MIB_PER_GIB));
  return Math.max(1, Number(digits(read(row, 'disks')))) * GIGABYTES_PER_DISK;
}

/** Reads the optional facts about a VM. */
export function detailsOf(read: CellReader, row: readonly string[]): ExportedVm['details'] {
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

/** Returns the whole part of a number: `16,384`, `16.384` and `16 384` have separators of thousands, `1024.5` a fraction. */
const digits = (cell: string) =>
  cell
    .replace(/[.,](?:\d{1,2}|\d{4,})\s*$/, '')
    .replace(/\D/g, '')
    .slice(0, 12);

/**
 * The columns that are read, with their titles in different versions: those of an RVTools vInfo export; the ids that SMS
 * gives to the VM and to the connector of its vCenter, which RVTools does not have; and those of a list of agents.
 */
const COLUMNS = {
  name: ['VM'],
  template: ['Template'],
  disks: ['Disks'],
  dnsName: ['DNS Name', 'FQDN'],
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
  hostname: ['Hostname', 'VM'],
  gibibytes: ['Disk GiB'],
  instanceId: ['AWS Instance ID'],
  userProvidedId: ['User Provided ID'],
  imported: ['Imported'],
  installAfter: ['Install After'],
} as const;

type Column = keyof typeof COLUMNS;

const REQUIRED: readonly Column[] = ['name', 'vmId', 'managerId'];

/** The titles of the columns that are read. */
export const READ_TITLES: readonly string[] = [...new Set(Object.values(COLUMNS).flat())];

/** Reads the cells of a row by field. A column that the export does not have reads as empty. */
export type CellReader = (row: readonly string[], column: Column) => string;

/** The columns of an export. */
export interface Columns {
  readonly read: CellReader;
  readonly has: (column: Column) => boolean;
  /**
   * Returns why the cells of a row are not those of its columns. Spreadsheets leave out empty cells at the end of a row, and
   * add some: that is no reason, unless one of them belongs to a column that is read.
   */
  readonly whyRagged: (row: readonly string[]) => string | undefined;
}

const EXPORT = {
  what: 'the header of a vInfo export',
  remedy: 'export the vInfo tab of RVTools as CSV, with its header line',
};

/**
 * Finds the columns of an export, or of another list.
 * @throws LocalError BAD_INVENTORY with the names of the missing columns
 */
export function findColumns(
  header: readonly string[],
  line: number,
  required: readonly Column[] = REQUIRED,
  { what, remedy }: { readonly what: string; readonly remedy: string } = EXPORT,
): Columns {
  const titles = header.map((title) => title.trim().toLowerCase());
  const position = (column: Column) =>
    COLUMNS[column].map((title) => titles.indexOf(title.toLowerCase())).find((at) => at >= 0);
  const missing = required.filter((column) => position(column) === undefined);
  if (missing.length > 0) {
    const names = missing.map((column) => `"${COLUMNS[column][0]}"`).join(', ');
    throw new LocalError('BAD_INVENTORY', `line ${line} is not ${what}: it has no column ${names}`, remedy, {
      line,
      column: 1,
    });
  }
  const positions = new Map(Object.keys(COLUMNS).map((key) => [key, position(key as Column) ?? -1]));
  const width = titles.findLastIndex((title) => title !== '') + 1;
  const needed = Math.max(...positions.values()) + 1;
  return {
    read: (row, column) => row[positions.get(column) ?? -1]?.trim() ?? '',
    has: (column) => position(column) !== undefined,
    whyRagged(row) {
      const filled = row.findLastIndex((cell) => cell.trim() !== '') + 1;
      if (filled <= width && row.length >= needed) return undefined;
      const count = filled > width ? filled : row.length;
      return `has ${count} ${count === 1 ? 'cell' : 'cells'}, and the header has ${width}`;
    },
  };
}

/** The words for yes and no in the languages of Excel, which writes TRUE and FALSE in that of its user. */
const YES_WORDS = `true yes y t 1 -1 wahr ja j vrai oui verdadero sí vero sì verdadeiro sim waar prawda tak истина да істина так
  pravda ano áno igaz igen sant sand sann tosi kyllä doğru evet αληθής αληθές ναι adevărat da istina tačno tõene teisinga taip
  patiess jā cert đúng benar ya จริง 真 是 はい 참 예 נכון כן نعم صحيح`;
const NO_WORDS = `false no n f 0 falsch nein faux non falso não onwaar nee fałsz nie ложь нет хибність хибне ні nepravda ne hamis
  nem falskt falsk nej usann nei epätosi ei yanlış hayır ψευδής ψευδές όχι fals nu neistina netačno väär neteisinga aplams nē sai
  salah tidak เท็จ 假 偽 否 いいえ 거짓 아니요 아니오 שקר לא لا خطأ`;

const [YES, NO] = [YES_WORDS, NO_WORDS].map((text) => new Set(text.split(/\s+/).map(plain)));

/** Reduces a word to small letters without accents. */
function plain(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/ı/g, 'i').trim();
}

/** Reads a yes or a no in the languages of Excel. Anything else is neither, and so is an empty cell. */
export function parseYesNo(cell: string): boolean | undefined {
  const word = plain(cell);
  if (YES?.has(word) === true) return true;
  return NO?.has(word) === true ? false : undefined;
}
