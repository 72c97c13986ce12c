import type {
  LaunchConfiguration,
  ReplicationConfiguration,
  ReplicationConfigurationReplicatedDisk,
} from '@aws-sdk/client-mgn';
import type { Settings, SettingValue } from '../../core/desired.ts';
import { changesPostLaunch, readPostLaunch, writePostLaunch } from './launch/post-launch.ts';

/** The prefixes of the settings of MGN in a manifest; the rest of a setting's name is the API's own member. */
export const LAUNCH = 'mgn.launch.';
export const REPLICATION = 'mgn.replication.';
/** The prefix of staging area tags, one setting for each. Tags that no manifest names stay as they are. */
export const STAGING_TAGS = `${REPLICATION}stagingAreaTags`;
/** `mgn.replication.replicatedDisks.<deviceName>.<member>`. */
export const DISKS = `${REPLICATION}replicatedDisks`;
/** The setting that holds a list of ids, sorted and joined by `, `. */
export const SECURITY_GROUPS = 'replicationServersSecurityGroupsIDs';

/** Members of a launch configuration that a manifest may name; the licence comes from `licenseType`. */
export const LAUNCH_MEMBERS = {
  bootMode: 'text',
  copyPrivateIp: 'boolean',
  copyTags: 'boolean',
  launchDisposition: 'text',
  name: 'text',
  targetInstanceTypeRightSizingMethod: 'text',
} as const;

/** Members of a replication configuration that a manifest may name, beside lists and families. */
export const REPLICATION_MEMBERS = {
  associateDefaultSecurityGroup: 'boolean',
  bandwidthThrottling: 'number',
  createPublicIP: 'boolean',
  dataPlaneRouting: 'text',
  defaultLargeStagingDiskType: 'text',
  replicationServerInstanceType: 'text',
  stagingAreaSubnetId: 'text',
  useDedicatedReplicationServer: 'boolean',
  useFipsEndpoint: 'boolean',
} as const;

/** The prefix of the settings of a server's EC2 launch template. */
export const TEMPLATE = `${LAUNCH}template.`;
/** `mgn.launch.template.disks.<deviceName>.<member>`. */
export const TEMPLATE_DISKS = `${TEMPLATE}disks`;

/** Settings of a launch template that have one value; launch/template-data.ts knows where each is in EC2's API. */
export const TEMPLATE_MEMBERS = {
  associatePublicIp: 'boolean',
  'capacityReservation.capacityReservationId': 'text',
  'capacityReservation.preference': 'text',
  'capacityReservation.resourceGroupArn': 'text',
  disableApiTermination: 'boolean',
  ebsOptimized: 'boolean',
  hostId: 'text',
  hostResourceGroupArn: 'text',
  iamInstanceProfile: 'text',
  instanceInitiatedShutdownBehavior: 'text',
  instanceType: 'text',
  keyName: 'text',
  'metadataOptions.httpPutResponseHopLimit': 'number',
  'metadataOptions.httpTokens': 'text',
  'metadataOptions.instanceMetadataTags': 'text',
  monitoring: 'boolean',
  placementGroup: 'text',
  privateIp: 'text',
  subnetId: 'text',
  tenancy: 'text',
} as const;

/** Settings of a launch template that are lists, and those that are tags. */
export const TEMPLATE_LISTS = [
  'licenseConfigurationArns',
  'secondaryPrivateIps',
  'securityGroupIds',
] as const;
export const TEMPLATE_TAGS = ['tags', 'volumeTags'] as const;

/** Whether settings say something of the launch template. */
export function namesTemplate(settings: Settings): boolean {
  return Object.keys(settings).some((name) => name.startsWith(TEMPLATE));
}

/** Returns the settings of the disks of a launch template, by device name. */
export function templateDisks(settings: Settings): ReadonlyMap<string, Settings> {
  const disks = new Map<string, Settings>();
  for (const [name, value] of entriesUnder(TEMPLATE_DISKS, settings)) {
    // A device's name may hold dots, a member's does not.
    const dot = name.lastIndexOf('.');
    const device = name.slice(0, dot);
    disks.set(device, { ...disks.get(device), [name.slice(dot + 1)]: value });
  }
  return disks;
}

/** Bounds of IOPS, with the least and most of each type (user guide of EBS, volume types). */
const IOPS: Readonly<Record<string, readonly [number, number]>> = {
  gp3: [3000, 16_000],
  io1: [100, 64_000],
  io2: [100, 256_000],
};

/** Lists what EBS would refuse of the settings of a volume in a launch template: the member, why, and what to do. */
export function volumeProblems(disk: Settings): readonly (readonly [string, string, string])[] {
  const { volumeType, iops, throughput, kmsKeyId, encrypted } = disk;
  const found: (readonly [string, string, string])[] = [];
  if (kmsKeyId !== undefined && encrypted !== true)
    found.push(['kmsKeyId', 'kmsKeyId needs encrypted: true', 'add encrypted: true, or remove kmsKeyId']);
  if (volumeType === undefined) return found;
  const type = String(volumeType);
  const bounds = IOPS[type];
  const [least = 0, most = Infinity] = bounds ?? [];
  if (iops === undefined) {
    const isNeeded = bounds !== undefined && type !== 'gp3';
    if (isNeeded) found.push(['volumeType', `${type} volumes need iops`, `add iops, ${least} to ${most}`]);
  } else if (bounds === undefined) {
    found.push(['iops', `${type} volumes take no iops`, 'remove it, or choose gp3, io1 or io2']);
  } else if (Number(iops) < least || Number(iops) > most) {
    found.push([
      'iops',
      `${String(iops)} iops are outside of ${least} to ${most}`,
      `change iops, or the type ${type}`,
    ]);
  }
  if (throughput === undefined) return found;
  const rate = Number(throughput);
  if (type !== 'gp3')
    found.push(['throughput', `${type} volumes take no throughput`, 'remove it, or choose gp3']);
  else if (rate < 125 || rate > 1000)
    found.push(['throughput', `a throughput of ${rate} is outside of 125 to 1000`, 'change throughput']);
  else if (rate > Number(iops ?? 3000) / 4)
    found.push([
      'throughput',
      `a throughput of ${rate} needs ${rate * 4} iops`,
      'raise iops, or lower throughput',
    ]);
  return found;
}

const DISK_MEMBERS = {
  iops: 'number',
  isBootDisk: 'boolean',
  stagingDiskType: 'text',
  throughput: 'number',
} as const;

/** Joins a list into the text of a setting, which does not depend on its order. */
export function joinList(items: readonly string[]): string {
  return [...new Set(items)].sort().join(', ');
}

/** Splits the text of a setting into its list. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Reads a launch configuration, of a server or a template, as settings; its licence as `licenseType`. */
export function readLaunch(launch: LaunchConfiguration): Settings {
  const { osByol } = launch.licensing ?? {};
  return {
    ...(osByol !== undefined && { licenseType: osByol ? 'BYOL' : 'AWS' }),
    ...readMembers(launch, LAUNCH_MEMBERS, LAUNCH),
    ...readPostLaunch(launch.postLaunchActions),
  };
}

/** Reads a replication configuration, of a server or a template, as settings; its key as `kmsKeyId`. */
export function readReplication(replication: ReplicationConfiguration): Settings {
  const { ebsEncryption, ebsEncryptionKeyArn: key, stagingAreaTags = {}, replicatedDisks = [] } = replication;
  const groups = replication[SECURITY_GROUPS];
  const disks = replicatedDisks.flatMap(({ deviceName, ...disk }) =>
    deviceName === undefined
      ? []
      : Object.entries(readMembers(disk, DISK_MEMBERS, `${DISKS}.${deviceName}.`)),
  );
  return {
    encrypted: true,
    ...(ebsEncryption === 'CUSTOM' && key !== undefined && { kmsKeyId: key }),
    ...readMembers(replication, REPLICATION_MEMBERS, REPLICATION),
    ...(groups !== undefined && { [`${REPLICATION}${SECURITY_GROUPS}`]: joinList(groups) }),
    ...Object.fromEntries(
      Object.entries(stagingAreaTags).map(([tag, value]) => [`${STAGING_TAGS}.${tag}`, value]),
    ),
    ...Object.fromEntries(disks),
  };
}

function readMembers<N extends string>(
  from: { readonly [name in NoInfer<N>]?: SettingValue | undefined },
  members: Readonly<Record<N, string>>,
  prefix: string,
): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const name of Object.keys(members) as N[]) {
    const value = from[name];
    if (value !== undefined) settings[`${prefix}${name}`] = value;
  }
  return settings;
}

/**
 * Returns the input of UpdateLaunchConfiguration for some settings. The schema has checked their types.
 * @param before the current configuration, if the settings have post-launch actions: the API replaces them as a whole
 */
export function writeLaunch(
  settings: Settings,
  { postLaunchActions: before }: LaunchConfiguration = {},
  removed: readonly string[] = [],
): LaunchConfiguration {
  const input = writeMembers<LaunchConfiguration>(settings, LAUNCH_MEMBERS, LAUNCH);
  if (!changesPostLaunch([...Object.keys(settings), ...removed])) return input;
  return { ...input, postLaunchActions: writePostLaunch(settings, before, removed) };
}

/**
 * Returns the input of UpdateReplicationConfiguration for some settings. Without disks it is also the input of
 * CreateReplicationConfigurationTemplate.
 * @param before the current configuration, if the settings have tags or disks: the API replaces maps and lists as a whole
 */
export function writeReplication(
  settings: Settings,
  before: ReplicationConfiguration = {},
): ReplicationConfiguration {
  const { kmsKeyId, [`${REPLICATION}${SECURITY_GROUPS}`]: groups } = settings;
  const tags = entriesUnder(STAGING_TAGS, settings);
  const disks = diskSettings(settings);
  return {
    ...writeMembers<ReplicationConfiguration>(settings, REPLICATION_MEMBERS, REPLICATION),
    // Domain: a key belongs to CUSTOM encryption.
    ...(kmsKeyId !== undefined && { ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: String(kmsKeyId) }),
    ...(groups !== undefined && { [SECURITY_GROUPS]: splitList(String(groups)) }),
    ...(tags.length > 0 && {
      stagingAreaTags: {
        ...before.stagingAreaTags,
        ...Object.fromEntries(tags.map(([tag, value]) => [tag, String(value)])),
      },
    }),
    ...(disks.size > 0 && { replicatedDisks: mergeDisks(before.replicatedDisks ?? [], disks) }),
  };
}

/** Whether the settings change tags or disks, which the API replaces as a whole. */
export function changesTagsOrDisks(settings: Settings): boolean {
  return [STAGING_TAGS, DISKS].some((family) => entriesUnder(family, settings).length > 0);
}

/** Returns the settings of disks by device name. */
export function diskSettings(
  settings: Settings,
): ReadonlyMap<string, Partial<ReplicationConfigurationReplicatedDisk>> {
  const disks = new Map<string, Partial<ReplicationConfigurationReplicatedDisk>>();
  for (const [name, value] of entriesUnder(DISKS, settings)) {
    // A device's name may hold dots, a member's does not.
    const dot = name.lastIndexOf('.');
    const [device, member] = [name.slice(0, dot), name.slice(dot + 1)];
    if (!Object.hasOwn(DISK_MEMBERS, member)) continue;
    disks.set(device, { ...disks.get(device), [member]: value });
  }
  return disks;
}

function mergeDisks(
  before: readonly ReplicationConfigurationReplicatedDisk[],
  wanted: ReturnType<typeof diskSettings>,
): ReplicationConfigurationReplicatedDisk[] {
  const known = new Set(before.map(({ deviceName }) => deviceName));
  const added = [...wanted].filter(([device]) => !known.has(device));
  return [
    ...before.map((disk) => ({ ...disk, ...wanted.get(disk.deviceName ?? '') })),
    ...added.map(([deviceName, disk]) => ({ deviceName, ...disk })),
  ];
}

/** Returns the settings of a family, by the part of their names after it. */
export function entriesUnder(
  family: string,
  settings: Settings,
): readonly (readonly [string, SettingValue])[] {
  const prefix = `${family}.`;
  return Object.entries(settings).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
}

function writeMembers<T>(
  settings: Settings,
  members: Readonly<Partial<Record<keyof T & string, string>>>,
  prefix: string,
): T {
  const picked = Object.keys(members).flatMap((name) => {
    const value = settings[`${prefix}${name}`];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(picked) as T;
}
