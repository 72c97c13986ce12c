import { digestId } from '../../simulation/ids.ts';
import { diskNames } from '../disks.ts';
import type { Settings, SourceServer } from '../records.ts';
import { configuredLaunch, configuredReplication } from '../settings.ts';
import { without } from '../without.ts';
import { serverOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { conflict, invalid } from './errors.ts';

interface ServerInput {
  readonly sourceServerID: string;
}

export function getLaunchConfiguration(desk: MgnDesk, { sourceServerID }: ServerInput): object {
  return wireLaunch(desk, serverOf(desk, sourceServerID));
}

export function updateLaunchConfiguration(desk: MgnDesk, input: ServerInput & Settings): object {
  const { sourceServerID: id } = input;
  const settings = without(input, 'sourceServerID', 'accountID');
  checkPresent(serverOf(desk, id));
  desk.commit({ do: 'configure', kind: 'launch', id, settings });
  return wireLaunch(desk, serverOf(desk, id));
}

export function getReplicationConfiguration(desk: MgnDesk, { sourceServerID }: ServerInput): object {
  return wireReplication(desk, serverOf(desk, sourceServerID));
}

export function updateReplicationConfiguration(desk: MgnDesk, input: ServerInput & Settings): object {
  const { sourceServerID: id } = input;
  const given = without(input, 'sourceServerID', 'accountID');
  const server = serverOf(desk, id);
  checkPresent(server);
  checkDisks(server, given);
  const settings = keyRules(given, configuredReplication(desk.mgn, server));
  desk.commit({ do: 'configure', kind: 'replication', id, settings });
  return wireReplication(desk, serverOf(desk, id));
}

function checkPresent({ archived, id }: SourceServer): void {
  if (archived) throw conflict(`Source server ${id} is archived.`, 'SourceServer', [id]);
}

/**
 * A key belongs to CUSTOM encryption, and CUSTOM encryption to a key; going back to DEFAULT drops the key.
 * @returns the settings to be changed, with null for one that goes away
 */
export function keyRules(given: Settings, before: Settings = {}): Settings {
  const { ebsEncryption = before['ebsEncryption'], ebsEncryptionKeyArn: key } = given;
  const name = 'ebsEncryptionKeyArn';
  const refuse = (message: string) => invalid(`${name} ${message}.`, [{ name, message }]);
  if (typeof key === 'string' && !/^arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)\/.+$/.test(key)) {
    throw refuse('is not the ARN of a KMS key');
  }
  if (ebsEncryption === 'CUSTOM') {
    if (key === undefined && before[name] === undefined)
      throw refuse('is required where ebsEncryption is CUSTOM');
    return given;
  }
  if (key !== undefined) throw refuse('is allowed only where ebsEncryption is CUSTOM');
  return before[name] === undefined ? given : { ...given, [name]: null };
}

function checkDisks({ machine }: SourceServer, { replicatedDisks }: Settings): void {
  const names = diskNames(machine);
  for (const { deviceName } of (replicatedDisks ?? []) as readonly { deviceName?: string }[]) {
    if (deviceName !== undefined && names.includes(deviceName)) continue;
    const message = `must name a disk of the server: ${names.join(', ')}`;
    throw invalid(`replicatedDisks.deviceName ${message}.`, [
      { name: 'replicatedDisks.deviceName', message },
    ]);
  }
}

function wireLaunch({ mgn }: MgnDesk, server: SourceServer): object {
  return {
    sourceServerID: server.id,
    ec2LaunchTemplateID: digestId('lt-', server.id),
    ...configuredLaunch(mgn, server),
  };
}

function wireReplication({ mgn }: MgnDesk, server: SourceServer): object {
  const replicatedDisks = diskNames(server.machine).map((deviceName, index) => ({
    deviceName,
    isBootDisk: index === 0,
    stagingDiskType: 'AUTO',
    iops: 0,
  }));
  const settings = configuredReplication(mgn, server);
  return { sourceServerID: server.id, name: server.machine.name, replicatedDisks, ...settings };
}
