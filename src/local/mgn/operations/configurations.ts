import { omit } from '../../collections.ts';
import { diskNames } from '../inventory.ts';
import { templateIdOf } from '../launch-template.ts';
import type { Settings, SourceServer } from '../records.ts';
import { configuredLaunch, configuredReplication } from '../settings.ts';
import { type MgnOperationContext, serverOf } from './context.ts';
import { conflict, invalidRequest } from './errors.ts';

interface ServerInput {
  readonly sourceServerID: string;
}

export function getLaunchConfiguration(
  context: MgnOperationContext,
  { sourceServerID }: ServerInput,
): object {
  return wireLaunch(context, serverOf(context, sourceServerID));
}

export function updateLaunchConfiguration(
  context: MgnOperationContext,
  input: ServerInput & Settings,
): object {
  const { sourceServerID: id } = input;
  const settings = omit(input, 'sourceServerID', 'accountID');
  checkPresent(serverOf(context, id));
  context.commit({ do: 'configure', kind: 'launch', id, settings });
  return wireLaunch(context, serverOf(context, id));
}

export function getReplicationConfiguration(
  context: MgnOperationContext,
  { sourceServerID }: ServerInput,
): object {
  return wireReplication(context, serverOf(context, sourceServerID));
}

export function updateReplicationConfiguration(
  context: MgnOperationContext,
  input: ServerInput & Settings,
): object {
  const { sourceServerID: id } = input;
  const given = omit(input, 'sourceServerID', 'accountID');
  const server = serverOf(context, id);
  checkPresent(server);
  checkDisks(server, given);
  const settings = checkEncryptionKey(given, configuredReplication(context.mgn, server));
  context.commit({ do: 'configure', kind: 'replication', id, settings });
  return wireReplication(context, serverOf(context, id));
}

function checkPresent({ archived, id }: SourceServer): void {
  if (archived) throw conflict(`Source server ${id} is archived.`, 'SourceServer', [id]);
}

/**
 * Checks that there is a key if and only if the encryption is CUSTOM. A change back to DEFAULT removes the key.
 * @returns the settings to change, with null for a setting to remove
 */
export function checkEncryptionKey(given: Settings, before: Settings = {}): Settings {
  const { ebsEncryption = before['ebsEncryption'], ebsEncryptionKeyArn: key } = given;
  const name = 'ebsEncryptionKeyArn';
  const refuse = (message: string) => invalidRequest(`${name} ${message}.`, [{ name, message }]);
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
    throw invalidRequest(`replicatedDisks.deviceName ${message}.`, [
      { name: 'replicatedDisks.deviceName', message },
    ]);
  }
}

function wireLaunch({ mgn }: MgnOperationContext, server: SourceServer): object {
  return {
    sourceServerID: server.id,
    ec2LaunchTemplateID: templateIdOf(server.id),
    ...configuredLaunch(mgn, server),
  };
}

function wireReplication({ mgn }: MgnOperationContext, server: SourceServer): object {
  const replicatedDisks = diskNames(server.machine).map((deviceName, index) => ({
    deviceName,
    isBootDisk: index === 0,
    stagingDiskType: 'AUTO',
    iops: 0,
  }));
  const settings = configuredReplication(mgn, server);
  return { sourceServerID: server.id, name: server.machine.name, replicatedDisks, ...settings };
}
