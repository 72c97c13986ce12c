import { omit } from '../collections.ts';
import type { Machine } from '../simulation/account.ts';
import { diskNames, diskSizes } from './inventory.ts';
import type { LaunchTemplate, Settings, SourceServer, Tags, TemplateVersion } from './records.ts';
import type { MgnAccount } from './account.ts';
import { configuredLaunch } from './settings.ts';

/** Tags of what MGN creates; no client may change them (user guide, import and export). */
const MANAGED = 'AWSApplicationMigrationServiceManaged';
const SOURCE_SERVER = 'AWSApplicationMigrationServiceSourceServerID';

const reversed = (text: string) => Array.from(text).reverse().join('');

/** Returns the id of the launch template of a server. It differs from the server's, and leads back to it. */
export const templateIdOf = (serverId: string) => `lt-${reversed(serverId.slice(2))}`;
export const serverIdOf = (templateId: string) => `s-${reversed(templateId.slice(3))}`;

/** Returns the name of the launch template of a server (as accounts show it; the rest is the time of its creation). */
export const templateNameOf = (serverId: string) =>
  `created-and-used-by-application-migration-service-${serverId}`;

export const managedTags = (serverId: string): Readonly<Record<string, string>> => ({
  [MANAGED]: 'mgn.amazonaws.com',
  [SOURCE_SERVER]: serverId,
});

/** Returns the launch template of a server: as clients have changed it, or as MGN has created it. */
export function launchTemplateOf(server: SourceServer): LaunchTemplate {
  return server.template ?? { versions: [firstVersion(server)], defaultVersion: 1 };
}

export function defaultVersionOf(server: SourceServer): TemplateVersion {
  const { versions, defaultVersion } = launchTemplateOf(server);
  return versions.find(({ number }) => number === defaultVersion) ?? firstVersion(server);
}

/** The type that MGN recommends for a VM. */
export function recommendedType({ cpus = 2 }: Machine): string {
  return cpus <= 2 ? 'm5.large' : cpus <= 4 ? 'm5.xlarge' : 'm5.2xlarge';
}

const GIB = 2 ** 30;

/**
 * Makes the version that MGN creates: one network interface without a subnet, and a gp3 volume for each disk, under its
 * name on the source, with the most IOPS that its size allows (user guide, launch template settings).
 */
function firstVersion({ id, machine, addedAt }: SourceServer): TemplateVersion {
  const names = diskNames(machine);
  const tags = [
    ...Object.entries(managedTags(id)).map(([Key, Value]) => ({ Key, Value })),
    { Key: 'Name', Value: machine.name },
  ];
  const data: Settings = {
    EbsOptimized: true,
    BlockDeviceMappings: diskSizes(machine).map((bytes, index) => {
      const VolumeSize = Math.ceil(bytes / GIB);
      return {
        DeviceName: names[index],
        Ebs: { Iops: Math.min(16_000, Math.max(3000, 500 * VolumeSize)), VolumeSize, VolumeType: 'gp3' },
      };
    }),
    NetworkInterfaces: [
      { AssociatePublicIpAddress: false, DeleteOnTermination: true, DeviceIndex: 0, Groups: [] },
    ],
    InstanceType: recommendedType(machine),
    TagSpecifications: ['instance', 'volume'].map((ResourceType) => ({ ResourceType, Tags: tags })),
  };
  return { number: 1, createdAt: addedAt, data };
}

/** Adds a version to the template of a server, and returns it. */
export function addVersion(server: SourceServer, version: Omit<TemplateVersion, 'number'>): TemplateVersion {
  const { versions, defaultVersion } = launchTemplateOf(server);
  const number = 1 + Math.max(...versions.map((each) => each.number));
  const added = { number, ...version };
  server.template = { versions: [...versions, added], defaultVersion };
  return added;
}

export function setDefaultVersion(server: SourceServer, defaultVersion: number): void {
  server.template = { ...launchTemplateOf(server), defaultVersion };
}

/** Puts the recommended type into the template of a server whose launch settings have MGN choose the type. */
export function rightSize(mgn: MgnAccount, server: SourceServer, now: number): void {
  const { targetInstanceTypeRightSizingMethod: method = 'NONE' } = configuredLaunch(mgn, server);
  const { data } = defaultVersionOf(server);
  const InstanceType = recommendedType(server.machine);
  if (method === 'NONE' || data['InstanceType'] === InstanceType) return;
  setDefaultVersion(server, addVersion(server, { createdAt: now, data: { ...data, InstanceType } }).number);
}

/** Finds a version by its number, `$Default` or `$Latest`. */
export function findVersion(server: SourceServer, version: string): TemplateVersion | undefined {
  const { versions, defaultVersion } = launchTemplateOf(server);
  if (version === '$Latest') return versions.at(-1);
  const wanted = version === '$Default' ? defaultVersion : Number(version);
  return versions.find(({ number }) => number === wanted);
}

/** Returns the content of a new version: the given members replace those of its source, whose volumes lose their snapshots. */
export function withMembers(source: Settings, given: Settings): Settings {
  const { BlockDeviceMappings: devices } = source;
  if (devices === undefined) return { ...source, ...given };
  const volumes = (devices as readonly { readonly Ebs?: object }[]).map(({ Ebs, ...device }) =>
    Ebs === undefined ? device : { ...device, Ebs: omit(Ebs, 'SnapshotId') },
  );
  return { ...source, BlockDeviceMappings: volumes, ...given };
}

interface Interface {
  readonly SubnetId?: string;
  readonly NetworkInterfaceId?: string;
  readonly Groups?: readonly string[];
  readonly PrivateIpAddress?: string;
  readonly PrivateIpAddresses?: readonly { readonly PrivateIpAddress?: string; readonly Primary?: boolean }[];
}

interface Volume {
  readonly DeviceName?: string;
  readonly Ebs?: { readonly VolumeType?: string };
}

interface TagSpecification {
  readonly ResourceType?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

/** The lists of a template that columns are about. */
interface Lists {
  readonly NetworkInterfaces?: readonly Interface[];
  readonly BlockDeviceMappings?: readonly Volume[];
  readonly TagSpecifications?: readonly TagSpecification[];
}

const listsOf = (data: Settings): Required<Lists> => ({
  NetworkInterfaces: [],
  BlockDeviceMappings: [],
  TagSpecifications: [],
  ...(data as Lists),
});

/**
 * Returns the content of a launch template as columns of an inventory file, without `mgn:launch:` (user guide of MGN, "Import
 * parameters"). Tags of the service are left out: no file can change them.
 */
export function columnsOf(data: Settings): Tags {
  const { Tenancy, HostId } = (data['Placement'] ?? {}) as { Tenancy?: string; HostId?: string };
  const { Name: profile } = (data['IamInstanceProfile'] ?? {}) as { Name?: string };
  const lists = listsOf(data);
  const nics = lists.NetworkInterfaces.flatMap((nic, index) => [
    [`nic:${index}:network-interface-id`, nic.NetworkInterfaceId],
    [`nic:${index}:subnet-id`, nic.SubnetId],
    ...(nic.Groups ?? []).map((id, at) => [`nic:${index}:security-group-id:${at}`, id]),
    ...addressesOf(nic).map((address, at) => [`nic:${index}:private-ip:${at}`, address]),
  ]);
  const volumes = lists.BlockDeviceMappings.map(({ DeviceName = '', Ebs }) => [
    `volume:${DeviceName}:type`,
    Ebs?.VolumeType,
  ]);
  const tags = lists.TagSpecifications.filter(({ ResourceType }) => ResourceType === 'instance')
    .flatMap(({ Tags = [] }) => Tags.map(({ Key, Value = '' }) => [`tag:instance:${Key}`, Value]))
    .filter(([column = '']) => !isManaged(column));
  const columns = [
    ['instance-type', data['InstanceType'] as string | undefined],
    ...nics,
    ['placement:tenancy', Tenancy],
    ['placement:host-id', HostId],
    ['iam-instance-profile:name', profile],
    ...volumes,
    ...tags,
  ];
  return Object.fromEntries(columns.filter(([, value = '']) => value !== '')) as Tags;
}

const isManaged = (column: string) => column.includes(MANAGED) || column.includes(SOURCE_SERVER);

const addressesOf = ({ PrivateIpAddress: own, PrivateIpAddresses: all = [] }: Interface) =>
  own === undefined ? all.flatMap(({ PrivateIpAddress = [] }) => PrivateIpAddress) : [own];

/** Returns the content of a launch template with the values of columns; columns that are not known have no effect. */
export function withColumns(data: Settings, columns: Tags): Settings {
  const lists = listsOf(data);
  const nics: (Interface | undefined)[] = [...lists.NetworkInterfaces];
  const volumes = [...lists.BlockDeviceMappings];
  const specifications = [...lists.TagSpecifications];
  const own: Record<string, unknown> = {};
  const place = { ...(data['Placement'] as Settings | undefined) };
  for (const [column, value] of Object.entries(columns)) {
    const [, nic, member = '', at = '0'] = /^nic:(\d):([a-z-]+)(?::(\d))?$/.exec(column) ?? [];
    const [, device] = /^volume:(.+):type$/.exec(column) ?? [];
    if (nic !== undefined) nics[Number(nic)] = withCell(nics[Number(nic)] ?? {}, member, Number(at), value);
    else if (device !== undefined) setVolumeType(volumes, device, value);
    else if (column === 'instance-type') own['InstanceType'] = value;
    else if (column === 'iam-instance-profile:name') own['IamInstanceProfile'] = { Name: value };
    else if (column === 'placement:tenancy') place['Tenancy'] = value.toLowerCase();
    else if (column === 'placement:host-id') place['HostId'] = value;
    else if (column.startsWith('tag:instance:') && !isManaged(column))
      setInstanceTag(specifications, column.slice('tag:instance:'.length), value);
  }
  return {
    ...data,
    ...own,
    ...(Object.keys(place).length > 0 && { Placement: place }),
    ...(nics.length > 0 && { NetworkInterfaces: Array.from(nics, (nic = {}) => nic) }),
    ...(volumes.length > 0 && { BlockDeviceMappings: volumes }),
    ...(specifications.length > 0 && { TagSpecifications: specifications }),
  };
}

function withCell(nic: Interface, member: string, at: number, value: string): Interface {
  switch (member) {
    case 'subnet-id':
      return { ...nic, SubnetId: value };
    case 'network-interface-id':
      return { ...nic, NetworkInterfaceId: value };
    case 'security-group-id':
      return { ...nic, Groups: replaced(nic.Groups ?? [], at, value) };
    case 'private-ip': {
      if (addressesOf(nic)[at] === value) return nic;
      const PrivateIpAddresses = replaced(addressesOf(nic), at, value).map((PrivateIpAddress, index) => ({
        PrivateIpAddress,
        Primary: index === 0,
      }));
      return { ...omit(nic, 'PrivateIpAddress'), PrivateIpAddresses };
    }
    default:
      return nic;
  }
}

function replaced(list: readonly string[], at: number, value: string): readonly string[] {
  return at < list.length ? list.with(at, value) : [...list, value];
}

function setVolumeType(volumes: Volume[], device: string, VolumeType: string): void {
  const at = volumes.findIndex(({ DeviceName }) => DeviceName?.toLowerCase() === device);
  const { DeviceName = device, ...volume } = volumes[at] ?? {};
  volumes.splice(at < 0 ? volumes.length : at, 1, {
    DeviceName,
    ...volume,
    Ebs: { ...volume.Ebs, VolumeType },
  });
}

function setInstanceTag(specifications: TagSpecification[], Key: string, Value: string): void {
  const at = specifications.findIndex(({ ResourceType }) => ResourceType === 'instance');
  const { Tags = [] } = specifications[at] ?? {};
  const index = Tags.findIndex((tag) => tag.Key === Key);
  const tag = { Key, Value };
  const all = index < 0 ? [...Tags, tag] : Tags.with(index, tag);
  specifications.splice(at < 0 ? specifications.length : at, 1, { ResourceType: 'instance', Tags: all });
}
