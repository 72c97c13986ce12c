import { omit } from '../collections.ts';
import type { Machine } from '../simulation/account.ts';
import { diskNames, diskSizes } from './inventory.ts';
import type { LaunchTemplate, Settings, SourceServer, TemplateVersion } from './records.ts';
import type { MgnAccount } from './account.ts';
import { configuredLaunch } from './settings.ts';

/** Tags of what MGN creates; no client may change them (user guide, import and export). */
const MANAGED = 'AWSApplicationMigrationServiceManaged';
const SOURCE_SERVER = 'AWSApplicationMigrationServiceSourceServerID';

const reversed = (text: string) => Array.from(text).reverse().join('');

/** Returns the id of the launch template of a server. It differs from the server's, and leads back to it. */
export const templateIdOf = (serverId: string) => `lt-${reversed(serverId.slice(2))}`;
export const serverIdOf = (templateId: string) => `s-${reversed(templateId.slice(3))}`;

/** Returns the name of the launch template of a server (as accounts show it; the rest is the time of its creation). */
export const templateNameOf = (serverId: string) =>
  `created-and-used-by-application-migration-service-${serverId}`;

export const managedTags = (serverId: string): Readonly<Record<string, string>> => ({
  [MANAGED]: 'mgn.amazonaws.com',
  [SOURCE_SERVER]: serverId,
});

/** Returns the launch template of a server: as clients have changed it, or as MGN has created it. */
export function launchTemplateOf(server: SourceServer): LaunchTemplate {
  return server.template ?? { versions: [firstVersion(server)], defaultVersion: 1 };
}

export function defaultVersionOf(server: SourceServer): TemplateVersion {
  const { versions, defaultVersion } = launchTemplateOf(server);
  return versions.find(({ number }) => number === defaultVersion) ?? firstVersion(server);
}

/** The type that MGN recommends for a VM. */
export function recommendedType({ cpus = 2 }: Machine): string {
  return cpus <= 2 ? 'm5.large' : cpus <= 4 ? 'm5.xlarge' : 'm5.2xlarge';
}

const GIB = 2 ** 30;

/**
 * Makes the version that MGN creates: one network interface without a subnet, and a gp3 volume for each disk, under its
 * name on the source, with the most IOPS that its size allows (user guide, launch template settings).
 */
function firstVersion({ id, machine, addedAt }: SourceServer): TemplateVersion {
  const names = diskNames(machine);
  const tags = [
    ...Object.entries(managedTags(id)).map(([Key, Value]) => ({ Key, Value })),
    { Key: 'Name', Value: machine.name },
  ];
  const data: Settings = {
    EbsOptimized: true,
    BlockDeviceMappings: diskSizes(machine).map((bytes, index) => {
      const VolumeSize = Math.ceil(bytes / GIB);
      return {
        DeviceName: names[index],
        Ebs: { Iops: Math.min(16_000, Math.max(3000, 500 * VolumeSize)), VolumeSize, VolumeType: 'gp3' },
      };
    }),
    NetworkInterfaces: [
      { AssociatePublicIpAddress: false, DeleteOnTermination: true, DeviceIndex: 0, Groups: [] },
    ],
    InstanceType: recommendedType(machine),
    TagSpecifications: ['instance', 'volume'].map((ResourceType) => ({ ResourceType, Tags: tags })),
  };
  return { number: 1, createdAt: addedAt, data };
}

/** Adds a version to the template of a server, and returns it. */
export function addVersion(server: SourceServer, version: Omit<TemplateVersion, 'number'>): TemplateVersion {
  const { versions, defaultVersion } = launchTemplateOf(server);
  const number = 1 + Math.max(...versions.map((each) => each.number));
  const added = { number, ...version };
  server.template = { versions: [...versions, added], defaultVersion };
  return added;
}

export function setDefaultVersion(server: SourceServer, defaultVersion: number): void {
  server.template = { ...launchTemplateOf(server), defaultVersion };
}

/** Puts the recommended type into the template of a server whose launch settings have MGN choose the type. */
export function rightSize(mgn: MgnAccount, server: SourceServer, now: number): void {
  const { targetInstanceTypeRightSizingMethod: method = 'NONE' } = configuredLaunch(mgn, server);
  const { data } = defaultVersionOf(server);
  const InstanceType = recommendedType(server.machine);
  if (method === 'NONE' || data['InstanceType'] === InstanceType) return;
  setDefaultVersion(server, addVersion(server, { createdAt: now, data: { ...data, InstanceType } }).number);
}

/** Finds a version by its number, `$Default` or `$Latest`. */
export function findVersion(server: SourceServer, version: string): TemplateVersion | undefined {
  const { versions, defaultVersion } = launchTemplateOf(server);
  if (version === '$Latest') return versions.at(-1);
  const wanted = version === '$Default' ? defaultVersion : Number(version);
  return versions.find(({ number }) => number === wanted);
}

/** Returns the content of a new version: the given members replace those of its source, whose volumes lose their snapshots. */
export function withMembers(source: Settings, given: Settings): Settings {
  const { BlockDeviceMappings: devices } = source;
  if (devices === undefined) return { ...source, ...given };
  const volumes = (devices as readonly { readonly Ebs?: object }[]).map(({ Ebs, ...device }) =>
    Ebs === undefined ? device : { ...device, Ebs: omit(Ebs, 'SnapshotId') },
  );
  return { ...source, BlockDeviceMappings: volumes, ...given };
}
