import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeSubnetsCommand, type ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Settings } from '../../../src/core/desired.ts';
import { openEc2 } from '../../../src/providers/mgn/launch/templates.ts';
import { quickClock } from '../../locks/holders.ts';
import { changedMembers, readTemplate } from '../../../src/providers/mgn/launch/template-data.ts';

const T = 'mgn.launch.template.';

/** What MGN and people may have put into a template. */
const data = fc.record(
  {
    ImageId: fc.constant('ami-1'),
    UserData: fc.constant('Iw=='),
    InstanceType: fc.constantFrom('m5.large' as const, 'c5.large' as const),
    EbsOptimized: fc.boolean(),
    MetadataOptions: fc.record({
      State: fc.constant('applied' as const),
      HttpTokens: fc.constantFrom('optional' as const, 'required' as const),
      HttpEndpoint: fc.constant('enabled' as const),
    }),
    Placement: fc.record({
      AvailabilityZone: fc.constant('us-west-2a'),
      Tenancy: fc.constant('default' as const),
    }),
    NetworkInterfaces: fc.constantFrom(
      [{ DeviceIndex: 0, DeleteOnTermination: true, Groups: ['sg-0aaaaaaaa'] }],
      [
        { DeviceIndex: 1, SubnetId: 'subnet-2', Description: 'second' },
        {
          DeviceIndex: 0,
          PrivateIpAddresses: [
            { Primary: true, PrivateIpAddress: '10.0.0.9' },
            { Primary: false, PrivateIpAddress: '10.0.0.8' },
          ],
        },
      ],
      [{ DeviceIndex: 0, PrivateIpAddress: '10.0.0.7', SubnetId: 'subnet-1' }],
    ),
    BlockDeviceMappings: fc.constant([
      {
        DeviceName: '/dev/sda',
        Ebs: { VolumeSize: 8, VolumeType: 'gp3' as const, Iops: 4000, SnapshotId: 'snap-1' },
      },
      { DeviceName: 'c:0', Ebs: { VolumeSize: 9, VolumeType: 'gp2' as const, DeleteOnTermination: true } },
    ]),
    TagSpecifications: fc.constant([
      {
        ResourceType: 'instance' as const,
        Tags: [{ Key: 'AWSApplicationMigrationServiceManaged', Value: 'mgn.amazonaws.com' }],
      },
      { ResourceType: 'network-interface' as const, Tags: [{ Key: 'a', Value: 'b' }] },
    ]),
  },
  { requiredKeys: ['NetworkInterfaces', 'BlockDeviceMappings', 'TagSpecifications'] },
);

/** What git may say; no new volume type, which takes IOPS away. */
const wanted = fc.record(
  {
    instanceType: fc.constantFrom('r5.large', 'm5.large'),
    subnetId: fc.constant('subnet-0123456789abcdef0'),
    privateIp: fc.constantFrom('10.0.0.9', '10.0.0.10'),
    secondaryPrivateIps: fc.constant('10.0.0.11, 10.0.0.12'),
    securityGroupIds: fc.constantFrom('sg-0aaaaaaaa', 'sg-0aaaaaaaa, sg-0bbbbbbbb'),
    associatePublicIp: fc.boolean(),
    iamInstanceProfile: fc.constantFrom('web', 'arn:aws:iam::123456789012:instance-profile/web'),
    tenancy: fc.constantFrom('host', 'default'),
    monitoring: fc.boolean(),
    placementGroup: fc.constant('group'),
    'capacityReservation.capacityReservationId': fc.constant('cr-0123456789abcdef0'),
    'metadataOptions.httpTokens': fc.constant('required'),
    licenseConfigurationArns: fc.constant('arn:a, arn:b'),
    'disks./dev/sda.throughput': fc.constantFrom(125, 250),
    'disks.c:0.encrypted': fc.boolean(),
    'tags.cost.centre': fc.constantFrom('1', '2'),
    'volumeTags.Owner': fc.constant('scrum'),
  },
  { requiredKeys: [] },
);

const settingsOf = (chosen: object): Settings =>
  Object.fromEntries(Object.entries(chosen).map(([name, value]) => [T + name, value as string]));

/** What EC2 makes of it: members of the request replace those of the source, whose volumes lose their snapshots. */
function apply(before: ResponseLaunchTemplateData, changed: object): ResponseLaunchTemplateData {
  const devices = before.BlockDeviceMappings?.map(({ Ebs = {}, ...device }) => ({
    ...device,
    Ebs: Object.fromEntries(Object.entries(Ebs).filter(([name]) => name !== 'SnapshotId')),
  }));
  return { ...before, ...(devices !== undefined && { BlockDeviceMappings: devices }), ...changed };
}

describe('a new version of a launch template', () => {
  it('says what git says, keeps every field that git does not name, and leaves nothing to change', () => {
    fc.assert(
      fc.property(data, wanted, (before, chosen) => {
        const settings = settingsOf(chosen);
        const clean = {
          ...before,
          ...(before.MetadataOptions && {
            MetadataOptions: {
              HttpTokens: before.MetadataOptions.HttpTokens,
              HttpEndpoint: before.MetadataOptions.HttpEndpoint,
            },
          }),
        } as unknown as ResponseLaunchTemplateData;
        const changed = changedMembers(clean, settings);
        const after = Object.keys(changed).length === 0 ? clean : apply(clean, changed);
        const [old, read] = [readTemplate(clean), readTemplate(after)];
        expect(read).toEqual({ ...old, ...settings });
        expect(changedMembers(after, settings)).toEqual({});
        // Fields that no setting is for.
        const others = (one: ResponseLaunchTemplateData) => [
          one.ImageId,
          one.UserData,
          one.Placement?.AvailabilityZone,
          one.MetadataOptions?.HttpEndpoint,
          one.NetworkInterfaces?.find(({ DeviceIndex }) => DeviceIndex === 1),
          one.NetworkInterfaces?.find(({ DeviceIndex }) => DeviceIndex === 0)?.DeleteOnTermination,
          one.BlockDeviceMappings?.map(({ DeviceName, Ebs }) => [
            DeviceName,
            Ebs?.VolumeSize,
            Ebs?.SnapshotId,
            Ebs?.DeleteOnTermination,
          ]),
          one.TagSpecifications?.filter(({ ResourceType }) => ResourceType === 'network-interface'),
        ];
        expect(others(after)).toEqual(others(clean));
      }),
    );
  });

  it('takes away IOPS and throughput that a new volume type does not have', () => {
    const before: ResponseLaunchTemplateData = {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda', Ebs: { VolumeSize: 8, VolumeType: 'gp3', Iops: 4000, Throughput: 250 } },
      ],
    };
    const change = (volumeType: string, more: Settings = {}) =>
      changedMembers(before, { [`${T}disks./dev/sda.volumeType`]: volumeType, ...more })
        .BlockDeviceMappings?.[0]?.Ebs;
    expect(change('gp2')).toEqual({ VolumeSize: 8, VolumeType: 'gp2' });
    expect(change('io1')).toEqual({ VolumeSize: 8, VolumeType: 'io1', Iops: 4000 });
    expect(change('io2', { [`${T}disks./dev/sda.iops`]: 100 })).toEqual({
      VolumeSize: 8,
      VolumeType: 'io2',
      Iops: 100,
    });
    expect(() => changedMembers(before, { [`${T}disks./dev/sdz.iops`]: 3000 })).toThrow('no disk /dev/sdz');
  });
});

describe('EC2', () => {
  it('is not asked again and again for what it refuses, where the clock of the machine is wrong', async () => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      const code = 'InvalidLaunchTemplateId.VersionNotFound';
      const body = `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors></Response>`;
      request.resume().on('end', () => {
        response
          .writeHead(400, { 'content-type': 'text/xml', date: new Date(requests * 1234).toUTCString() })
          .end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { ec2 } = openEc2({
      ...{
        region: 'us-west-2',
        endpoint,
        local: true,
        sessionName: 'x',
        apiRequests: 1,
        clock: quickClock(),
      },
    });
    await expect(ec2.send(new DescribeSubnetsCommand({}))).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    ec2.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(requests).toBe(2);
  });
});
