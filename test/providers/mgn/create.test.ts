import {
  ArchiveWaveCommand,
  AssociateApplicationsCommand,
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateWaveCommand,
  StartReplicationCommand,
  StopReplicationCommand,
  TagResourceCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../../src/core/desired.ts';
import type { CreateRequest } from '../../../src/core/provider.ts';
import { KEY, LINUX, serverById, servers, WINDOWS } from '../../local/mgn.ts';
import { linuxes } from '../../local/worlds.ts';
import { type Account, beginAccount, leftBehind, OWNER, SCOPE } from './account.ts';
import { callsOf } from './front-door.ts';

const TAGS = { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' };

/** Everything that a manifest can say of a VM on MGN. */
const EVERYTHING: Settings = {
  app: 'payroll',
  description: 'the front end',
  licenseType: 'BYOL',
  encrypted: true,
  kmsKeyId: KEY,
  'mgn.launch.bootMode': 'UEFI',
  'mgn.launch.copyPrivateIp': true,
  'mgn.launch.copyTags': false,
  'mgn.launch.launchDisposition': 'STOPPED',
  'mgn.launch.name': 'payroll-front',
  'mgn.launch.targetInstanceTypeRightSizingMethod': 'IN_AWS',
  'mgn.replication.associateDefaultSecurityGroup': false,
  'mgn.replication.bandwidthThrottling': 100,
  'mgn.replication.createPublicIP': true,
  'mgn.replication.dataPlaneRouting': 'PUBLIC_IP',
  'mgn.replication.defaultLargeStagingDiskType': 'ST1',
  'mgn.replication.replicatedDisks./dev/sda.iops': 3000,
  'mgn.replication.replicatedDisks./dev/sda.isBootDisk': true,
  'mgn.replication.replicatedDisks./dev/sda.stagingDiskType': 'GP3',
  'mgn.replication.replicatedDisks./dev/sda.throughput': 250,
  'mgn.replication.replicationServerInstanceType': 'm5.large',
  'mgn.replication.replicationServersSecurityGroupsIDs': 'sg-0aaaaaaaa, sg-0bbbbbbbb',
  'mgn.replication.stagingAreaSubnetId': 'subnet-00000001',
  'mgn.replication.stagingAreaTags.team': 'scrum',
  'mgn.replication.stagingAreaTags.cost.centre': '42',
  'mgn.replication.useDedicatedReplicationServer': true,
  'mgn.replication.useFipsEndpoint': true,
};

describe('creating the job of a server', () => {
  it('leaves behind all that git says, ours, in its application and wave, and replicating', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX, EVERYTHING);
    const provider = account.open();
    expect(await provider.create(request)).toBe(request.serverId);
    const { jobs } = await provider.observe(SCOPE);
    expect(jobs).toMatchObject([
      { id: request.serverId, owner: OWNER, state: 'active', facts: { lifecycle: 'NOT_READY' } },
    ]);
    expect(jobs[0]?.settings).toEqual(EVERYTHING);
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
      remedy: 'its disks are /dev/sda: mend mgn.replication.replicatedDisks',
    });
    expect((await account.server(LINUX)).lifeCycle?.state).toBe('DISCOVERED');
  });

  it('finds that another run of the project was first', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    await account.open().create(request);
    const calls = account.door.calls.length;
    const again = await account.open().create(request);
    expect(again).toEqual({ id: request.serverId, wasThere: true });
    expect(account.door.calls.slice(calls).map(({ operation }) => operation)).toEqual([
      'DescribeSourceServers',
    ]);
  });

  it('refuses a server that somebody else has started in the meantime', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    await account.client.send(new StartReplicationCommand({ sourceServerID: request.serverId }));
    await expect(account.open().create(request)).rejects.toMatchObject({
      message: `source server ${request.serverId} has got a replication of nobody in the meantime`,
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

  it('says that a server is gone', async () => {
    const account = await beginAccount();
    const request = { serverId: 's-00000000000000000', settings: {}, owner: OWNER };
    await expect(account.open().create(request)).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: 'there is no source server s-00000000000000000 any more',
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

describe('the application and the wave of a server', () => {
  const inGroups = async (account: Account) => {
    const { applications, waves } = (await leftBehind(account, [])) as {
      applications: { name: string; wave?: string; tags: object }[];
      waves: { name: string; tags: object }[];
    };
    return { applications, waves };
  };

  it('are used as they are where nobody’s marker is on them', async () => {
    const account = await beginAccount();
    await account.client.send(new CreateWaveCommand({ name: 'sdsc-01' }));
    await account.client.send(new CreateApplicationCommand({ name: 'payroll', tags: { a: 'b' } }));
    await account.open().create(await account.request(LINUX, { app: 'payroll' }));
    expect(await inGroups(account)).toEqual({
      waves: [{ name: 'sdsc-01', tags: {} }],
      applications: [{ name: 'payroll', tags: { a: 'b' }, wave: 'sdsc-01' }],
    });
  });

  it.each(['application', 'wave'])('are refused where the %s is another project’s', async (kind) => {
    const account = await beginAccount();
    const tags = { 'landfall:project': 'other', 'landfall:wave': 'w' };
    const create = kind === 'wave' ? CreateWaveCommand : CreateApplicationCommand;
    await account.client.send(new create({ name: 'sdsc-01', tags }));
    await expect(account.open().create(await account.request(LINUX))).rejects.toMatchObject({
      message: `${kind} sdsc-01 belongs to project "other"`,
      remedy: kind === 'wave' ? 'give the wave another name' : 'name another `app`',
    });
    expect((await account.server(LINUX)).tags).toEqual({ Name: LINUX });
  });

  it('are refused where one is archived', async () => {
    const account = await beginAccount();
    const { waveID } = await account.client.send(new CreateWaveCommand({ name: 'sdsc-01', tags: TAGS }));
    await account.client.send(new ArchiveWaveCommand({ waveID }));
    await expect(account.open().create(await account.request(LINUX))).rejects.toMatchObject({
      message: 'wave sdsc-01 is archived',
    });
  });

  it('an application of nobody’s stays in its wave', async () => {
    const account = await beginAccount();
    const { waveID } = await account.client.send(new CreateWaveCommand({ name: 'theirs' }));
    const { applicationID = '' } = await account.client.send(
      new CreateApplicationCommand({ name: 'sdsc-01' }),
    );
    await account.client.send(new AssociateApplicationsCommand({ waveID, applicationIDs: [applicationID] }));
    await expect(account.open().create(await account.request(LINUX))).rejects.toMatchObject({
      message: `application sdsc-01 is in wave ${waveID ?? ''}, not in sdsc-01`,
    });
  });

  it('a server stays in an application of nobody’s, unless git names it', async () => {
    const account = await beginAccount();
    const serverId = await account.id(LINUX);
    const { applicationID } = await account.client.send(new CreateApplicationCommand({ name: 'theirs' }));
    await account.client.send(
      new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [serverId] }),
    );
    await expect(account.open().create(await account.request(LINUX))).rejects.toMatchObject({
      message: `source server ${serverId} is in application theirs, which landfall did not make`,
      remedy: 'write `app: theirs` to leave it there, or take it out of there in the console',
    });
    expect((await account.server(LINUX)).tags).toEqual({ Name: LINUX });
    await account.open().create(await account.request(LINUX, { app: 'theirs' }));
    expect((await account.server(LINUX)).lifeCycle?.state).toBe('NOT_READY');
  });

  it('a server leaves another application of ours', async () => {
    const account = await beginAccount();
    const serverId = await account.id(LINUX);
    const { applicationID } = await account.client.send(
      new CreateApplicationCommand({ name: 'ours', tags: TAGS }),
    );
    await account.client.send(
      new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [serverId] }),
    );
    await account.open().create(await account.request(LINUX));
    expect(await leftBehind(account, [serverId])).toMatchObject({ servers: [{ application: 'sdsc-01' }] });
  });

  it('are made once, however many servers ask for them', async () => {
    const account = await beginAccount();
    const provider = account.open();
    await provider.observe(SCOPE);
    const requests = await Promise.all(
      [LINUX, WINDOWS, 'awsscrum-lnx2'].map((name) => account.request(name)),
    );
    await Promise.all(requests.map((request) => provider.create(request)));
    for (const operation of ['CreateWave', 'CreateApplication', 'AssociateApplications']) {
      expect(callsOf(account.door, operation)).toHaveLength(1);
    }
    expect(callsOf(account.door, 'AssociateSourceServers')).toHaveLength(1);
  });

  it('take 120 servers in calls of 50 at most, and no more of them than that needs', async () => {
    const account = await beginAccount();
    await account.endpoint.load(linuxes(Array.from({ length: 120 }, () => ({ gigabytes: 1 }))));
    const ids = (await servers(account.client)).map(({ sourceServerID = '' }) => sourceServerID);
    const provider = account.open();
    await Promise.all(
      ids.map((serverId) => provider.create({ serverId, settings: { app: 'a' }, owner: OWNER })),
    );
    const sizes = callsOf(account.door, 'AssociateSourceServers').map(
      ({ sourceServerIDs }) => (sourceServerIDs as string[]).length,
    );
    expect(sizes).toEqual([50, 50, 20]);
    expect(account.door.mostInFlight).toBeLessThanOrEqual(8);
    expect((await provider.observe(SCOPE)).jobs.filter(({ state }) => state === 'active')).toHaveLength(120);
  });

  it('take those that fit where one cannot come in', async () => {
    const account = await beginAccount({ mgn: { quotas: { serversPerApplication: 7 } } });
    await account.endpoint.load(linuxes(Array.from({ length: 10 }, () => ({ gigabytes: 1 }))));
    const ids = (await servers(account.client)).map(({ sourceServerID = '' }) => sourceServerID);
    const provider = account.open();
    const outcomes = await Promise.allSettled(
      ids.map((serverId) => provider.create({ serverId, settings: { app: 'a' }, owner: OWNER })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { remedy: 'name another `app` for some of the VMs: an application takes no more' },
    });
    expect((await provider.observe(SCOPE)).jobs).toHaveLength(7);
  });
});

describe('a create that is cut off', () => {
  const prepare = async () => {
    const account = await beginAccount();
    const requests = [await account.request(LINUX, EVERYTHING), await account.request(WINDOWS)];
    return { account, requests, ids: requests.map(({ serverId }) => serverId) };
  };
  const createAll = async (account: Account, requests: readonly CreateRequest[]) => {
    const provider = account.open({ apiRequests: 1 });
    await provider.observe(SCOPE);
    return Promise.allSettled(requests.map((request) => provider.create(request)));
  };

  it('comes to the same end when it is made again, whatever call was the last', async () => {
    const whole = await prepare();
    await createAll(whole.account, whole.requests);
    const expected = await leftBehind(whole.account, whole.ids);
    const calls = whole.account.door.calls.length;
    expect(calls).toBeGreaterThan(15);
    for (let k = 6; k < calls; k += 1) {
      const { account, requests, ids } = await prepare();
      account.door.closeAfter(k);
      await createAll(account, requests);
      account.door.closeAfter(Infinity);
      const outcomes = await createAll(account, requests);
      expect([k, outcomes.map(({ status }) => status)]).toEqual([k, ['fulfilled', 'fulfilled']]);
      expect(await leftBehind(account, ids)).toEqual(expected);
    }
  }, 120_000);

  it('comes to the same end by itself, whatever answer is lost', async () => {
    const whole = await prepare();
    await createAll(whole.account, whole.requests);
    const expected = await leftBehind(whole.account, whole.ids);
    const calls = whole.account.door.calls.length;
    for (let k = 0; k < calls; k += 1) {
      const { account, requests, ids } = await prepare();
      account.door.loseAnswerOf(k);
      const outcomes = await createAll(account, requests);
      expect([k, outcomes]).toEqual([k, ids.map((value) => ({ status: 'fulfilled', value }))]);
      expect(await leftBehind(account, ids)).toEqual(expected);
    }
  }, 120_000);
});
