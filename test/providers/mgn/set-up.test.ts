import {
  CreateLaunchConfigurationTemplateCommand,
  DescribeLaunchConfigurationTemplatesCommand,
  DescribeReplicationConfigurationTemplatesCommand,
  InitializeServiceCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../../src/core/desired.ts';
import { KEY } from '../../local/mgn.ts';
import { type Account, beginFresh, SCOPE } from './account.ts';

const PROJECT = { project: 'ucop' };
const SUBNET = { 'mgn.replication.stagingAreaSubnetId': 'subnet-00000001' };
const SETUP: Settings = {
  ...SUBNET,
  kmsKeyId: KEY,
  'mgn.launch.bootMode': 'UEFI',
  'mgn.launch.copyTags': true,
  'mgn.replication.bandwidthThrottling': 100,
  'mgn.replication.replicationServersSecurityGroupsIDs': 'sg-00000001, sg-00000002',
  'mgn.replication.stagingAreaTags.team': 'scrum',
};

const doneBy = async (account: Account, setup: Settings, project = PROJECT): Promise<readonly string[]> =>
  (await account.open().setUp(setup, project)).map(({ done }) => done);

async function templates({ client }: Account) {
  const replication = await client.send(new DescribeReplicationConfigurationTemplatesCommand({}));
  const launch = await client.send(new DescribeLaunchConfigurationTemplatesCommand({}));
  return { replication: replication.items, launch: launch.items };
}

const written = ({ door }: Account) =>
  door.calls.map(({ operation }) => operation).filter((operation) => !/^(Describe|List)/.test(operation));

describe('setting an account up', () => {
  it('initializes the service and makes both templates, ours', async () => {
    const account = await beginFresh();
    expect(await account.open().setUp(SETUP, PROJECT)).toEqual([
      { what: 'AWS MGN in this region', done: 'created' },
      { what: 'replication configuration template', done: 'created' },
      { what: 'launch configuration template', done: 'created' },
    ]);
    const tags = { 'landfall:project': 'ucop' };
    expect(await templates(account)).toMatchObject({
      replication: [
        {
          tags,
          stagingAreaSubnetId: 'subnet-00000001',
          ebsEncryption: 'CUSTOM',
          ebsEncryptionKeyArn: KEY,
          bandwidthThrottling: 100,
          replicationServersSecurityGroupsIDs: ['sg-00000001', 'sg-00000002'],
          stagingAreaTags: { team: 'scrum' },
          dataPlaneRouting: 'PRIVATE_IP',
          createPublicIP: false,
          replicationServerInstanceType: 't3.small',
          defaultLargeStagingDiskType: 'GP3',
        },
      ],
      launch: [{ tags, bootMode: 'UEFI', copyTags: true }],
    });
    expect((await account.open().observe(SCOPE)).missingSetup).toEqual([]);
  });

  it('does nothing the second time', async () => {
    const account = await beginFresh();
    await doneBy(account, SETUP);
    account.door.calls.length = 0;
    expect(await doneBy(account, SETUP)).toEqual(['there already', 'there already', 'there already']);
    expect(written(account)).toEqual([]);
  });

  it('needs a subnet only where a template is to be made, and says so before it does anything', async () => {
    const account = await beginFresh();
    await expect(account.open().setUp({}, PROJECT)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('mgn.replication.stagingAreaSubnetId') as unknown,
    });
    expect(written(account)).toEqual([]);
    await doneBy(account, SUBNET);
    expect(await doneBy(account, {})).toEqual(['there already', 'there already', 'there already']);
  });

  it('changes what differs in place, and nothing else', async () => {
    const account = await beginFresh();
    await doneBy(account, SETUP);
    account.door.calls.length = 0;
    const change = {
      'mgn.launch.copyTags': false,
      'mgn.replication.bandwidthThrottling': 7,
      'mgn.replication.stagingAreaTags.more': 'x',
    };
    expect(await doneBy(account, change)).toEqual(['there already', 'updated', 'updated']);
    expect(account.door.calls.filter(({ operation }) => operation.startsWith('Update'))).toMatchObject([
      { body: { bandwidthThrottling: 7, stagingAreaTags: { team: 'scrum', more: 'x' } } },
      { body: { copyTags: false } },
    ]);
    expect(await templates(account)).toMatchObject({
      replication: [{ bandwidthThrottling: 7, ebsEncryptionKeyArn: KEY }],
      launch: [{ copyTags: false, bootMode: 'UEFI' }],
    });
  });

  it('leaves what another project has set up', async () => {
    const account = await beginFresh();
    await doneBy(account, SETUP, { project: 'other' });
    expect(await doneBy(account, SETUP)).toEqual(['there already', 'there already', 'there already']);
    const change = { ...SETUP, 'mgn.replication.bandwidthThrottling': 7 };
    await expect(account.open().setUp(change, PROJECT)).rejects.toMatchObject({
      message:
        'the replication configuration template belongs to project "other", and differs in mgn.replication.bandwidthThrottling',
    });
  });

  it('uses a template of nobody’s as it is, and puts no marker on it', async () => {
    const account = await beginFresh();
    await account.client.send(new InitializeServiceCommand({}));
    await account.client.send(new CreateLaunchConfigurationTemplateCommand({ bootMode: 'UEFI' }));
    expect(await doneBy(account, SUBNET)).toEqual(['there already', 'created', 'there already']);
    expect(await templates(account)).toMatchObject({ launch: [{ tags: {}, bootMode: 'UEFI' }] });
  });

  it('comes to the same end whatever call was the last, or whatever answer is lost', async () => {
    const whole = await beginFresh();
    await doneBy(whole, SETUP);
    const clean = async (account: Account) =>
      JSON.parse(JSON.stringify(await templates(account)).replaceAll(/[lr]ct-\w+/g, 'id')) as unknown;
    const expected = await clean(whole);
    for (let k = 0; k < whole.door.calls.length - 2; k += 1) {
      const account = await beginFresh();
      account.door.closeAfter(k);
      await expect(account.open().setUp(SETUP, PROJECT)).rejects.toMatchObject({
        code: 'ENDPOINT_UNREACHABLE',
      });
      account.door.closeAfter(Infinity);
      await doneBy(account, SETUP);
      expect(await clean(account)).toEqual(expected);
      const other = await beginFresh();
      other.door.loseAnswerOf(k);
      expect(await doneBy(other, SETUP)).toEqual(['created', 'created', 'created']);
      expect(await clean(other)).toEqual(expected);
    }
  }, 120_000);
});
