import type { LaunchConfiguration, ReplicationConfiguration } from '@aws-sdk/client-mgn';
import type { Settings, SettingValue } from '../../core/desired.ts';
import {
  DISK_MEMBERS,
  DISKS,
  joinList,
  LAUNCH,
  LAUNCH_MEMBERS,
  REPLICATION,
  REPLICATION_MEMBERS,
  SECURITY_GROUPS,
  STAGING_TAGS,
} from './setting-names.ts';

/** A server's launch configuration as settings; its licence as `licenseType`. */
export function readLaunch(launch: LaunchConfiguration): Settings {
  const { osByol } = launch.licensing ?? {};
  return {
    ...(osByol !== undefined && { licenseType: osByol ? 'BYOL' : 'AWS' }),
    ...pick(launch, LAUNCH_MEMBERS, LAUNCH),
  };
}

/** A replication configuration, a server's or a template's, as settings; its key as `kmsKeyId`. */
export function readReplication(replication: ReplicationConfiguration): Settings {
  const { ebsEncryption, ebsEncryptionKeyArn: key, stagingAreaTags = {}, replicatedDisks = [] } = replication;
  const groups = replication[SECURITY_GROUPS];
  const disks = replicatedDisks.flatMap(({ deviceName, ...disk }) =>
    deviceName === undefined ? [] : Object.entries(pick(disk, DISK_MEMBERS, `${DISKS}.${deviceName}.`)),
  );
  return {
    encrypted: true,
    ...(ebsEncryption === 'CUSTOM' && key !== undefined && { kmsKeyId: key }),
    ...pick(replication, REPLICATION_MEMBERS, REPLICATION),
    ...(groups !== undefined && { [`${REPLICATION}${SECURITY_GROUPS}`]: joinList(groups) }),
    ...Object.fromEntries(
      Object.entries(stagingAreaTags).map(([tag, value]) => [`${STAGING_TAGS}.${tag}`, value]),
    ),
    ...Object.fromEntries(disks),
  };
}

function pick<N extends string>(
  from: { readonly [name in N]?: SettingValue | undefined },
  names: readonly N[],
  prefix: string,
): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) settings[`${prefix}${name}`] = value;
  }
  return settings;
}
