import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { CreateRequest, ExistingJob, UpdateRequest } from '../../core/provider.ts';
import { isServiceError } from '../aws/errors.ts';
import { changeAndLookUp, isConflict, retryAfterLookup } from '../aws/retries.ts';
import { describeOwner, descriptionTags, landfallTagKeys, ownerTags, projectOf } from './marker.ts';
import { checkCanLeaveApplication, disassociateServer, moveToApplication } from './membership.ts';
import { wantedGroups } from './groups.ts';
import { hasAgent, isOnlyDiscovered } from './servers.ts';
import { WAVE_NAME } from './settings.ts';
import {
  type ChangeContext,
  configureLaunch,
  configureReplication,
  serverConflictError,
  serverGoneError,
  serverIdOf,
  tagServer,
  untagServer,
} from './source-server.ts';

/** Lifecycle states in which StartReplication is allowed. */
const STARTABLE_STATES: ReadonlySet<string | undefined> = new Set([
  'DISCOVERED',
  'PENDING_INSTALLATION',
  'STOPPED',
]);

/**
 * Starts the replication of a server, after it has its tags, its configuration, its application and its wave. Each call
 * has no effect if it was made before, and the start is last: after an interruption the same request completes the
 * work, and a server that replicates is configured completely.
 */
export async function createJob(
  request: CreateRequest,
  context: ChangeContext,
): Promise<string | ExistingJob> {
  const { lookups, batches } = context;
  const { serverId } = request;
  const existing = await batches.runTask(async () => {
    const server = await lookups.lookUp(serverId);
    if (server === undefined) throw serverGoneError(serverId);
    if (!STARTABLE_STATES.has(server.lifeCycle?.state)) return existingOwnJob(server, request);
    await prepareServer(server, request, context);
    return undefined;
  });
  return existing ?? startReplication(request, context);
}

async function prepareServer(
  server: SourceServer,
  request: CreateRequest,
  context: ChangeContext,
): Promise<void> {
  const { api, groups } = context;
  const { owner, settings } = request;
  const wanted = wantedGroups(settings, owner);
  const { description } = settings;
  const other = projectOf(server);
  if (other !== undefined && other !== owner.project) {
    throw serverConflictError(server, `belongs to ${describeOwner(server)}`);
  }
  if (hasAgent(server)) throw agentBasedError(server);
  if (wanted !== undefined) await checkCanLeaveApplication(context, server, wanted.app, owner, false);
  const application =
    wanted === undefined ? undefined : await groups.ensure(wanted, owner, server.applicationID);
  await tagServer(context, server, {
    ...ownerTags(owner),
    ...(description !== undefined && descriptionTags(String(description))),
  });
  // Left out, a licence is Auto (domain, licence types), and only we know what that means.
  await configureLaunch(context, server, { licenseType: 'Auto', ...settings });
  await configureReplication(api, server, settings);
  if (application !== undefined) await moveToApplication(context, server, application);
}

/** Starts the replication. One that an earlier attempt has started is a success; one of another run existed already. */
function startReplication(
  { serverId, owner }: CreateRequest,
  context: ChangeContext,
): Promise<string | ExistingJob> {
  const { api, lookups, clock } = context;
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

/** Returns the job of a server that already replicates, if it is marked as ours. @throws LandfallError SERVICE_ERROR */
function existingOwnJob(server: SourceServer, { owner }: Pick<CreateRequest, 'owner'>): ExistingJob {
  if (projectOf(server) !== owner.project) {
    throw serverConflictError(server, `now has a replication of ${describeOwner(server)}`);
  }
  return { id: server.sourceServerID ?? '', alreadyExisted: true };
}

/** StartReplication is for servers that ship snapshots (domain, MGN: agentless flow). */
function agentBasedError({ sourceServerID = '' }: SourceServer): LandfallError {
  return new LandfallError(
    'SERVICE_ERROR',
    `source server ${sourceServerID} replicates by an agent, which starts it once it is installed`,
    {
      remedy: 'install the agent on it, and plan again',
    },
  );
}

/**
 * Changes what differs, and nothing else. A new marker is written last: until then plans still show the change of owner,
 * and the next run completes what was interrupted.
 */
export async function updateJob(request: UpdateRequest, context: ChangeContext): Promise<void> {
  const { api, lookups, groups, batches } = context;
  const { id, settings, after, owner, writeMarker = false } = request;
  await batches.runTask(async () => {
    const server = await lookups.lookUp(id);
    if (server === undefined) throw serverGoneError(id);
    const current = projectOf(server);
    // An adoption may take over what has no owner.
    if (current !== owner.project && !(writeMarker && current === undefined)) {
      throw serverConflictError(server, `now belongs to ${describeOwner(server)}`);
    }
    await configureLaunch(context, server, settings);
    await configureReplication(api, server, settings);
    const wanted = 'app' in settings || WAVE_NAME in settings ? wantedGroups(after, owner) : undefined;
    if (wanted !== undefined) {
      await checkCanLeaveApplication(context, server, wanted.app, owner, true);
      await moveToApplication(context, server, await groups.ensure(wanted, owner, server.applicationID));
    }
    const { description } = settings;
    const tags = {
      ...(description !== undefined && descriptionTags(String(description))),
      ...(writeMarker && ownerTags(owner)),
    };
    if (Object.keys(tags).length > 0) await tagServer(context, server, tags);
  });
}

/**
 * Releases a server that no manifest names any more. `release`: it leaves its application and continues to replicate,
 * without an owner. `disconnect`: its replication is stopped and it is disconnected first. The marker is removed last, so
 * that the next run completes what was interrupted. A server that does not exist any more is a success.
 */
export async function deleteJob(
  id: string,
  prune: 'release' | 'disconnect',
  context: ChangeContext,
): Promise<void> {
  const { lookups, batches } = context;
  await batches.runTask(async () => {
    const server = await lookups.lookUp(id);
    if (server === undefined) return;
    if (prune === 'disconnect') await disconnect(server, context);
    await leaveApplication(server, context);
    const tagKeys = [...landfallTagKeys(server.tags)];
    if (tagKeys.length === 0) return;
    await untagServer(context, server, tagKeys).catch(ignoreNotFound);
  });
}

/** Whether a server is cut over, disconnected or archived, and so does not replicate any more. */
function hasEnded({ lifeCycle, isArchived }: SourceServer): boolean {
  return isArchived === true || lifeCycle?.state === 'CUTOVER' || lifeCycle?.state === 'DISCONNECTED';
}

async function disconnect(server: SourceServer, { api, lookups }: ChangeContext): Promise<void> {
  if (hasEnded(server) || isOnlyDiscovered(server)) return;
  const sourceServerID = serverIdOf(server);
  const state = server.dataReplicationInfo?.dataReplicationState;
  if (state !== 'STOPPED' && state !== 'DISCONNECTED') {
    // After a lost reply, the service refuses a call that has been executed.
    const isDone = async (): Promise<boolean> => {
      const now = (await lookups.lookUp(sourceServerID))?.dataReplicationInfo?.dataReplicationState;
      return now === undefined || now === 'STOPPED' || now === 'DISCONNECTED';
    };
    await changeAndLookUp({
      what: `StopReplication of ${sourceServerID}`,
      call: () => api.stopReplication({ sourceServerID }).catch(ignoreConflictIf(isDone)),
      isDone,
    });
  }
  const isDone = async (): Promise<boolean> => {
    const now = await lookups.lookUp(sourceServerID);
    return now === undefined || hasEnded(now);
  };
  await changeAndLookUp({
    what: `DisconnectFromService of ${sourceServerID}`,
    call: () => api.disconnectFromService({ sourceServerID }).catch(ignoreConflictIf(isDone)),
    isDone,
  });
}

async function leaveApplication(
  server: SourceServer,
  { api, batches, groups }: ChangeContext,
): Promise<void> {
  const { applicationID } = server;
  if (applicationID === undefined) return;
  // Servers cannot be taken out of an archived application.
  if ((await groups.application(applicationID))?.isArchived === true) return;
  await disassociateServer(api, batches, serverIdOf(server), applicationID).catch(ignoreNotFound);
}

/** Ignores a refusal where the call's effect is there already. */
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
