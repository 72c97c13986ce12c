import type { RequestLaunchTemplateData, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Settings, SettingValue } from '../../../core/desired.ts';
import { LandfallError } from '../../../core/error.ts';
import { canonicalJson } from '../../../core/text.ts';
import {
  entriesUnder,
  joinList,
  splitList,
  TEMPLATE,
  type TEMPLATE_MEMBERS,
  type TEMPLATE_TAGS,
  templateDisks,
} from '../configurations.ts';

type Data = ResponseLaunchTemplateData;
type Nic = NonNullable<Data['NetworkInterfaces']>[number];
type Json = Readonly<Record<string, unknown>>;

/** Removes what EC2 returns and does not take. */
export function withoutState({ MetadataOptions, ...data }: Data): Data {
  if (MetadataOptions === undefined) return data;
  return { ...data, MetadataOptions: omit(MetadataOptions, 'State') };
}

function omit<T extends object>(object: T, ...names: readonly (keyof T & string)[]): Partial<T> {
  const kept = Object.entries(object).filter(([name]) => !names.some((each) => each === name));
  return Object.fromEntries(kept) as Partial<T>;
}

/** Where each setting is in the data of a template; `nic` stands for the network interface with the device index 0. */
const PLACES: Readonly<
  Record<Exclude<keyof typeof TEMPLATE_MEMBERS, 'iamInstanceProfile' | 'privateIp'>, string>
> = {
  associatePublicIp: 'nic.AssociatePublicIpAddress',
  'capacityReservation.capacityReservationId':
    'CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId',
  'capacityReservation.preference': 'CapacityReservationSpecification.CapacityReservationPreference',
  'capacityReservation.resourceGroupArn':
    'CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn',
  disableApiTermination: 'DisableApiTermination',
  ebsOptimized: 'EbsOptimized',
  hostId: 'Placement.HostId',
  hostResourceGroupArn: 'Placement.HostResourceGroupArn',
  instanceInitiatedShutdownBehavior: 'InstanceInitiatedShutdownBehavior',
  instanceType: 'InstanceType',
  keyName: 'KeyName',
  'metadataOptions.httpPutResponseHopLimit': 'MetadataOptions.HttpPutResponseHopLimit',
  'metadataOptions.httpTokens': 'MetadataOptions.HttpTokens',
  'metadataOptions.instanceMetadataTags': 'MetadataOptions.InstanceMetadataTags',
  monitoring: 'Monitoring.Enabled',
  placementGroup: 'Placement.GroupName',
  subnetId: 'nic.SubnetId',
  tenancy: 'Placement.Tenancy',
};

/** The resources that each family of tags is for. */
const TAGGED: Readonly<Record<(typeof TEMPLATE_TAGS)[number], 'instance' | 'volume'>> = {
  tags: 'instance',
  volumeTags: 'volume',
};

const DISK_MEMBERS = {
  volumeType: 'VolumeType',
  iops: 'Iops',
  throughput: 'Throughput',
  encrypted: 'Encrypted',
  kmsKeyId: 'KmsKeyId',
} as const;

const isFirst = ({ DeviceIndex = 0 }: Nic): boolean => DeviceIndex === 0;

function valueAt(data: Json, path: string): SettingValue | undefined {
  let value: unknown = data;
  for (const step of path.split('.')) value = (value as Json | undefined)?.[step];
  return value as SettingValue | undefined;
}

function withValue(data: Json, path: string, value: SettingValue): Json {
  const [step = '', ...rest] = path.split('.');
  const inner = rest.length === 0 ? value : withValue((data[step] ?? {}) as Json, rest.join('.'), value);
  return { ...data, [step]: inner };
}

/** Reads the data of a template as settings. Pure. */
export function readTemplate(data: Data): Settings {
  const nic = data.NetworkInterfaces?.find(isFirst);
  const source = { ...data, nic } as Json;
  const addresses = nic?.PrivateIpAddresses ?? [];
  const { Arn, Name } = data.IamInstanceProfile ?? {};
  const secondary = addresses.flatMap(({ Primary, PrivateIpAddress: ip }) =>
    Primary === true ? [] : (ip ?? []),
  );
  const licences = data.LicenseSpecifications?.flatMap(({ LicenseConfigurationArn: arn }) => arn ?? []);
  const found: (readonly [string, SettingValue | undefined])[] = [
    ...Object.entries(PLACES).map(([name, path]) => [name, valueAt(source, path)] as const),
    ['iamInstanceProfile', Name ?? Arn],
    [
      'privateIp',
      nic?.PrivateIpAddress ?? addresses.find(({ Primary }) => Primary === true)?.PrivateIpAddress,
    ],
    ['secondaryPrivateIps', secondary.length === 0 ? undefined : joinList(secondary)],
    [
      'securityGroupIds',
      nic?.Groups === undefined || nic.Groups.length === 0 ? undefined : joinList(nic.Groups),
    ],
    ['licenseConfigurationArns', licences === undefined ? undefined : joinList(licences)],
    ...Object.entries(TAGGED).flatMap(([family, type]) =>
      (data.TagSpecifications ?? [])
        .filter(({ ResourceType }) => ResourceType === type)
        .flatMap(({ Tags = [] }) =>
          Tags.map(({ Key = '', Value = '' }) => [`${family}.${Key}`, Value] as const),
        ),
    ),
    ...(data.BlockDeviceMappings ?? []).flatMap(({ DeviceName = '', Ebs = {} }) =>
      Object.entries(DISK_MEMBERS).map(
        ([name, member]) => [`disks.${DeviceName}.${name}`, Ebs[member]] as const,
      ),
    ),
  ];
  return Object.fromEntries(
    found.flatMap(([name, value]) => (value === undefined ? [] : [[`${TEMPLATE}${name}`, value]])),
  );
}

/**
 * Returns the members of a template that settings change, each complete: EC2 replaces a member as a whole, and takes all
 * others from the source version, but without the snapshots of volumes. Pure.
 * @throws LandfallError SERVICE_ERROR for a disk that the template does not have
 */
export function changedMembers(before: Data, settings: Settings): RequestLaunchTemplateData {
  const wanted = Object.fromEntries(entriesUnder(TEMPLATE.slice(0, -1), settings));
  const nics = before.NetworkInterfaces ?? [];
  const first = nics.find(isFirst) ?? { DeviceIndex: 0 };
  let data = { ...before, nic: first } as Json;
  for (const [name, path] of Object.entries(PLACES)) {
    const value = wanted[name];
    if (value !== undefined) data = withValue(data, path, value);
  }
  const { nic, ...others } = data as Json & { readonly nic: Nic };
  const interfaces = [withAddresses(nic, wanted), ...nics.filter((one) => one !== first)];
  const profile = wanted['iamInstanceProfile'];
  const licences = wanted['licenseConfigurationArns'];
  const after: Data = {
    ...others,
    ...(nics.length > 0 || Object.keys(interfaces[0] ?? {}).length > 1
      ? { NetworkInterfaces: interfaces }
      : {}),
    ...(profile !== undefined && {
      IamInstanceProfile: /^arn:/.test(String(profile))
        ? { Arn: String(profile) }
        : { Name: String(profile) },
    }),
    ...(licences !== undefined && {
      LicenseSpecifications: splitList(String(licences)).map((arn) => ({ LicenseConfigurationArn: arn })),
    }),
    ...withTags(before, settings),
    ...withDisks(before, settings),
  };
  const names = Object.keys(after) as (keyof Data)[];
  const changed = names.filter((name) => canonicalJson([after[name]]) !== canonicalJson([before[name]]));
  const hasSnapshots = before.BlockDeviceMappings?.some(({ Ebs }) => Ebs?.SnapshotId !== undefined) === true;
  const sent =
    changed.length > 0 && hasSnapshots ? [...new Set([...changed, 'BlockDeviceMappings' as const])] : changed;
  return Object.fromEntries(sent.map((name) => [name, after[name]]));
}

/** Sets addresses and groups of an interface. A primary address is in one of two places, never in both. */
function withAddresses(nic: Nic, wanted: Settings): Nic {
  const { privateIp, secondaryPrivateIps: secondary, securityGroupIds: groups } = wanted;
  const {
    PrivateIpAddress: ip,
    PrivateIpAddresses: addresses = [],
    SecondaryPrivateIpAddressCount: count,
  } = nic;
  const hasPrimary = addresses.some(({ Primary }) => Primary === true);
  const primary = privateIp === undefined ? undefined : String(privateIp);
  const others =
    secondary === undefined
      ? addresses.filter(({ Primary }) => Primary !== true)
      : splitList(String(secondary)).map((PrivateIpAddress) => ({ Primary: false, PrivateIpAddress }));
  const inList = hasPrimary
    ? addresses
        .filter(({ Primary }) => Primary === true)
        .map((one) => ({ ...one, ...(primary !== undefined && { PrivateIpAddress: primary }) }))
    : [];
  const rest = omit(nic, 'PrivateIpAddress', 'PrivateIpAddresses', 'SecondaryPrivateIpAddressCount');
  const single = hasPrimary ? ip : (primary ?? ip);
  const list = [...inList, ...others];
  return {
    ...rest,
    ...(single !== undefined && { PrivateIpAddress: single }),
    ...(list.length > 0 || nic.PrivateIpAddresses !== undefined ? { PrivateIpAddresses: list } : {}),
    ...(count !== undefined && secondary === undefined && { SecondaryPrivateIpAddressCount: count }),
    ...(groups !== undefined && { Groups: splitList(String(groups)) }),
  };
}

function withTags(
  { TagSpecifications: before = [] }: Data,
  settings: Settings,
): Pick<Data, 'TagSpecifications'> {
  let specifications = before;
  for (const [family, ResourceType] of Object.entries(TAGGED)) {
    const tags = new Map(entriesUnder(`${TEMPLATE}${family}`, settings));
    if (tags.size === 0) continue;
    const old = specifications.find((one) => one.ResourceType === ResourceType);
    const kept = (old?.Tags ?? []).map((tag) => {
      const value = tags.get(tag.Key ?? '');
      tags.delete(tag.Key ?? '');
      return value === undefined ? tag : { ...tag, Value: String(value) };
    });
    const Tags = [...kept, ...[...tags].map(([Key, value]) => ({ Key, Value: String(value) }))];
    specifications =
      old === undefined
        ? [...specifications, { ResourceType, Tags }]
        : specifications.map((one) => (one === old ? { ...one, Tags } : one));
  }
  return specifications === before ? {} : { TagSpecifications: specifications };
}

function withDisks(
  { BlockDeviceMappings: before = [] }: Data,
  settings: Settings,
): Pick<Data, 'BlockDeviceMappings'> {
  const wanted = templateDisks(settings);
  if (wanted.size === 0) return {};
  const known = new Set(before.map(({ DeviceName }) => DeviceName));
  const unknown = [...wanted.keys()].filter((device) => !known.has(device));
  if (known.size > 0 && unknown.length > 0) {
    throw new LandfallError('SERVICE_ERROR', `the launch template has no disk ${unknown.join(', ')}`, {
      source: 'user',
      remedy: `its disks are ${[...known].join(', ')}: fix mgn.launch.template.disks in the manifest`,
    });
  }
  const mapped = before.map((device) => {
    const disk = wanted.get(device.DeviceName ?? '');
    return disk === undefined ? device : { ...device, Ebs: withVolume(device.Ebs ?? {}, disk) };
  });
  const added = unknown.map((DeviceName) => ({
    DeviceName,
    Ebs: withVolume({}, wanted.get(DeviceName) ?? {}),
  }));
  return { BlockDeviceMappings: [...mapped, ...added] };
}

/** Volume types with IOPS that can be chosen, and with throughput (user guide of EBS, volume types). */
const WITH_IOPS: ReadonlySet<string | undefined> = new Set(['gp3', 'io1', 'io2']);

type Volume = NonNullable<NonNullable<Data['BlockDeviceMappings']>[number]['Ebs']>;

/** Sets what git says of a volume. What a new type does not have goes: MGN gives every volume IOPS. */
function withVolume({ Iops, Throughput, ...volume }: Volume, disk: Settings): Volume {
  const given = Object.fromEntries(
    Object.entries(DISK_MEMBERS).flatMap(([name, member]) =>
      disk[name] === undefined ? [] : [[member, disk[name]] as const],
    ),
  ) as Volume;
  const type = given.VolumeType ?? volume.VolumeType;
  const isNew = type !== volume.VolumeType;
  return {
    ...volume,
    ...(Iops !== undefined && (!isNew || WITH_IOPS.has(type)) && { Iops }),
    ...(Throughput !== undefined && (!isNew || type === 'gp3') && { Throughput }),
    ...given,
  };
}
