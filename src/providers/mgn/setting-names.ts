/** Where the settings of MGN stand in a manifest; the rest of a setting's name is the API's own member. */
export const LAUNCH = 'mgn.launch.';
export const REPLICATION = 'mgn.replication.';
/** One setting a tag: git's tags are set, others stay. */
export const STAGING_TAGS = `${REPLICATION}stagingAreaTags`;
/** `mgn.replication.replicatedDisks.<deviceName>.<member>`. */
export const DISKS = `${REPLICATION}replicatedDisks`;
/** A list, as a setting: sorted, joined by `, `. */
export const SECURITY_GROUPS = 'replicationServersSecurityGroupsIDs';

/** Members of a launch configuration that a manifest may name; the licence comes from `licenseType`. */
export const LAUNCH_MEMBERS = [
  'bootMode',
  'copyPrivateIp',
  'copyTags',
  'launchDisposition',
  'name',
  'targetInstanceTypeRightSizingMethod',
] as const;

/** Members of a replication configuration that a manifest may name, beside lists and families. */
export const REPLICATION_MEMBERS = [
  'associateDefaultSecurityGroup',
  'bandwidthThrottling',
  'createPublicIP',
  'dataPlaneRouting',
  'defaultLargeStagingDiskType',
  'replicationServerInstanceType',
  'stagingAreaSubnetId',
  'useDedicatedReplicationServer',
  'useFipsEndpoint',
] as const;

export const DISK_MEMBERS = ['iops', 'isBootDisk', 'stagingDiskType', 'throughput'] as const;

/** A list as one setting, the same whatever its order. */
export function joinList(items: readonly string[]): string {
  return [...new Set(items)].sort().join(', ');
}

/** The list that a setting holds. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
