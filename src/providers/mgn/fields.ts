import type { FieldRule } from '../../core/provider.ts';
import {
  DISKS,
  diskSettings,
  joinList,
  LAUNCH,
  LAUNCH_MEMBERS,
  REPLICATION,
  REPLICATION_MEMBERS,
  SECURITY_GROUPS,
  splitList,
  STAGING_TAGS,
} from './settings.ts';

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
  { name: DISKS, family: true, change: 'update', compare: compareDisks },
];

type Compare = NonNullable<FieldRule['compare']>;

/**
 * The wire knows no Auto (domain, MGN: "decide by OS"). Where a manifest's `os` tells what it means, that is what git
 * wants; an Auto that is left is whatever the server has.
 */
function compareLicences({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  return desired === undefined || desired === 'Auto' || desired === observed ? 'same' : 'differs';
}

/** A list is a set: its order says nothing. */
function compareLists({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined) return 'same';
  const [wanted, there] = [desired, observed ?? ''].map((list) => joinList(splitList(String(list))));
  return wanted === there ? 'same' : 'differs';
}

/**
 * A disk that the server does not have cannot be configured, and its update would fail as a whole. As long as the
 * service knows no disks of it, it has the last word itself.
 */
function compareDisks({ name, desired, observed, vm, job }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined || desired === observed) return 'same';
  const known = [...diskSettings(job.settings).keys()];
  const [device = ''] = diskSettings({ [name]: desired }).keys();
  if (known.length === 0 || known.includes(device)) return 'differs';
  return {
    unchangeable: 'field.not-in-place',
    message: `${vm.address} has no disk "${device}", and ${name} says something of it`,
    remedy: `its disks are ${known.join(', ')}: mend mgn.replication.replicatedDisks`,
  };
}
