import type {
  LaunchConfiguration,
  ReplicationConfiguration,
  ReplicationConfigurationReplicatedDisk,
} from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import {
  DISK_MEMBERS,
  DISKS,
  LAUNCH,
  LAUNCH_MEMBERS,
  REPLICATION,
  REPLICATION_MEMBERS,
  SECURITY_GROUPS,
  splitList,
  STAGING_TAGS,
} from './setting-names.ts';

/** Those of the settings that UpdateLaunchConfiguration takes as they are; the schema has checked their types. */
export function writeLaunch(settings: Settings): LaunchConfiguration {
  return pick<LaunchConfiguration>(settings, LAUNCH_MEMBERS, LAUNCH);
}

/**
 * Those of the settings that UpdateReplicationConfiguration takes, and CreateReplicationConfigurationTemplate but for
 * the disks.
 * @param before what is configured now, where a family is among the settings: the API replaces maps and lists as a whole
 */
export function writeReplication(
  settings: Settings,
  before: ReplicationConfiguration = {},
): ReplicationConfiguration {
  const { kmsKeyId, [`${REPLICATION}${SECURITY_GROUPS}`]: groups } = settings;
  const tags = entriesUnder(STAGING_TAGS, settings);
  const disks = disksOf(settings);
  return {
    ...pick<ReplicationConfiguration>(settings, REPLICATION_MEMBERS, REPLICATION),
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

/** Whether the settings change a part of what the API replaces as a whole. */
export function hasFamilies(settings: Settings): boolean {
  return [STAGING_TAGS, DISKS].some((family) => entriesUnder(family, settings).length > 0);
}

/** The settings of disks, by the names of their devices. */
export function disksOf(
  settings: Settings,
): ReadonlyMap<string, Partial<ReplicationConfigurationReplicatedDisk>> {
  const disks = new Map<string, Partial<ReplicationConfigurationReplicatedDisk>>();
  for (const [name, value] of entriesUnder(DISKS, settings)) {
    // A device's name may hold dots, a member's does not.
    const dot = name.lastIndexOf('.');
    const [device, member] = [name.slice(0, dot), name.slice(dot + 1)];
    if (!DISK_MEMBERS.some((known) => known === member)) continue;
    disks.set(device, { ...disks.get(device), [member]: value });
  }
  return disks;
}

function mergeDisks(
  before: readonly ReplicationConfigurationReplicatedDisk[],
  wanted: ReturnType<typeof disksOf>,
): ReplicationConfigurationReplicatedDisk[] {
  const known = new Set(before.map(({ deviceName }) => deviceName));
  const more = [...wanted].filter(([device]) => !known.has(device));
  return [
    ...before.map((disk) => ({ ...disk, ...wanted.get(disk.deviceName ?? '') })),
    ...more.map(([deviceName, disk]) => ({ deviceName, ...disk })),
  ];
}

function entriesUnder(family: string, settings: Settings) {
  const prefix = `${family}.`;
  return Object.entries(settings).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
}

function pick<T>(settings: Settings, names: readonly (keyof T & string)[], prefix: string): T {
  const picked = names.flatMap((name) => {
    const value = settings[`${prefix}${name}`];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(picked) as T;
}
