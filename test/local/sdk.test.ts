import {
  CreateReplicationJobCommand,
  DeleteReplicationJobCommand,
  DeleteServerCatalogCommand,
  DisassociateConnectorCommand,
  GetConnectorsCommand,
  GetReplicationRunsCommand,
  ImportServerCatalogCommand,
  paginateGetReplicationJobs,
  paginateGetServers,
  ReplicationJobAlreadyExistsException,
  ReplicationJobNotFoundException,
  SMSClient,
  StartOnDemandReplicationRunCommand,
  UpdateReplicationJobCommand,
} from '@aws-sdk/client-sms';
import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, onCleanup, START, VM } from './support.ts';
import type { TestEndpoint } from './support.ts';

function clientOf({ endpoint }: TestEndpoint, maxAttempts = 1): SMSClient {
  const client = new SMSClient({
    endpoint: endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' },
    maxAttempts,
  });
  onCleanup(() => {
    client.destroy();
  });
  return client;
}

describe('the AWS SDK', () => {
  it('S1.5 S2.5 goes through the founding document', async () => {
    const test = await begin();
    const client = clientOf(test);
    await client.send(new ImportServerCatalogCommand({}));
    test.advance(HOUR / 60);
    const servers = [];
    for await (const { serverList = [] } of paginateGetServers({ client, pageSize: 100 }, {}))
      servers.push(...serverList);
    expect(servers).toHaveLength(298);
    const serverId = servers.find(({ vmServer }) => vmServer?.vmName === 'awsscrum-lnx1')?.serverId;
    expect(serverId).toBe(VM);
    const seedReplicationTime = new Date(START + HOUR);
    const { replicationJobId } = await client.send(
      new CreateReplicationJobCommand({
        serverId,
        seedReplicationTime,
        frequency: 12,
        roleName: 'sms',
        description: 'Demo moving VM to AWS using SMS Service ',
      }),
    );
    test.advance(DAY);
    const { replicationRunList: runs } = await client.send(
      new GetReplicationRunsCommand({ replicationJobId }),
    );
    expect(runs?.map(({ state, scheduledStartTime }) => [state, scheduledStartTime])).toEqual([
      ['PENDING', new Date(START + 25 * HOUR)],
      ['COMPLETED', new Date(START + 13 * HOUR)],
      ['COMPLETED', new Date(START + HOUR)],
    ]);
    const nextReplicationRunStartTime = new Date(START + 30 * HOUR);
    await client.send(
      new UpdateReplicationJobCommand({ replicationJobId, frequency: 24, nextReplicationRunStartTime }),
    );
    await client.send(new StartOnDemandReplicationRunCommand({ replicationJobId }));
    for await (const { replicationJobList } of paginateGetReplicationJobs({ client }, {})) {
      expect(replicationJobList).toMatchObject([
        { replicationJobId, frequency: 24, nextReplicationRunStartTime, seedReplicationTime },
      ]);
    }
    await client.send(new DeleteReplicationJobCommand({ replicationJobId }));
    await client.send(new DeleteServerCatalogCommand({}));
    await client.send(new DisassociateConnectorCommand({ connectorId: 'c-415fef98f4c66c487' }));
    expect((await client.send(new GetConnectorsCommand({}))).connectorList).toHaveLength(1);
  });

  it('S1.3 knows the errors', async () => {
    const test = await begin();
    const client = clientOf(test);
    const gone = new DeleteReplicationJobCommand({ replicationJobId: 'sms-job-00000000' });
    await expect(client.send(gone)).rejects.toBeInstanceOf(ReplicationJobNotFoundException);
    const create = new CreateReplicationJobCommand({
      serverId: VM,
      seedReplicationTime: new Date(START),
      runOnce: true,
    });
    await client.send(create);
    await expect(client.send(create)).rejects.toBeInstanceOf(ReplicationJobAlreadyExistsException);
  });

  it('S1.4 S2.5 corrects its clock by the endpoint’s time', async () => {
    const test = await begin();
    const client = clientOf(test);
    for (const step of [0, 400 * DAY, 4000]) {
      test.advance(step);
      expect((await client.send(new GetConnectorsCommand({}))).connectorList).toHaveLength(2);
    }
  });

  it('S12.1 retries after throttling and internal errors', async () => {
    const test = await begin({ faults: { seed: 3, throttling: 0.2, internalErrors: 0.2 } });
    const client = clientOf(test, 10);
    for (let call = 0; call < 6; call += 1) await client.send(new GetConnectorsCommand({}));
  });
});
