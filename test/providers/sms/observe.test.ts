import {
  GetConnectorsCommand,
  GetReplicationJobsCommand,
  type GetReplicationJobsCommandInput,
  GetServersCommand,
  type ReplicationJob,
  type Server,
} from '@aws-sdk/client-sms';
import { describe, expect, it } from '@jest/globals';
import { mockedProvider, serviceException } from './mocked.ts';

const SEEN_BY_FOUNDERS: Server = {
  serverId: 's-4e856027',
  serverType: 'VIRTUAL_MACHINE',
  vmServer: {
    vmServerAddress: { vmManagerId: '8DA3177D-A94E-4989-80E0-EE8A8A2E9586', vmId: 'vm-188760' },
    vmName: 'awsscrum-lnx1',
    vmManagerName: 'p-sdsc-vcenter1.xxxx.xxx',
    vmManagerType: 'VSPHERE',
    vmPath: '/Datacenters/SDSC/vm/awsscrum-lnx1',
  },
};

function account({ servers = [], jobs = [] }: { servers?: Server[]; jobs?: ReplicationJob[] } = {}) {
  const mocked = mockedProvider();
  mocked.sms.on(GetServersCommand).resolves({ serverCatalogStatus: 'AVAILABLE', serverList: servers });
  mocked.sms.on(GetReplicationJobsCommand).resolves({ replicationJobList: jobs });
  mocked.sms.on(GetConnectorsCommand).resolves({ connectorList: [] });
  return mocked;
}

describe('observing an account', () => {
  it('sees a server as the founding document shows it', async () => {
    const { provider } = account({ servers: [SEEN_BY_FOUNDERS] });
    expect((await provider.observe()).servers).toEqual([
      {
        serverId: 's-4e856027',
        name: 'awsscrum-lnx1',
        path: '/Datacenters/SDSC/vm/awsscrum-lnx1',
        vmManagerId: '8DA3177D-A94E-4989-80E0-EE8A8A2E9586',
        vmManagerName: 'p-sdsc-vcenter1.xxxx.xxx',
        vmId: 'vm-188760',
      },
    ]);
  });

  it('sees all of a job', async () => {
    const { provider } = account({
      jobs: [
        {
          replicationJobId: 'sms-job-5691743f',
          serverId: 's-4e856027',
          vmServer: { vmName: 'awsscrum-lnx1' },
          seedReplicationTime: new Date('2026-11-07T17:48:00.298Z'),
          frequency: 12,
          runOnce: false,
          nextReplicationRunStartTime: new Date('2026-12-01T20:00:00.500Z'),
          licenseType: 'BYOL',
          roleName: 'sms',
          latestAmiId: 'ami-0f988515e7d6730eb',
          state: 'ACTIVE',
          statusMessage: 'Uploading',
          description: 'Demo  [landfall:ucop/sdsc-01]',
          numberOfRecentAmisToKeep: 0,
          encrypted: true,
          kmsKeyId: 'alias/disks',
          replicationRunList: [],
        },
      ],
    });
    expect((await provider.observe()).jobs).toEqual([
      {
        id: 'sms-job-5691743f',
        server: { serverId: 's-4e856027', name: 'awsscrum-lnx1' },
        state: 'active',
        statusMessage: 'Uploading',
        owner: { project: 'ucop', wave: 'sdsc-01' },
        latestAmiId: 'ami-0f988515e7d6730eb',
        nextRunAt: Date.parse('2026-12-01T20:00:00.500Z'),
        startsAt: Date.parse('2026-11-07T17:48:00.298Z'),
        settings: {
          description: 'Demo ',
          encrypted: true,
          frequency: 12,
          kmsKeyId: 'alias/disks',
          licenseType: 'BYOL',
          nextReplicationRunStartTime: '2026-12-01T20:00:00Z',
          numberOfRecentAmisToKeep: 0,
          roleName: 'sms',
          runOnce: false,
          seedReplicationTime: '2026-11-07T17:48:00Z',
        },
        runs: [],
      },
    ]);
  });

  it('makes do with what is there', async () => {
    const { provider, sms } = account({
      servers: [{}, { serverId: 's-1' }, { serverId: 's-2', vmServer: {} }],
      jobs: [{}, { replicationJobId: 'sms-job-1', description: '[landfall:ucop/sdsc-01]' }],
    });
    sms.on(GetConnectorsCommand).resolves({ connectorList: [{}, { connectorId: 'c-1' }] });
    const { servers, jobs, connectors } = await provider.observe();
    expect(servers).toEqual([{ serverId: 's-1' }, { serverId: 's-2' }]);
    // A job of no known server is nobody's: it cannot be told from one that git no longer wants.
    expect(jobs).toEqual([{ id: 'sms-job-1', server: { serverId: '' }, state: 'unknown', settings: {} }]);
    expect(connectors).toEqual([{ id: 'c-1', healthy: false }]);
  });

  it.each([
    ['PENDING', 'pending'],
    ['Pending', 'pending'],
    ['ACTIVE', 'active'],
    ['Failing', 'failing'],
    ['FAILED', 'failed'],
    ['PAUSED_ON_FAILURE', 'paused'],
    ['Paused on failure', 'paused'],
    ['Completed', 'completed'],
    ['HIBERNATING', 'unknown'],
    [undefined, 'unknown'],
  ])('reads the state %p as %s', async (wire, state) => {
    const job = { replicationJobId: 'sms-job-1', serverId: 's-1', state: wire as never };
    const { jobs } = await account({ jobs: [job] }).provider.observe();
    expect(jobs.map((one) => one.state)).toEqual([state]);
  });

  it.each(['DELETED', 'DELETING', 'Deleted', 'deleting'])(
    'takes a job that is %s for no job',
    async (wire) => {
      const job = { replicationJobId: 'sms-job-1', serverId: 's-1', state: wire as never };
      expect((await account({ jobs: [job] }).provider.observe()).jobs).toEqual([]);
    },
  );

  it.each([
    ['NOT_IMPORTED', 'not-imported'],
    ['NOT IMPORTED', 'not-imported'],
    ['Importing', 'importing'],
    ['AVAILABLE', 'available'],
    ['Deleted', 'deleted'],
    ['EXPIRED', 'expired'],
    ['?', 'unknown'],
    [undefined, 'unknown'],
  ])('reads the catalogue %p as %s', async (wire, state) => {
    const { provider, sms } = account();
    sms.on(GetServersCommand).resolves({ serverCatalogStatus: wire as never });
    expect((await provider.observe()).catalog).toBe(state);
  });

  it.each([
    ['HEALTHY', true],
    ['Healthy', true],
    ['UNHEALTHY', false],
  ])('takes a connector that is %s for healthy: %p', async (status, healthy) => {
    const { provider, sms } = account();
    const connector = { connectorId: 'c-1', status: status as never, vmManagerName: 'vcenter1' };
    sms.on(GetConnectorsCommand).resolves({ connectorList: [connector] });
    expect((await provider.observe()).connectors).toEqual([{ id: 'c-1', healthy, name: 'vcenter1' }]);
  });

  it('spells a licence as the model does', async () => {
    const job = { replicationJobId: 'sms-job-1', serverId: 's-1', licenseType: 'Byol' as never };
    const { jobs } = await account({ jobs: [job] }).provider.observe();
    expect(jobs[0]?.settings).toEqual({ licenseType: 'BYOL' });
  });

  it('knows the account of the built-in endpoint, and that of a role', async () => {
    expect((await account().provider.observe()).account).toBe('000000000000');
    const { provider, sms } = mockedProvider({
      local: false,
      assumeRole: 'arn:aws:iam::123456789012:role/landfall',
    });
    sms.resolves({});
    expect((await provider.observe()).account).toBe('123456789012');
  });
});

describe('paging', () => {
  const page = (input: GetReplicationJobsCommandInput, last: number) => {
    const number = Number(input.nextToken ?? 0);
    return {
      replicationJobList: [{ replicationJobId: `sms-job-${number}`, serverId: `s-${number}` }],
      nextToken: number < last ? String(number + 1) : '',
    };
  };

  it('reads every page once, as large as it may be', async () => {
    const { provider, sms } = account();
    // The SDK's paginators change one input from call to call.
    const inputs: GetReplicationJobsCommandInput[] = [];
    sms.on(GetReplicationJobsCommand).callsFake((input: GetReplicationJobsCommandInput) => {
      inputs.push({ ...input });
      return page(input, 3);
    });
    const { jobs, calls } = await provider.observe();
    expect(jobs.map(({ id }) => id)).toEqual(['sms-job-0', 'sms-job-1', 'sms-job-2', 'sms-job-3']);
    expect(calls).toBe(6);
    expect(sms.calls()).toHaveLength(6);
    expect(inputs).toEqual([
      { maxResults: 1000 },
      { maxResults: 1000, nextToken: '1' },
      { maxResults: 1000, nextToken: '2' },
      { maxResults: 1000, nextToken: '3' },
    ]);
  });

  it('counts what two pages show as one', async () => {
    const { provider, sms } = account();
    const job = { replicationJobId: 'sms-job-1', serverId: 's-1' };
    sms
      .on(GetReplicationJobsCommand)
      .resolvesOnce({ replicationJobList: [job], nextToken: 'a' })
      .resolves({ replicationJobList: [job] });
    expect((await provider.observe()).jobs).toHaveLength(1);
  });

  it('takes the service’s own page size where it refuses ours, and refuses once only', async () => {
    const { provider, sms } = account();
    sms.on(GetReplicationJobsCommand).callsFake((input: GetReplicationJobsCommandInput) => {
      if (input.maxResults !== undefined) throw serviceException('InvalidParameterException');
      return page(input, 2);
    });
    const { jobs, calls } = await provider.observe();
    expect(jobs).toHaveLength(3);
    expect(calls).toBe(6);
  });

  it('does not take any other refusal for one of the size', async () => {
    const { provider, sms } = account();
    sms.on(GetReplicationJobsCommand).rejects(serviceException('OperationNotPermittedException'));
    await expect(provider.observe()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    expect(sms.commandCalls(GetReplicationJobsCommand)).toHaveLength(1);
  });

  it.each([1, 2, 3])('ends a list that goes round in %d pages', async (length) => {
    const { provider, sms } = account();
    let calls = 0;
    sms.on(GetReplicationJobsCommand).callsFake(() => ({ nextToken: `token-${(calls += 1) % length}` }));
    await expect(provider.observe()).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: expect.stringContaining('nextToken') as unknown,
    });
    expect(calls).toBe(length + 1);
  });
});
