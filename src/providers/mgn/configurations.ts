import type {
  LaunchConfiguration,
  ReplicationConfiguration,
  ReplicationConfigurationReplicatedDisk,
} from '@aws-sdk/client-mgn';
import type { Settings, SettingValue } from '../../core/desired.ts';
import { changesPostLaunch, readPostLaunch, writePostLaunch } from './post-launch.ts';

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
export function writeLaunch(settings: Settings, before: LaunchConfiguration = {}): LaunchConfiguration {
  return {
    ...writeMembers<LaunchConfiguration>(settings, LAUNCH_MEMBERS, LAUNCH),
    ...(changesPostLaunch(settings) && {
      postLaunchActions: writePostLaunch(settings, before.postLaunchActions),
    }),
  };
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

function entriesUnder(family: string, settings: Settings) {
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
