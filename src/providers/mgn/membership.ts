import type { SourceServer } from '@aws-sdk/client-mgn';
import { LandfallError } from '../../core/error.ts';
import type { Owner } from '../../core/observed.ts';
import { joinFirst } from '../../core/text.ts';
import { isServiceError } from '../aws/errors.ts';
import { changeAndLookUp } from '../aws/retries.ts';
import type { MgnApi } from './api.ts';
import type { CallBatcher, SendBatch } from './batching.ts';
import type { GroupRef } from './groups.ts';
import { describeOwner, projectOf } from './marker.ts';
import { type ChangeContext, serverIdOf } from './source-server.ts';
import { readServers } from './steps/job-outcome.ts';

/**
 * Checks that a server may leave its current application for the wanted one.
 * @param shown whether the plan has shown that the server leaves its application
 * @throws LandfallError SERVICE_ERROR if the application belongs to another project, or has no owner and the plan has
 *   not shown the change
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
          ? `write \`app: ${name}\` to keep it there, or remove it from the application in the console`
          : 'remove the VM from that project first',
    },
  );
}

/** Moves a server to an application. A server has one (domain, MGN: rules), so it leaves its current one first. */
export async function moveToApplication(
  { api, batches, groups }: ChangeContext,
  server: SourceServer,
  { id }: GroupRef,
): Promise<void> {
  const { applicationID: current } = server;
  if (current === id) return;
  // Servers cannot be taken out of an archived application.
  if (current !== undefined && (await groups.application(current))?.isArchived !== true) {
    await disassociateServer(api, batches, serverIdOf(server), current);
  }
  await associateServer(api, batches, serverIdOf(server), id);
}

/** Errors that one server of many may cause: the call is repeated for the others. */
const PER_SERVER_ERRORS = [
  'ConflictException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ValidationException',
] as const;

const NO_IDS: ReadonlySet<string> = new Set();

/** Adds a server to an application, in one call with others for the same application. */
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

/** Removes a server from an application, in one call with others of the same application. */
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
 * Returns a function that sends ids in one call. A refused call has changed nothing. Then the ids that are done already
 * are left out, and the others are sent again in two halves, so that one wrong server does not stop the others.
 * @param findDone returns those of some ids that need no call any more
 */
function sendWithSplitting(
  call: (ids: string[]) => Promise<unknown>,
  findDone: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): SendBatch {
  return async function send(ids): Promise<ReadonlyMap<string, unknown>> {
    try {
      await changeAndLookUp({
        what: `the change of the application of ${joinFirst(ids)}`,
        call: () => call([...ids]),
        isDone: async () => (await findDone(ids)).size === ids.length,
      });
      return new Map();
    } catch (error) {
      if (!PER_SERVER_ERRORS.some((name) => isServiceError(error, name))) throw error;
      const done = isServiceError(error, 'ConflictException') ? await findDone(ids) : NO_IDS;
      const open = ids.filter((id) => !done.has(id));
      if (open.length === 0) return new Map();
      if (ids.length === 1) return new Map(open.map((id) => [id, error]));
      const middle = Math.ceil(open.length / 2);
      const halves = [open.slice(0, middle), open.slice(middle)].filter(({ length }) => length > 0);
      const failures: (readonly [string, unknown])[] = [];
      for (const half of halves) failures.push(...(await send(half)));
      return new Map(failures);
    }
  };
}

/** Reads which of some servers are in an application now. */
async function membersOf(
  api: MgnApi,
  ids: readonly string[],
  applicationID: string,
): Promise<ReadonlySet<string>> {
  const servers = await readServers(ids, api);
  const inside = servers.filter((server) => server.applicationID === applicationID);
  return new Set(inside.flatMap(({ sourceServerID }) => sourceServerID ?? []));
}
