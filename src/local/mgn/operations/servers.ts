import { censusOf } from '../census.ts';
import type { VcenterClient } from '../census.ts';
import type { SourceServer } from '../records.ts';
import { mergedAfter, upperBound } from '../sorted.ts';
import { findServer } from '../world.ts';
import { arnOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { listed } from './paging.ts';
import type { PageInput } from './paging.ts';
import { time } from './time.ts';
import { wireServer } from './wire-server.ts';

interface ServerFilters {
  readonly sourceServerIDs?: readonly string[];
  readonly isArchived?: boolean;
  readonly replicationTypes?: readonly string[];
  readonly lifeCycleStates?: readonly string[];
  readonly applicationIDs?: readonly string[];
}

/** Servers in the order of their ids. */
export function describeSourceServers(
  desk: MgnDesk,
  input: PageInput & { readonly filters?: ServerFilters },
): object {
  const filters = input.filters ?? {};
  return listed<SourceServer>(
    desk,
    {
      operation: 'SourceServer',
      after: (cursor, count) => serversAfter(desk, filters, cursor, count),
      cursorOf: ({ id }) => id,
    },
    input,
    (server) => wireServer(desk, server),
  );
}

function serversAfter(desk: MgnDesk, filters: ServerFilters, cursor: string, count: number): SourceServer[] {
  const found: SourceServer[] = [];
  const fits = filterOf(filters);
  for (const id of idsAfter(desk, filters, cursor)) {
    const server = findServer(desk.world.inventory, desk.mgn, id);
    if (server !== undefined && fits(server) && found.push(server) === count) break;
  }
  return found;
}

/** The ids that can fit, in order: only where all servers can, all are gone through. */
function idsAfter({ world, mgn }: MgnDesk, filters: ServerFilters, cursor: string): Iterable<string> {
  const { sourceServerIDs = [], applicationIDs = [], lifeCycleStates = [], isArchived } = filters;
  const { replicationTypes = [] } = filters;
  if (sourceServerIDs.length > 0) return sorted(sourceServerIDs, cursor);
  if (applicationIDs.length > 0) {
    return sorted(
      applicationIDs.flatMap((id) => [...(mgn.members.get(id) ?? [])]),
      cursor,
    );
  }
  const untouched =
    isArchived !== true &&
    !replicationTypes.includes('AGENT_BASED') &&
    (lifeCycleStates.length === 0 || lifeCycleStates.includes('DISCOVERED'));
  return untouched
    ? mergedAfter(censusOf(world.inventory).ids, mgn.order, cursor)
    : mergedAfter(mgn.order, [], cursor);
}

function sorted(ids: readonly string[], cursor: string): string[] {
  return [...new Set(ids)].filter((id) => id > cursor).sort();
}

function filterOf(filters: ServerFilters): (server: SourceServer) => boolean {
  const sets = [
    [filters.replicationTypes, ({ type }: SourceServer) => type],
    [filters.lifeCycleStates, ({ state }: SourceServer) => state],
    [filters.applicationIDs, ({ applicationId = '' }: SourceServer) => applicationId],
  ] as const;
  return (server) =>
    (filters.isArchived === undefined || filters.isArchived === server.archived) &&
    sets.every(([wanted = [], read]) => wanted.length === 0 || wanted.includes(read(server)));
}

export function describeVcenterClients(desk: MgnDesk, input: PageInput): object {
  const { clients } = censusOf(desk.world.inventory);
  const ids = clients.map(({ id }) => id);
  return listed<VcenterClient>(
    desk,
    {
      operation: 'VcenterClient',
      after: (cursor, count) => clients.slice(upperBound(ids, cursor)).slice(0, count),
      cursorOf: ({ id }) => id,
    },
    input,
    ({ id, managerId, managerName, datacenter }) => ({
      vcenterClientID: id,
      arn: arnOf(desk, 'vcenter-client', id),
      hostname: managerName,
      vcenterUUID: managerId,
      datacenterName: datacenter,
      lastSeenDatetime: time(desk.world.now),
      sourceServerTags: {},
      tags: desk.mgn.clientTags.get(id) ?? {},
    }),
  );
}
