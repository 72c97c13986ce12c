import {
  AssociateSourceServersCommand,
  ChangeServerLifeCycleStateCommand,
  CreateApplicationCommand,
  DisconnectFromServiceCommand,
  FinalizeCutoverCommand,
  MarkAsArchivedCommand,
  PauseReplicationCommand,
  StartCutoverCommand,
  StartReplicationCommand,
  StartTestCommand,
  StopReplicationCommand,
  TagResourceCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { toServerId } from '../../../src/core/names.ts';
import { resolve } from '../../../src/journey/find-server.ts';
import { indexServers } from '../../../src/journey/servers.ts';
import { LINUX, WINDOWS } from '../../local/mgn.ts';
import { DAY, HOUR, MINUTE } from '../../local/support.ts';
import { type Account, beginAccount, beginFresh, OWNER, SCOPE } from './account.ts';
import { callsOf } from './front-door.ts';

const THEIRS = { 'landfall:project': 'other', 'landfall:wave': 'w' };

async function tag({ client, server }: Account, name: string, tags: Record<string, string>): Promise<void> {
  const { arn } = await server(name);
  await client.send(new TagResourceCommand({ resourceArn: arn, tags }));
}

/** A server of ours, made by a create of ours. */
async function replicating(account: Account, name = LINUX): Promise<string> {
  const request = await account.request(name);
  await account.open().create(request);
  return request.serverId;
}

const jobOf = async (account: Account, scope = SCOPE) => (await account.open().observe(scope)).jobs[0];

describe('an account that AWS MGN has never been used in', () => {
  it('lacks the initialization, and holds nothing', async () => {
    const account = await beginFresh();
    const observed = await account.open().observe(SCOPE);
    expect(observed).toMatchObject({
      catalog: 'not-imported',
      servers: [],
      jobs: [],
      missingSetup: [{ id: 'account.uninitialized' }],
    });
    expect(observed.at).toBe(account.endpoint.now() - (account.endpoint.now() % 1000));
  });

  it('lacks a template once it is initialized', async () => {
    const account = await beginFresh({ mgn: { initialized: true } });
    const { missingSetup: lacks, catalog } = await account.open().observe(SCOPE);
    expect(lacks?.map(({ id }) => id)).toEqual(['account.no-template']);
    expect(catalog).toBe('available');
  });
});

describe('the servers of an account', () => {
  it('are known by all that a manifest may call them', async () => {
    const account = await beginAccount();
    const { servers, missingSetup: lacks, connectors } = await account.open().observe(SCOPE);
    expect(servers.find(({ name }) => name === LINUX)).toEqual({
      serverId: await account.id(LINUX),
      name: LINUX,
      otherNames: [`${LINUX}.sdsc.xxxx.xxx`],
      path: '/Datacenters/SDSC/vm/awsscrum-lnx1',
      vmWareUuid: '42084e4d-bbda-cdac-a2df-47dce5abb359',
      diskGiB: expect.any(Number),
    });
    expect(lacks).toEqual([]);
    expect(connectors.length).toBeGreaterThan(0);
  });

  it('are also called by their Name tag', async () => {
    const account = await beginAccount();
    await tag(account, LINUX, { Name: 'scrum front end' });
    const { servers } = await account.open().observe(SCOPE);
    expect(servers.find(({ name }) => name === LINUX)?.otherNames).toEqual([
      'scrum front end',
      `${LINUX}.sdsc.xxxx.xxx`,
    ]);
  });

  it('are ambiguous by a name that fits two of them, host name or tag, and certain by UUID or path', async () => {
    const account = await beginAccount();
    await tag(account, WINDOWS, { Name: LINUX });
    const index = indexServers(await account.open().observe(SCOPE));
    const ids = await Promise.all([LINUX, WINDOWS].map((name) => account.id(name)));
    const found = resolve({ name: LINUX }, index);
    expect(found.kind === 'ambiguous' && found.candidates.map(({ serverId }) => serverId).sort()).toEqual(
      ids.toSorted(),
    );
    for (const reference of [
      { vmWareUuid: '42084E4D-BBDA-CDAC-A2DF-47DCE5ABB359' },
      { name: LINUX, path: '/Datacenters/SDSC/vm/awsscrum-lnx1' },
      { serverId: toServerId(ids[0] ?? '') },
    ]) {
      expect(resolve(reference, index)).toMatchObject({ kind: 'found', server: { serverId: ids[0] } });
    }
  });

  it('have no job while they are only discovered, ours or not, unless they are another project’s', async () => {
    const account = await beginAccount();
    await tag(account, LINUX, { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' });
    await tag(account, WINDOWS, THEIRS);
    const { jobs, unfinished } = await account.open().observe(SCOPE);
    expect(jobs).toMatchObject([
      { server: { name: WINDOWS }, state: 'pending', owner: { project: 'other', wave: 'w' } },
    ]);
    expect(unfinished).toMatchObject([{ server: { name: LINUX }, owner: OWNER }]);
  });

  it('have none while they are stopped, unless a marker is on them', async () => {
    const account = await beginAccount();
    const sourceServerID = await account.id(LINUX);
    await account.client.send(new StartReplicationCommand({ sourceServerID }));
    await account.client.send(new StopReplicationCommand({ sourceServerID }));
    expect(await jobOf(account)).toBeUndefined();
    await tag(account, LINUX, { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' });
    expect(await jobOf(account)).toMatchObject({
      state: 'paused',
      owner: OWNER,
      facts: { lifecycle: 'STOPPED', replication: 'STOPPED' },
    });
  });

  it('belong to nobody by half a marker', async () => {
    const account = await beginAccount();
    await account.client.send(new StartReplicationCommand({ sourceServerID: await account.id(LINUX) }));
    await tag(account, LINUX, { 'landfall:wave': 'sdsc-01' });
    expect(await jobOf(account)).not.toHaveProperty('owner');
  });

  it('are read on all pages, the largest there are', async () => {
    const account = await beginAccount();
    const rows = Array.from({ length: 2345 }, (_, index) => `vm${index},vm-${index},A`);
    await account.endpoint.load(['VM,VM ID,VI SDK UUID', ...rows].join('\n'));
    const { servers, calls } = await account.open().observe(SCOPE);
    expect(new Set(servers.map(({ name }) => name)).size).toBe(2345);
    expect(callsOf(account.door, 'DescribeSourceServers')).toMatchObject([
      { maxResults: 1000 },
      { maxResults: 1000 },
      { maxResults: 1000 },
    ]);
    expect(calls).toBe(account.door.calls.length);
  });
});

describe('the job of a server', () => {
  it('tells how far it is, and moves in steps only', async () => {
    const account = await beginAccount();
    const id = await replicating(account);
    account.advance(MINUTE);
    expect(await jobOf(account)).toMatchObject({
      id,
      state: 'active',
      facts: { lifecycle: 'NOT_READY', shipped: false, application: 'sdsc-01' },
      statusMessage: expect.stringMatching(/^initiating: [a-z ]+$/) as unknown,
    });
    account.advance(30 * MINUTE);
    const syncing = await jobOf(account);
    expect(syncing?.statusMessage).toMatch(/^initial sync \d+ %, done about [\d: -]+ UTC$/);
    expect(syncing?.facts).not.toHaveProperty('replication');
    account.advance(DAY);
    const ready = await jobOf(account);
    expect(ready?.facts).toEqual({
      lifecycle: 'READY_FOR_TEST',
      shipped: true,
      application: 'sdsc-01',
      ownApplication: true,
    });
    for (let hour = 0; hour < 14; hour += 1) {
      account.advance(HOUR);
      expect((await jobOf(account))?.facts).toEqual(ready?.facts);
    }
  });

  it('tells why it has stalled', async () => {
    const account = await beginAccount({
      faults: { stalls: [{ server: LINUX, error: 'FAILED_TO_BOOT_REPLICATION_SERVER', message: 'no AMI' }] },
    });
    await replicating(account);
    account.advance(DAY);
    expect(await jobOf(account)).toMatchObject({
      state: 'failing',
      facts: { replication: 'STALLED' },
      statusMessage: 'failed to boot replication server: no AMI',
    });
  });

  it('is paused when its replication is', async () => {
    const account = await beginAccount();
    const sourceServerID = await replicating(account);
    await account.client.send(new PauseReplicationCommand({ sourceServerID }));
    expect(await jobOf(account)).toMatchObject({ state: 'paused', facts: { replication: 'PAUSED' } });
  });

  it('has failed when it was disconnected', async () => {
    const account = await beginAccount();
    const sourceServerID = await replicating(account);
    await account.client.send(new DisconnectFromServiceCommand({ sourceServerID }));
    expect(await jobOf(account)).toMatchObject({
      state: 'failed',
      facts: { lifecycle: 'DISCONNECTED', replication: 'DISCONNECTED' },
    });
  });

  it('tells of tests and cut-overs, from the job that launched them to the archive', async () => {
    const account = await beginAccount();
    const id = await replicating(account);
    const { client } = account;
    const ids = { sourceServerIDs: [id] };
    const facts = async () => (await jobOf(account))?.facts;
    account.advance(DAY);
    await client.send(new StartTestCommand(ids));
    expect(await facts()).toMatchObject({
      lifecycle: 'TESTING',
      launch: 'PENDING',
      launchOf: 'test',
      busy: true,
    });
    expect((await account.open().observe()).jobsRunning).toEqual({ jobs: 1, servers: 1 });
    account.advance(HOUR);
    const tested = await facts();
    expect(tested).toMatchObject({ launch: 'LAUNCHED', instance: expect.stringMatching(/^i-/) as unknown });
    expect(tested).not.toHaveProperty('busy');
    const state = { state: 'READY_FOR_CUTOVER' } as const;
    await client.send(new ChangeServerLifeCycleStateCommand({ sourceServerID: id, lifeCycle: state }));
    await client.send(new StartCutoverCommand(ids));
    account.advance(HOUR);
    expect(await facts()).toMatchObject({
      lifecycle: 'CUTTING_OVER',
      launch: 'LAUNCHED',
      launchOf: 'cutover',
    });
    await client.send(new FinalizeCutoverCommand({ sourceServerID: id }));
    expect(await jobOf(account)).toMatchObject({ state: 'completed', facts: { lifecycle: 'CUTOVER' } });
    await client.send(new MarkAsArchivedCommand({ sourceServerID: id }));
    const archived = await jobOf(account);
    expect(archived).toMatchObject({ state: 'completed', owner: OWNER, facts: { archived: true } });
    expect(archived).not.toHaveProperty('statusMessage');
    expect((await account.open().observe()).jobsRunning).toEqual({ jobs: 0, servers: 0 });
  });

  it('tells why its launch has failed', async () => {
    const account = await beginAccount({
      faults: { launchFailures: [{ server: LINUX, message: 'no boot' }] },
    });
    const id = await replicating(account);
    account.advance(DAY);
    await account.client.send(new StartTestCommand({ sourceServerIDs: [id] }));
    account.advance(HOUR);
    expect((await jobOf(account))?.facts).toMatchObject({ launch: 'FAILED', launchError: 'no boot' });
    expect(callsOf(account.door, 'DescribeJobLogItems')).toHaveLength(1);
  });

  it('has its settings read where they are git’s business, two calls for each', async () => {
    const account = await beginAccount();
    await replicating(account, LINUX);
    for (const name of [WINDOWS, 'awsscrum-lnx2']) {
      await account.client.send(new StartReplicationCommand({ sourceServerID: await account.id(name) }));
    }
    await tag(account, 'awsscrum-lnx2', THEIRS);
    const { applicationID } = await account.client.send(new CreateApplicationCommand({ name: 'theirs' }));
    const sourceServerIDs = [await account.id(WINDOWS)];
    await account.client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs }));
    const read = async (scope?: Parameters<ReturnType<Account['open']>['observe']>[0]) => {
      account.door.calls.length = 0;
      const { jobs } = await account.open().observe(scope);
      expect(callsOf(account.door, 'GetLaunchConfiguration')).toHaveLength(
        callsOf(account.door, 'GetReplicationConfiguration').length,
      );
      const withSettings = jobs.filter(({ settings }) => Object.keys(settings).length > 0);
      return withSettings.map(({ server }) => server.name).sort();
    };
    expect(await read()).toEqual([]);
    expect(await read(SCOPE)).toEqual([LINUX]);
    expect(await read({ ...SCOPE, adopt: true })).toEqual([LINUX, WINDOWS]);
    const { jobs } = await account.open().observe({ ...SCOPE, adopt: true });
    expect(jobs.find(({ server }) => server.name === WINDOWS)?.settings).toMatchObject({
      app: 'theirs',
      licenseType: 'AWS',
      encrypted: true,
      'mgn.launch.copyTags': false,
      'mgn.replication.replicationServerInstanceType': 't3.small',
      'mgn.replication.replicatedDisks.c:0.stagingDiskType': 'AUTO',
    });
  });
});
