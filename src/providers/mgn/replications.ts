import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { CreateRequest, ExistingJob, UpdateRequest } from '../../core/provider.ts';
import { isServiceError } from '../aws/errors.ts';
import { isConflict, retryAfterLookup } from '../aws/retries.ts';
import { descriptionTags, landfallTagKeys, ownerTags, projectOf } from './marker.ts';
import { checkCanLeaveApplication, disassociateServer, moveToApplication } from './membership.ts';
import { isOnlyDiscovered } from './servers.ts';
import {
  arnOf,
  type ChangeContext,
  configureLaunch,
  configureReplication,
  describeOwner,
  isOwnedBy,
  serverConflictError,
  serverGoneError,
  serverIdOf,
} from './source-server.ts';

/** Lifecycles from which StartReplication leads on. */
const STARTABLE_STATES: ReadonlySet<string | undefined> = new Set([
  'DISCOVERED',
  'PENDING_INSTALLATION',
  'STOPPED',
]);

/**
 * Has a server replicate as git wants it: marked as ours, configured, in its application and wave, and only then
 * started. Each call does nothing where its work is done already, and the start comes last: whatever was cut off, the
 * same request made again comes to the same end, and what replicates is complete.
 */
export async function createJob(request: CreateRequest, deeds: ChangeContext): Promise<string | ExistingJob> {
  const { lookups, batches } = deeds;
  const { serverId } = request;
  const there = await batches.runTask(async () => {
    const server = await lookups.lookUp(serverId);
    if (server === undefined) throw serverGoneError(serverId);
    if (!STARTABLE_STATES.has(server.lifeCycle?.state)) return existingOwnJob(server, request);
    await prepareServer(server, request, deeds);
    return undefined;
  });
  return there ?? startReplication(request, deeds);
}

async function prepareServer(
  server: SourceServer,
  request: CreateRequest,
  deeds: ChangeContext,
): Promise<void> {
  const { api, groups } = deeds;
  const { owner, settings } = request;
  const app = String(settings['app'] ?? owner.wave);
  const { description } = settings;
  const other = projectOf(server.tags);
  if (other !== undefined && other !== owner.project) {
    throw serverConflictError(server, `belongs to ${describeOwner(server)}`);
  }
  if (server.replicationType === 'AGENT_BASED') throw agentBasedError(server);
  await checkCanLeaveApplication(deeds, server, app, owner, false);
  const application = await groups.ensure(app, owner);
  await api.tagResource({
    resourceArn: arnOf(server),
    tags: {
      ...ownerTags(owner),
      ...(description !== undefined && descriptionTags(String(description))),
    },
  });
  // Left out, a licence is Auto (domain, licence types), and only we know what that means.
  await configureLaunch(api, server, { licenseType: 'Auto', ...settings });
  await configureReplication(api, server, settings);
  await moveToApplication(deeds, server, application);
}

/** Starts the replication; one that an earlier attempt has started is a success, and one of another run was there. */
function startReplication(
  { serverId, owner }: CreateRequest,
  deeds: ChangeContext,
): Promise<string | ExistingJob> {
  const { api, lookups, clock } = deeds;
  return retryAfterLookup<string | ExistingJob>({
    async call() {
      await api.startReplication({ sourceServerID: serverId });
      return serverId;
    },
    async lookUp(_, mayBeOurs) {
      const server = await lookups.lookUp(serverId);
      if (server === undefined) throw serverGoneError(serverId);
      if (STARTABLE_STATES.has(server.lifeCycle?.state)) return undefined;
      const existing = existingOwnJob(server, { owner });
      return mayBeOurs ? serverId : existing;
    },
    isRefusal: isConflict,
    clock,
  });
}

/** A server that replicates already: as good as a success where it is marked as ours. */
function existingOwnJob(server: SourceServer, { owner }: Pick<CreateRequest, 'owner'>): ExistingJob {
  if (!isOwnedBy(server, owner)) {
    throw serverConflictError(server, `now has a replication of ${describeOwner(server)}`);
  }
  return { id: server.sourceServerID ?? '', alreadyExisted: true };
}

/** Only what ships snapshots is started from here (domain, MGN: agentless flow). */
function agentBasedError({ sourceServerID = '' }: SourceServer): LandfallError {
  return new LandfallError(
    'SERVICE_ERROR',
    `source server ${sourceServerID} replicates by an agent, which starts it once it is installed`,
    {
      remedy:
        'change its replication type to snapshot shipping in the console; or install the agent, and set `adopt: true` on the wave',
    },
  );
}

/**
 * Changes what differs, and nothing else. A new marker is written last: until then the plan goes on showing that the
 * server changes hands, and whatever was cut off is done by the next run.
 */
export async function updateJob(request: UpdateRequest, deeds: ChangeContext): Promise<void> {
  const { api, lookups, groups, batches } = deeds;
  const { id, settings, after, owner, writeMarker = false } = request;
  await batches.runTask(async () => {
    const server = await lookups.lookUp(id);
    if (server === undefined) throw serverGoneError(id);
    const other = projectOf(server.tags);
    // To take over what is nobody's is what an adoption is for.
    if (!isOwnedBy(server, owner) && !(writeMarker && other === undefined)) {
      throw serverConflictError(server, `belongs to ${describeOwner(server)} by now`);
    }
    await configureLaunch(api, server, settings);
    await configureReplication(api, server, settings);
    if (writeMarker || 'app' in settings) {
      const app = String(after['app'] ?? owner.wave);
      await checkCanLeaveApplication(deeds, server, app, owner, true);
      await moveToApplication(deeds, server, await groups.ensure(app, owner));
    }
    const { description } = settings;
    const tags = {
      ...(description !== undefined && descriptionTags(String(description))),
      ...(writeMarker && ownerTags(owner)),
    };
    if (Object.keys(tags).length > 0) await api.tagResource({ resourceArn: arnOf(server), tags });
  });
}

/**
 * Lets go of a server that is in no manifest any more. `release`: it leaves its application and goes on replicating, as
 * nobody's. `disconnect`: its replication is stopped and it is disconnected first. The marker goes last, so that
 * whatever was cut off is done by the next run. A server that is gone already is a success.
 */
export async function deleteJob(
  id: string,
  prune: 'release' | 'disconnect',
  deeds: ChangeContext,
): Promise<void> {
  const { api, lookups, batches } = deeds;
  await batches.runTask(async () => {
    const server = await lookups.lookUp(id);
    if (server === undefined) return;
    if (prune === 'disconnect') await disconnect(server, deeds);
    await leaveApplication(server, deeds);
    const tagKeys = [...landfallTagKeys(server.tags)];
    if (tagKeys.length === 0) return;
    await api.untagResource({ resourceArn: arnOf(server), tagKeys }).catch(ignoreNotFound);
  });
}

/** Nothing of a server that is cut over, disconnected or archived replicates any more. */
function hasEnded({ lifeCycle, isArchived }: SourceServer): boolean {
  return isArchived === true || lifeCycle?.state === 'CUTOVER' || lifeCycle?.state === 'DISCONNECTED';
}

async function disconnect(server: SourceServer, { api, lookups }: ChangeContext): Promise<void> {
  if (hasEnded(server) || isOnlyDiscovered(server)) return;
  const sourceServerID = serverIdOf(server);
  const state = server.dataReplicationInfo?.dataReplicationState;
  if (state !== 'STOPPED' && state !== 'DISCONNECTED') {
    // After a lost reply it is refused for being done.
    await api.stopReplication({ sourceServerID }).catch(
      ignoreConflictIf(async () => {
        const now = (await lookups.lookUp(sourceServerID))?.dataReplicationInfo?.dataReplicationState;
        return now === undefined || now === 'STOPPED' || now === 'DISCONNECTED';
      }),
    );
  }
  await api.disconnectFromService({ sourceServerID }).catch(
    ignoreConflictIf(async () => {
      const now = await lookups.lookUp(sourceServerID);
      return now === undefined || hasEnded(now);
    }),
  );
}

async function leaveApplication(
  server: SourceServer,
  { api, batches, groups }: ChangeContext,
): Promise<void> {
  const { applicationID } = server;
  if (applicationID === undefined) return;
  // Out of one that is archived nothing can be taken.
  if ((await groups.application(applicationID))?.isArchived === true) return;
  await disassociateServer(api, batches, serverIdOf(server), applicationID).catch(ignoreNotFound);
}

/** Swallows a refusal where what was asked for is so already. */
function ignoreConflictIf(done: () => Promise<boolean>): (error: unknown) => Promise<void> {
  return async (error) => {
    const refused = isServiceError(error, 'ConflictException') || isNotFound(error);
    if (!refused || !(await done())) throw error;
  };
}

function isNotFound(error: unknown): boolean {
  return isServiceError(error, 'ResourceNotFoundException');
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
