import {
  DescribeJobLogItemsCommand,
  DescribeJobsCommand,
  DescribeSourceServersCommand,
  ListApplicationsCommand,
  type SourceServer,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { mockedProvider } from './mocked.ts';
import { SCOPE } from './account.ts';

describe('what the service may also answer', () => {
  const mocked = (items: SourceServer[]) => {
    const { mgn, provider } = mockedProvider();
    mgn.on(DescribeSourceServersCommand).resolves({ items });
    return { mgn, provider };
  };
  const hints = (vmWareUuid: string, vmPath = '') => ({ identificationHints: { vmWareUuid, vmPath } });

  it.each([
    ['its UUID', hints('4208-AB'), hints('4208-ab')],
    ['its path', hints('', '/a/vm/b'), hints('', '/a/vm/b')],
  ])('an archived server counts only where no other has %s', async (_, past, present) => {
    const archived: SourceServer = {
      sourceServerID: 's-1',
      isArchived: true,
      sourceProperties: past,
      lifeCycle: { state: 'CUTOVER' },
    };
    const newer: SourceServer = {
      sourceServerID: 's-2',
      sourceProperties: present,
      lifeCycle: { state: 'DISCOVERED' },
    };
    const both = mocked([archived, newer]);
    const seen = await both.provider.observe();
    expect([seen.servers.map(({ serverId }) => serverId), seen.jobs]).toEqual([['s-2'], []]);
    const alone = mocked([archived]);
    expect((await alone.provider.observe()).jobs).toMatchObject([{ id: 's-1', state: 'completed' }]);
    const twice = mocked([archived, { ...archived, sourceServerID: 's-0' }]);
    expect((await twice.provider.observe()).servers).toHaveLength(1);
  });

  it('servers that say next to nothing, or stand in the list twice', async () => {
    const { provider } = mocked([{}, { sourceServerID: 's-1' }, { sourceServerID: 's-1' }]);
    const { servers, jobs } = await provider.observe();
    expect(servers).toEqual([{ serverId: 's-1', hadJob: true }]);
    expect(jobs).toMatchObject([{ id: 's-1', state: 'unknown', settings: {} }]);
  });

  it.each<[string, SourceServer[], string[]]>([
    ['no servers', [], ['account.no-template', 'account.no-vcenter-client']],
    [
      'agentless servers',
      [{ sourceServerID: 's-1', replicationType: 'SNAPSHOT_SHIPPING' }],
      ['account.no-template', 'account.no-vcenter-client'],
    ],
    [
      'servers with agents only',
      [{ sourceServerID: 's-1', replicationType: 'AGENT_BASED' }],
      ['account.no-template'],
    ],
  ])('%s, and neither template nor vCenter client', async (_, items, lacks) => {
    expect((await mocked(items).provider.observe()).missingSetup?.map(({ id }) => id)).toEqual(lacks);
  });

  it('states that this version does not know', async () => {
    const { provider } = mocked([
      {
        sourceServerID: 's-1',
        lifeCycle: { state: 'DREAMING' as never },
        dataReplicationInfo: { dataReplicationState: 'SLEEPING' as never },
      },
    ]);
    expect((await provider.observe()).jobs).toMatchObject([
      { state: 'unknown', facts: { lifecycle: 'DREAMING', replication: 'SLEEPING' } },
    ]);
  });

  it('a launch whose log is gone', async () => {
    const { provider, mgn } = mocked([
      {
        sourceServerID: 's-1',
        tags: { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' },
        lifeCycle: {
          state: 'TESTING',
          lastTest: { initiated: { apiCallDateTime: '2026-12-01T00:00:00Z', jobID: 'mgnjob-1' } },
        },
      },
    ]);
    mgn.on(DescribeJobsCommand).resolves({
      items: [
        {
          jobID: 'mgnjob-1',
          status: 'COMPLETED',
          participatingServers: [{ sourceServerID: 's-1', launchStatus: 'FAILED' }],
        },
      ],
    });
    mgn.on(DescribeJobLogItemsCommand).rejects(new Error('gone'));
    const [job] = (await provider.observe(SCOPE)).jobs;
    expect(job?.facts).toMatchObject({ launch: 'FAILED', launchOf: 'test' });
    expect(job?.facts).not.toHaveProperty('launchError');
  });

  it('a token that comes back', async () => {
    const { provider, mgn } = mocked([]);
    mgn.on(ListApplicationsCommand).resolves({ items: [], nextToken: 'again' });
    await expect(provider.observe()).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: 'the service returned the same nextToken twice, so its list would never end',
    });
  });
});
