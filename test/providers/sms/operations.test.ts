import {
  DisassociateConnectorCommand,
  GetConnectorsCommand,
  GetReplicationRunsCommand,
  GetServersCommand,
  type ReplicationRun as WireRun,
  StartOnDemandReplicationRunCommand,
} from '@aws-sdk/client-sms';
import { describe, expect, it } from '@jest/globals';
import { mockedProvider, serviceException } from './mocked.ts';

const SECOND = 1541873400;
const at = (seconds: number) => new Date(seconds * 1000);
const ON_DEMAND = { replicationRunId: 'sms-run-1', state: 'PENDING', type: 'ON_DEMAND' } as const;

describe('the runs of a job', () => {
  it('are those of all pages, last scheduled first, in whichever spelling', async () => {
    const { sms, provider } = mockedProvider();
    const pages: readonly WireRun[][] = [
      [
        {
          replicationRunId: 'sms-run-56688d3f',
          state: 'Completed' as 'COMPLETED',
          type: 'Automatic' as 'AUTOMATIC',
          amiId: 'ami-0f988515e7d6730eb',
          scheduledStartTime: at(SECOND),
          completedTime: new Date(1541876322298),
        },
      ],
      [
        { ...ON_DEMAND, scheduledStartTime: at(SECOND + 60), description: 'before the cut' },
        {
          replicationRunId: 'sms-run-2',
          state: 'ACTIVE',
          type: 'AUTOMATIC',
          statusMessage: 'Uploading',
          stageDetails: { stage: 'Uploading', stageProgress: '42%' },
          scheduledStartTime: at(SECOND + 30),
        },
        { state: 'ACTIVE' },
        { replicationRunId: 'sms-run-3', state: 'DREAMING' as 'ACTIVE' },
      ],
    ];
    sms.on(GetReplicationRunsCommand).callsFake(({ nextToken }: { nextToken?: string }) => ({
      replicationJob: { replicationJobId: 'sms-job-1', state: 'Active', serverId: 's-1' },
      replicationRunList: pages[nextToken === undefined ? 0 : 1],
      ...(nextToken === undefined && { nextToken: 'more' }),
    }));
    const history = await provider.operations.runs('sms-job-1');
    expect(history).toMatchObject({ job: { id: 'sms-job-1', state: 'active' } });
    expect(history?.runs).toEqual([
      {
        id: 'sms-run-1',
        state: 'pending',
        type: 'on-demand',
        scheduledAt: (SECOND + 60) * 1000,
        description: 'before the cut',
      },
      {
        id: 'sms-run-2',
        state: 'active',
        type: 'automatic',
        stage: 'Uploading',
        progress: '42%',
        statusMessage: 'Uploading',
        scheduledAt: (SECOND + 30) * 1000,
      },
      {
        id: 'sms-run-56688d3f',
        state: 'completed',
        type: 'automatic',
        amiId: 'ami-0f988515e7d6730eb',
        scheduledAt: SECOND * 1000,
        completedAt: 1541876322298,
      },
      { id: 'sms-run-3', state: 'unknown', type: 'unknown' },
    ]);
  });

  it('outlive the job', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(GetReplicationRunsCommand).resolves({
      replicationJob: { replicationJobId: 'sms-job-1', state: 'DELETED' },
      replicationRunList: [],
    });
    expect(await provider.operations.runs('sms-job-1')).toEqual({
      at: expect.any(Number) as unknown,
      runs: [],
      isDeleted: true,
    });
    // The founding document's transcript has no job beside the runs.
    sms.on(GetReplicationRunsCommand).resolves({ replicationRunList: [] });
    expect(await provider.operations.runs('sms-job-1')).toMatchObject({ isDeleted: false });
  });

  it.each(['InvalidParameterException', 'ReplicationJobNotFoundException'])(
    'are none where the service has never had the job, and says %s',
    async (name) => {
      const { sms, provider } = mockedProvider();
      sms.on(GetReplicationRunsCommand).rejects(serviceException(name));
      expect(await provider.operations.runs('sms-job-1')).toBeUndefined();
    },
  );

  it('are an error where the service fails', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(GetReplicationRunsCommand).rejects(serviceException('InternalError', 'no', 500));
    await expect(provider.operations.runs('sms-job-1')).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  });
});

describe('starting a run', () => {
  it('says what the run is for, if anything', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(StartOnDemandReplicationRunCommand).resolves({ replicationRunId: 'sms-run-1' });
    expect(await provider.operations.startRun('sms-job-1', 'cut')).toBe('sms-run-1');
    await provider.operations.startRun('sms-job-1');
    expect(sms.commandCalls(StartOnDemandReplicationRunCommand).map(({ args }) => args[0].input)).toEqual([
      { replicationJobId: 'sms-job-1', description: 'cut' },
      { replicationJobId: 'sms-job-1' },
    ]);
  });

  /** The service refuses, and lists this run. */
  const refusing = (run: WireRun, refusal = 'OperationNotPermittedException') => {
    const { sms, provider, clock } = mockedProvider();
    sms.on(StartOnDemandReplicationRunCommand).rejects(serviceException(refusal));
    const scheduledStartTime = run.scheduledStartTime ?? new Date(clock.now());
    sms.on(GetReplicationRunsCommand).resolves({ replicationRunList: [{ ...run, scheduledStartTime }] });
    return provider.operations.startRun('sms-job-1', 'cut');
  };

  it('takes a run that came while the reply was lost for its own', async () => {
    expect(await refusing({ ...ON_DEMAND, description: 'cut' })).toBe('sms-run-1');
  });

  const REFUSED = 'OperationNotPermittedException';
  it.each<[string, WireRun, string]>([
    ['older', { ...ON_DEMAND, description: 'cut', scheduledStartTime: at(SECOND) }, REFUSED],
    ['for another reason', { ...ON_DEMAND, description: 'other' }, REFUSED],
    ['a regular one', { ...ON_DEMAND, type: 'AUTOMATIC', description: 'cut' }, REFUSED],
    ['beyond the limit', { ...ON_DEMAND, description: 'cut' }, 'ReplicationRunLimitExceededException'],
  ])('does not take one that is %s', async (_, run, refusal) => {
    await expect(refusing(run, refusal)).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  });
});

describe('connectors', () => {
  it('are listed by id, with all that is told of them', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(GetConnectorsCommand).resolves({
      connectorList: [
        { connectorId: 'c-2', status: 'UNHEALTHY' },
        {
          connectorId: 'c-1',
          status: 'Healthy' as 'HEALTHY',
          version: '1.1.0.0',
          vmManagerName: 'vc',
          vmManagerId: 'VC',
          ipAddress: '10.0.0.1',
          macAddress: '00:50:56:92:54:1f',
          associatedOn: at(SECOND),
        },
        {},
      ],
    });
    expect(await provider.operations.connectors()).toEqual([
      {
        id: 'c-1',
        healthy: true,
        version: '1.1.0.0',
        vmManagerName: 'vc',
        vmManagerId: 'VC',
        ipAddress: '10.0.0.1',
        macAddress: '00:50:56:92:54:1f',
        associatedAt: SECOND * 1000,
      },
      { id: 'c-2', healthy: false },
    ]);
  });

  it('are taken away once, however often the reply is lost', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(DisassociateConnectorCommand).rejects(serviceException('InvalidParameterException'));
    sms.on(GetConnectorsCommand).resolves({ connectorList: [{ connectorId: 'c-2' }] });
    await provider.operations.disassociateConnector('c-1');
    await expect(provider.operations.disassociateConnector('c-2')).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
    });
  });
});

it('asks for the state of the catalogue without its servers', async () => {
  const { sms, provider } = mockedProvider();
  sms.on(GetServersCommand).resolves({ serverCatalogStatus: 'NOT IMPORTED' as 'NOT_IMPORTED' });
  expect(await provider.operations.catalogState()).toBe('not-imported');
  expect(sms.commandCalls(GetServersCommand)[0]?.args[0].input).toEqual({ maxResults: 1 });
});
