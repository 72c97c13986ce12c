import { omitUndefined } from '../collections.ts';
import type { MgnAccount } from '../mgn/account.ts';
import type { Launched } from '../mgn/records.ts';
import type { SmsAccount } from '../sms/simulation/account.ts';
import { runningInstances } from '../sms/simulation/apps.ts';
import type { TemplateData } from './template-data.ts';

interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly cidr: string;
  /** The letter of its availability zone. */
  readonly zone: string;
  readonly isDefault?: true;
}

const DEFAULT_VPC = 'vpc-0fedcba9876543210';
const MIGRATION_VPC = 'vpc-0123456789abcdef0';

/** The simulated VPCs: the default one of the region, and one whose subnet ids the examples use. */
const SUBNETS: readonly Subnet[] = [
  { id: 'subnet-0fedcba9876543210', vpc: DEFAULT_VPC, cidr: '172.31.0.0/20', zone: 'a', isDefault: true },
  { id: 'subnet-0fedcba9876543211', vpc: DEFAULT_VPC, cidr: '172.31.16.0/20', zone: 'b', isDefault: true },
  { id: 'subnet-0123456789abcdef0', vpc: MIGRATION_VPC, cidr: '10.0.0.0/24', zone: 'a' },
  { id: 'subnet-0123456789abcdef1', vpc: MIGRATION_VPC, cidr: '10.0.1.0/24', zone: 'b' },
];

/**
 * Finds a subnet. An id that is not of a simulated VPC is a subnet of another one, which takes every address, so that
 * manifests of real accounts can be rehearsed. An id of zeros only names nothing.
 */
export function findSubnet(id: string): Subnet | undefined {
  const known = SUBNETS.find((subnet) => subnet.id === id);
  if (known !== undefined) return known;
  const isNamed = /^subnet-[0-9a-f]{8,17}$/.test(id) && !isZeros(id);
  return isNamed ? { id, vpc: 'vpc-0ffffffffffffffff', cidr: '0.0.0.0/0', zone: 'a' } : undefined;
}

/** Returns the subnets with some ids, or those of the simulated VPCs. */
export function subnetsOf(ids?: readonly string[]): readonly Subnet[] {
  return ids?.flatMap((id) => findSubnet(id) ?? []) ?? SUBNETS;
}

const isZeros = (id: string) => /-0+$/.test(id);

/** What a launch takes from a template, by the names of EC2's API. */
export interface LaunchRequest {
  readonly subnetId: string;
  readonly privateIp?: string;
  readonly groups: readonly string[];
  readonly placement?: TemplateData;
  readonly iamInstanceProfile?: TemplateData;
  readonly keyName?: string;
  readonly instanceTags: Readonly<Record<string, string>>;
}

interface NetworkInterface {
  readonly SubnetId?: string;
  readonly PrivateIpAddress?: string;
  readonly PrivateIpAddresses?: readonly { readonly Primary?: boolean; readonly PrivateIpAddress?: string }[];
  readonly Groups?: readonly string[];
  readonly AssociatePublicIpAddress?: boolean;
}

interface TagSpecification {
  readonly ResourceType?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

interface Volume {
  readonly Encrypted?: boolean;
  readonly Iops?: number;
  readonly KmsKeyId?: string;
  readonly VolumeSize?: number;
  readonly VolumeType?: string;
  readonly Throughput?: number;
}

const interfacesOf = (data: TemplateData) => (data['NetworkInterfaces'] ?? []) as readonly NetworkInterface[];

/** Reads what a launch takes from a template. */
export function launchRequest(data: TemplateData): LaunchRequest {
  const [nic = {}] = interfacesOf(data);
  const primary = nic.PrivateIpAddresses?.find(({ Primary }) => Primary === true)?.PrivateIpAddress;
  const tags = (data['TagSpecifications'] ?? []) as readonly TagSpecification[];
  const [first] = SUBNETS;
  return omitUndefined({
    subnetId: nic.SubnetId ?? first?.id ?? '',
    privateIp: nic.PrivateIpAddress ?? primary,
    groups: nic.Groups ?? [],
    placement: data['Placement'] as TemplateData | undefined,
    iamInstanceProfile: data['IamInstanceProfile'] as TemplateData | undefined,
    keyName: data['KeyName'] as string | undefined,
    instanceTags: Object.fromEntries(
      tags
        .filter(({ ResourceType }) => ResourceType === 'instance')
        .flatMap(({ Tags = [] }) => Tags.map(({ Key, Value = '' }) => [Key, Value] as const)),
    ),
  });
}

/**
 * Returns why RunInstances refuses a template, in the words of EC2; nothing if it launches. The checks are those of
 * chapter S26 of SPEC.md.
 * @param isTaken whether an instance has an address in a subnet
 */
export function launchRefusal(
  data: TemplateData,
  isTaken: (subnetId: string, address: string) => boolean,
): string | undefined {
  const { subnetId, privateIp, groups, placement = {} } = launchRequest(data);
  const nics = interfacesOf(data);
  const { InstanceType: type = '' } = data;
  const subnet = findSubnet(subnetId);
  if (subnet === undefined)
    return refusal('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  if (!INSTANCE_TYPE.test(String(type)))
    return refusal('InvalidParameterValue', `Invalid value '${String(type)}' for InstanceType.`);
  if (nics.length > 1 && nics.some(({ AssociatePublicIpAddress }) => AssociatePublicIpAddress === true)) {
    const what = 'cannot be specified when launching with multiple network interfaces.';
    return refusal('InvalidParameterCombination', `The associatePublicIPAddress parameter ${what}`);
  }
  const secondary = nics[0]?.PrivateIpAddresses?.flatMap(({ PrivateIpAddress: ip = [] }) => ip) ?? [];
  for (const address of privateIp === undefined ? secondary : [privateIp, ...secondary]) {
    const wrong = addressRefusal(subnet, address);
    if (wrong !== undefined) return refusal('InvalidParameterValue', wrong);
    if (isTaken(subnetId, address)) return refusal('InvalidIPAddress.InUse', `Address ${address} is in use.`);
  }
  const missing = groups.find((id) => !/^sg-[0-9a-f]{8,17}$/.test(id) || isZeros(id));
  if (missing !== undefined)
    return refusal(
      'InvalidGroup.NotFound',
      `The security group '${missing}' does not exist in VPC '${subnet.vpc}'`,
    );
  if (placement['HostId'] !== undefined && placement['Tenancy'] !== 'host')
    return refusal('InvalidParameterCombination', "A host ID can be specified only with the tenancy 'host'.");
  const devices = (data['BlockDeviceMappings'] ?? []) as readonly { readonly Ebs?: Volume }[];
  return devices.flatMap(({ Ebs }) => (Ebs === undefined ? [] : (volumeRefusal(Ebs) ?? []))).at(0);
}

/** A family with the number of its generation, and a size (user guide of EC2, instance type naming conventions). */
const INSTANCE_TYPE =
  /^[a-z][a-z0-9-]*\d[a-z0-9-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?)$/;

const refusal = (code: string, message: string) =>
  `An error occurred (${code}) when calling the RunInstances operation: ${message}`;

/** Addresses at the beginning of a subnet that AWS reserves; it also reserves the last one. */
const RESERVED = 4;

function addressRefusal({ cidr }: Subnet, address: string): string | undefined {
  const [network = '', length = '0'] = cidr.split('/');
  const [first, ip] = [ipNumber(network), ipNumber(address)];
  const size = 2 ** (32 - Number(length));
  if (first === undefined || ip === undefined) return `invalid value for parameter address: ${address}`;
  if (ip < first || ip >= first + size)
    return `Address ${address} does not fall within the subnet's address range`;
  return ip < first + RESERVED || ip === first + size - 1
    ? `Address ${address} is in subnet's reserved address range`
    : undefined;
}

function ipNumber(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number) ?? [];
  return parts.length === 4 && parts.every((part) => part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : undefined;
}

/** Bounds of the volume types with IOPS, and the most IOPS for each GiB (user guide of EBS, volume types). */
const IOPS = {
  io1: { min: 100, max: 64_000, ratio: 50 },
  io2: { min: 100, max: 256_000, ratio: 1000 },
  gp3: { min: 3000, max: 16_000, ratio: 500 },
} as const;

const TYPES: readonly string[] = ['gp2', 'gp3', 'io1', 'io2', 'sc1', 'st1', 'standard'];

function volumeRefusal(volume: Volume): string | undefined {
  const { VolumeType: type = 'gp2', Iops: iops, Throughput: throughput, VolumeSize: size } = volume;
  const value = (message: string) => refusal('InvalidParameterValue', message);
  if (volume.KmsKeyId !== undefined && volume.Encrypted !== true) {
    const message = 'The parameter KmsKeyId requires the parameter Encrypted to be set.';
    return refusal('InvalidParameterDependency', message);
  }
  if (!TYPES.includes(type)) return value(`Invalid volume type ${type}`);
  const bounds = (IOPS as Readonly<Record<string, (typeof IOPS)['io1' | 'io2' | 'gp3']>>)[type];
  const combination = (name: string) =>
    refusal('InvalidParameterCombination', `The parameter ${name} is not supported for ${type} volumes.`);
  if (iops !== undefined && bounds === undefined) return combination('iops');
  if (throughput !== undefined && type !== 'gp3') return combination('throughput');
  if (bounds !== undefined) {
    if (iops === undefined && type !== 'gp3') {
      return refusal('MissingParameter', `The parameter iops must be specified for ${type} volumes.`);
    }
    const { min, max, ratio } = bounds;
    if (iops !== undefined && (iops < min || iops > max))
      return value(`Volume iops of ${iops} is out of range; the range is ${min} to ${max}.`);
    if (iops !== undefined && size !== undefined && iops > Math.max(3000, size * ratio))
      return value(
        `Iops to volume size ratio of ${(iops / size).toFixed(6)} is too high; maximum is ${ratio}`,
      );
  }
  if (throughput === undefined) return undefined;
  if (throughput < 125 || throughput > 1000)
    return value(`Throughput of ${throughput} is out of range; the range is 125 to 1000 MiBps.`);
  return throughput > (iops ?? 3000) / 4
    ? value(
        `Throughput (MiBps) to iops ratio of ${throughput / (iops ?? 3000)} is too high; maximum is 0.25 MiBps per iops`,
      )
    : undefined;
}

/** Returns the elements of an instance that a launch has made, as DescribeInstances has them. */
export function instanceElements({ instanceId, at, instance }: Launched, account: string): object {
  const { type, keyName, subnetId, privateIp = LOOPBACK, groups = [], placement = {} } = instance ?? {};
  const { Arn, Name } = (instance?.iamInstanceProfile ?? {}) as {
    readonly Arn?: string;
    readonly Name?: string;
  };
  const profile =
    Arn ?? (Name === undefined ? undefined : `arn:aws:iam::${account}:instance-profile/${Name}`);
  const placed = Object.entries({ Tenancy: 'default', ...placement });
  return {
    instanceId,
    instanceState: { code: 16, name: 'running' },
    instanceType: type,
    keyName,
    launchTime: new Date(at).toISOString(),
    placement: Object.fromEntries(
      placed.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
    ),
    privateIpAddress: privateIp,
    subnetId,
    vpcId: subnetId === undefined ? undefined : findSubnet(subnetId)?.vpc,
    iamInstanceProfile: profile === undefined ? undefined : { arn: profile },
    groupSet: groups.map((groupId) => ({ groupId, groupName: groupId })),
    tagSet: Object.entries(instance?.tags ?? {}).map(([key, value]) => ({ key, value })),
  };
}

/** The address of instances whose template names none, so that checks of them can connect. */
const LOOPBACK = '127.0.0.1';

/** Returns the elements of a subnet, as DescribeSubnets has them. */
export function subnetElements(subnet: Subnet, region: string, account: string): object {
  const { id, vpc, cidr, zone, isDefault = false } = subnet;
  return {
    subnetId: id,
    subnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
    state: 'available',
    ownerId: account,
    vpcId: vpc,
    cidrBlock: cidr,
    availabilityZone: `${region}${zone}`,
    defaultForAz: isDefault,
  };
}

/** Returns the instances that tests, cut-overs and launches of applications of SMS have created and that run, by their ids. */
export function launchedInstances(
  account: SmsAccount & { readonly mgn?: MgnAccount },
): ReadonlyMap<string, Launched> {
  const servers = [...(account.mgn?.servers.values() ?? [])].flatMap(({ launched }) => launched ?? []);
  const apps = runningInstances(account).map(({ app, instance: { id, at, settings } }): Launched => {
    const { instanceType = 'm5.large', subnet, securityGroup, ec2KeyName, iamInstanceProfileName } = settings;
    const tags = app.facts.tags.map(({ key, value }) => [key, value] as const);
    const instance = omitUndefined({
      type: instanceType,
      templateVersion: 0,
      subnetId: subnet,
      groups: securityGroup === undefined ? [] : [securityGroup],
      keyName: ec2KeyName,
      iamInstanceProfile: iamInstanceProfileName === undefined ? undefined : { Name: iamInstanceProfileName },
      tags: { ...Object.fromEntries(tags), 'aws:cloudformation:stack-name': app.launch?.stack ?? '' },
    });
    return { instanceId: id, job: 0, at, instance };
  });
  return new Map([...servers, ...apps].map((launched) => [launched.instanceId, launched]));
}
