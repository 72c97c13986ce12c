import type { Settings, SettingValue } from '../../core/desired.ts';
import type { CellReader, Header, Row } from '../csv.ts';

/** The prefix of the settings of launch templates in manifests. */
export const TEMPLATE = 'mgn.launch.template.';
const RIGHT_SIZING = 'mgn.launch.targetInstanceTypeRightSizingMethod';

/** What a cell of MGN says to clear a value or to delete a tag (user guide, "Editing your configuration"). */
const RESET = '[RESET_VALUE]';
const MARKERS: readonly string[] = [RESET, '[DELETE_TAG]'];

export const isMarker = (cell: string): boolean => MARKERS.includes(cell.toUpperCase());

/** Columns of one value, and the field of the template that each is (user guide, "Import parameters"). */
const SINGLE: Readonly<Record<string, string>> = {
  'mgn:launch:iam-instance-profile:name': 'iamInstanceProfile',
  'mgn:launch:instance-type': 'instanceType',
  'mgn:launch:nic:0:private-ip:0': 'privateIp',
  'mgn:launch:nic:0:subnet-id': 'subnetId',
  'mgn:launch:placement:host-id': 'hostId',
  'mgn:launch:placement:tenancy': 'tenancy',
};
const GROUP = 'mgn:launch:nic:0:security-group-id:';
const ADDRESS = 'mgn:launch:nic:0:private-ip:';
const VOLUME = 'mgn:launch:volume:';
const INSTANCE_TAG = 'mgn:launch:tag:instance:';
/** The user guide has no such column (?): it is read, and not written. */
const VOLUME_TAG = 'mgn:launch:tag:volume:';

/** Words for tenancies in other lists, such as the intake form of Cloud Migration Factory. */
const TENANCIES: Readonly<Record<string, string>> = { shared: 'default', 'dedicated host': 'host' };

/** A column about launch templates. */
export interface LaunchColumn {
  readonly title: string;
  /** Without the prefix of templates. */
  readonly field: string;
  /** Several columns give the values of the field. */
  readonly isList: boolean;
  readonly cell: CellReader;
}

/** Finds the columns about launch templates in a header. Tags and volumes differ by letter case. */
export function findLaunchColumns(header: Header): readonly LaunchColumn[] {
  return header.titles.flatMap((title, index) => {
    const found = fieldOf(title);
    return found === undefined ? [] : [{ title, ...found, cell: header.at(index) }];
  });
}

function fieldOf(title: string): Pick<LaunchColumn, 'field' | 'isList'> | undefined {
  const lower = title.toLowerCase();
  const single = SINGLE[lower];
  if (single !== undefined) return { field: single, isList: false };
  const after = (prefix: string): string => (lower.startsWith(prefix) ? title.slice(prefix.length) : '');
  if (/^\d+$/.test(after(GROUP))) return { field: 'securityGroupIds', isList: true };
  if (/^\d+$/.test(after(ADDRESS))) return { field: 'secondaryPrivateIps', isList: true };
  const [, device] = /^(.+):type$/i.exec(after(VOLUME)) ?? [];
  if (device !== undefined) return { field: `disks.${device}.volumeType`, isList: false };
  const [tag, volumeTag] = [after(INSTANCE_TAG), after(VOLUME_TAG)];
  if (tag !== '') return { field: `tags.${tag}`, isList: false };
  return volumeTag === '' ? undefined : { field: `volumeTags.${volumeTag}`, isList: false };
}

/**
 * Reads the launch template of a row, and comments on the cells that ask to clear a value: a manifest names what a
 * template has, and clears nothing. A tag without a value is one with an empty value.
 */
export function readLaunchCells(
  row: Row,
  columns: readonly LaunchColumn[],
): { readonly settings: Settings; readonly comments: readonly string[] } {
  const settings: Record<string, SettingValue> = {};
  const comments: string[] = [];
  for (const { title, field, isList, cell } of columns) {
    const value = cell(row);
    const name = `${TEMPLATE}${field}`;
    const isTag = /^(?:volumeT|t)ags\./.test(field);
    if (value === '') continue;
    if (isMarker(value)) {
      if (isTag && value.toUpperCase() === RESET) settings[name] = '';
      else comments.push(`${title}: ${value}`);
    } else if (isList) {
      const before = settings[name] === undefined ? [] : String(settings[name]).split(', ');
      const all = [...before, ...value.split(/[;,\s]+/).filter((each) => each !== '')];
      settings[name] = [...new Set(all)].sort().join(', ');
    } else settings[name] = normalize(field, value);
  }
  // MGN would choose the type otherwise (user guide, launch template key considerations).
  const hasType = settings[`${TEMPLATE}instanceType`] !== undefined;
  return { settings: { ...(hasType && { [RIGHT_SIZING]: 'NONE' }), ...settings }, comments };
}

function normalize(field: string, value: string): string {
  const lower = value.toLowerCase();
  if (field === 'tenancy') return TENANCIES[lower] ?? lower;
  return field === 'instanceType' || field.endsWith('.volumeType') ? lower : value;
}

let byTitle: Intl.Collator | undefined;

/** Sorts titles; numbers in them count as numbers. */
export function compareTitles([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  byTitle ??= new Intl.Collator('en', { numeric: true });
  return byTitle.compare(a, b) || Number(a > b) - Number(a < b);
}

/** Returns the cells of the launch template of a VM, by title, and the names of the settings that have a column. */
export function launchCellsOf(settings: Settings): {
  readonly cells: ReadonlyMap<string, string>;
  readonly written: ReadonlySet<string>;
} {
  const cells = new Map<string, string>();
  const written = new Set<string>();
  const titles = new Map(Object.entries(SINGLE).map(([title, field]) => [field, title]));
  for (const [name, value] of Object.entries(settings)) {
    if (!name.startsWith(TEMPLATE)) continue;
    const found = cellsOf(name.slice(TEMPLATE.length), String(value), titles);
    for (const [title, cell] of found) cells.set(title, cell);
    if (found.length > 0) written.add(name);
  }
  // An import writes it beside the type.
  if (cells.has('mgn:launch:instance-type') && settings[RIGHT_SIZING] === 'NONE') written.add(RIGHT_SIZING);
  return { cells, written };
}

function cellsOf(
  field: string,
  value: string,
  titles: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const title = titles.get(field);
  // The column takes a name; an import reads no spaces at the ends, and markers as such.
  if (field === 'iamInstanceProfile' && value.startsWith('arn:')) return [];
  if (isMarker(value) || value !== value.trim() || field !== field.trim()) return [];
  if (title !== undefined) return [[title, value]];
  const items = value.split(', ');
  if (field === 'securityGroupIds') return items.map((item, index) => [`${GROUP}${index}`, item]);
  if (field === 'secondaryPrivateIps') return items.map((item, index) => [`${ADDRESS}${index + 1}`, item]);
  const [, device] = /^disks\.(.+)\.volumeType$/s.exec(field) ?? [];
  if (device !== undefined) return [[`${VOLUME}${device}:type`, value]];
  return field.startsWith('tags.')
    ? [[`${INSTANCE_TAG}${field.slice(5)}`, value === '' ? RESET : value]]
    : [];
}
