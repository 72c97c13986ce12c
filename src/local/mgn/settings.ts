import { isWindows } from './guest.ts';
import type { Settings, SourceServer } from './records.ts';
import { templateSettings } from './world.ts';
import type { MgnWorld } from './world.ts';

/** What a server is launched with: its own settings, or those that it would take over from the template now. */
export function configuredLaunch(mgn: MgnWorld, server: SourceServer): Settings {
  return server.launchSettings ?? inherited(LAUNCH, templateSettings(mgn, 'launch'), defaultLaunch(server));
}

/** What a server replicates with: its own settings, or those that it would take over from the template now. */
export function configuredReplication(mgn: MgnWorld, server: SourceServer): Settings {
  return (
    server.replicationSettings ??
    inherited(REPLICATION, templateSettings(mgn, 'replication'), DEFAULT_REPLICATION)
  );
}

/** Members of a template that servers take over. */
const LAUNCH = [
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
const REPLICATION = [
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

function inherited(names: readonly string[], template: Settings, defaults: Settings): Settings {
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
export function keyOf({ ebsEncryption, ebsEncryptionKeyArn }: Settings): string {
  return JSON.stringify([ebsEncryption ?? 'DEFAULT', ebsEncryptionKeyArn ?? null]);
}
