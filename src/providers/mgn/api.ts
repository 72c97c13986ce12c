import * as mgn from '@aws-sdk/client-mgn';
import pLimit from 'p-limit';
import type { Clock } from '../../core/time.ts';
import { createHandlerCache, type ServiceTime } from '../aws/middleware.ts';
import { explainError } from './client.ts';

/** The operations of MGN. Every call takes its turn, and fails with a LandfallError only. */
export class MgnApi {
  /** Calls made so far; the SDK's own retries are part of a call. */
  calls = 0;
  readonly #client: mgn.MgnClient;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #reuse = createHandlerCache();

  /** @param apiRequests calls in flight at once */
  constructor(client: mgn.MgnClient, apiRequests: number) {
    this.#client = client;
    this.#limit = pLimit(apiRequests);
  }

  describeSourceServers(
    input: mgn.DescribeSourceServersCommandInput,
  ): Promise<mgn.DescribeSourceServersCommandOutput> {
    return this.#call('DescribeSourceServers', () =>
      this.#client.send(this.#reuse(new mgn.DescribeSourceServersCommand(input))),
    );
  }

  describeVcenterClients(
    input: mgn.DescribeVcenterClientsCommandInput,
  ): Promise<mgn.DescribeVcenterClientsCommandOutput> {
    return this.#call('DescribeVcenterClients', () =>
      this.#client.send(this.#reuse(new mgn.DescribeVcenterClientsCommand(input))),
    );
  }

  describeJobs(input: mgn.DescribeJobsCommandInput): Promise<mgn.DescribeJobsCommandOutput> {
    return this.#call('DescribeJobs', () =>
      this.#client.send(this.#reuse(new mgn.DescribeJobsCommand(input))),
    );
  }

  describeJobLogItems(
    input: mgn.DescribeJobLogItemsCommandInput,
  ): Promise<mgn.DescribeJobLogItemsCommandOutput> {
    return this.#call('DescribeJobLogItems', () =>
      this.#client.send(this.#reuse(new mgn.DescribeJobLogItemsCommand(input))),
    );
  }

  describeReplicationConfigurationTemplates(
    input: mgn.DescribeReplicationConfigurationTemplatesCommandInput,
  ): Promise<mgn.DescribeReplicationConfigurationTemplatesCommandOutput> {
    return this.#call('DescribeReplicationConfigurationTemplates', () =>
      this.#client.send(this.#reuse(new mgn.DescribeReplicationConfigurationTemplatesCommand(input))),
    );
  }

  describeLaunchConfigurationTemplates(
    input: mgn.DescribeLaunchConfigurationTemplatesCommandInput,
  ): Promise<mgn.DescribeLaunchConfigurationTemplatesCommandOutput> {
    return this.#call('DescribeLaunchConfigurationTemplates', () =>
      this.#client.send(this.#reuse(new mgn.DescribeLaunchConfigurationTemplatesCommand(input))),
    );
  }

  listApplications(input: mgn.ListApplicationsCommandInput): Promise<mgn.ListApplicationsCommandOutput> {
    return this.#call('ListApplications', () =>
      this.#client.send(this.#reuse(new mgn.ListApplicationsCommand(input))),
    );
  }

  listWaves(input: mgn.ListWavesCommandInput): Promise<mgn.ListWavesCommandOutput> {
    return this.#call('ListWaves', () => this.#client.send(this.#reuse(new mgn.ListWavesCommand(input))));
  }

  getLaunchConfiguration(
    input: mgn.GetLaunchConfigurationCommandInput,
  ): Promise<mgn.GetLaunchConfigurationCommandOutput> {
    return this.#call('GetLaunchConfiguration', () =>
      this.#client.send(this.#reuse(new mgn.GetLaunchConfigurationCommand(input))),
    );
  }

  getReplicationConfiguration(
    input: mgn.GetReplicationConfigurationCommandInput,
  ): Promise<mgn.GetReplicationConfigurationCommandOutput> {
    return this.#call('GetReplicationConfiguration', () =>
      this.#client.send(this.#reuse(new mgn.GetReplicationConfigurationCommand(input))),
    );
  }

  updateLaunchConfiguration(
    input: mgn.UpdateLaunchConfigurationCommandInput,
  ): Promise<mgn.UpdateLaunchConfigurationCommandOutput> {
    return this.#call('UpdateLaunchConfiguration', () =>
      this.#client.send(this.#reuse(new mgn.UpdateLaunchConfigurationCommand(input))),
    );
  }

  updateReplicationConfiguration(
    input: mgn.UpdateReplicationConfigurationCommandInput,
  ): Promise<mgn.UpdateReplicationConfigurationCommandOutput> {
    return this.#call('UpdateReplicationConfiguration', () =>
      this.#client.send(this.#reuse(new mgn.UpdateReplicationConfigurationCommand(input))),
    );
  }

  createApplication(input: mgn.CreateApplicationCommandInput): Promise<mgn.CreateApplicationCommandOutput> {
    return this.#call('CreateApplication', () =>
      this.#client.send(this.#reuse(new mgn.CreateApplicationCommand(input))),
    );
  }

  createWave(input: mgn.CreateWaveCommandInput): Promise<mgn.CreateWaveCommandOutput> {
    return this.#call('CreateWave', () => this.#client.send(this.#reuse(new mgn.CreateWaveCommand(input))));
  }

  archiveApplication(
    input: mgn.ArchiveApplicationCommandInput,
  ): Promise<mgn.ArchiveApplicationCommandOutput> {
    return this.#call('ArchiveApplication', () =>
      this.#client.send(this.#reuse(new mgn.ArchiveApplicationCommand(input))),
    );
  }

  archiveWave(input: mgn.ArchiveWaveCommandInput): Promise<mgn.ArchiveWaveCommandOutput> {
    return this.#call('ArchiveWave', () => this.#client.send(this.#reuse(new mgn.ArchiveWaveCommand(input))));
  }

  associateApplications(
    input: mgn.AssociateApplicationsCommandInput,
  ): Promise<mgn.AssociateApplicationsCommandOutput> {
    return this.#call('AssociateApplications', () =>
      this.#client.send(this.#reuse(new mgn.AssociateApplicationsCommand(input))),
    );
  }

  disassociateApplications(
    input: mgn.DisassociateApplicationsCommandInput,
  ): Promise<mgn.DisassociateApplicationsCommandOutput> {
    return this.#call('DisassociateApplications', () =>
      this.#client.send(this.#reuse(new mgn.DisassociateApplicationsCommand(input))),
    );
  }

  associateSourceServers(
    input: mgn.AssociateSourceServersCommandInput,
  ): Promise<mgn.AssociateSourceServersCommandOutput> {
    return this.#call('AssociateSourceServers', () =>
      this.#client.send(this.#reuse(new mgn.AssociateSourceServersCommand(input))),
    );
  }

  disassociateSourceServers(
    input: mgn.DisassociateSourceServersCommandInput,
  ): Promise<mgn.DisassociateSourceServersCommandOutput> {
    return this.#call('DisassociateSourceServers', () =>
      this.#client.send(this.#reuse(new mgn.DisassociateSourceServersCommand(input))),
    );
  }

  tagResource(input: mgn.TagResourceCommandInput): Promise<mgn.TagResourceCommandOutput> {
    return this.#call('TagResource', () => this.#client.send(this.#reuse(new mgn.TagResourceCommand(input))));
  }

  untagResource(input: mgn.UntagResourceCommandInput): Promise<mgn.UntagResourceCommandOutput> {
    return this.#call('UntagResource', () =>
      this.#client.send(this.#reuse(new mgn.UntagResourceCommand(input))),
    );
  }

  startReplication(input: mgn.StartReplicationCommandInput): Promise<mgn.StartReplicationCommandOutput> {
    return this.#call('StartReplication', () =>
      this.#client.send(this.#reuse(new mgn.StartReplicationCommand(input))),
    );
  }

  stopReplication(input: mgn.StopReplicationCommandInput): Promise<mgn.StopReplicationCommandOutput> {
    return this.#call('StopReplication', () =>
      this.#client.send(this.#reuse(new mgn.StopReplicationCommand(input))),
    );
  }

  disconnectFromService(
    input: mgn.DisconnectFromServiceCommandInput,
  ): Promise<mgn.DisconnectFromServiceCommandOutput> {
    return this.#call('DisconnectFromService', () =>
      this.#client.send(this.#reuse(new mgn.DisconnectFromServiceCommand(input))),
    );
  }

  startTest(input: mgn.StartTestCommandInput): Promise<mgn.StartTestCommandOutput> {
    return this.#call('StartTest', () => this.#client.send(this.#reuse(new mgn.StartTestCommand(input))));
  }

  startCutover(input: mgn.StartCutoverCommandInput): Promise<mgn.StartCutoverCommandOutput> {
    return this.#call('StartCutover', () =>
      this.#client.send(this.#reuse(new mgn.StartCutoverCommand(input))),
    );
  }

  terminateTargetInstances(
    input: mgn.TerminateTargetInstancesCommandInput,
  ): Promise<mgn.TerminateTargetInstancesCommandOutput> {
    return this.#call('TerminateTargetInstances', () =>
      this.#client.send(this.#reuse(new mgn.TerminateTargetInstancesCommand(input))),
    );
  }

  changeServerLifeCycleState(
    input: mgn.ChangeServerLifeCycleStateCommandInput,
  ): Promise<mgn.ChangeServerLifeCycleStateCommandOutput> {
    return this.#call('ChangeServerLifeCycleState', () =>
      this.#client.send(this.#reuse(new mgn.ChangeServerLifeCycleStateCommand(input))),
    );
  }

  finalizeCutover(input: mgn.FinalizeCutoverCommandInput): Promise<mgn.FinalizeCutoverCommandOutput> {
    return this.#call('FinalizeCutover', () =>
      this.#client.send(this.#reuse(new mgn.FinalizeCutoverCommand(input))),
    );
  }

  markAsArchived(input: mgn.MarkAsArchivedCommandInput): Promise<mgn.MarkAsArchivedCommandOutput> {
    return this.#call('MarkAsArchived', () =>
      this.#client.send(this.#reuse(new mgn.MarkAsArchivedCommand(input))),
    );
  }

  initializeService(): Promise<mgn.InitializeServiceCommandOutput> {
    return this.#call('InitializeService', () =>
      this.#client.send(this.#reuse(new mgn.InitializeServiceCommand({}))),
    );
  }

  createReplicationConfigurationTemplate(
    input: mgn.CreateReplicationConfigurationTemplateCommandInput,
  ): Promise<mgn.CreateReplicationConfigurationTemplateCommandOutput> {
    return this.#call('CreateReplicationConfigurationTemplate', () =>
      this.#client.send(this.#reuse(new mgn.CreateReplicationConfigurationTemplateCommand(input))),
    );
  }

  updateReplicationConfigurationTemplate(
    input: mgn.UpdateReplicationConfigurationTemplateCommandInput,
  ): Promise<mgn.UpdateReplicationConfigurationTemplateCommandOutput> {
    return this.#call('UpdateReplicationConfigurationTemplate', () =>
      this.#client.send(this.#reuse(new mgn.UpdateReplicationConfigurationTemplateCommand(input))),
    );
  }

  createLaunchConfigurationTemplate(
    input: mgn.CreateLaunchConfigurationTemplateCommandInput,
  ): Promise<mgn.CreateLaunchConfigurationTemplateCommandOutput> {
    return this.#call('CreateLaunchConfigurationTemplate', () =>
      this.#client.send(this.#reuse(new mgn.CreateLaunchConfigurationTemplateCommand(input))),
    );
  }

  updateLaunchConfigurationTemplate(
    input: mgn.UpdateLaunchConfigurationTemplateCommandInput,
  ): Promise<mgn.UpdateLaunchConfigurationTemplateCommandOutput> {
    return this.#call('UpdateLaunchConfigurationTemplate', () =>
      this.#client.send(this.#reuse(new mgn.UpdateLaunchConfigurationTemplateCommand(input))),
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

/** What every deed of the adapter works with. */
export interface MgnContext {
  readonly api: MgnApi;
  /** The service's time. */
  readonly time: ServiceTime;
  /** What waits. */
  readonly clock: Clock;
}
