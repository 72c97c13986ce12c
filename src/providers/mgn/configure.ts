import type { ReplicationConfiguration, SourceServer } from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { MgnApi } from './api.ts';
import { autoLicence } from './guest.ts';
import { disksOf, hasFamilies, writeLaunch, writeReplication } from './write-settings.ts';

/**
 * Sends what the settings say of a server's launch: nothing where they say nothing.
 * @param settings those that are to change; `licenseType: Auto` becomes what fits the system that vCenter names
 */
export async function configureLaunch(api: MgnApi, server: SourceServer, settings: Settings): Promise<void> {
  const { licenseType } = settings;
  const auto = autoLicence(server.sourceProperties?.os?.fullString);
  const licence = licenseType === 'Auto' ? auto : licenseType;
  const input = {
    ...writeLaunch(settings),
    ...(licence !== undefined && { licensing: { osByol: licence === 'BYOL' } }),
  };
  if (Object.keys(input).length === 0) return;
  await api.updateLaunchConfiguration({ ...input, sourceServerID: idOf(server) });
}

/**
 * Sends what the settings say of a server's replication: nothing where they say nothing. Maps and lists go out as a
 * whole (the API replaces them), so git's part is laid over what is there.
 * @throws LandfallError SERVICE_ERROR for a disk that the server does not have
 */
export async function configureReplication(
  api: MgnApi,
  server: SourceServer,
  settings: Settings,
): Promise<void> {
  const sourceServerID = idOf(server);
  let before: ReplicationConfiguration = {};
  if (hasFamilies(settings)) {
    before = await api.getReplicationConfiguration({ sourceServerID });
    checkDisks(server, before, settings);
  }
  const input = writeReplication(settings, before);
  if (Object.keys(input).length === 0) return;
  await api.updateReplicationConfiguration({ ...input, sourceServerID });
}

function checkDisks(
  server: SourceServer,
  { replicatedDisks = [] }: ReplicationConfiguration,
  settings: Settings,
): void {
  const { disks = [], identificationHints } = server.sourceProperties ?? {};
  const known = new Set([...replicatedDisks, ...disks].flatMap(({ deviceName }) => deviceName ?? []));
  // The service may not know the disks of a server yet; then it has the last word itself.
  if (known.size === 0) return;
  const unknown = [...disksOf(settings).keys()].filter((device) => !known.has(device));
  if (unknown.length === 0) return;
  const name = identificationHints?.hostname ?? idOf(server);
  throw new LandfallError(
    'SERVICE_ERROR',
    `${name} has no disk ${unknown.map((device) => `"${device}"`).join(', ')}`,
    { remedy: `its disks are ${[...known].join(', ')}: mend mgn.replication.replicatedDisks` },
  );
}

/** A server that was asked for by its id has one. */
export function idOf({ sourceServerID = '' }: SourceServer): string {
  return sourceServerID;
}
