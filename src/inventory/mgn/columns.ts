import type { ReplicationKind } from '../../core/desired.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import type { CellReader, Header, Row } from '../csv.ts';
import { findLaunchColumns, isMarker, type LaunchColumn, TEMPLATE } from './launch-columns.ts';

/** What the file is called in messages. */
export const FILE_NAME = 'an inventory CSV of MGN';

/**
 * Columns of MGN's inventory CSV (AWS Application Migration Service user guide, "Import parameters"). To add a column
 * for a field of manifests, add a row to a table below.
 */
export const COLUMN = {
  account: 'mgn:account-id',
  region: 'mgn:region',
  wave: 'mgn:wave:name',
  app: 'mgn:app:name',
  id: 'mgn:server:user-provided-id',
  platform: 'mgn:server:platform',
  fqdn: 'mgn:server:fqdn-for-action-framework',
  licensing: 'mgn:launch:placement:operating-system-licensing',
  transferTags: 'mgn:launch:transfer-server-tags',
} as const;

export const WAVE_TAG = 'mgn:wave:tag:';
const SERVER_TAG = 'mgn:server:tag:';

/** The identifiers of a VM in manifests. */
export const IDENTIFIERS = ['name', 'path', 'vmManagerId', 'vmId', 'vmWareUuid', 'serverId'] as const;

/** Fields without a column in MGN are tags of the server, so that an export can be imported again without a loss. */
export const SERVER_TAGS: Readonly<Record<(typeof IDENTIFIERS)[number] | 'os', string>> = {
  name: `${SERVER_TAG}landfall:name`,
  path: `${SERVER_TAG}landfall:path`,
  vmManagerId: `${SERVER_TAG}landfall:vmManagerId`,
  vmId: `${SERVER_TAG}landfall:vmId`,
  vmWareUuid: `${SERVER_TAG}landfall:vmWareUuid`,
  serverId: `${SERVER_TAG}landfall:serverId`,
  os: `${SERVER_TAG}landfall:os`,
};

/** How a server replicates: a tag that exports write, and a column of MGN's own exports. */
export const REPLICATION_TAG = `${SERVER_TAG}landfall:replication`;
const REPLICATION_TYPE = 'mgn:server:replication-type';
/** What a manifest says for the values of both columns; for no agent, as MGN writes it, it says nothing. */
const REPLICATION_KINDS: ReadonlyMap<string, ReplicationKind | undefined> = new Map([
  ['', undefined],
  ['agent', 'agent'],
  ['agentless', 'agentless'],
  ['AGENT_BASED', 'agent'],
  ['SNAPSHOT_SHIPPING', undefined],
]);

/** The values of MGN for licences: licence included, or bring your own. */
export const LICENSING = { AWS: 'LI', BYOL: 'BYOL' } as const;

/** The setting in manifests for `mgn:launch:transfer-server-tags`. */
export const COPY_TAGS = 'mgn.launch.copyTags';

/** The settings in manifests for `mgn:wave:name`: the name, and whether landfall sets it. */
export const WAVE_NAME = 'mgn.waveName';
export const MANAGE_WAVE = 'mgn.manageWave';

/** Longest value of a tag in AWS, in characters. */
export const MAX_TAG_LENGTH = 256;

/** Columns with a field in a manifest on every service; tags of waves become labels. */
const MAPPED: ReadonlySet<string> = new Set(
  [COLUMN.wave, COLUMN.id, COLUMN.licensing, ...Object.values(SERVER_TAGS)].map((title) =>
    title.toLowerCase(),
  ),
);
/** Columns with a field in a manifest if the service has the setting. */
const SETTING_COLUMNS: ReadonlyMap<string, string> = new Map([
  [COLUMN.app, 'app'],
  [COLUMN.transferTags, COPY_TAGS],
]);

function isMapped(title: string, service: ServiceDefinition): boolean {
  if (title === REPLICATION_TAG || title === REPLICATION_TYPE) return hasReplicationKinds(service);
  return MAPPED.has(title) || hasSetting(service, SETTING_COLUMNS.get(title));
}

/** Whether manifests of a service say how a VM replicates. */
function hasReplicationKinds({ unsupportedSpecs }: ServiceDefinition): boolean {
  return unsupportedSpecs?.replication === undefined;
}

/** Whether a service has a setting. */
export function hasSetting({ settings }: ServiceDefinition, name: string | undefined): boolean {
  return settings.some((setting) => setting.name === name);
}

/** Columns about the account and region of the import: noted once, not for each VM. */
export const DESTINATION_COLUMNS = [COLUMN.account, COLUMN.region] as const;
const LABEL_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;
/** Most labels of a wave. */
export const MAX_LABELS = 100;
/** The cells of the columns of a file. */
export interface Columns {
  readonly service: ServiceDefinition;
  readonly id: CellReader;
  readonly wave: CellReader;
  readonly app: CellReader;
  readonly licensing: CellReader;
  readonly transferTags: CellReader;
  /** How the server of a row replicates, or the text of a cell that says something else. */
  readonly replication: (row: Row) => { readonly kind?: ReplicationKind; readonly unknown?: string };
  readonly tags: Readonly<Record<keyof typeof SERVER_TAGS, CellReader>>;
  /** The columns of tags of waves that become labels, by label. */
  readonly labels: ReadonlyMap<string, CellReader>;
  /** The columns of launch templates, if the service has them. */
  readonly launch: readonly LaunchColumn[];
  /** Finds cells that ask to clear a value or to delete a tag, in columns that are read otherwise: as comments. */
  readonly cleared: (row: Row) => readonly string[];
  /** All other columns, by title. */
  readonly others: ReadonlyMap<string, CellReader>;
}

/** Finds the columns of a file by its header. @throws LandfallError INVENTORY_INVALID */
export function findColumns(header: Header, service: ServiceDefinition): Columns {
  const labels = new Map<string, CellReader>();
  const others = new Map<string, CellReader>();
  const read: [title: string, cell: CellReader][] = [];
  /** A cell that asks to clear its value is empty, and a comment. */
  const value = (title: string, cell: CellReader): CellReader => {
    read.push([title, cell]);
    return (row) => (isMarker(cell(row)) ? '' : cell(row));
  };
  const launch = hasSetting(service, `${TEMPLATE}instanceType`) ? findLaunchColumns(header) : [];
  const isLaunch = new Set(launch.map(({ title }) => title));
  for (const [index, title] of header.titles.entries()) {
    const lower = title.toLowerCase();
    const cell = header.at(index);
    const label = lower.startsWith(WAVE_TAG) ? title.slice(WAVE_TAG.length) : '';
    // Of two columns with the same title the first counts.
    if (header.titles.indexOf(title) < index) continue;
    if (LABEL_KEY.test(label) && labels.size < MAX_LABELS) labels.set(label, value(title, cell));
    else if (
      title !== '' &&
      !isLaunch.has(title) &&
      !isMapped(lower, service) &&
      !DESTINATION_COLUMNS.some((place) => place === lower)
    )
      others.set(title, cell);
  }
  const kinds = hasReplicationKinds(service) ? [REPLICATION_TAG, REPLICATION_TYPE] : [];
  const kindCells = kinds.map((title) => [title, header.extra(title)] as const);
  const tag = (name: keyof typeof SERVER_TAGS): CellReader => header.optional([SERVER_TAGS[name]]);
  return {
    service,
    id: header.required([COLUMN.id], '', `give ${FILE_NAME}, with its header line`),
    wave: value(COLUMN.wave, header.optional([COLUMN.wave])),
    app: value(COLUMN.app, header.optional([COLUMN.app])),
    licensing: header.optional([COLUMN.licensing]),
    transferTags: header.optional([COLUMN.transferTags]),
    tags: {
      name: tag('name'),
      path: tag('path'),
      vmManagerId: tag('vmManagerId'),
      vmId: tag('vmId'),
      vmWareUuid: tag('vmWareUuid'),
      serverId: tag('serverId'),
      os: header.extra(SERVER_TAGS.os),
    },
    replication: (row) => {
      const [title, cell] = kindCells.find(([, kindOf]) => kindOf(row) !== '') ?? [];
      const text = cell?.(row) ?? '';
      const kind = REPLICATION_KINDS.get(text);
      if (!REPLICATION_KINDS.has(text)) return { unknown: `${title ?? ''}: ${text}` };
      return kind === undefined ? {} : { kind };
    },
    labels,
    launch,
    cleared: (row) =>
      read.flatMap(([title, cell]) => (isMarker(cell(row)) ? [`${title}: ${cell(row)}`] : [])),
    others,
  };
}
