import { mgnInventoryOf, type VcenterClient } from '../inventory.ts';
import type { SourceServer } from '../records.ts';
import { mergedAfter, upperBound } from '../../collections.ts';
import { clientsOf, findServer } from '../account.ts';
import { arnOf, isoTime, type MgnOperationContext } from './context.ts';
import { notFound } from './errors.ts';
import { listPage, type PageInput } from './page.ts';
import { wireServer } from './wire-server.ts';

interface ServerFilters {
  readonly sourceServerIDs?: readonly string[];
  readonly isArchived?: boolean;
  readonly replicationTypes?: readonly string[];
  readonly lifeCycleStates?: readonly string[];
  readonly applicationIDs?: readonly string[];
}

/** Lists servers in the order of their ids. */
export function describeSourceServers(
  context: MgnOperationContext,
  input: PageInput & { readonly filters?: ServerFilters },
): object {
  const filters = input.filters ?? {};
  return listPage<SourceServer>(
    context,
    {
      operation: 'SourceServer',
      after: (cursor, count) => serversAfter(context, filters, cursor, count),
      cursorOf: ({ id }) => id,
    },
    input,
    (server) => wireServer(context, server),
  );
}

function serversAfter(
  context: MgnOperationContext,
  filters: ServerFilters,
  cursor: string,
  count: number,
): SourceServer[] {
  const found: SourceServer[] = [];
  const fits = filterOf(filters);
  for (const id of idsAfter(context, filters, cursor)) {
    const server = findServer(context.account.inventory, context.mgn, id);
    if (server !== undefined && fits(server) && found.push(server) === count) break;
  }
  return found;
}

/** Yields the ids of servers that may match the filters, in order. Only filters without ids need all servers. */
function idsAfter(
  { account, mgn }: MgnOperationContext,
  filters: ServerFilters,
  cursor: string,
): Iterable<string> {
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
    (replicationTypes.length === 0 || replicationTypes.includes('SNAPSHOT_SHIPPING')) &&
    (lifeCycleStates.length === 0 || lifeCycleStates.includes('DISCOVERED'));
  return untouched
    ? mergedAfter(mgnInventoryOf(account.inventory).ids, mgn.serverIds, cursor)
    : mergedAfter(mgn.serverIds, [], cursor);
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

const idOf = ({ id }: VcenterClient) => id;

export function describeVcenterClients(context: MgnOperationContext, input: PageInput): object {
  const clients = clientsOf(context.account.inventory, context.mgn);
  return listPage<VcenterClient>(
    context,
    {
      operation: 'VcenterClient',
      after: (cursor, count) => clients.slice(upperBound(clients, cursor, idOf)).slice(0, count),
      cursorOf: idOf,
    },
    input,
    ({ id, managerId, managerName, datacenter }) => ({
      vcenterClientID: id,
      arn: arnOf(context, 'vcenter-client', id),
      hostname: managerName,
      vcenterUUID: managerId,
      datacenterName: datacenter,
      lastSeenDatetime: isoTime(context.account.now),
      sourceServerTags: {},
      tags: context.mgn.clientTags.get(id) ?? {},
    }),
  );
}

/** Deletes a vCenter client. The servers that it has discovered stay. */
export function deleteVcenterClient(
  context: MgnOperationContext,
  { vcenterClientID: id }: { readonly vcenterClientID: string },
): object {
  if (!clientsOf(context.account.inventory, context.mgn).some((client) => client.id === id))
    throw notFound('VcenterClient', id);
  context.commit({ do: 'delete-client', id });
  return {};
}
