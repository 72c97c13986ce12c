import { isWindows } from './inventory.ts';
import type { Settings, SourceServer } from './records.ts';
import { type MgnAccount, templateSettings } from './account.ts';

/** Returns the launch settings of a server: its own, or those of the template. */
export function configuredLaunch(mgn: MgnAccount, server: SourceServer): Settings {
  return (
    server.launchSettings ??
    withTemplateSettings(INHERITED_LAUNCH_SETTINGS, templateSettings(mgn, 'launch'), defaultLaunch(server))
  );
}

/** Returns the replication settings of a server: its own, or those of the template. */
export function configuredReplication(mgn: MgnAccount, server: SourceServer): Settings {
  return (
    server.replicationSettings ??
    withTemplateSettings(
      INHERITED_REPLICATION_SETTINGS,
      templateSettings(mgn, 'replication'),
      DEFAULT_REPLICATION,
    )
  );
}

/** Members of a template that servers inherit. */
const INHERITED_LAUNCH_SETTINGS = [
  'postLaunchActions',
  'enableMapAutoTagging',
  'mapAutoTaggingMpeID',
  'launchDisposition',
  'targetInstanceTypeRightSizingMethod',
  'copyPrivateIp',
  'copyTags',
  'licensing',
  'bootMode',
];
const INHERITED_REPLICATION_SETTINGS = [
  'stagingAreaSubnetId',
  'associateDefaultSecurityGroup',
  'replicationServersSecurityGroupsIDs',
  'replicationServerInstanceType',
  'useDedicatedReplicationServer',
  'defaultLargeStagingDiskType',
  'ebsEncryption',
  'ebsEncryptionKeyArn',
  'bandwidthThrottling',
  'dataPlaneRouting',
  'createPublicIP',
  'stagingAreaTags',
  'useFipsEndpoint',
  'internetProtocol',
  'storeSnapshotOnLocalZone',
];

function withTemplateSettings(names: readonly string[], template: Settings, defaults: Settings): Settings {
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(template).filter(([name]) => names.includes(name))),
  };
}

/** The launch settings of a template or a server that names no others. */
export const DEFAULT_LAUNCH = {
  launchDisposition: 'STARTED',
  targetInstanceTypeRightSizingMethod: 'BASIC',
  copyPrivateIp: false,
  copyTags: false,
  bootMode: 'LEGACY_BIOS',
  enableMapAutoTagging: false,
} as const;

function defaultLaunch({ id, machine }: SourceServer): Settings {
  return {
    name: `Launch Configuration for Source Server ${id}`,
    ...DEFAULT_LAUNCH,
    licensing: { osByol: !isWindows(machine.os) },
  };
}

const DEFAULT_REPLICATION: Settings = {
  associateDefaultSecurityGroup: true,
  replicationServersSecurityGroupsIDs: [],
  replicationServerInstanceType: 't3.small',
  useDedicatedReplicationServer: false,
  defaultLargeStagingDiskType: 'GP3',
  ebsEncryption: 'DEFAULT',
  bandwidthThrottling: 0,
  dataPlaneRouting: 'PRIVATE_IP',
  createPublicIP: false,
  stagingAreaTags: {},
  useFipsEndpoint: false,
};

/** Returns a text that identifies how the copies of a server are encrypted. */
export function encryptionKeyOf({ ebsEncryption, ebsEncryptionKeyArn }: Settings): string {
  return JSON.stringify([ebsEncryption ?? 'DEFAULT', ebsEncryptionKeyArn ?? null]);
}
