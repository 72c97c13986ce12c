import { distinctLabel } from '../../manifest/model.ts';
import { incrementCount } from '../../core/lists.ts';
import { stringify } from 'csv-stringify/sync';
import type { DesiredVm, DesiredWave, Target } from '../../core/desired.ts';
import { formatPlace, LandfallError } from '../../core/error.ts';
import { parseGuest } from '../../manifest/os/parse.ts';
import { INVISIBLE, shorten } from '../../core/text.ts';
import {
  COLUMN,
  COPY_TAGS,
  IDENTIFIERS,
  LICENSING,
  MANAGE_WAVE,
  MAX_TAG_LENGTH,
  REPLICATION_TAG,
  SERVER_TAGS,
  WAVE_NAME,
  WAVE_TAG,
} from './columns.ts';
import { compareTitles, launchCellsOf } from './launch-columns.ts';

/** The content of a row. */
interface Server {
  readonly vm: DesiredVm;
  readonly wave: DesiredWave;
  readonly target: Target;
  readonly id: string;
}

export interface MgnExport {
  readonly text: string;
  readonly servers: number;
  readonly waves: number;
  readonly notes: readonly string[];
}

/** The content of each column. Columns that are empty in every row are left out, unless MGN requires them. */
const COLUMN_CELLS: readonly (readonly [title: string, cell: (server: Server) => string])[] = [
  [COLUMN.account, ({ target }) => target.account ?? ''],
  [COLUMN.region, ({ target }) => target.region],
  [COLUMN.wave, ({ vm, wave }) => (isManaged(vm) ? String(vm.settings[WAVE_NAME] ?? wave.name) : '')],
  // A server is in a wave only through its application. Without one in the manifest, the application is named after the wave.
  [COLUMN.app, ({ vm, wave }) => String(vm.settings['app'] ?? (isManaged(vm) ? wave.name : ''))],
  [COLUMN.id, ({ id }) => id],
  [COLUMN.platform, ({ vm }) => platformOf(vm)],
  [COLUMN.fqdn, ({ vm }) => fqdnOf(vm)],
  [COLUMN.licensing, ({ vm }) => licensingOf(vm)],
  [COLUMN.transferTags, ({ vm }) => String(vm.settings[COPY_TAGS] ?? '')],
  ...IDENTIFIERS.map((field) => [SERVER_TAGS[field], (server: Server) => tagOf(field, server)] as const),
  [SERVER_TAGS.os, ({ vm }) => vm.os ?? ''],
  [REPLICATION_TAG, ({ vm }) => vm.replication ?? ''],
];
const REQUIRED_COLUMNS: ReadonlySet<string> = new Set([COLUMN.region, COLUMN.wave, COLUMN.app, COLUMN.id]);

/**
 * Writes VMs of one target as MGN's inventory CSV, a row each, sorted by address.
 * @throws LandfallError INVENTORY_INVALID with the cells that a spreadsheet would execute, or that MGN does not accept
 */
export function writeMgnCsv(
  vms: readonly DesiredVm[],
  waves: readonly DesiredWave[],
  target: Target,
): MgnExport {
  const byName = new Map(waves.map((wave) => [wave.name, wave]));
  const names = new Map<string, number>();
  for (const { reference } of vms) incrementCount(names, reference.name);
  const servers = vms.flatMap((vm): Server[] => {
    const wave = byName.get(vm.wave);
    return wave === undefined
      ? []
      : [{ vm, wave, target, id: distinctLabel(vm.reference, names) ?? vm.address }];
  });
  const labels = [...new Set(waves.flatMap((wave) => Object.keys(wave.labels)))].sort();
  const columns = [
    ...COLUMN_CELLS,
    ...labels.map(
      (label) =>
        [
          WAVE_TAG + label,
          ({ wave }: Server) => new Map(Object.entries(wave.labels)).get(label) ?? '',
        ] as const,
    ),
    ...launchColumns(servers),
  ];
  const rows = servers.map((server) => columns.map(([, cell]) => cell(server)));
  const filled = columns.map(
    ([title], index) => REQUIRED_COLUMNS.has(title) || rows.some((row) => row[index] !== ''),
  );
  const keep = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => filled[index]);
  const titles = keep(columns.map(([title]) => title));
  const cells = rows.map(keep);
  rejectUnsafeCells(titles, cells, servers);
  return {
    text: stringify([titles, ...cells], { record_delimiter: 'unix' }),
    servers: servers.length,
    waves: new Set(servers.map(({ wave }) => wave.name)).size,
    notes: notesOf(servers),
  };
}

/** Returns the columns of launch templates: each address, group, volume and tag of some VM has its own. */
function launchColumns(
  servers: readonly Server[],
): readonly (readonly [title: string, cell: (server: Server) => string])[] {
  const byServer = new Map(servers.map((server) => [server, launchCellsOf(server.vm.settings).cells]));
  const titles = new Set([...byServer.values()].flatMap((cells) => [...cells.keys()]));
  return [...titles]
    .map((title) => [title, (server: Server) => byServer.get(server)?.get(title) ?? ''] as const)
    .sort(compareTitles);
}

/** Whether the application of a VM is in a wave of MGN that its manifest determines. */
function isManaged({ settings }: DesiredVm): boolean {
  return settings[MANAGE_WAVE] !== false;
}

function tagOf(field: (typeof IDENTIFIERS)[number], { vm, id }: Server): string {
  const { name, path, serverId, vmId, vmWareUuid } = vm.reference;
  // The id contains the name already, unless it is another identifier.
  if (field === 'name' && name === id && ![path, serverId, vmId, vmWareUuid].includes(id)) return '';
  return vm.reference[field] ?? '';
}

function platformOf({ os }: DesiredVm): string {
  const family = os === undefined ? undefined : parseGuest(os)?.family;
  if (family === 'windows') return 'Windows';
  return family === 'linux' ? 'Linux' : '';
}

function fqdnOf({ reference: { name = '' } }: DesiredVm): string {
  return /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/i.test(name) ? name : '';
}

function licensingOf({ settings, autoLicenseType }: DesiredVm): string {
  const { licenseType = 'Auto' } = settings;
  const licence = licenseType === 'Auto' ? autoLicenseType : licenseType;
  if (licence === 'AWS') return LICENSING.AWS;
  return licence === 'BYOL' ? LICENSING.BYOL : '';
}

/**
 * The beginning of a formula, which a spreadsheet executes. The usual remedy, an apostrophe before it, would become part of
 * the name in MGN, so such cells are refused (OWASP, CSV injection).
 */
const FORMULA = /^[=+\-@\t\r]/;
/** The number of cells that an error names. */
const MAX_NAMED_CELLS = 5;

function rejectUnsafeCells(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  servers: readonly Server[],
): void {
  const wrong: string[] = [];
  let remedy = 'rename the VM or label, or leave it out with --vm or --wave';
  for (const [index, row] of rows.entries()) {
    for (const [column, cell] of row.entries()) {
      const title = titles[column] ?? '';
      const formula = FORMULA.test(cell);
      const long = title.includes(':tag:') && cell.length > MAX_TAG_LENGTH;
      // CSV and spreadsheets keep tabs and line breaks in a cell.
      const hidden = INVISIBLE.test(cell.replace(/[\t\n]/g, ''));
      if (!formula && !hidden && !long) continue;
      const place = servers[index]?.vm.place;
      const where = place === undefined ? '' : ` (${formatPlace(place)})`;
      const why = formula
        ? 'a spreadsheet would run it'
        : hidden
          ? 'it has invisible characters'
          : `AWS takes ${MAX_TAG_LENGTH} characters`;
      if (!formula && !hidden) remedy = 'shorten it, or leave the VM out with --vm or --wave';
      wrong.push(`${title} ${JSON.stringify(shorten(cell))}${where}: ${why}`);
    }
  }
  if (wrong.length === 0) return;
  const more = wrong.length > MAX_NAMED_CELLS ? `; and ${wrong.length - MAX_NAMED_CELLS} more` : '';
  const message = `the CSV cannot hold ${wrong.slice(0, MAX_NAMED_CELLS).join('; ')}${more}`;
  throw new LandfallError('INVENTORY_INVALID', message, { remedy });
}

function notesOf(servers: readonly Server[]): readonly string[] {
  const notes: string[] = [];
  const settings = new Set(
    servers.flatMap(({ vm }) => {
      const { written } = launchCellsOf(vm.settings);
      return Object.keys(vm.settings).filter((name) => !written.has(name));
    }),
  );
  for (const name of ['licenseType', 'app', COPY_TAGS, WAVE_NAME, MANAGE_WAVE]) settings.delete(name);
  if (settings.size > 0) notes.push(`settings without a column: ${[...settings].sort().join(', ')}`);
  const nameless = servers.filter(({ vm }) => fqdnOf(vm) === '').length;
  if (nameless > 0) {
    notes.push(`${nameless} without an FQDN: MGN asks for one, or an IP address, where it creates a server`);
  }
  return notes;
}
