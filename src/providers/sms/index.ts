import { toServerId } from '../../core/names.ts';
import type { ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { Operations } from '../../core/operations.ts';
import type { Provider } from '../../core/provider.ts';
import type { Adapter, AdapterOptions } from '../../core/service.ts';
import { type ClientOptions, clientOptions } from '../aws/client.ts';
import { isServiceError } from '../aws/errors.ts';
import { ServiceTime } from '../aws/middleware.ts';
import { accountLookup } from '../aws/sts.ts';
import { SmsApi } from './api.ts';
import { createJob } from './create-job.ts';
import { takeStep } from './cutover.ts';
import { observe } from './observe.ts';
import { createOperations } from './operations.ts';
import { updateJobInput } from './requests.ts';
import type { Sms } from './types.ts';
import { smsTraits } from './traits.ts';

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
  const account = accountLookup(options);
  const deleted = new Set<string>();
  let servers: ReadonlyMap<string, ObservedServer> = new Map();
  let jobs: ReadonlyMap<string, ObservedJob> = new Map();

  return {
    async observe(scope) {
      // The account is needed only for the heading of a plan here, so an error is ignored.
      const [observed, id] = await Promise.all([observe(api, time, scope), account().catch(() => undefined)]);
      servers = new Map(observed.servers.map((server) => [server.serverId, server]));
      jobs = new Map(observed.jobs.map((job) => [job.id, job]));
      return id === undefined ? observed : { ...observed, account: id };
    },
    create(request) {
      const server = servers.get(request.serverId) ?? { serverId: toServerId(request.serverId) };
      return createJob(request, { api, time, clock, server, deleted });
    },
    async update(request) {
      await api.updateReplicationJob(updateJobInput(request, jobs.get(request.id)));
    },
    async delete(id) {
      deleted.add(id);
      await api.deleteReplicationJob({ replicationJobId: id }).catch((error: unknown) => {
        if (!isServiceError(error, 'ReplicationJobNotFoundException')) throw error;
      });
    },
    takeSteps: (step, requests) => Promise.all(requests.map((request) => takeStep(step, request, api, time))),
    operations: createOperations(api, time),
    account,
    close() {
      api.destroy();
    },
  };
}
