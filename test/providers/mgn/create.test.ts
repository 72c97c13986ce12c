import {
  StartReplicationCommand,
  StopReplicationCommand,
  TagResourceCommand,
  UpdateSourceServerReplicationTypeCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { LINUX, serverById, WINDOWS } from '../../local/mgn.ts';
import { beginAccount, EVERYTHING, leftBehind, OWNER, SCOPE } from './account.ts';
import { callsOf } from './front-door.ts';

const TAGS = { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' };

describe('creating the job of a server', () => {
  it('leaves behind all that git says, ours, in its application and wave, and replicating', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX, EVERYTHING);
    const provider = account.open();
    expect(await provider.create(request)).toBe(request.serverId);
    const vms = [{ reference: { name: LINUX }, settings: EVERYTHING }];
    const { jobs } = await provider.observe({ ...SCOPE, vms });
    expect(jobs).toMatchObject([
      { id: request.serverId, owner: OWNER, state: 'active', facts: { lifecycle: 'NOT_READY' } },
    ]);
    expect(jobs[0]?.settings).toEqual({ ...EVERYTHING, 'mgn.waveName': 'sdsc-01' });
    expect(await leftBehind(account, [request.serverId])).toMatchObject({
      waves: [{ name: 'sdsc-01', tags: TAGS }],
      applications: [{ name: 'payroll', tags: TAGS, wave: 'sdsc-01' }],
      servers: [{ tags: { ...TAGS, Name: LINUX, 'landfall:description': 'the front end' } }],
    });
  });

  it('starts the replication last', async () => {
    const account = await beginAccount();
    await account.open().create(await account.request(LINUX, EVERYTHING));
    expect(account.door.calls.at(-1)?.operation).toBe('StartReplication');
    expect(account.door.calls.length).toBeLessThanOrEqual(13);
  });

  it.each([
    [LINUX, {}, true],
    [LINUX, { licenseType: 'Auto' }, true],
    [WINDOWS, {}, false],
    [WINDOWS, { licenseType: 'BYOL' }, true],
  ])('gives %s with %j the licence that fits', async (name, settings, osByol) => {
    const account = await beginAccount();
    await account.open().create(await account.request(name, settings));
    expect(callsOf(account.door, 'UpdateLaunchConfiguration')).toMatchObject([{ licensing: { osByol } }]);
  });

  it('leaves to the templates what git does not name', async () => {
    const account = await beginAccount();
    await account.open().create(await account.request(LINUX));
    expect(callsOf(account.door, 'UpdateReplicationConfiguration')).toEqual([]);
    expect(callsOf(account.door, 'GetReplicationConfiguration')).toEqual([]);
  });

  it('keeps the tags of others, on the server and in the staging area', async () => {
    const account = await beginAccount();
    const { arn } = await account.server(LINUX);
    await account.client.send(new TagResourceCommand({ resourceArn: arn, tags: { team: 'scrum' } }));
    const tag = { 'mgn.replication.stagingAreaTags.a': '1' };
    await account.open().create(await account.request(LINUX, tag));
    expect((await account.server(LINUX)).tags).toEqual({ ...TAGS, Name: LINUX, team: 'scrum' });
  });

  it('refuses a disk that the server does not have, and says which it has', async () => {
    const account = await beginAccount();
    const disk = { 'mgn.replication.replicatedDisks./dev/sdx.iops': 100 };
    await expect(account.open().create(await account.request(LINUX, disk))).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: `${LINUX} has no disk "/dev/sdx"`,
      remedy: 'its disks are /dev/sda: fix mgn.replication.replicatedDisks in the manifest',
    });
    expect((await account.server(LINUX)).lifeCycle?.state).toBe('DISCOVERED');
  });

  it('finds that another run of the project was first', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    await account.open().create(request);
    const calls = account.door.calls.length;
    const again = await account.open().create(request);
    expect(again).toEqual({ id: request.serverId, alreadyExisted: true });
    expect(account.door.calls.slice(calls).map(({ operation }) => operation)).toEqual([
      'DescribeSourceServers',
    ]);
  });

  it('refuses a server that somebody else has started in the meantime', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    await account.client.send(new StartReplicationCommand({ sourceServerID: request.serverId }));
    await expect(account.open().create(request)).rejects.toMatchObject({
      message: `source server ${request.serverId} now has a replication of nobody`,
    });
    expect((await account.server(LINUX)).tags).toEqual({ Name: LINUX });
  });

  it('refuses a server that another project has marked', async () => {
    const account = await beginAccount();
    const { arn } = await account.server(LINUX);
    const theirs = { 'landfall:project': 'other', 'landfall:wave': 'w' };
    await account.client.send(new TagResourceCommand({ resourceArn: arn, tags: theirs }));
    await expect(account.open().create(await account.request(LINUX))).rejects.toMatchObject({
      message: expect.stringContaining('belongs to project "other"') as unknown,
    });
    expect((await account.server(LINUX)).tags).toMatchObject(theirs);
  });

  it('refuses a server that replicates by an agent, before it does anything', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    const type = { sourceServerID: request.serverId, replicationType: 'AGENT_BASED' } as const;
    await account.client.send(new UpdateSourceServerReplicationTypeCommand(type));
    await expect(account.open().create(request)).rejects.toMatchObject({
      message: expect.stringContaining('replicates by an agent') as unknown,
      remedy: expect.stringContaining('install the agent') as unknown,
    });
    expect((await account.server(LINUX)).tags).toEqual({ Name: LINUX });
  });

  it('says that a server is gone', async () => {
    const account = await beginAccount();
    const request = { serverId: 's-00000000000000000', settings: {}, owner: OWNER };
    await expect(account.open().create(request)).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: 'source server s-00000000000000000 does not exist any more',
    });
  });

  it('says what to do about a quota', async () => {
    const account = await beginAccount({ mgn: { quotas: { replicatingServers: 1 } } });
    const provider = account.open();
    await provider.create(await account.request(LINUX));
    await expect(provider.create(await account.request(WINDOWS))).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: expect.stringContaining('ServiceQuotaExceededException') as unknown,
      remedy: expect.stringContaining('limits.activeReplications') as unknown,
    });
  });

  it('starts a server that was stopped', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    await account.client.send(new StartReplicationCommand({ sourceServerID: request.serverId }));
    await account.client.send(new StopReplicationCommand({ sourceServerID: request.serverId }));
    expect(await account.open().create(request)).toBe(request.serverId);
    expect((await serverById(account.client, request.serverId)).lifeCycle?.state).toBe('NOT_READY');
  });
});
