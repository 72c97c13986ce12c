import {
  DescribeJobLogItemsCommand,
  GetLaunchConfigurationCommand,
  UpdateLaunchConfigurationCommand,
} from '@aws-sdk/client-mgn';
import { StartTestCommand } from '@aws-sdk/client-mgn';
import {
  EC2,
  paginateDescribeLaunchTemplateVersions,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, type MgnTest, readyForTest, refusal, WINDOWS } from './mgn.ts';
import { HOUR, onCleanup, raw } from './support.ts';

const SUBNET = 'subnet-0123456789abcdef0';

function ec2Of({ endpoint }: MgnTest, service = 'us-west-2'): EC2 {
  const client = new EC2({
    endpoint: endpoint.url,
    region: service,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  onCleanup(() => {
    client.destroy();
  });
  return client;
}

async function begin() {
  const test = await beginMgn();
  const ec2 = ec2Of(test);
  const template = async (name: string) => {
    const sourceServerID = await test.id(name);
    const { ec2LaunchTemplateID = '' } = await test.client.send(
      new GetLaunchConfigurationCommand({ sourceServerID }),
    );
    return ec2LaunchTemplateID;
  };
  const versions = async (id: string, ...Versions: string[]) =>
    (await ec2.describeLaunchTemplateVersions({ LaunchTemplateId: id, Versions })).LaunchTemplateVersions ??
    [];
  /** Creates a version of the default one and makes it the default. */
  const change = async (id: string, LaunchTemplateData: RequestLaunchTemplateData) => {
    const { LaunchTemplateVersion: made } = await ec2.createLaunchTemplateVersion({
      LaunchTemplateId: id,
      SourceVersion: '$Default',
      LaunchTemplateData,
    });
    await ec2.modifyLaunchTemplate({ LaunchTemplateId: id, DefaultVersion: String(made?.VersionNumber) });
  };
  return { ...test, ec2, template, versions, change };
}

/** Every member that a template may have; the endpoint must return it as it was. */
const EVERYTHING: RequestLaunchTemplateData = {
  KernelId: 'aki-1',
  EbsOptimized: false,
  IamInstanceProfile: { Name: 'web' },
  BlockDeviceMappings: [
    {
      DeviceName: '/dev/sda',
      Ebs: {
        Encrypted: true,
        DeleteOnTermination: true,
        Iops: 4000,
        KmsKeyId: 'key',
        VolumeSize: 8,
        VolumeType: 'gp3',
        Throughput: 250,
      },
    },
    { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0', NoDevice: '' },
  ],
  NetworkInterfaces: [
    {
      AssociateCarrierIpAddress: false,
      AssociatePublicIpAddress: true,
      DeleteOnTermination: true,
      Description: 'first <&> "last"',
      DeviceIndex: 0,
      Groups: ['sg-0aaaaaaaa', 'sg-0bbbbbbbb'],
      InterfaceType: 'interface',
      Ipv6AddressCount: 1,
      Ipv6Addresses: [{ Ipv6Address: '::1' }],
      NetworkInterfaceId: 'eni-1',
      PrivateIpAddress: '10.0.0.9',
      PrivateIpAddresses: [
        { Primary: true, PrivateIpAddress: '10.0.0.9' },
        { Primary: false, PrivateIpAddress: '10.0.0.10' },
      ],
      SecondaryPrivateIpAddressCount: 1,
      SubnetId: SUBNET,
      NetworkCardIndex: 0,
      Ipv4Prefixes: [{ Ipv4Prefix: '10.0.0.0/28' }],
      Ipv4PrefixCount: 1,
      Ipv6Prefixes: [{ Ipv6Prefix: '::/80' }],
      Ipv6PrefixCount: 1,
      PrimaryIpv6: false,
      EnaSrdSpecification: { EnaSrdEnabled: true, EnaSrdUdpSpecification: { EnaSrdUdpEnabled: false } },
      ConnectionTrackingSpecification: { TcpEstablishedTimeout: 60, UdpStreamTimeout: 60, UdpTimeout: 30 },
    },
  ],
  ImageId: 'ami-1',
  InstanceType: 'm5.xlarge',
  KeyName: 'key',
  Monitoring: { Enabled: true },
  Placement: {
    AvailabilityZone: 'us-west-2a',
    Affinity: 'host',
    GroupName: 'group',
    HostId: 'h-1',
    Tenancy: 'host',
    SpreadDomain: 's',
    HostResourceGroupArn: 'arn',
    PartitionNumber: 1,
    GroupId: 'pg-1',
  },
  RamDiskId: 'ari-1',
  DisableApiTermination: true,
  InstanceInitiatedShutdownBehavior: 'stop',
  UserData: 'Iw==',
  TagSpecifications: [
    {
      ResourceType: 'instance',
      Tags: [
        { Key: 'a', Value: 'b c' },
        { Key: 'empty', Value: '' },
      ],
    },
  ],
  SecurityGroupIds: ['sg-0cccccccc'],
  SecurityGroups: ['default'],
  InstanceMarketOptions: {
    MarketType: 'spot',
    SpotOptions: {
      MaxPrice: '1',
      SpotInstanceType: 'one-time',
      BlockDurationMinutes: 60,
      InstanceInterruptionBehavior: 'stop',
    },
  },
  CreditSpecification: { CpuCredits: 'unlimited' },
  CpuOptions: { CoreCount: 2, ThreadsPerCore: 1, AmdSevSnp: 'disabled' },
  CapacityReservationSpecification: {
    CapacityReservationPreference: 'open',
    CapacityReservationTarget: { CapacityReservationId: 'cr-1', CapacityReservationResourceGroupArn: 'arn' },
  },
  LicenseSpecifications: [{ LicenseConfigurationArn: 'arn' }],
  HibernationOptions: { Configured: false },
  MetadataOptions: {
    HttpTokens: 'required',
    HttpPutResponseHopLimit: 2,
    HttpEndpoint: 'enabled',
    HttpProtocolIpv6: 'disabled',
    InstanceMetadataTags: 'enabled',
  },
  EnclaveOptions: { Enabled: false },
  PrivateDnsNameOptions: {
    HostnameType: 'ip-name',
    EnableResourceNameDnsARecord: true,
    EnableResourceNameDnsAAAARecord: false,
  },
  MaintenanceOptions: { AutoRecovery: 'default' },
  DisableApiStop: true,
};

describe('the protocol', () => {
  it('S26.1 is forms in, XML out', async () => {
    const { ec2, endpoint } = await begin();
    expect(await refusal(ec2.describeVpcs({}))).toBe('InvalidAction');
    expect(await refusal(ec2Of({ endpoint } as MgnTest, 'nowhere').describeSubnets({}))).toBe(
      'InvalidSignatureException',
    );
    const wrong = await raw(endpoint.url, {
      path: '/',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-amz-date': '20181107T174800Z',
        authorization: `AWS4-HMAC-SHA256 Credential=AKID/20181107/us-west-2/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      },
      body: 'Action=CreateLaunchTemplateVersion&LaunchTemplateId=lt-0&LaunchTemplateData.Colour=red',
    });
    expect(wrong.status).toBe(400);
    endpoint.setFaults({ throttling: { rate: 1, operations: ['DescribeSubnets'] } });
    await expect(ec2.describeSubnets({})).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
      $metadata: { httpStatusCode: 503 },
    });
    expect(await refusal(ec2.describeInstances({}))).toBe('accepted');
  });
});

describe('launch templates', () => {
  it('S26.2 S26.7 exist for each source server from the beginning', async () => {
    const { ec2, template, versions, id } = await begin();
    const lt = await template(LINUX);
    const [first, ...others] = await versions(lt);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      VersionNumber: 1,
      DefaultVersion: true,
      LaunchTemplateData: {
        InstanceType: expect.stringMatching(/^m5\./) as unknown as 'm5.large',
        BlockDeviceMappings: [{ DeviceName: '/dev/sda', Ebs: { VolumeType: 'gp3' } }],
        NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false }],
      },
    });
    expect(first?.LaunchTemplateData?.NetworkInterfaces?.[0]).not.toHaveProperty('SubnetId');
    expect(JSON.stringify(first)).toContain('AWSApplicationMigrationServiceManaged');
    const { LaunchTemplates: [one] = [] } = await ec2.describeLaunchTemplates({ LaunchTemplateIds: [lt] });
    expect(one).toMatchObject({ LaunchTemplateId: lt, DefaultVersionNumber: 1, LatestVersionNumber: 1 });
    expect(one?.LaunchTemplateName).toContain(await id(LINUX));
    const byName = await ec2.describeLaunchTemplates({
      LaunchTemplateNames: [one?.LaunchTemplateName ?? ''],
    });
    expect(byName.LaunchTemplates).toEqual([one]);
    const { LaunchTemplates: all = [], NextToken } = await ec2.describeLaunchTemplates({});
    expect([all.length, NextToken === undefined]).toEqual([200, false]);
    expect(await refusal(versions('lt-00000000000000000'))).toBe('InvalidLaunchTemplateId.NotFound');
    expect(await refusal(versions('lt-1'))).toBe('InvalidLaunchTemplateId.Malformed');
  });

  it('S26.3 S26.5 get versions, of which one is the default', async () => {
    const { ec2, template, versions } = await begin();
    const lt = await template(LINUX);
    const whole = { LaunchTemplateId: lt, LaunchTemplateData: EVERYTHING, VersionDescription: 'by hand' };
    await ec2.createLaunchTemplateVersion(whole);
    const [latest] = await versions(lt, '$Latest');
    expect(latest).toMatchObject({ VersionNumber: 2, DefaultVersion: false, VersionDescription: 'by hand' });
    expect(latest?.LaunchTemplateData).toEqual(EVERYTHING);
    await ec2.modifyLaunchTemplate({ LaunchTemplateId: lt, DefaultVersion: '2' });
    const snapshot = { DeviceName: '/dev/sdc', Ebs: { SnapshotId: 'snap-1', VolumeSize: 1 } };
    await ec2.createLaunchTemplateVersion({
      LaunchTemplateId: lt,
      SourceVersion: '$Default',
      LaunchTemplateData: {
        InstanceType: 'm5.2xlarge',
        Placement: { Tenancy: 'default' },
        BlockDeviceMappings: [snapshot],
      },
    });
    const [third] = await versions(lt, '3');
    expect(third?.LaunchTemplateData).toEqual({
      ...EVERYTHING,
      InstanceType: 'm5.2xlarge',
      Placement: { Tenancy: 'default' },
      BlockDeviceMappings: [snapshot],
    });
    await ec2.createLaunchTemplateVersion({
      LaunchTemplateId: lt,
      SourceVersion: '3',
      LaunchTemplateData: {},
    });
    const [fourth] = await versions(lt, '4');
    expect(fourth?.LaunchTemplateData?.BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/sdc', Ebs: { VolumeSize: 1 } },
    ]);
    const unknown = ec2.modifyLaunchTemplate({ LaunchTemplateId: lt, DefaultVersion: '9' });
    expect(await refusal(unknown)).toBe('InvalidLaunchTemplateId.VersionNotFound');
    expect((await versions(lt)).map(({ VersionNumber }) => VersionNumber)).toEqual([4, 3, 2, 1]);
    expect((await versions(lt, '$Default'))[0]?.VersionNumber).toBe(2);
  });

  it('S26.4 are created once for a client token', async () => {
    const { ec2, template, versions } = await begin();
    const lt = await template(LINUX);
    const create = (InstanceType: 'm5.large' | 'm5.xlarge') =>
      ec2.createLaunchTemplateVersion({
        LaunchTemplateId: lt,
        ClientToken: 'one',
        LaunchTemplateData: { InstanceType },
      });
    const numbers = [await create('m5.large'), await create('m5.large')].map(
      ({ LaunchTemplateVersion }) => LaunchTemplateVersion?.VersionNumber,
    );
    expect(numbers).toEqual([2, 2]);
    expect(await refusal(create('m5.xlarge'))).toBe('IdempotentParameterMismatch');
    expect(await versions(lt)).toHaveLength(2);
  });

  it('S26.6 can be listed for all servers at once', async () => {
    const test = await begin();
    const lt = await test.template(LINUX);
    await test.change(lt, { InstanceType: 'm5.4xlarge' });
    const { ec2 } = test;
    await ec2.createLaunchTemplateVersion({
      LaunchTemplateId: lt,
      SourceVersion: '2',
      LaunchTemplateData: {},
    });
    const numbers: string[] = [];
    const pages = paginateDescribeLaunchTemplateVersions(
      { client: ec2, pageSize: 7 },
      { Versions: ['$Default', '$Latest'] },
    );
    for await (const { LaunchTemplateVersions = [] } of pages) {
      expect(LaunchTemplateVersions.length).toBeLessThanOrEqual(7);
      numbers.push(
        ...LaunchTemplateVersions.map((one) => `${one.LaunchTemplateId ?? ''} ${one.VersionNumber ?? 0}`),
      );
    }
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.filter((one) => one.startsWith(lt))).toEqual([`${lt} 3`, `${lt} 2`]);
    expect(numbers.length).toBeGreaterThan(250);
    expect(await refusal(ec2.describeLaunchTemplateVersions({ Versions: ['1'] }))).toBe('MissingParameter');
  });

  it('S26.8 have the type that right-sizing chooses, unless it is off', async () => {
    const { client, template, versions, change, id } = await begin();
    const [lt, sourceServerID] = [await template(LINUX), await id(LINUX)];
    const [first] = await versions(lt);
    const update = (targetInstanceTypeRightSizingMethod: 'NONE' | 'BASIC') =>
      client.send(
        new UpdateLaunchConfigurationCommand({ sourceServerID, targetInstanceTypeRightSizingMethod }),
      );
    await update('NONE');
    await change(lt, { InstanceType: 'r5.8xlarge' });
    await update('NONE');
    expect((await versions(lt, '$Default'))[0]?.LaunchTemplateData?.InstanceType).toBe('r5.8xlarge');
    await update('BASIC');
    const [after] = await versions(lt, '$Default');
    expect(after).toMatchObject({ VersionNumber: 3, LaunchTemplateData: first?.LaunchTemplateData });
    await update('BASIC');
    expect(await versions(lt)).toHaveLength(3);
  });
});

describe('launches', () => {
  it('S26.9 take what the default version of the template says', async () => {
    const test = await begin();
    const [sourceServerID = ''] = await readyForTest(test, LINUX);
    await test.client.send(
      new UpdateLaunchConfigurationCommand({ sourceServerID, targetInstanceTypeRightSizingMethod: 'NONE' }),
    );
    await test.change(await test.template(LINUX), {
      InstanceType: 'r5.large',
      KeyName: 'ops',
      IamInstanceProfile: { Name: 'web' },
      Placement: { Tenancy: 'dedicated' },
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId: SUBNET, PrivateIpAddress: '10.0.0.9', Groups: ['sg-0aaaaaaaa'] },
      ],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'CostCenter', Value: '42' }] }],
    });
    await test.client.send(new StartTestCommand({ sourceServerIDs: [sourceServerID] }));
    test.advance(HOUR);
    const { Reservations: [reservation] = [] } = await test.ec2.describeInstances({
      Filters: [{ Name: 'tag:CostCenter', Values: ['42'] }],
    });
    const [instance] = reservation?.Instances ?? [];
    expect(instance).toMatchObject({
      InstanceType: 'r5.large',
      KeyName: 'ops',
      PrivateIpAddress: '10.0.0.9',
      SubnetId: SUBNET,
      Placement: { Tenancy: 'dedicated' },
      SecurityGroups: [{ GroupId: 'sg-0aaaaaaaa' }],
      IamInstanceProfile: { Arn: 'arn:aws:iam::000000000000:instance-profile/web' },
    });
    expect(instance?.Tags).toContainEqual({ Key: 'mgn.amazonaws.com-source-server', Value: sourceServerID });
    const none = await test.ec2.describeInstances({ Filters: [{ Name: 'tag:CostCenter', Values: ['43'] }] });
    expect(none.Reservations).toEqual([]);
  });

  const nic = { DeviceIndex: 0, SubnetId: SUBNET };
  const disk = (Ebs: object) => ({
    BlockDeviceMappings: [{ DeviceName: '/dev/sda', Ebs: { VolumeSize: 100, ...Ebs } }],
  });
  it.each<[string, RequestLaunchTemplateData]>([
    ['InvalidSubnetID.NotFound', { NetworkInterfaces: [{ ...nic, SubnetId: 'subnet-00000000000000000' }] }],
    ['does not fall within', { NetworkInterfaces: [{ ...nic, PrivateIpAddress: '10.0.1.9' }] }],
    ['reserved address range', { NetworkInterfaces: [{ ...nic, PrivateIpAddress: '10.0.0.3' }] }],
    ['reserved address range', { NetworkInterfaces: [{ ...nic, PrivateIpAddress: '10.0.0.255' }] }],
    [
      'invalid value for parameter address',
      { NetworkInterfaces: [{ ...nic, PrivateIpAddress: '10.0.0.256' }] },
    ],
    [
      'invalid value for parameter address',
      { NetworkInterfaces: [{ ...nic, PrivateIpAddresses: [{ PrivateIpAddress: '300.1.1.1' }] }] },
    ],
    ["Invalid value 'm5.lrage'", { InstanceType: 'm5.lrage' as 'm5.large' }],
    ['InvalidGroup.NotFound', { NetworkInterfaces: [{ ...nic, Groups: ['sg-00000000000000000'] }] }],
    [
      'multiple network interfaces',
      {
        NetworkInterfaces: [
          { ...nic, AssociatePublicIpAddress: true },
          { ...nic, DeviceIndex: 1 },
        ],
      },
    ],
    ['tenancy', { Placement: { HostId: 'h-0123456789abcdef0' } }],
    ['iops must be specified', disk({ VolumeType: 'io1' })],
    ['iops is not supported', disk({ VolumeType: 'gp2', Iops: 3000 })],
    ['throughput is not supported', disk({ VolumeType: 'io2', Iops: 3000, Throughput: 200 })],
    ['out of range', disk({ VolumeType: 'gp3', Iops: 2999 })],
    ['out of range', disk({ VolumeType: 'gp3', Throughput: 100 })],
    ['maximum is 50', disk({ VolumeType: 'io1', Iops: 5001 })],
    ['maximum is 0.25', disk({ VolumeType: 'gp3', Iops: 3000, Throughput: 751 })],
    ['KmsKeyId requires', disk({ VolumeType: 'gp3', KmsKeyId: 'key' })],
    ['Invalid volume type', disk({ VolumeType: 'gp4' as 'gp3' })],
  ])('S26.10 fail as RunInstances does: %s', async (words, data) => {
    const test = await begin();
    const sourceServerIDs = await readyForTest(test, LINUX);
    const [sourceServerID] = sourceServerIDs;
    const own = { sourceServerID, targetInstanceTypeRightSizingMethod: 'NONE' } as const;
    await test.client.send(new UpdateLaunchConfigurationCommand(own));
    await test.change(await test.template(LINUX), data);
    const { job } = await test.client.send(new StartTestCommand({ sourceServerIDs }));
    test.advance(HOUR);
    const jobID = job?.jobID ?? '';
    const { items = [] } = await test.client.send(new DescribeJobLogItemsCommand({ jobID }));
    const failed = items.find(({ event }) => event === 'LAUNCH_FAILED');
    expect(failed?.eventData?.rawError).toMatch(
      /^An error occurred \(\w+(\.\w+)?\) when calling the RunInstances operation: /,
    );
    expect(failed?.eventData?.rawError).toContain(words);
  });

  it('S26.10 fail for an address that another instance has, and take that of the previous one', async () => {
    const test = await begin();
    const ids = await readyForTest(test, LINUX, WINDOWS);
    for (const name of [LINUX, WINDOWS]) {
      await test.change(await test.template(name), {
        NetworkInterfaces: [{ ...nic, PrivateIpAddress: '10.0.0.9' }],
      });
    }
    await test.client.send(new StartTestCommand({ sourceServerIDs: ids }));
    test.advance(HOUR);
    const [{ participatingServers = [] } = {}] = await test.jobs();
    expect(participatingServers.map(({ launchStatus }) => launchStatus).sort()).toEqual([
      'FAILED',
      'LAUNCHED',
    ]);
    const launched = participatingServers.flatMap(({ launchStatus, sourceServerID = '' }) =>
      launchStatus === 'LAUNCHED' ? [sourceServerID] : [],
    );
    await test.client.send(new StartTestCommand({ sourceServerIDs: launched }));
    test.advance(HOUR);
    expect((await test.jobs())[0]?.participatingServers?.[0]).toMatchObject({ launchStatus: 'LAUNCHED' });
  });

  it('S26.11 know the subnets of the simulated VPCs', async () => {
    const { ec2 } = await begin();
    const { Subnets = [] } = await ec2.describeSubnets({});
    expect(Subnets).toContainEqual(expect.objectContaining({ SubnetId: SUBNET, CidrBlock: '10.0.0.0/24' }));
    const other = await ec2.describeSubnets({ SubnetIds: ['subnet-0a1b2c3d4e5f60718'] });
    expect(other.Subnets).toMatchObject([{ CidrBlock: '0.0.0.0/0' }]);
    const missing = ec2.describeSubnets({ SubnetIds: ['subnet-00000000000000000'] });
    expect(await refusal(missing)).toBe('InvalidSubnetID.NotFound');
    const filtered = await ec2.describeSubnets({
      Filters: [{ Name: 'vpc-id', Values: ['vpc-0123456789abcdef0'] }],
    });
    expect(filtered.Subnets).toHaveLength(2);
    expect(await refusal(ec2.describeSubnets({ Filters: [{ Name: 'colour', Values: ['red'] }] }))).toBe(
      'InvalidParameterValue',
    );
  });
});
