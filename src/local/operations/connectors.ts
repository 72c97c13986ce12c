import type { Connector } from '../simulation/records.ts';
import type { Desk } from './desk.ts';
import { pageOf } from './page.ts';
import type { Inputs, PageInput } from './inputs.ts';
import { invalid } from './service-error.ts';
import { wireConnector } from './wire.ts';

export function getConnectors(desk: Desk, input: PageInput): object {
  const { connectors, tokenKey } = desk.world;
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
  return { connectorList: items.map((connector) => wireConnector(desk, connector)), nextToken };
}

export function disassociateConnector(desk: Desk, { connectorId }: Inputs['DisassociateConnector']): object {
  if (!desk.world.connectors.some((connector) => connector.connectorId === connectorId)) {
    throw invalid(`Connector ${connectorId} not found.`);
  }
  desk.commit({ do: 'disassociate', connectorId });
  return {};
}
