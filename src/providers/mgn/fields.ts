import type { FieldRule } from '../../core/provider.ts';
import {
  DISKS,
  joinList,
  LAUNCH,
  LAUNCH_MEMBERS,
  REPLICATION,
  REPLICATION_MEMBERS,
  SECURITY_GROUPS,
  splitList,
  STAGING_TAGS,
} from './setting-names.ts';

/**
 * What MGN can do about each setting of a server that replicates: change all of them in place, with
 * UpdateLaunchConfiguration, UpdateReplicationConfiguration, TagResource and the associations (domain, MGN: agentless
 * flow). What git leaves out is not compared: templates and people have their say too. Loads no SDK.
 */
export const mgnFields: readonly FieldRule[] = [
  { name: 'app', change: 'update' },
  { name: 'description', change: 'update' },
  { name: 'licenseType', change: 'update', compare: compareLicences },
  // The staging disks are always encrypted, with the default key or another (domain: ebsEncryption DEFAULT/CUSTOM).
  { name: 'encrypted', change: 'update', compare: () => 'same' },
  // Domain, MGN: "Changing the KMS key after replication has begun forces a complete resync".
  { name: 'kmsKeyId', change: 'update', effect: 'forces_resync' },
  ...LAUNCH_MEMBERS.map((name): FieldRule => ({ name: `${LAUNCH}${name}`, change: 'update' })),
  ...REPLICATION_MEMBERS.map((name): FieldRule => ({ name: `${REPLICATION}${name}`, change: 'update' })),
  { name: `${REPLICATION}${SECURITY_GROUPS}`, change: 'update', compare: compareLists },
  { name: STAGING_TAGS, family: true, change: 'update' },
  { name: DISKS, family: true, change: 'update' },
];

type Compare = NonNullable<FieldRule['compare']>;

/**
 * The wire knows no Auto (domain, MGN: "decide by OS"), so Auto equals the licence that fits the manifest's `os`. Where
 * the server has another one, somebody has said so, or the service has seen another system: git is to say which.
 */
function compareLicences({ desired, observed, vm }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired !== undefined && desired !== 'Auto') return desired === observed ? 'same' : 'differs';
  const auto = vm.autoLicenseType;
  if (auto === undefined || observed === undefined || observed === auto) return 'same';
  return {
    stuck: 'licence.auto-in-place',
    message: `Auto would choose licenseType ${auto} for ${vm.os ?? 'this system'}, and the server has ${String(observed)}`,
    remedy: `write licenseType: ${auto} to change the server in place, or ${String(observed)} to keep what it has`,
  };
}

/** A list is a set: its order says nothing. */
function compareLists({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined) return 'same';
  const [wanted, there] = [desired, observed ?? ''].map((list) => joinList(splitList(String(list))));
  return wanted === there ? 'same' : 'differs';
}
