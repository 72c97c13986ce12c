import { EC2 } from '@aws-sdk/client-ec2';
import { GetLaunchConfigurationCommand } from '@aws-sdk/client-mgn';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mgnClient, servers } from '../local/mgn.ts';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const [, MGN] = SERVICES;
const SUBNET = 'subnet-0123456789abcdef0';

describe('launch templates in git', () => {
  let world: ScratchProject;
  let url: string;

  beforeEach(async () => {
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    await world.serve({});
    url = world.url;
    await world.useSmallInventory();
    await MGN.ready(world);
  });
  afterEach(() => world.dispose());

  const write = (template: string, more = '', phase = 'replicate') => {
    world.write(
      'waves/w1.yaml',
      `apiVersion: landfall/v1
kind: Wave
metadata: { name: w1 }
spec:
  phase: ${phase}
  defaults:
    mgn:
      launch:
        targetInstanceTypeRightSizingMethod: NONE
        template: { subnetId: ${SUBNET} }
  vms:
    - name: awsscrum-lnx1
      os: rhel-7.3
      mgn: { launch: { template: { ${template} } } }
    - { name: awsscrum-lnx2, os: rhel-7.3${more} }
`,
    );
  };

  async function look(name = 'awsscrum-lnx1') {
    const client = mgnClient(url);
    const server = (await servers(client)).find(
      ({ sourceProperties }) => sourceProperties?.identificationHints?.hostname === name,
    );
    const { ec2LaunchTemplateID: id = '' } = await client.send(
      new GetLaunchConfigurationCommand({ sourceServerID: server?.sourceServerID }),
    );
    const ec2 = new EC2({
      endpoint: url,
      region: 'us-west-2',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const { LaunchTemplateVersions: versions = [] } = await ec2.describeLaunchTemplateVersions({
      LaunchTemplateId: id,
    });
    return { id, ec2, versions, current: versions.find(({ DefaultVersion }) => DefaultVersion === true) };
  }

  const apply = (...argv: string[]) => world.run('apply', '--auto-approve', ...argv);

  it('become one new version, which is the default; a second apply changes nothing', async () => {
    write(
      'instanceType: r5.large, privateIp: 10.0.0.10, securityGroupIds: [sg-0bbbbbbbb, sg-0aaaaaaaa], tags: { Cost: "42" }, disks: [{ deviceName: /dev/sda, volumeType: gp2 }]',
    );
    expect(await apply()).toMatchObject({ code: 0 });
    const { versions, current } = await look();
    expect(versions).toHaveLength(2);
    expect(current).toMatchObject({
      VersionNumber: 2,
      LaunchTemplateData: {
        InstanceType: 'r5.large',
        NetworkInterfaces: [{ SubnetId: SUBNET, PrivateIpAddress: '10.0.0.10', DeleteOnTermination: true }],
        BlockDeviceMappings: [{ DeviceName: '/dev/sda', Ebs: { VolumeType: 'gp2' } }],
      },
    });
    expect(JSON.stringify(current)).toContain('AWSApplicationMigrationServiceManaged');
    expect((await world.run('plan')).stdout).toContain('No changes');
    await apply();
    expect((await look()).versions).toHaveLength(2);
  });

  it('that somebody edits are drift, which the next apply undoes; a revert in git goes back', async () => {
    write('instanceType: r5.large');
    await apply();
    const { id, ec2 } = await look();
    const edit = {
      LaunchTemplateId: id,
      SourceVersion: '$Default',
      LaunchTemplateData: { InstanceType: 'c5.large' as const },
    };
    await ec2.createLaunchTemplateVersion(edit);
    expect((await world.run('drift')).code).toBe(0);
    await ec2.modifyLaunchTemplate({ LaunchTemplateId: id, DefaultVersion: '3' });
    const drift = await world.run('drift');
    expect(drift.stdout).toContain('mgn.launch.template.instanceType');
    expect((await world.run('plan')).stdout).toMatch(
      /mgn\.launch\.template\.instanceType: c5\.large → r5\.large/,
    );
    await apply();
    expect((await look()).current).toMatchObject({
      VersionNumber: 4,
      LaunchTemplateData: { InstanceType: 'r5.large' },
    });
    write('instanceType: m5.4xlarge');
    await apply();
    write('instanceType: r5.large');
    await apply();
    expect((await look()).current?.LaunchTemplateData?.InstanceType).toBe('r5.large');
  });

  it('change between test and cut-over only where --confirm-change names the wave', async () => {
    write('instanceType: r5.large', '', 'test');
    for (let hour = 0; hour < 20 && !(await world.run('status')).stdout.includes('testing'); hour += 1) {
      expect(await apply()).toMatchObject({ code: 0 });
      world.now += 3_600_000;
    }
    write('instanceType: m5.4xlarge', '', 'test');
    const plan = await world.run('plan');
    expect(plan).toMatchObject({ code: 3 });
    expect(plan.stdout).toContain('phase.change-unconfirmed');
    expect(plan.stdout).toMatch(/mgn\.launch\.template\.instanceType: r5\.large → m5\.4xlarge/);
    expect(await apply()).toMatchObject({ code: 3 });
    expect(await apply('--confirm-change', 'w2')).toMatchObject({ code: 1 });
    expect((await look()).current?.LaunchTemplateData?.InstanceType).toBe('r5.large');

    expect(await apply('--confirm-change', 'w1')).toMatchObject({ code: 0 });
    expect((await look()).current?.LaunchTemplateData?.InstanceType).toBe('m5.4xlarge');
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
    expect((await world.run('status')).stdout).toContain('testing');
  });

  it('get no second version where an apply is cut off between the two calls', async () => {
    write('instanceType: r5.large');
    await apply();
    write('instanceType: m5.4xlarge');
    world.setFaults({ internalErrors: { rate: 1, operations: ['ModifyLaunchTemplate'] } });
    expect((await apply()).code).not.toBe(0);
    const { versions, current } = await look();
    expect([versions.length, current?.VersionNumber]).toEqual([3, 2]);
    world.setFaults({});
    expect(await apply()).toMatchObject({ code: 0 });
    const after = await look();
    expect([after.versions.length, after.current?.VersionNumber]).toEqual([3, 3]);
  });

  it('are not read for servers of which git says nothing', async () => {
    write('instanceType: r5.large');
    await apply();
    world.write('waves/w1.yaml', MGN.wave('w1', [MGN.vm('awsscrum-lnx1'), MGN.vm('awsscrum-lnx2')]));
    world.setFaults({
      throttling: { rate: 1, operations: ['DescribeLaunchTemplateVersions', 'DescribeSubnets'] },
    });
    expect((await world.run('plan')).code).toBe(0);
  });

  it('are checked against the subnet in the plan', async () => {
    write('privateIp: 10.0.1.10', ', mgn: { launch: { template: { subnetId: subnet-00000000000000000 } } }');
    const { code, stdout } = await world.run('plan');
    expect(code).toBe(3);
    expect(stdout).toContain('10.0.1.10, which is not in subnet-0123456789abcdef0 (10.0.0.0/24)');
    expect(stdout).toContain('subnet-00000000000000000, which the account does not have');
  });

  it('are read and changed although EC2 throttles some calls', async () => {
    write('instanceType: r5.large');
    await apply();
    write('instanceType: m5.4xlarge');
    const operations = [
      'DescribeLaunchTemplateVersions',
      'CreateLaunchTemplateVersion',
      'ModifyLaunchTemplate',
    ];
    world.setFaults({ throttling: { rate: 0.5, operations }, seed: 7 });
    expect(await apply()).toMatchObject({ code: 0 });
    world.setFaults({});
    const { versions, current } = await look();
    expect([versions.length, current?.LaunchTemplateData?.InstanceType]).toEqual([3, 'm5.4xlarge']);
  });

  it.each(['DescribeLaunchTemplateVersions', 'CreateLaunchTemplateVersion', 'ModifyLaunchTemplate'])(
    'stay as they are where EC2 throttles each %s, and the next apply goes on',
    async (operation) => {
      write('instanceType: r5.large');
      await apply();
      write('instanceType: m5.4xlarge');
      world.setFaults({ throttling: { rate: 1, operations: [operation] } });
      const { code, stdout, stderr } = await apply();
      expect(code).not.toBe(0);
      expect(stdout + stderr).toMatch(new RegExp(`THROTTLED[^]*${operation}`));
      expect(stdout + stderr).not.toContain('INTERNAL');
      world.setFaults({});
      expect((await look()).current?.LaunchTemplateData?.InstanceType).toBe('r5.large');
      expect(await apply()).toMatchObject({ code: 0 });
      const { versions, current } = await look();
      expect([versions.length, current?.LaunchTemplateData?.InstanceType]).toEqual([3, 'm5.4xlarge']);
    },
  );
});
