import { type Connector as WireConnector, paginateGetConnectors } from '@aws-sdk/client-sms';
import { byKeys } from '../../core/lists.ts';
import type { Connector, Operations } from '../../core/operations.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import { listPages } from '../aws/paging.ts';
import type { SmsApi } from './api.ts';
import { listRuns, startRun } from './runs.ts';
import { normalizeEnumValue, readCatalogState } from './wire.ts';

/** What people ask of the service beside the plan, over the same client. */
export function createOperations(api: SmsApi, time: ServiceTime): Operations {
  async function connectors(): Promise<readonly Connector[]> {
    const found = new Map<string, Connector>();
    for await (const page of listPages((size) => paginateGetConnectors({ client: api, ...size }, {}))) {
      for (const wire of page.connectorList ?? []) {
        const connector = readConnectorDetails(wire);
        if (connector !== undefined) found.set(connector.id, connector);
      }
    }
    return [...found.values()].toSorted(byKeys(({ id }) => id));
  }

  const has = async (id: string): Promise<boolean> =>
    (await connectors()).some((connector) => connector.id === id);

  return {
    async importCatalog() {
      await api.importServerCatalog({});
    },
    async deleteCatalog() {
      await api.deleteServerCatalog({});
    },
    async catalogState() {
      const { serverCatalogStatus } = await api.getServers({ maxResults: 1 });
      return readCatalogState(serverCatalogStatus);
    },
    connectors,
    async disassociateConnector(id) {
      await api.disassociateConnector({ connectorId: id }).catch(async (error: unknown) => {
        // The service refuses ids it does not have, and the SDK tries again after a lost reply.
        const gone = isServiceError(error, 'InvalidParameterException') && !(await has(id));
        if (!gone) throw error;
      });
    },
    runs: (jobId) => listRuns(api, time, jobId),
    startRun: (jobId, description) => startRun(api, time, jobId, description),
  };
}

/** A connector with all that the service tells of it; undefined for one without an id. */
function readConnectorDetails(connector: WireConnector): Connector | undefined {
  const { connectorId: id, version, vmManagerName, vmManagerId, ipAddress, macAddress } = connector;
  if (id === undefined) return undefined;
  return {
    id,
    healthy: normalizeEnumValue(connector.status) === 'HEALTHY',
    ...(version !== undefined && { version }),
    ...(vmManagerName !== undefined && { vmManagerName }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(ipAddress !== undefined && { ipAddress }),
    ...(macAddress !== undefined && { macAddress }),
    ...(connector.associatedOn !== undefined && { associatedAt: connector.associatedOn.getTime() }),
  };
}
