import type { SourceServer } from '@aws-sdk/client-mgn';
import { isServiceError } from '../../aws/service-error.ts';
import { disassociate } from './associate.ts';
import { idOf } from './configure.ts';
import { arnOf, type Deeds } from './deed.ts';
import { ownTagKeys } from './marker.ts';
import { isUntouched } from './read-server.ts';

/**
 * Lets go of a server that is in no manifest any more. `release`: it leaves its application and goes on replicating, as
 * nobody's. `disconnect`: its replication is stopped and it is disconnected first. The marker goes last, so that
 * whatever was cut off is done by the next run. A server that is gone already is a success.
 */
export async function deleteJob(id: string, prune: 'release' | 'disconnect', deeds: Deeds): Promise<void> {
  const { api, looks, batches } = deeds;
  await batches.during(async () => {
    const server = await looks.look(id);
    if (server === undefined) return;
    if (prune === 'disconnect') await disconnect(server, deeds);
    await leaveApplication(server, deeds);
    const tagKeys = [...ownTagKeys(server.tags)];
    if (tagKeys.length === 0) return;
    await api.untagResource({ resourceArn: arnOf(server), tagKeys }).catch(ignoreIfGone);
  });
}

/** Nothing of a server that is cut over, disconnected or archived replicates any more. */
function isOver({ lifeCycle, isArchived }: SourceServer): boolean {
  return isArchived === true || lifeCycle?.state === 'CUTOVER' || lifeCycle?.state === 'DISCONNECTED';
}

async function disconnect(server: SourceServer, { api, looks }: Deeds): Promise<void> {
  if (isOver(server) || isUntouched(server)) return;
  const sourceServerID = idOf(server);
  const state = server.dataReplicationInfo?.dataReplicationState;
  if (state !== 'STOPPED' && state !== 'DISCONNECTED') {
    // After a lost reply it is refused for being done.
    await api.stopReplication({ sourceServerID }).catch(
      unless(async () => {
        const now = (await looks.look(sourceServerID))?.dataReplicationInfo?.dataReplicationState;
        return now === undefined || now === 'STOPPED' || now === 'DISCONNECTED';
      }),
    );
  }
  await api.disconnectFromService({ sourceServerID }).catch(
    unless(async () => {
      const now = await looks.look(sourceServerID);
      return now === undefined || isOver(now);
    }),
  );
}

async function leaveApplication(server: SourceServer, { api, batches, groups }: Deeds): Promise<void> {
  const { applicationID } = server;
  if (applicationID === undefined) return;
  // Out of one that is archived nothing can be taken.
  if ((await groups.application(applicationID))?.isArchived === true) return;
  await disassociate(api, batches, idOf(server), applicationID).catch(ignoreIfGone);
}

/** Swallows a refusal where what was asked for is so already. */
function unless(done: () => Promise<boolean>): (error: unknown) => Promise<void> {
  return async (error) => {
    const refused = isServiceError(error, 'ConflictException') || isGone(error);
    if (!refused || !(await done())) throw error;
  };
}

function isGone(error: unknown): boolean {
  return isServiceError(error, 'ResourceNotFoundException');
}

function ignoreIfGone(error: unknown): void {
  if (!isGone(error)) throw error;
}
