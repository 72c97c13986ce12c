import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { CreateRequest, ExistingJob, UpdateRequest } from '../../core/provider.ts';
import { isServiceError } from '../aws/errors.ts';
import { changeAndLookUp, isConflict, retryAfterLookup } from '../aws/retries.ts';
import type { Settings } from '../../core/desired.ts';
import type { ActionChange } from './launch/actions.ts';
import { ACTIONS, documentMark, DOCUMENTS, itemsOf, splitItem } from './launch/post-launch.ts';
import {
  describeOwner,
  descriptionTags,
  documentTags,
  landfallTagKeys,
  ownerTags,
  projectOf,
  readDocumentMarks,
} from './marker.ts';
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
    ...documentsTag(server, settings),
  });
  // Left out, a licence is Auto (domain, licence types), and only we know what that means.
  await configureLaunch(context, server, { licenseType: 'Auto', ...settings });
  await configureReplication(api, server, settings);
  await configureActions(context, server, { changed: settings, removed: [], after: settings, ...owner });
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
  const { id, settings, removed = [], after, owner, writeMarker = false } = request;
  await batches.runTask(async () => {
    const server = await lookups.lookUp(id);
    if (server === undefined) throw serverGoneError(id);
    const current = projectOf(server);
    // An adoption may take over what has no owner.
    if (current !== owner.project && !(writeMarker && current === undefined)) {
      throw serverConflictError(server, `now belongs to ${describeOwner(server)}`);
    }
    // Before they are written, so that an attempt that is cut off leaves none that nobody removes.
    const marks = documentsTag(server, settings);
    if (Object.keys(marks).length > 0) await tagServer(context, server, marks);
    await configureLaunch(context, server, settings, removed);
    await configureReplication(api, server, settings);
    await configureActions(context, server, { changed: settings, removed, after, project: owner.project });
    await forgetDocuments(context, server, settings, removed);
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

/** Writes and removes post-launch actions, which few servers have: only then are their modules loaded. */
async function configureActions(
  context: ChangeContext,
  server: SourceServer,
  change: ActionChange,
): Promise<void> {
  const names = [...Object.keys(change.changed), ...change.removed];
  if (itemsOf(names, ACTIONS).size === 0) return;
  const { changeActions } = await import('./launch/actions.ts');
  await changeActions(context, server, change);
}

/** Returns the tag of the post-launch documents that landfall has written, with those of settings; empty: it has them. */
function documentsTag(server: SourceServer, settings: Settings): Readonly<Record<string, string>> {
  const marks = readDocumentMarks(server);
  const added = [...itemsOf(Object.keys(settings), DOCUMENTS)].map(documentMark);
  return added.every((mark) => marks.has(mark)) ? {} : documentTags(new Set([...marks, ...added]));
}

/** Takes the post-launch documents that were removed out of the tag. */
async function forgetDocuments(
  context: ChangeContext,
  server: SourceServer,
  settings: Settings,
  removed: readonly string[],
): Promise<void> {
  const gone = removed
    .map((name) => (name.startsWith(`${DOCUMENTS}.`) ? splitItem(name, DOCUMENTS) : ['', '']))
    .flatMap(([action = '', member]) => (member === 'ssmDocumentName' ? [documentMark(action)] : []));
  if (gone.length === 0) return;
  const written = [...itemsOf(Object.keys(settings), DOCUMENTS)].map(documentMark);
  const marks = [...readDocumentMarks(server), ...written].filter((mark) => !gone.includes(mark));
  const tags = documentTags(new Set(marks));
  if (marks.length > 0) await tagServer(context, server, tags);
  else await untagServer(context, server, Object.keys(tags));
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
