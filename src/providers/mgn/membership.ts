import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { Owner } from '../../core/observed.ts';
import { isServiceError } from '../aws/errors.ts';
import type { MgnApi } from './api.ts';
import type { CallBatcher, SendBatch } from './batching.ts';
import type { GroupRef } from './groups.ts';
import { describeOwner, projectOf } from './marker.ts';
import { type ChangeContext, serverIdOf } from './source-server.ts';
import { readServers } from './steps/job-outcome.ts';

/**
 * Refuses to take a server out of the application it is in, where that is somebody else's: another project's at any
 * time, and nobody's where the plan has not shown that the server leaves it.
 */
export async function checkCanLeaveApplication(
  { groups }: ChangeContext,
  server: SourceServer,
  wanted: string,
  owner: Owner,
  shown: boolean,
): Promise<void> {
  const { applicationID } = server;
  if (applicationID === undefined) return;
  const application = await groups.application(applicationID);
  if (application === undefined || application.name === wanted) return;
  const { name = applicationID } = application;
  const project = projectOf(application);
  if (project === owner.project) return;
  if (project === undefined && (shown || projectOf(server) === owner.project)) return;
  const who = project === undefined ? 'landfall did not make' : `belongs to ${describeOwner(application)}`;
  throw new LandfallError(
    'SERVICE_ERROR',
    `source server ${serverIdOf(server)} is in application ${name}, which ${who}`,
    {
      remedy:
        project === undefined
          ? `write \`app: ${name}\` to leave it there, or take it out of there in the console`
          : 'take the VM out of that project first',
    },
  );
}

/** Puts a server into an application; out of the one it is in, if that is another (domain: a server has one). */
export async function moveToApplication(
  { api, batches, groups }: ChangeContext,
  server: SourceServer,
  { id }: GroupRef,
): Promise<void> {
  const { applicationID: before } = server;
  if (before === id) return;
  // With an archived one nothing can be associated, nor taken out of it.
  if (before !== undefined && (await groups.application(before))?.isArchived !== true) {
    await disassociateServer(api, batches, serverIdOf(server), before);
  }
  await associateServer(api, batches, serverIdOf(server), id);
}

/** Refusals that may be for one server of many: the others are to go on without it. */
const PER_SERVER_ERRORS = [
  'ConflictException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ValidationException',
] as const;

const NO_IDS: ReadonlySet<string> = new Set();

/** Puts a server into an application, together with others that are to go there. */
function associateServer(
  api: MgnApi,
  batches: CallBatcher,
  serverId: string,
  applicationID: string,
): Promise<void> {
  return batches.add(
    `into ${applicationID}`,
    serverId,
    sendWithSplitting(
      (sourceServerIDs) => api.associateSourceServers({ applicationID, sourceServerIDs }),
      (ids) => membersOf(api, ids, applicationID),
    ),
  );
}

/** Takes a server out of an application, together with others that are to leave it. */
export function disassociateServer(
  api: MgnApi,
  batches: CallBatcher,
  serverId: string,
  applicationID: string,
): Promise<void> {
  return batches.add(
    `out of ${applicationID}`,
    serverId,
    sendWithSplitting(
      (sourceServerIDs) => api.disassociateSourceServers({ applicationID, sourceServerIDs }),
      async (ids) => {
        const members = await membersOf(api, ids, applicationID);
        return new Set(ids.filter((id) => !members.has(id)));
      },
    ),
  );
}

/**
 * Sends ids in one call. A call that is refused has done nothing: what is as it should be already is left out, and the
 * rest is sent in two halves, so that what is wrong with one server does not keep the others back.
 * @param settled of some ids, those with which there is nothing to do (any more)
 */
function sendWithSplitting(
  call: (ids: string[]) => Promise<unknown>,
  settled: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): SendBatch {
  return async function send(ids): Promise<ReadonlyMap<string, unknown>> {
    try {
      await call([...ids]);
      return new Map();
    } catch (error) {
      if (!PER_SERVER_ERRORS.some((name) => isServiceError(error, name))) throw error;
      const done = isServiceError(error, 'ConflictException') ? await settled(ids) : NO_IDS;
      const left = ids.filter((id) => !done.has(id));
      if (left.length === 0) return new Map();
      if (left.length === 1 && ids.length === 1) return new Map(left.map((id) => [id, error]));
      const middle = Math.ceil(left.length / 2);
      const halves = [left.slice(0, middle), left.slice(middle)].filter(({ length }) => length > 0);
      const failures: (readonly [string, unknown])[] = [];
      for (const half of halves) failures.push(...(await send(half)));
      return new Map(failures);
    }
  };
}

/** Those of some servers that are in an application now. */
async function membersOf(
  api: MgnApi,
  ids: readonly string[],
  applicationID: string,
): Promise<ReadonlySet<string>> {
  const servers = await readServers(ids, api);
  const inside = servers.filter((server) => server.applicationID === applicationID);
  return new Set(inside.flatMap(({ sourceServerID }) => sourceServerID ?? []));
}
