import {
  CreateReplicationJobCommand,
  type CreateReplicationJobCommandInput,
  type CreateReplicationJobCommandOutput,
  DeleteReplicationJobCommand,
  DeleteServerCatalogCommand,
  DisassociateConnectorCommand,
  GetConnectorsCommand,
  type GetConnectorsCommandOutput,
  GetReplicationJobsCommand,
  type GetReplicationJobsCommandInput,
  type GetReplicationJobsCommandOutput,
  GetReplicationRunsCommand,
  type GetReplicationRunsCommandInput,
  type GetReplicationRunsCommandOutput,
  GetServersCommand,
  type GetServersCommandInput,
  type GetServersCommandOutput,
  ImportServerCatalogCommand,
  SMSClient,
  StartOnDemandReplicationRunCommand,
  type StartOnDemandReplicationRunCommandInput,
  type StartOnDemandReplicationRunCommandOutput,
  UpdateReplicationJobCommand,
  type UpdateReplicationJobCommandInput,
} from '@aws-sdk/client-sms';
import pLimit from 'p-limit';
import { clientConfig, type ClientOptions, prepareClient } from '../aws/client.ts';
import { createErrorExplainer } from '../aws/errors.ts';
import { type AwsClient, createHandlerCache, type ServiceTime } from '../aws/middleware.ts';
import type { PageRequest } from '../aws/paging.ts';

/** The operations of SMS. Every call takes its turn, and fails with a LandfallError only. */
export class SmsApi {
  /** Calls made so far; the SDK's own retries are part of a call. */
  calls = 0;
  readonly #client: SMSClient;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #reuse = createHandlerCache();

  /** @param apiRequests calls in flight at once */
  constructor(client: SMSClient, apiRequests: number) {
    this.#client = client;
    this.#limit = pLimit(apiRequests);
  }

  getServers(input: GetServersCommandInput): Promise<GetServersCommandOutput> {
    return this.#call('GetServers', () => this.#client.send(this.#reuse(new GetServersCommand(input))));
  }

  getConnectors(input: PageRequest): Promise<GetConnectorsCommandOutput> {
    return this.#call('GetConnectors', () => this.#client.send(this.#reuse(new GetConnectorsCommand(input))));
  }

  getJobs(input: GetReplicationJobsCommandInput): Promise<GetReplicationJobsCommandOutput> {
    return this.#call('GetReplicationJobs', () =>
      this.#client.send(this.#reuse(new GetReplicationJobsCommand(input))),
    );
  }

  createJob(input: CreateReplicationJobCommandInput): Promise<CreateReplicationJobCommandOutput> {
    return this.#call('CreateReplicationJob', () =>
      this.#client.send(this.#reuse(new CreateReplicationJobCommand(input))),
    );
  }

  async updateJob(input: UpdateReplicationJobCommandInput): Promise<void> {
    await this.#call('UpdateReplicationJob', () =>
      this.#client.send(this.#reuse(new UpdateReplicationJobCommand(input))),
    );
  }

  async deleteJob(replicationJobId: string): Promise<void> {
    await this.#call('DeleteReplicationJob', () =>
      this.#client.send(this.#reuse(new DeleteReplicationJobCommand({ replicationJobId }))),
    );
  }

  async importCatalog(): Promise<void> {
    await this.#call('ImportServerCatalog', () =>
      this.#client.send(this.#reuse(new ImportServerCatalogCommand({}))),
    );
  }

  async deleteCatalog(): Promise<void> {
    await this.#call('DeleteServerCatalog', () =>
      this.#client.send(this.#reuse(new DeleteServerCatalogCommand({}))),
    );
  }

  async disassociateConnector(connectorId: string): Promise<void> {
    await this.#call('DisassociateConnector', () =>
      this.#client.send(this.#reuse(new DisassociateConnectorCommand({ connectorId }))),
    );
  }

  getRuns(input: GetReplicationRunsCommandInput): Promise<GetReplicationRunsCommandOutput> {
    return this.#call('GetReplicationRuns', () =>
      this.#client.send(this.#reuse(new GetReplicationRunsCommand(input))),
    );
  }

  startRun(
    input: StartOnDemandReplicationRunCommandInput,
  ): Promise<StartOnDemandReplicationRunCommandOutput> {
    return this.#call('StartOnDemandReplicationRun', () =>
      this.#client.send(this.#reuse(new StartOnDemandReplicationRunCommand(input))),
    );
  }

  #call<T>(operation: string, send: () => Promise<T>): Promise<T> {
    return this.#limit(async () => {
      this.calls += 1;
      try {
        return await send();
      } catch (error) {
        throw explainError(error, operation);
      }
    });
  }
}

/** A second creation is not the same as the first: the service refuses one for a server with an *active* job only. */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set(['CreateReplicationJobCommand']);

/** @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine */
export function createClient(options: ClientOptions, time: ServiceTime): SMSClient {
  const client = new SMSClient(clientConfig(options));
  prepareClient(client as unknown as AwsClient, options, time, NOT_IDEMPOTENT);
  return client;
}

/** What to do about the service's own exceptions (domain: operations used here, rules, IAM). */
const REMEDIES: Readonly<Record<string, string>> = {
  InvalidParameterException: 'correct the setting that the service names, in the manifest',
  MissingRequiredParameterException: 'add the setting that the service names to the manifest',
  NoConnectorsAvailableException:
    'connect a Server Migration Connector to the VM’s vCenter, or wait until it is healthy, and run again',
  OperationNotPermittedException:
    'plan again: the service does not allow this in the state the job is in now',
  ReplicationJobNotFoundException: 'plan again: the job has gone in the meantime',
  ReplicationJobAlreadyExistsException: 'plan again: the server has got a job in the meantime',
  ReplicationRunLimitExceededException: 'wait: a job has two on-demand runs in 24 hours',
  ServerCannotBeReplicatedException:
    'check that AWS SMS supports the VM’s system and disks, and that a connector serves its vCenter',
};

/** Says in landfall's words what went wrong with a call to AWS SMS. */
export const explainError = createErrorExplainer({
  service: 'AWS SMS',
  actions: 'sms:*',
  unreachable:
    'check the network, and region and endpoint of the target; AWS itself closed SMS in March 2023',
  remedies: REMEDIES,
});
