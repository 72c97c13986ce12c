import { incrementCount } from '../../core/lists.ts';
import type { ProviderName, Settings, VmReference } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import { isApplicationName, toServerId } from '../../core/names.ts';
import { displayName, identifierKeys, supportedReference } from '../../manifest/model.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../../providers/registry.ts';
import { Header, readTable, type Row, splitRagged, type Table, type TableOptions } from '../csv.ts';
import {
  type Identity,
  type Inventory,
  type InventoryVm,
  type WaveGroup,
  wholeRowIdentity,
} from '../inventory.ts';
import {
  type Columns,
  COLUMN,
  COPY_TAGS,
  DESTINATION_COLUMNS,
  FILE_NAME,
  IDENTIFIERS,
  LICENSING,
  MAX_LABELS,
  SERVER_TAGS,
  WAVE_NAME,
  WAVE_TAG,
  findColumns,
  hasSetting,
} from './columns.ts';
import { parseYesNo } from '../decisions.ts';
import { LOST_CHARACTER } from '../names.ts';
import { groupsOfWaveCell } from './groups.ts';
import { readLaunchCells } from './launch-columns.ts';

/** Columns about the wave as a whole. */
const WAVE_PREFIX = 'mgn:wave:';

/**
 * Reads MGN's inventory CSV. Columns without a field in a manifest become comments, and the notes name them.
 * @param provider the service of the target; columns without a setting on it become comments
 * @throws LandfallError INVENTORY_INVALID
 */
export function readMgnCsv(
  source: Uint8Array | Table,
  options: Omit<TableOptions, 'what'>,
  provider: ProviderName = DEFAULT_PROVIDER,
): Inventory {
  const { file } = options;
  const table = readTable(source, { what: FILE_NAME, ...options });
  const { header: first, rows: all, encoding, unit = 'line' } = table;
  const header = new Header(first, file, FILE_NAME);
  const columns = findColumns(header, serviceOf(provider));
  if (all.length === 0 && table.leftOut === undefined) {
    throw new LandfallError('INVENTORY_INVALID', `${file} holds no server: it ends after its header`, {
      remedy: `give ${FILE_NAME}`,
      place: { file, line: first?.line ?? 1, column: 1 },
    });
  }
  const vms: InventoryVm[] = [];
  const { sound: rows, leftOut } = splitRagged(all, header);
  leftOut.push(...(table.leftOut ?? []));
  const names = new Map<string, number>();
  const counted = new Set<string>();
  const groups = new Map<string, OpenGroup>();
  for (const row of rows) {
    const origin = `${unit} ${row.line}`;
    const id = columns.id(row);
    if (id === '' || id.includes('\ufffd')) {
      const reason = id === '' ? `has no ${COLUMN.id}` : LOST_CHARACTER;
      leftOut.push({ name: id, origin, reason });
      continue;
    }
    const vm = vmOf(row, columns, origin, groups);
    if (Object.keys(vm.reference).length === 0) {
      leftOut.push({ name: id, origin, reason: 'has nothing by which its service could find it' });
      continue;
    }
    if (!counted.has(vm.identity.key)) incrementCount(names, displayName(vm.reference));
    counted.add(vm.identity.key);
    vms.push(vm);
  }
  return {
    vms,
    leftOut,
    names,
    notes: [...(table.notes ?? []), ...notesOf(rows, header, columns)],
    ...(encoding && { encoding }),
  };
}

/** A wave to which rows are added. */
interface OpenGroup extends WaveGroup {
  readonly labels: Map<string, string>;
  readonly comments: string[];
}

function vmOf(row: Row, columns: Columns, origin: string, groups: Map<string, OpenGroup>): InventoryVm {
  const { identity, reference, exact } = referenceOf(row, columns);
  const os = columns.tags.os(row);
  const wave = columns.wave(row);
  const group = groupOf(row, columns, groups);
  const licensing = columns.licensing(row);
  const licenseType = licenceOf(licensing);
  const template = readLaunchCells(row, columns.launch);
  const settings: Settings = {
    ...(licenseType !== undefined && { licenseType }),
    ...launchSettings(row, columns),
    ...template.settings,
  };
  // Values that follow from the manifest: an export writes them again.
  const knownValues = new Map<string, (value: string) => boolean>([
    [COLUMN.app, (value) => value === wave],
    [COLUMN.fqdn, (value) => value === reference.name],
    [COLUMN.platform, () => os !== ''],
  ]);
  const comments = [...columns.others].flatMap(([title, cell]) => {
    const value = cell(row);
    const isSaid =
      value === '' || title.startsWith(WAVE_PREFIX) || knownValues.get(title.toLowerCase())?.(value) === true;
    return isSaid ? [] : [`${title}: ${value}`];
  });
  for (const field of IDENTIFIERS.filter((each) => each !== 'name' && each !== 'path')) {
    const value = columns.tags[field](row);
    if (value !== '' && reference[field] === undefined) comments.push(`${SERVER_TAGS[field]}: ${value}`);
  }
  if (licensing !== '' && licenseType === undefined) comments.push(`${COLUMN.licensing}: ${licensing}`);
  comments.push(...unreadableCells(row, columns), ...columns.cleared(row), ...template.comments);
  const { kind, unknown } = columns.replication(row);
  if (unknown !== undefined) comments.push(unknown);
  return {
    origin,
    identity,
    reference,
    keepsFullReference: exact,
    ...(kind !== undefined && { replication: kind }),
    ...(os !== '' && { os }),
    settings,
    comments,
    concerns: [],
    group,
  };
}

/** Reads the identifiers of the VM: from the tags that landfall wrote, else from its id as the name. */
function referenceOf(
  row: Row,
  { id: idOf, tags, service }: Columns,
): { identity: Identity; reference: VmReference; exact: boolean } {
  const identifiers: { -readonly [key in keyof VmReference]: VmReference[key] } = {};
  for (const field of IDENTIFIERS) {
    const value = tags[field](row);
    if (value === '') continue;
    if (field === 'serverId') identifiers.serverId = toServerId(value);
    else identifiers[field] = value;
  }
  const id = idOf(row);
  // Each of the two identifies nothing without the other.
  if (identifiers.vmManagerId === undefined || identifiers.vmId === undefined) {
    delete identifiers.vmManagerId;
    delete identifiers.vmId;
  }
  const identity = identityOf(row, identifiers);
  // The id of another service does not identify the VM on this one.
  if (identifiers.serverId !== undefined && service.conversion?.isServerId(identifiers.serverId) === false)
    delete identifiers.serverId;
  const { path, serverId, vmId, vmWareUuid } = identifiers;
  if (![path, serverId, vmId, vmWareUuid].includes(id)) identifiers.name ??= id;
  const reference = supportedReference(service, identifiers);
  return { identity, reference, exact: identifierKeys(reference).length > 0 };
}

/**
 * Returns by what a row is the same VM as another: its id in the tags of landfall, else all its cells. Rows with the same
 * user-provided id may be servers of two accounts.
 */
function identityOf({ cells }: Row, identifiers: VmReference): Identity {
  const [strongest] = identifierKeys(identifiers);
  return strongest === undefined ? wholeRowIdentity(cells) : { key: strongest };
}

function groupOf(row: Row, columns: Columns, groups: Map<string, OpenGroup>): WaveGroup {
  const [wave, app] = [columns.wave(row), columns.app(row)];
  const key = wave === '' ? ['', app] : [wave];
  const text = JSON.stringify(key);
  const group = groups.get(text) ?? {
    ...{ key, title: wave || app || 'no wave' },
    ...(hasSetting(columns.service, WAVE_NAME) && groupsOfWaveCell(wave)),
    labels: new Map<string, string>(),
    comments: [],
  };
  groups.set(text, group);
  for (const [label, cell] of columns.labels) {
    const value = cell(row).slice(0, 256);
    const before = group.labels.get(label) ?? value;
    if (value === '' || before !== value) noteConflict(group, label, value);
    else group.labels.set(label, value);
  }
  for (const [title, cell] of columns.others) {
    const comment = `${title}: ${cell(row)}`;
    const isNew = title.startsWith(WAVE_PREFIX) && cell(row) !== '' && !group.comments.includes(comment);
    if (isNew && group.comments.length < MAX_LABELS) group.comments.push(comment);
  }
  return group;
}

/** Reads a value of a wave. If its rows have different values, the first counts. */
function noteConflict({ comments }: OpenGroup, label: string, value: string): void {
  const comment = `${WAVE_TAG}${label}: ${value}`;
  if (value !== '' && comments.length < MAX_LABELS && !comments.includes(comment)) comments.push(comment);
}

/** Reads the cells with a field in a manifest; empty if the service does not have the setting. */
function settingCells(row: Row, { app, transferTags, service }: Columns): { app: string; transfer: string } {
  return {
    app: hasSetting(service, 'app') ? app(row) : '',
    transfer: hasSetting(service, COPY_TAGS) ? transferTags(row) : '',
  };
}

function launchSettings(row: Row, columns: Columns): Settings {
  const { app, transfer } = settingCells(row, columns);
  const copyTags = parseYesNo(transfer);
  return {
    ...(isApplicationName(app) && { app }),
    ...(copyTags !== undefined && { [COPY_TAGS]: copyTags }),
  };
}

/** Finds cells with a field in a manifest whose values the manifest does not allow. */
function unreadableCells(row: Row, columns: Columns): string[] {
  const { app, transfer } = settingCells(row, columns);
  return [
    ...(app === '' || isApplicationName(app) ? [] : [`${COLUMN.app}: ${app}`]),
    ...(transfer === '' || parseYesNo(transfer) !== undefined ? [] : [`${COLUMN.transferTags}: ${transfer}`]),
  ];
}

function licenceOf(cell: string): 'AWS' | 'BYOL' | undefined {
  const word = cell.toUpperCase();
  if (word === LICENSING.AWS) return 'AWS';
  return word === LICENSING.BYOL ? 'BYOL' : undefined;
}

function notesOf(rows: readonly Row[], header: Header, columns: Columns): readonly string[] {
  const { others, launch, cleared } = columns;
  const notes: string[] = [];
  for (const title of DESTINATION_COLUMNS) {
    const cell = header.extra(title);
    const values = [...new Set(rows.map(cell))].filter((value) => value !== '').sort();
    if (values.length > 0)
      notes.push(`${title} is the target's to say: the rows have ${values.slice(0, 5).join(', ')}`);
  }
  const kept = [...others].filter(
    ([title, cell]) => title.toLowerCase() !== COLUMN.app && rows.some((row) => cell(row) !== ''),
  );
  if (kept.length > 0) {
    const titles = kept.map(([title]) => title).sort();
    notes.push(`columns without a field in a manifest, kept as comments: ${titles.join(', ')}`);
  }
  const asking = rows.filter(
    (row) => cleared(row).length > 0 || readLaunchCells(row, launch).comments.length > 0,
  );
  if (asking.length > 0)
    notes.push(
      `${asking.length} ${asking.length === 1 ? 'server' : 'servers'} with [RESET_VALUE] or [DELETE_TAG], kept as comments: a manifest clears no field`,
    );
  return notes;
}
