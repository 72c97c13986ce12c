import {
  AssociateApplicationsCommand,
  AssociateSourceServersCommand,
  ChangeServerLifeCycleStateCommand,
  CreateApplicationCommand,
  CreateReplicationConfigurationTemplateCommand,
  CreateWaveCommand,
  DescribeJobLogItemsCommand,
  DescribeVcenterClientsCommand,
  FinalizeCutoverCommand,
  InitializeServiceCommand,
  ListApplicationsCommand,
  ListWavesCommand,
  MarkAsArchivedCommand,
  StartCutoverCommand,
  StartReplicationCommand,
  StartTestCommand,
  TagResourceCommand,
  TerminateTargetInstancesCommand,
  UpdateLaunchConfigurationCommand,
  UpdateReplicationConfigurationCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { LINUX, serverById, talkToMgn, TEMPLATE } from './mgn.ts';
import { begin, DAY, MINUTE } from './support.ts';

describe('the AWS SDK', () => {
  it('S15.1 S18.1 goes through a migration without agents', async () => {
    const test = talkToMgn(await begin());
    const { client } = test;
    await client.send(new InitializeServiceCommand({}));
    await client.send(new CreateReplicationConfigurationTemplateCommand(TEMPLATE));
    expect((await client.send(new DescribeVcenterClientsCommand({}))).items).toHaveLength(2);
    const discovered = await test.server(LINUX);
    expect(discovered).toMatchObject({
      replicationType: 'SNAPSHOT_SHIPPING',
      lifeCycle: { state: 'DISCOVERED' },
      sourceProperties: {
        identificationHints: { vmPath: '/Datacenters/SDSC/vm/awsscrum-lnx1' },
        os: { fullString: 'Red Hat Enterprise Linux 7 (64-bit)' },
      },
      tags: { Name: LINUX },
    });
    const sourceServerID = discovered.sourceServerID ?? '';
    await client.send(new TagResourceCommand({ resourceArn: discovered.arn, tags: { owner: 'landfall' } }));
    await client.send(new UpdateLaunchConfigurationCommand({ sourceServerID, licensing: { osByol: true } }));
    await client.send(
      new UpdateReplicationConfigurationCommand({ sourceServerID, bandwidthThrottling: 100 }),
    );
    const { applicationID } = await client.send(new CreateApplicationCommand({ name: 'scrum' }));
    const { waveID } = await client.send(new CreateWaveCommand({ name: 'sdsc-01' }));
    await client.send(
      new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [sourceServerID] }),
    );
    await client.send(new AssociateApplicationsCommand({ waveID, applicationIDs: [applicationID ?? ''] }));
    const started = await client.send(new StartReplicationCommand({ sourceServerID }));
    expect(started.lifeCycle?.state).toBe('NOT_READY');
    expect(started.dataReplicationInfo?.dataReplicationState).toBe('INITIATING');
    test.advance(DAY);
    expect((await serverById(client, sourceServerID)).lifeCycle?.state).toBe('READY_FOR_TEST');
    const { job } = await client.send(new StartTestCommand({ sourceServerIDs: [sourceServerID] }));
    expect(job).toMatchObject({ status: 'PENDING', type: 'LAUNCH', initiatedBy: 'START_TEST' });
    test.advance(30 * MINUTE);
    const inTest = await serverById(client, sourceServerID);
    expect(inTest).toMatchObject({
      lifeCycle: { state: 'TESTING', lastTest: { initiated: { jobID: job?.jobID } } },
      launchedInstance: {
        jobID: job?.jobID,
        ec2InstanceID: expect.stringMatching(/^i-[0-9a-f]{17}$/) as unknown,
      },
    });
    await client.send(
      new ChangeServerLifeCycleStateCommand({ sourceServerID, lifeCycle: { state: 'READY_FOR_CUTOVER' } }),
    );
    await client.send(new TerminateTargetInstancesCommand({ sourceServerIDs: [sourceServerID] }));
    test.advance(5 * MINUTE);
    expect((await serverById(client, sourceServerID)).launchedInstance).toBeUndefined();
    await client.send(new StartCutoverCommand({ sourceServerIDs: [sourceServerID] }));
    test.advance(30 * MINUTE);
    const final = await client.send(new FinalizeCutoverCommand({ sourceServerID }));
    expect(final.lifeCycle?.state).toBe('CUTOVER');
    expect(final.dataReplicationInfo?.dataReplicationState).toBe('DISCONNECTED');
    expect((await client.send(new MarkAsArchivedCommand({ sourceServerID }))).isArchived).toBe(true);
    expect(await test.jobs()).toMatchObject([
      {
        initiatedBy: 'START_CUTOVER',
        status: 'COMPLETED',
        participatingServers: [{ launchStatus: 'LAUNCHED' }],
      },
      {
        initiatedBy: 'TERMINATE',
        status: 'COMPLETED',
        participatingServers: [{ launchStatus: 'TERMINATED' }],
      },
      {
        initiatedBy: 'START_TEST',
        status: 'COMPLETED',
        participatingServers: [{ launchStatus: 'LAUNCHED' }],
      },
    ]);
    const log = await client.send(new DescribeJobLogItemsCommand({ jobID: job?.jobID }));
    expect(log.items?.map(({ event }) => event)).toEqual([
      'JOB_START',
      'SNAPSHOT_START',
      'SNAPSHOT_END',
      'CONVERSION_START',
      'CONVERSION_END',
      'LAUNCH_START',
      'JOB_END',
    ]);
    expect((await client.send(new ListWavesCommand({}))).items).toMatchObject([
      { waveID, waveAggregatedStatus: { progressStatus: 'COMPLETED', totalApplications: 1 } },
    ]);
    expect((await client.send(new ListApplicationsCommand({}))).items).toMatchObject([
      { applicationID, waveID, applicationAggregatedStatus: { totalSourceServers: 1 } },
    ]);
  });
});
