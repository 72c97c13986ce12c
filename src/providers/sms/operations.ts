import { byKeys } from '../../core/lists.ts';
import type { Connector, Operations } from '../../core/operations.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import type { SmsApi } from './api.ts';
import { listConnectors } from './observe.ts';
import { listRuns, startRun } from './runs.ts';
import { readCatalogState } from './wire.ts';

/** Opens the operations of the service that are no part of plans, over the same client. */
export function createOperations(api: SmsApi, time: ServiceTime): Operations {
  const connectors = async (): Promise<readonly Connector[]> =>
    (await listConnectors(api)).toSorted(byKeys(({ id }) => id));
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
