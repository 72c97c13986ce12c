import { invalidParameter, ServiceError } from '../../errors.ts';
import type { Connector } from '../records.ts';
import type { Machine } from '../../simulation/account.ts';
import { hasHealthyConnector } from '../simulation/account.ts';
import type { Inputs, OperationContext, PageInput } from './context.ts';
import { pageOf } from '../../http/page.ts';
import { wireConnector, wireServer } from './wire.ts';

export function getServers(context: OperationContext, input: Inputs['GetServers']): object {
  const { catalog, tokenKey } = context.account;
  const { items, nextToken } = pageOf<Machine>(
    {
      operation: 'GetServers',
      filter: JSON.stringify(input.vmServerAddressList ?? []),
      tokenKey,
      after: catalog.listed ? listingOf(context, input) : () => [],
      cursorOf: ({ serverId }) => serverId,
    },
    input,
  );
  return {
    serverCatalogStatus: context.spell(catalog.status),
    lastModifiedOn: catalog.status === 'NOT_IMPORTED' ? undefined : catalog.modifiedAt / 1000,
    serverList: items.map((machine) => wireServer(context, machine)),
    nextToken,
  };
}

/** Lists all servers, or those at the requested addresses, in the order of their ids. */
function listingOf(
  { account: { inventory } }: OperationContext,
  { vmServerAddressList = [] }: Inputs['GetServers'],
) {
  if (vmServerAddressList.length === 0) {
    return (cursor: string, count: number) => inventory.after(cursor, count);
  }
  const found = new Map<string, Machine>();
  for (const { vmManagerId, vmId } of vmServerAddressList) {
    const machine = inventory.at(vmManagerId ?? '', vmId ?? '');
    if (machine !== undefined) found.set(machine.serverId, machine);
  }
  const sorted = [...found.keys()].sort();
  return (cursor: string, count: number) =>
    sorted
      .filter((id) => id > cursor)
      .slice(0, count)
      .flatMap((id) => found.get(id) ?? []);
}

export function importServerCatalog(context: OperationContext): object {
  const { connectors, catalog } = context.account;
  if (!connectors.some(({ managerId }) => hasHealthyConnector(context.account, managerId))) {
    throw new ServiceError('NoConnectorsAvailableException', 'No healthy connectors are available.');
  }
  // A second import during an import has no effect.
  if (catalog.status !== 'IMPORTING') context.commit({ do: 'import' });
  return {};
}

export function deleteServerCatalog(context: OperationContext): object {
  context.commit({ do: 'forget' });
  return {};
}

export function getConnectors(context: OperationContext, input: PageInput): object {
  const { connectors, tokenKey } = context.account;
  const { items, nextToken } = pageOf<Connector>(
    {
      operation: 'GetConnectors',
      filter: '',
      tokenKey,
      after: (cursor, count) => connectors.filter(({ connectorId }) => connectorId > cursor).slice(0, count),
      cursorOf: ({ connectorId }) => connectorId,
    },
    input,
  );
  return { connectorList: items.map((connector) => wireConnector(context, connector)), nextToken };
}

export function disassociateConnector(
  context: OperationContext,
  { connectorId }: Inputs['DisassociateConnector'],
): object {
  if (!context.account.connectors.some((connector) => connector.connectorId === connectorId)) {
    throw invalidParameter(`Connector ${connectorId} not found.`);
  }
  context.commit({ do: 'disassociate', connectorId });
  return {};
}
