import { isWindows } from './inventory.ts';
import type { Settings, SourceServer } from './records.ts';
import { type MgnWorld, templateSettings } from './world.ts';

/** What a server is launched with: its own settings, or those that it would take over from the template now. */
export function configuredLaunch(mgn: MgnWorld, server: SourceServer): Settings {
  return (
    server.launchSettings ??
    withTemplateSettings(INHERITED_LAUNCH_SETTINGS, templateSettings(mgn, 'launch'), defaultLaunch(server))
  );
}

/** What a server replicates with: its own settings, or those that it would take over from the template now. */
export function configuredReplication(mgn: MgnWorld, server: SourceServer): Settings {
  return (
    server.replicationSettings ??
    withTemplateSettings(
      INHERITED_REPLICATION_SETTINGS,
      templateSettings(mgn, 'replication'),
      DEFAULT_REPLICATION,
    )
  );
}

/** Members of a template that servers take over. */
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
];

function withTemplateSettings(names: readonly string[], template: Settings, defaults: Settings): Settings {
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(template).filter(([name]) => names.includes(name))),
  };
}

function defaultLaunch({ machine }: SourceServer): Settings {
  return {
    name: machine.name,
    launchDisposition: 'STARTED',
    targetInstanceTypeRightSizingMethod: 'BASIC',
    copyPrivateIp: false,
    copyTags: true,
    licensing: { osByol: !isWindows(machine.os) },
    bootMode: 'LEGACY_BIOS',
    enableMapAutoTagging: false,
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

/** What the copies of a server are encrypted with. */
export function encryptionKeyOf({ ebsEncryption, ebsEncryptionKeyArn }: Settings): string {
  return JSON.stringify([ebsEncryption ?? 'DEFAULT', ebsEncryptionKeyArn ?? null]);
}
