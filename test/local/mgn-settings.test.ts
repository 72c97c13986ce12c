import {
  CreateLaunchConfigurationTemplateCommand,
  CreateReplicationConfigurationTemplateCommand,
  DeleteLaunchConfigurationTemplateCommand,
  DeleteReplicationConfigurationTemplateCommand,
  DescribeLaunchConfigurationTemplatesCommand,
  DescribeReplicationConfigurationTemplatesCommand,
  GetLaunchConfigurationCommand,
  GetReplicationConfigurationCommand,
  InitializeServiceCommand,
  ListWavesCommand,
  StartReplicationCommand,
  UpdateLaunchConfigurationCommand,
  UpdateLaunchConfigurationTemplateCommand,
  UpdateReplicationConfigurationCommand,
  UpdateReplicationConfigurationTemplateCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, KEY, LINUX, refusal, talkToMgn, TEMPLATE, WINDOWS } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { begin, restart } from './support.ts';

const templateOf = async ({ client }: MgnTest) => {
  const { items = [] } = await client.send(new DescribeReplicationConfigurationTemplatesCommand({}));
  return items[0]?.replicationConfigurationTemplateID ?? '';
};

describe('the account', () => {
  it('S17.1 is not initialised before InitializeService', async () => {
    const { client, post } = talkToMgn(await begin());
    for (const operation of ['ListWaves', 'DescribeSourceServers', 'DescribeJobs', 'ListApplications']) {
      expect((await post(operation)).headers['x-amzn-errortype']).toBe('UninitializedAccountException');
    }
    await client.send(new InitializeServiceCommand({}));
    await client.send(new InitializeServiceCommand({}));
    expect((await client.send(new ListWavesCommand({}))).items).toEqual([]);
  });

  it('S17.2 is initialised at the start with mgn.initialized', async () => {
    const options = { mgn: { initialized: true } };
    const test = await begin(options);
    await test.endpoint.reset();
    expect((await talkToMgn(test).client.send(new ListWavesCommand({}))).items).toEqual([]);
    const after = talkToMgn(await restart(test));
    expect((await after.client.send(new ListWavesCommand({}))).items).toEqual([]);
  });
});

describe('templates', () => {
  it('S17.3 there is one of each kind', async () => {
    const { client } = await beginMgn();
    const again = new CreateReplicationConfigurationTemplateCommand(TEMPLATE);
    expect(await refusal(client.send(again))).toBe('ValidationException');
    const launch = new CreateLaunchConfigurationTemplateCommand({ copyPrivateIp: true, tags: { a: 'b' } });
    expect(await client.send(launch)).toMatchObject({
      launchConfigurationTemplateID: expect.stringMatching(/^lct-/) as unknown,
      ec2LaunchTemplateID: expect.stringMatching(/^lt-[0-9a-f]{17}$/) as unknown,
      copyPrivateIp: true,
      tags: { a: 'b' },
    });
    expect(await refusal(client.send(launch))).toBe('ValidationException');
  });

  it('S17.4 an update changes what it names', async () => {
    const test = await beginMgn();
    const { client } = test;
    const replicationConfigurationTemplateID = await templateOf(test);
    const update = { replicationConfigurationTemplateID, bandwidthThrottling: 7 };
    const after = await client.send(new UpdateReplicationConfigurationTemplateCommand(update));
    expect(after).toMatchObject({ ...TEMPLATE, bandwidthThrottling: 7 });
    const made = await client.send(new CreateLaunchConfigurationTemplateCommand({ copyTags: false }));
    const { launchConfigurationTemplateID } = made;
    const launch = new UpdateLaunchConfigurationTemplateCommand({
      launchConfigurationTemplateID,
      bootMode: 'UEFI',
    });
    expect(await client.send(launch)).toMatchObject({ copyTags: false, bootMode: 'UEFI' });
    const { items } = await client.send(new DescribeLaunchConfigurationTemplatesCommand({}));
    expect(items).toMatchObject([{ launchConfigurationTemplateID, copyTags: false, bootMode: 'UEFI' }]);
  });

  it('S17.4 an update of a server changes what it names', async () => {
    const test = await beginMgn();
    const { client } = test;
    const sourceServerID = await test.id(WINDOWS);
    const before = await client.send(new GetLaunchConfigurationCommand({ sourceServerID }));
    expect(before).toMatchObject({
      ...{ sourceServerID, name: `Launch Configuration for Source Server ${sourceServerID}` },
      ...{ copyTags: false, licensing: { osByol: false } },
    });
    const licensing = { osByol: true };
    await client.send(new UpdateLaunchConfigurationCommand({ sourceServerID, licensing }));
    const after = await client.send(new GetLaunchConfigurationCommand({ sourceServerID }));
    expect({ ...after, $metadata: 0 }).toEqual({ ...before, licensing, $metadata: 0 });
    await client.send(new UpdateReplicationConfigurationCommand({ sourceServerID, createPublicIP: true }));
    const replication = await client.send(new GetReplicationConfigurationCommand({ sourceServerID }));
    expect(replication).toMatchObject({ ...TEMPLATE, createPublicIP: true });
  });

  it('S17.5 an unknown template is not found', async () => {
    const test = await beginMgn();
    const { client } = test;
    const replicationConfigurationTemplateID = await templateOf(test);
    const launchConfigurationTemplateID = 'lct-0123456789abcdef0';
    const remove = new DeleteReplicationConfigurationTemplateCommand({ replicationConfigurationTemplateID });
    await client.send(remove);
    const ids = [replicationConfigurationTemplateID];
    for (const call of [
      client.send(remove),
      client.send(
        new DescribeReplicationConfigurationTemplatesCommand({ replicationConfigurationTemplateIDs: ids }),
      ),
      client.send(new UpdateReplicationConfigurationTemplateCommand({ replicationConfigurationTemplateID })),
      client.send(new UpdateLaunchConfigurationTemplateCommand({ launchConfigurationTemplateID })),
      client.send(new DeleteLaunchConfigurationTemplateCommand({ launchConfigurationTemplateID })),
    ]) {
      expect(await refusal(call)).toBe('ResourceNotFoundException');
    }
  });

  it('S17.6 a key and CUSTOM belong together', async () => {
    const test = await beginMgn();
    const sourceServerID = await test.id(LINUX);
    const update = (input: object) =>
      test.client.send(new UpdateReplicationConfigurationCommand({ sourceServerID, ...input }));
    for (const input of [
      { ebsEncryption: 'CUSTOM' },
      { ebsEncryptionKeyArn: KEY },
      { ebsEncryption: 'DEFAULT', ebsEncryptionKeyArn: KEY },
      { ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: '0d3f5b9e-0000-4000-8000-000000000001' },
      { ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: KEY.replace('kms', 'ec2') },
    ]) {
      expect(await refusal(update(input))).toBe('ValidationException');
    }
    const custom = { ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: KEY };
    expect(await update(custom)).toMatchObject(custom);
    expect(await update({ bandwidthThrottling: 1 })).toMatchObject(custom);
    expect((await update({ ebsEncryption: 'DEFAULT' })).ebsEncryptionKeyArn).toBeUndefined();
    const replicationConfigurationTemplateID = await templateOf(test);
    const wrong = { replicationConfigurationTemplateID, ebsEncryption: 'CUSTOM' } as const;
    const template = new UpdateReplicationConfigurationTemplateCommand(wrong);
    expect(await refusal(test.client.send(template))).toBe('ValidationException');
  });

  it('S17.7 servers have the settings of the template until they have their own', async () => {
    const test = await beginMgn();
    const { client } = test;
    const [free, changed, started] = [
      await test.id(WINDOWS),
      await test.id(LINUX),
      await test.id('awsscrum-lnx2'),
    ];
    await client.send(
      new UpdateReplicationConfigurationCommand({ sourceServerID: changed, createPublicIP: true }),
    );
    await client.send(new StartReplicationCommand({ sourceServerID: started }));
    const replicationConfigurationTemplateID = await templateOf(test);
    const update = { replicationConfigurationTemplateID, bandwidthThrottling: 9 };
    await client.send(new UpdateReplicationConfigurationTemplateCommand(update));
    const throttling = async (sourceServerID: string) =>
      (await client.send(new GetReplicationConfigurationCommand({ sourceServerID }))).bandwidthThrottling;
    expect([await throttling(free), await throttling(changed), await throttling(started)]).toEqual([9, 0, 0]);
    await client.send(new CreateLaunchConfigurationTemplateCommand({ licensing: { osByol: true } }));
    const byol = async (sourceServerID: string) =>
      (await client.send(new GetLaunchConfigurationCommand({ sourceServerID }))).licensing;
    expect(await byol(free)).toEqual({ osByol: true });
  });

  it('S17.8 a configuration lists the disks of its server and refuses others', async () => {
    const test = await beginMgn();
    const sourceServerID = await test.id(WINDOWS);
    const { replicatedDisks } = await test.client.send(
      new GetReplicationConfigurationCommand({ sourceServerID }),
    );
    expect(replicatedDisks).toMatchObject([{ deviceName: 'c:0', isBootDisk: true }]);
    const update = (deviceName: string) =>
      test.client.send(
        new UpdateReplicationConfigurationCommand({
          sourceServerID,
          replicatedDisks: [{ deviceName, isBootDisk: true, stagingDiskType: 'GP3' }],
        }),
      );
    expect(await refusal(update('/dev/sda'))).toBe('ValidationException');
    expect((await update('c:0')).replicatedDisks).toMatchObject([{ stagingDiskType: 'GP3' }]);
  });
});
