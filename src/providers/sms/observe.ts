import { paginateGetConnectors, paginateGetReplicationJobs, paginateGetServers } from '@aws-sdk/client-sms';
import type { CatalogState, Observed, ObservedServer, ObserveScope, PastJob } from '../../core/observed.ts';
import type { Connector } from '../../core/operations.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import { listPages } from '../aws/paging.ts';
import type { SmsApi } from './api.ts';
import { addCutoverFacts, addPastCutovers } from './cutover.ts';
import type { Sms, SmsJob } from './types.ts';
import {
  readCatalogState,
  readConnector,
  readJob,
  readPastJob,
  readServer,
  toObservedConnector,
} from './wire.ts';

/**
 * Observes everything that the account has. Reads the three listings concurrently, each page once: the least number of
 * calls that paging allows, and one more for each job of a wave in phase cutover or later, or deleted after a cut-over,
 * whose latest runs do not show the cut-over. What a list shows twice, because it changed while it was read, counts once.
 */
export async function observe(api: SmsApi, time: ServiceTime, scope?: ObserveScope): Promise<Observed<Sms>> {
  const before = api.calls;
  const [catalog, { jobs, pastJobs }, connectors] = await Promise.all([
    listServers(api),
    listJobs(api),
    listConnectors(api),
  ]);
  const [current, past] = await Promise.all([
    addCutoverFacts(jobs, scope, api, time),
    addPastCutovers(pastJobs, scope, api, time),
  ]);
  return {
    at: time.now(),
    ...catalog,
    jobs: current,
    pastJobs: past,
    connectors: connectors.map(toObservedConnector),
    calls: api.calls - before,
  };
}

async function listServers(
  api: SmsApi,
): Promise<{ readonly catalog: CatalogState; readonly servers: readonly ObservedServer[] }> {
  const servers = new Map<string, ObservedServer>();
  let status: string | undefined;
  for await (const page of listPages((size) => paginateGetServers({ client: api, ...size }, {}))) {
    status ??= page.serverCatalogStatus;
    for (const wire of page.serverList ?? []) {
      const server = readServer(wire);
      if (server !== undefined) servers.set(server.serverId, server);
    }
  }
  return { catalog: readCatalogState(status), servers: [...servers.values()] };
}

async function listJobs(
  api: SmsApi,
): Promise<Pick<Observed<Sms>, 'jobs'> & { readonly pastJobs: readonly PastJob<Sms>[] }> {
  const jobs = new Map<string, SmsJob>();
  const past = new Map<string, PastJob<Sms>>();
  for await (const page of listPages((size) => paginateGetReplicationJobs({ client: api, ...size }, {}))) {
    for (const wire of page.replicationJobList ?? []) {
      const job = readJob(wire);
      if (job !== undefined) jobs.set(job.id, job);
      const deleted = readPastJob(wire);
      if (deleted !== undefined) past.set(deleted.id, deleted);
    }
  }
  // A job that was deleted while the list was read is deleted.
  for (const id of past.keys()) jobs.delete(id);
  return { jobs: [...jobs.values()], pastJobs: [...past.values()] };
}

/** Lists the connectors of the account, each once. */
export async function listConnectors(api: SmsApi): Promise<readonly Connector[]> {
  const connectors = new Map<string, Connector>();
  for await (const page of listPages((size) => paginateGetConnectors({ client: api, ...size }, {}))) {
    for (const wire of page.connectorList ?? []) {
      const connector = readConnector(wire);
      if (connector !== undefined) connectors.set(connector.id, connector);
    }
  }
  return [...connectors.values()];
}
