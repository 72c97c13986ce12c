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
  type SMSClient,
  StartOnDemandReplicationRunCommand,
  type StartOnDemandReplicationRunCommandInput,
  type StartOnDemandReplicationRunCommandOutput,
  UpdateReplicationJobCommand,
  type UpdateReplicationJobCommandInput,
} from '@aws-sdk/client-sms';
import pLimit from 'p-limit';
import { explainError } from './explain-error.ts';
import type { PageRequest } from './paging.ts';
import { createHandlerReuse } from '../../aws/reuse-handler.ts';

/** The operations of SMS. Every call takes its turn, and fails with a LandfallError only. */
export class SmsApi {
  /** Calls made so far; the SDK's own retries are part of a call. */
  calls = 0;
  readonly #client: SMSClient;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #reuse = createHandlerReuse();

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
