import {
  ArchiveWaveCommand,
  AssociateApplicationsCommand,
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateWaveCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { LINUX, servers, WINDOWS } from '../../local/mgn.ts';
import { linuxes } from '../../local/jobs.ts';
import { type Account, beginAccount, leftBehind, OWNER, SCOPE } from './account.ts';
import { callsOf } from './front-door.ts';

const TAGS = { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' };

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
    // Nothing is left behind of the attempt; under the name of that wave, the application is used.
    expect((await inGroups(account)).waves).toMatchObject([{ name: 'theirs' }]);
    await account.open().create(await account.request(LINUX, { 'mgn.waveName': 'theirs' }));
    expect((await inGroups(account)).waves).toMatchObject([{ name: 'theirs' }]);
  });

  it('stay as they are where git does not manage them', async () => {
    const account = await beginAccount();
    const unmanaged = { 'mgn.manageWave': false };
    await account.open().create({ ...(await account.request(LINUX)), settings: unmanaged });
    expect(await inGroups(account)).toEqual({ waves: [], applications: [] });
    await account.open().create(await account.request(WINDOWS, { ...unmanaged, app: 'payroll' }));
    expect(await inGroups(account)).toMatchObject({ waves: [], applications: [{ name: 'payroll' }] });
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
      remedy: 'write `app: theirs` to keep it there, or remove it from the application in the console',
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
      reason: {
        remedy: 'name another `app` for some of the VMs: the application has reached its quota of servers',
      },
    });
    expect((await provider.observe(SCOPE)).jobs).toHaveLength(7);
  });
});
