import type { ReplicationConfiguration, SourceServer } from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import { changeAndLookUp } from '../aws/retries.ts';
import type { MgnApi, MgnContext } from './api.ts';
import type { CallBatcher, ServerLookups } from './batching.ts';
import type { Groups } from './groups.ts';
import { changesPostLaunch } from './launch/post-launch.ts';
import type { LaunchTemplates } from './launch/templates.ts';
import {
  changesTagsOrDisks,
  diskSettings,
  namesTemplate,
  writeLaunch,
  writeReplication,
} from './configurations.ts';

/** What the changes of a run share. */
export interface ChangeContext extends MgnContext {
  readonly groups: Groups;
  readonly batches: CallBatcher;
  readonly lookups: ServerLookups;
  /** Opens EC2, once and only where a launch template is read or changed. */
  readonly templates: () => Promise<LaunchTemplates>;
}

/** Returns the ARN of a server, which calls about tags need. @throws LandfallError SERVICE_ERROR if it has none */
function arnOf({ arn, sourceServerID }: SourceServer): string {
  if (arn !== undefined) return arn;
  throw new LandfallError(
    'SERVICE_ERROR',
    `the service returned no ARN for source server ${sourceServerID ?? ''}`,
    {
      source: 'service',
      remedy: 'run again; if the error stays, the endpoint is at fault',
    },
  );
}

export function serverGoneError(id: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', `source server ${id} does not exist any more`, {
    source: 'service',
    remedy: 'plan again: the VM may have been discovered again under another id',
  });
}

export function serverConflictError(server: SourceServer, what: string): LandfallError {
  const { sourceServerID = '' } = server;
  return new LandfallError('SERVICE_ERROR', `source server ${sourceServerID} ${what}`, {
    source: 'service',
    remedy: 'plan again, and find out who changed it',
  });
}

/**
 * Updates the launch configuration of a server, and then its EC2 launch template. Makes no call without a launch setting.
 * @param removed names of settings that leave git
 * @param settings those that change; `licenseType: Auto` means the licence for the operating system that vCenter reports
 */
export async function configureLaunch(
  { api, templates }: Pick<ChangeContext, 'api' | 'templates'>,
  server: SourceServer,
  settings: Settings,
  removed: readonly string[] = [],
): Promise<void> {
  const { licenseType } = settings;
  const sourceServerID = serverIdOf(server);
  const auto = autoLicence(server.sourceProperties?.os?.fullString);
  const licence = licenseType === 'Auto' ? auto : licenseType;
  const names = [...Object.keys(settings), ...removed];
  const before = changesPostLaunch(names) ? await api.getLaunchConfiguration({ sourceServerID }) : {};
  const input = {
    ...writeLaunch(settings, before, removed),
    ...(licence !== undefined && { licensing: { osByol: licence === 'BYOL' } }),
  };
  let configuration: { readonly ec2LaunchTemplateID?: string | undefined } | undefined;
  if (Object.keys(input).length > 0) {
    await changeAndLookUp({
      what: `the update of the launch configuration of ${sourceServerID}`,
      call: async () => {
        configuration = await api.updateLaunchConfiguration({ ...input, sourceServerID });
      },
      isDone: async () => isMatch(await api.getLaunchConfiguration({ sourceServerID }), input),
    });
  }
  if (!namesTemplate(settings)) return;
  // MGN writes into the template when the launch configuration changes: the template comes after it.
  const { ec2LaunchTemplateID: id } = configuration ?? (await api.getLaunchConfiguration({ sourceServerID }));
  if (id === undefined) {
    throw new LandfallError('SERVICE_ERROR', `source server ${sourceServerID} has no EC2 launch template`, {
      source: 'service',
      remedy: 'save its launch settings in the console, which creates one, and run again',
    });
  }
  await (await templates()).change(id, settings);
}

/**
 * Updates the replication configuration of a server. Makes no call without a replication setting. The API replaces maps
 * and lists as a whole, so the settings are merged over the current configuration.
 * @throws LandfallError SERVICE_ERROR for a disk that the server does not have
 */
export async function configureReplication(
  api: MgnApi,
  server: SourceServer,
  settings: Settings,
): Promise<void> {
  const sourceServerID = serverIdOf(server);
  let before: ReplicationConfiguration = {};
  if (changesTagsOrDisks(settings)) {
    before = await api.getReplicationConfiguration({ sourceServerID });
    checkDisks(server, before, settings);
  }
  const input = writeReplication(settings, before);
  if (Object.keys(input).length === 0) return;
  await changeAndLookUp({
    what: `the update of the replication configuration of ${sourceServerID}`,
    call: () => api.updateReplicationConfiguration({ ...input, sourceServerID }),
    isDone: async () => isMatch(await api.getReplicationConfiguration({ sourceServerID }), input),
  });
}

/** Whether a configuration has all values of an input; it may have more. */
function isMatch(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  const fields = actual as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([name, value]) => isMatch(fields[name], value));
}

/** Sets tags of a server. */
export async function tagServer(
  { api, lookups }: Pick<ChangeContext, 'api' | 'lookups'>,
  server: SourceServer,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  await changeAndLookUp({
    what: `the tagging of ${serverIdOf(server)}`,
    call: () => api.tagResource({ resourceArn: arnOf(server), tags }),
    isDone: async () => isMatch((await lookups.lookUp(serverIdOf(server)))?.tags, tags),
  });
}

/** Removes tags of a server. */
export async function untagServer(
  { api, lookups }: Pick<ChangeContext, 'api' | 'lookups'>,
  server: SourceServer,
  tagKeys: string[],
): Promise<void> {
  await changeAndLookUp({
    what: `the removal of the tags of ${serverIdOf(server)}`,
    call: () => api.untagResource({ resourceArn: arnOf(server), tagKeys }),
    async isDone() {
      const { tags = {} } = (await lookups.lookUp(serverIdOf(server))) ?? {};
      return tagKeys.every((key) => tags[key] === undefined);
    },
  });
}

function checkDisks(
  server: SourceServer,
  { replicatedDisks = [] }: ReplicationConfiguration,
  settings: Settings,
): void {
  const { disks = [], identificationHints } = server.sourceProperties ?? {};
  const known = new Set([...replicatedDisks, ...disks].flatMap(({ deviceName }) => deviceName ?? []));
  // The service may not know the disks of a server yet; then it checks them itself.
  if (known.size === 0) return;
  const unknown = [...diskSettings(settings).keys()].filter((device) => !known.has(device));
  if (unknown.length === 0) return;
  const name = identificationHints?.hostname ?? serverIdOf(server);
  throw new LandfallError(
    'SERVICE_ERROR',
    `${name} has no disk ${unknown.map((device) => `"${device}"`).join(', ')}`,
    { remedy: `its disks are ${[...known].join(', ')}: fix mgn.replication.replicatedDisks in the manifest` },
  );
}

/** Returns the id of a server that was looked up by its id. */
export function serverIdOf({ sourceServerID = '' }: SourceServer): string {
  return sourceServerID;
}

/**
 * Returns the licence that Auto means for an operating system (domain, licence types: the same on both services).
 * @param os as vCenter names it: "Microsoft Windows Server 2016 (64-bit)"
 * @returns undefined for an unknown system
 */
export function autoLicence(os: string | undefined): 'AWS' | 'BYOL' | undefined {
  if (os === undefined) return undefined;
  if (/windows/i.test(os)) return isWindowsServer(os) ? 'AWS' : isWindowsDesktop(os) ? 'BYOL' : undefined;
  return LINUX_NAMES.test(os) ? 'BYOL' : undefined;
}

const isWindowsServer = (os: string): boolean => /\bserver\b|\b20(?:03|08|12|16|19|22|25)\b/i.test(os);

const isWindowsDesktop = (os: string): boolean => /windows (?:xp|vista|7|8|8\.1|10|11)\b/i.test(os);

const LINUX_NAMES = /linux|red ?hat|rhel|centos|suse|sles|ubuntu|debian|fedora|oracle|rocky|alma/i;
