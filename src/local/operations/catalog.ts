import { hasHealthyConnector } from '../simulation/world.ts';
import type { Machine } from '../simulation/records.ts';
import type { Desk } from './desk.ts';
import type { Inputs } from './inputs.ts';
import { pageOf } from './page.ts';
import { ServiceError } from './service-error.ts';
import { wireServer } from './wire.ts';

export function getServers(desk: Desk, input: Inputs['GetServers']): object {
  const { catalog, tokenKey } = desk.world;
  const { items, nextToken } = pageOf<Machine>(
    {
      operation: 'GetServers',
      filter: JSON.stringify(input.vmServerAddressList ?? []),
      tokenKey,
      after: catalog.listed ? listingOf(desk, input) : () => [],
      cursorOf: ({ serverId }) => serverId,
    },
    input,
  );
  return {
    serverCatalogStatus: desk.spell(catalog.status),
    lastModifiedOn: catalog.modifiedAt / 1000,
    serverList: items.map((machine) => wireServer(desk, machine)),
    nextToken,
  };
}

/** All servers, or those at the addresses asked for; either way in the order of their ids. */
function listingOf({ world: { inventory } }: Desk, { vmServerAddressList = [] }: Inputs['GetServers']) {
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

export function importServerCatalog(desk: Desk): object {
  const { connectors, catalog } = desk.world;
  if (!connectors.some(({ managerId }) => hasHealthyConnector(desk.world, managerId))) {
    throw new ServiceError('NoConnectorsAvailableException', 'No healthy connectors are available.');
  }
  // A second import while one is under way joins it.
  if (catalog.status !== 'IMPORTING') desk.commit({ do: 'import' });
  return {};
}

export function deleteServerCatalog(desk: Desk): object {
  desk.commit({ do: 'forget' });
  return {};
}
