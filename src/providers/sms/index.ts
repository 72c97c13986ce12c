import { byKeys } from '../../core/lists.ts';
import { toServerId } from '../../core/names.ts';
import type { ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { Connector, Operations } from '../../core/operations.ts';
import type { Provider } from '../../core/provider.ts';
import type { Adapter, AdapterOptions } from '../../core/service.ts';
import { type ClientOptions, clientOptions } from '../aws/client.ts';
import { isServiceError } from '../aws/errors.ts';
import { ServiceTime } from '../aws/middleware.ts';
import { accountLookup, credentialsSource } from '../aws/sts.ts';
import { SmsApi, type SmsContext } from './api.ts';
import { createJob } from './create-job.ts';
import { takeStep } from './cutover.ts';
import { listConnectors, observe } from './observe.ts';
import { deleteJob, updateJob } from './change-job.ts';
import { updateJobInput } from './requests.ts';
import { listRuns, startRun } from './runs.ts';
import { smsTraits } from './traits.ts';
import type { Sms } from './types.ts';
import { readCatalogState } from './wire.ts';

export type SmsProviderOptions = ClientOptions;

export interface SmsProvider extends Provider<Sms> {
  readonly operations: Operations;
  /** Returns the account that calls go to; undefined if unknown. @throws LandfallError */
  readonly account: () => Promise<string | undefined>;
}

/** Opens the adapter of a target on AWS SMS. */
export function openSms(options: AdapterOptions): Adapter<Sms> {
  const provider = createSmsProvider(clientOptions(options));
  const { operations, account } = provider;
  return { provider, traits: smsTraits, account, operations };
}

/** Opens the adapter to AWS Server Migration Service in one account and region. Calls nothing yet. */
export function createSmsProvider(options: SmsProviderOptions): SmsProvider {
  const { clock } = options;
  const time = new ServiceTime(clock);
  const api = new SmsApi(options, time);
  const context: SmsContext = { api, time, clock };
  const account = accountLookup(options);
  const deleted = new Set<string>();
  let servers = (): ReadonlyMap<string, ObservedServer> => new Map();
  let jobs = (): ReadonlyMap<string, ObservedJob> => new Map();

  return {
    async observe(scope) {
      // The account is needed only for the heading of a plan here, so an error is ignored.
      const [observed, id] = await Promise.all([observe(api, time, scope), account().catch(() => undefined)]);
      servers = once(() => new Map(observed.servers.map((server) => [server.serverId, server])));
      jobs = once(() => new Map(observed.jobs.map((job) => [job.id, job])));
      return { ...observed, ...(id !== undefined && { account: id }), ...credentialsSource(options) };
    },
    create(request) {
      const server = servers().get(request.serverId) ?? { serverId: toServerId(request.serverId) };
      return createJob(request, { api, time, clock, server, deleted });
    },
    async update(request) {
      await updateJob(updateJobInput(request, jobs().get(request.id)), api);
    },
    async delete(id) {
      deleted.add(id);
      await deleteJob(id, api);
    },
    takeSteps: (step, requests) => Promise.all(requests.map((request) => takeStep(step, request, context))),
    operations: createOperations(context),
    account,
    now: () => time.now(),
    close() {
      api.destroy();
    },
  };
}

/** Makes a value when it is first asked for: most runs change nothing. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Opens the operations of the service that are no part of plans, over the same client. */
export function createOperations(context: SmsContext): Operations {
  const { api, time } = context;
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
    startRun: (jobId, description) => startRun(context, jobId, description),
  };
}
