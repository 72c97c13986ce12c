import { mergedAfter, omitUndefined } from '../collections.ts';
import { findServer, type MgnSimulationContext } from './account.ts';
import { isWindows, mgnInventoryOf } from './inventory.ts';
import { columnsOf, defaultVersionOf } from './launch-template.ts';
import type { Group, SourceServer, Tags, Transfer } from './records.ts';
import { configuredLaunch } from './settings.ts';

/** Ends an export: writes the waves, applications and servers that are not archived into the bucket. */
export function endExport(simulation: MgnSimulationContext, transfer: Transfer): void {
  const { buckets, now } = simulation.account;
  const objects = buckets.get(transfer.bucket)?.objects;
  if (objects === undefined) {
    transfer.errors = [{ type: 'PROCESSING_ERROR', message: `There is no bucket ${transfer.bucket}.` }];
    return;
  }
  const { mgn } = simulation;
  const servers = [...serversOf(simulation)];
  const active = (groups: ReadonlyMap<string, Group>) => [...groups.values()].filter((one) => !one.archived);
  const [applications, waves] = [active(mgn.groups.application), active(mgn.groups.wave)];
  const empty = ({ id }: Group) => (mgn.members.get(id)?.size ?? 0) === 0;
  const place = omitUndefined({ 'mgn:account-id': transfer.account, 'mgn:region': transfer.region });
  const rows: Tags[] = [
    ...servers.map((server) => ({
      ...applicationCells(simulation, mgn.groups.application.get(server.applicationId ?? '')),
      ...serverCells(simulation, server),
    })),
    ...applications.filter(empty).map((application) => applicationCells(simulation, application)),
    ...waves.filter(empty).map((wave) => groupCells('wave', wave)),
  ].map((row) => ({ ...place, ...row }));
  const body = Buffer.from(csvOf(rows)).toString('base64');
  objects.set(transfer.key, { body, modifiedAt: now });
  transfer.summary = {
    serversCount: servers.length,
    applicationsCount: applications.length,
    wavesCount: waves.length,
  };
}

function* serversOf({ account, mgn }: MgnSimulationContext): Generator<SourceServer> {
  for (const id of mergedAfter(mgnInventoryOf(account.inventory).ids, mgn.serverIds, '')) {
    const server = findServer(account.inventory, mgn, id);
    if (server?.archived === false) yield server;
  }
}

/** The columns of a file in which no cell is filled. */
const COLUMNS = [
  'mgn:account-id',
  'mgn:region',
  ...['wave', 'app'].flatMap((kind) => ['id', 'name', 'description'].map((name) => `mgn:${kind}:${name}`)),
  ...['id', 'user-provided-id', 'platform', 'fqdn-for-action-framework'].map((name) => `mgn:server:${name}`),
  ...['lifecycle-state', 'replication-type', 'replication-state'].map((name) => `mgn:server:${name}`),
];

/** Writes rows as CSV, with a column for each cell that any of them has. */
function csvOf(rows: readonly Tags[]): string {
  const others = new Set(rows.flatMap((row) => Object.keys(row)));
  for (const column of COLUMNS) others.delete(column);
  const columns = [...COLUMNS, ...[...others].sort()];
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  return lines.map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Returns the cells of a wave or an application. */
function groupCells(prefix: 'wave' | 'app', { id, name, description, tags }: Group): Tags {
  return withPrefix(`mgn:${prefix}:`, { ...omitUndefined({ id, name, description }), ...tagCells(tags) });
}

/** Returns the cells of an application and of its wave. */
function applicationCells({ mgn }: MgnSimulationContext, application: Group | undefined): Tags {
  if (application === undefined) return {};
  const wave = mgn.groups.wave.get(application.waveId ?? '');
  return { ...(wave && groupCells('wave', wave)), ...groupCells('app', application) };
}

function serverCells({ mgn }: MgnSimulationContext, server: SourceServer): Tags {
  const { id, machine, state, type, replication, tags, fqdnForActionFramework } = server;
  const { licensing, copyTags } = configuredLaunch(mgn, server) as {
    readonly licensing?: { readonly osByol?: boolean };
    readonly copyTags?: boolean;
  };
  const own = {
    id,
    'user-provided-id': machine.userProvidedId,
    platform: machine.os === '' ? undefined : isWindows(machine.os) ? 'Windows' : 'Linux',
    'fqdn-for-action-framework': fqdnForActionFramework,
    'lifecycle-state': state,
    'replication-type': type,
    'replication-state': replication?.state ?? 'STOPPED',
    ...tagCells(tags),
  };
  const launch = {
    ...columnsOf(defaultVersionOf(server).data),
    'placement:operating-system-licensing': licensing?.osByol === true ? 'BYOL' : 'LI',
    'transfer-server-tags': String(copyTags ?? false),
  };
  return { ...withPrefix('mgn:server:', omitUndefined(own)), ...withPrefix('mgn:launch:', launch) };
}

const tagCells = (tags: Tags): Tags => withPrefix('tag:', tags);

const withPrefix = (prefix: string, cells: object): Tags =>
  Object.fromEntries(Object.entries(cells).map(([name, value]) => [prefix + name, String(value)]));
