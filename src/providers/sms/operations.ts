import { isServiceError } from '../../aws/service-error.ts';
import type { ServiceTime } from '../../aws/service-time.ts';
import { byKeys } from '../../core/lists.ts';
import type { Connector, Operations } from '../../core/operations.ts';
import type { SmsApi } from './api.ts';
import { listRuns } from './list-runs.ts';
import { pagesOf } from './paging.ts';
import { startRun } from './start-run.ts';
import { describeConnector } from './wire-connector.ts';
import { readCatalogState } from './wire-server.ts';

/** What people ask of the service beside the plan, over the same client. */
export function createOperations(api: SmsApi, time: ServiceTime): Operations {
  async function connectors(): Promise<readonly Connector[]> {
    const found = new Map<string, Connector>();
    for await (const page of pagesOf((request) => api.getConnectors(request))) {
      for (const wire of page.connectorList ?? []) {
        const connector = describeConnector(wire);
        if (connector !== undefined) found.set(connector.id, connector);
      }
    }
    return [...found.values()].toSorted(byKeys(({ id }) => id));
  }

  const has = async (id: string): Promise<boolean> =>
    (await connectors()).some((connector) => connector.id === id);

  return {
    importCatalog: () => api.importCatalog(),
    deleteCatalog: () => api.deleteCatalog(),
    async catalogState() {
      const { serverCatalogStatus } = await api.getServers({ maxResults: 1 });
      return readCatalogState(serverCatalogStatus);
    },
    connectors,
    async disassociateConnector(id) {
      await api.disassociateConnector(id).catch(async (error: unknown) => {
        // The service refuses ids it does not have, and the SDK tries again after a lost reply.
        const gone = isServiceError(error, 'InvalidParameterException') && !(await has(id));
        if (!gone) throw error;
      });
    },
    runs: (jobId) => listRuns(api, time, jobId),
    startRun: (jobId, description) => startRun(api, time, jobId, description),
  };
}
