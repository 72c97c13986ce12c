import { fullName } from '../../core/names.ts';
import type { SettingRule } from '../../core/service.ts';
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
} from './configurations.ts';

/**
 * Every setting of a server that replicates with MGN. All change in place, with UpdateLaunchConfiguration,
 * UpdateReplicationConfiguration, TagResource and the associations (domain, MGN: agentless flow). A setting that the
 * manifest leaves out is not compared, since templates and people set it too.
 */
export const mgnSettings: readonly SettingRule[] = [
  { name: 'app', type: 'text', change: 'update' },
  { name: 'description', type: 'text', change: 'update' },
  {
    name: 'licenseType',
    type: 'text',
    change: 'update',
    column: { column: 'licence', text: '{}' },
    compare: compareLicences,
  },
  // The staging disks are always encrypted, with the default key or another (domain: ebsEncryption DEFAULT/CUSTOM).
  { name: 'encrypted', type: 'boolean', change: 'update', compare: () => 'same' },
  // Domain, MGN: "Changing the KMS key after replication has begun forces a complete resync".
  { name: 'kmsKeyId', type: 'text', change: 'update', effect: 'forces_resync' },
  ...members(LAUNCH, LAUNCH_MEMBERS),
  ...members(REPLICATION, REPLICATION_MEMBERS),
  { name: `${REPLICATION}${SECURITY_GROUPS}`, type: 'list', change: 'update', compare: compareLists },
  { name: STAGING_TAGS, family: true, type: 'text', change: 'update' },
  { name: DISKS, family: true, itemKey: 'deviceName', type: 'text', change: 'update', compare: compareDisks },
];

function members<N extends string>(
  prefix: string,
  types: Readonly<Record<N, SettingRule['type']>>,
): readonly SettingRule[] {
  return Object.entries<SettingRule['type']>(types).map(([name, type]) => ({
    name: `${prefix}${name}`,
    type,
    change: 'update',
  }));
}

type Compare = NonNullable<SettingRule['compare']>;

/**
 * Compares licences. The API has no Auto (domain, MGN: "decide by OS"). The desired settings have the licence that Auto
 * means for the manifest's `os`; an Auto that remains equals any licence.
 */
function compareLicences({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  return desired === undefined || desired === 'Auto' || desired === observed ? 'same' : 'differs';
}

/** Compares lists as sets, without their order. */
function compareLists({ desired, observed }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined) return 'same';
  const [wanted, there] = [desired, observed ?? ''].map((list) => joinList(splitList(String(list))));
  return wanted === there ? 'same' : 'differs';
}

/**
 * Compares the settings of a disk. A disk that the server does not have cannot be configured, and the whole update would
 * fail. While the service knows no disks of the server, the service checks them itself.
 */
function compareDisks({ name, desired, observed, vm, job }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined || desired === observed) return 'same';
  const known = [...diskSettings(job.settings).keys()];
  const [device = ''] = diskSettings({ [name]: desired }).keys();
  if (known.length === 0 || known.includes(device)) return 'differs';
  return {
    unchangeable: 'field.not-in-place',
    message: `${fullName(vm)} has no disk "${device}", which ${name} configures`,
    remedy: `its disks are ${known.join(', ')}: fix mgn.replication.replicatedDisks in the manifest`,
  };
}
