import {
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  StartReplicationCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../../src/core/desired.ts';
import { KEY, LINUX } from '../../local/mgn.ts';
import { type Account, beginAccount, leftBehind, operations, OWNER, SCOPE, withJob } from './account.ts';
import { callsOf } from './front-door.ts';

const settingsOf = async (account: Account) => (await account.open().observe(SCOPE)).jobs[0]?.settings;

describe('updating a server', () => {
  it.each<[Settings, string, object]>([
    [{ 'mgn.launch.copyTags': false }, 'UpdateLaunchConfiguration', { copyTags: false }],
    [{ licenseType: 'AWS' }, 'UpdateLaunchConfiguration', { licensing: { osByol: false } }],
    [
      { 'mgn.replication.bandwidthThrottling': 7 },
      'UpdateReplicationConfiguration',
      { bandwidthThrottling: 7 },
    ],
    [
      { kmsKeyId: KEY },
      'UpdateReplicationConfiguration',
      { ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: KEY },
    ],
    [
      { 'mgn.replication.replicationServersSecurityGroupsIDs': 'sg-00000001' },
      'UpdateReplicationConfiguration',
      { replicationServersSecurityGroupsIDs: ['sg-00000001'] },
    ],
    [
      { 'mgn.replication.replicationServersSecurityGroupsIDs': '' },
      'UpdateReplicationConfiguration',
      { replicationServersSecurityGroupsIDs: [] },
    ],
    [{ description: 'new' }, 'TagResource', { tags: { 'landfall:description': 'new' } }],
  ])('sends %j and nothing else', async (settings, operation, body) => {
    const { account, id, update } = await withJob();
    await account.open().update(update({ settings }));
    expect(operations(account)).toEqual(['DescribeSourceServers', operation]);
    const [{ sourceServerID = id, ...sent } = {}] = callsOf(account.door, operation);
    expect([sourceServerID, sent]).toEqual([id, body]);
    expect(await settingsOf(account)).toMatchObject(settings);
  });

  it('lays disks and tags of the staging area over what is there', async () => {
    const before = {
      'mgn.replication.stagingAreaTags.a': '1',
      'mgn.replication.replicatedDisks./dev/sda.iops': 3000,
    };
    const settings = {
      'mgn.replication.stagingAreaTags.b': '2',
      'mgn.replication.replicatedDisks./dev/sda.stagingDiskType': 'IO2',
    };
    const { account, update } = await withJob(before);
    await account.open().update(update({ settings }));
    expect(await settingsOf(account)).toMatchObject({ ...before, ...settings });
  });

  it('moves it to another application, which is made', async () => {
    const { account, id, update } = await withJob();
    await account.open().update(update({ settings: { app: 'payroll' } }));
    expect(await leftBehind(account, [id])).toMatchObject({
      applications: [{ name: 'sdsc-01' }, { name: 'payroll', wave: 'sdsc-01' }],
      servers: [{ application: 'payroll' }],
    });
  });

  it('moves an application of ours along to another wave, and marks the server last', async () => {
    const { account, id, update } = await withJob({ app: 'payroll' });
    const owner = { ...OWNER, wave: 'sdsc-02' };
    await account
      .open()
      .update(update({ settings: { 'mgn.waveName': 'sdsc-02' }, owner, writeMarker: true }));
    const tags = { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-02' };
    expect(await leftBehind(account, [id])).toMatchObject({
      applications: [{ name: 'payroll', wave: 'sdsc-02', tags }],
      servers: [{ application: 'payroll', tags }],
    });
    expect(operations(account).slice(-1)).toEqual(['TagResource']);
  });

  it('adopts what is nobody’s, with the application it is in', async () => {
    const account = await beginAccount();
    const id = await account.id(LINUX);
    await account.client.send(new StartReplicationCommand({ sourceServerID: id }));
    const { applicationID } = await account.client.send(new CreateApplicationCommand({ name: 'theirs' }));
    await account.client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [id] }));
    const settings = { app: 'sdsc-01', 'mgn.launch.copyTags': false };
    await account.open().update({ id, settings, after: settings, owner: OWNER, writeMarker: true });
    const [job] = (await account.open().observe(SCOPE)).jobs;
    expect(job).toMatchObject({ owner: OWNER, settings });
  });

  it('refuses what is another’s, or nobody’s any more', async () => {
    const { account, id, update } = await withJob();
    const { arn } = await account.server(LINUX);
    const settings = { 'mgn.launch.copyTags': false };
    await account.client.send(
      new TagResourceCommand({ resourceArn: arn, tags: { 'landfall:project': 'other' } }),
    );
    await expect(account.open().update(update({ settings }))).rejects.toMatchObject({
      message: `source server ${id} now belongs to project "other"`,
    });
    expect(operations(account)).toEqual(['DescribeSourceServers']);
    await account.client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['landfall:project'] }));
    await expect(account.open().update(update({ settings }))).rejects.toMatchObject({
      message: `source server ${id} now belongs to nobody`,
    });
  });

  it.each<[string, Settings, Settings]>([
    ['another application', {}, { app: 'sdsc-02', 'mgn.waveName': 'sdsc-02' }],
    ['the application it has', { app: 'payroll' }, { 'mgn.waveName': 'sdsc-02' }],
  ])(
    'that moves to another wave with %s comes to the same end, whatever call was the last',
    async (_, before, app) => {
      const change = {
        settings: {
          ...app,
          kmsKeyId: KEY,
          'mgn.replication.stagingAreaTags.b': '2',
          licenseType: 'AWS',
        },
        owner: { ...OWNER, wave: 'sdsc-02' },
        writeMarker: true,
      };
      const whole = await withJob(before);
      await whole.account.open().update(whole.update(change));
      const expected = await leftBehind(whole.account, [whole.id]);
      const calls = whole.account.door.calls.length;
      expect(calls).toBeGreaterThan(8);
      for (let k = 1; k < calls; k += 1) {
        const { account, id, update } = await withJob(before);
        account.door.closeAfter(k);
        await expect(account.open().update(update(change))).rejects.toMatchObject({
          code: 'ENDPOINT_UNREACHABLE',
        });
        account.door.closeAfter(Infinity);
        // Until the marker is written, a plan shows that the server is to change hands.
        const { jobs } = await account.open().observe(SCOPE);
        expect(jobs[0]?.owner).toEqual(OWNER);
        await account.open().update(update(change));
        expect(await leftBehind(account, [id])).toEqual(expected);
      }
    },
    120_000,
  );
});
