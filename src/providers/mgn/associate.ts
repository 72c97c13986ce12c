import { isServiceError } from '../../aws/service-error.ts';
import type { MgnApi } from './api.ts';
import type { Batches, Send } from './batches.ts';
import { readServers } from './launch-job.ts';

/** Refusals that may be for one server of many: the others are to go on without it. */
const OF_ONE = [
  'ConflictException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ValidationException',
] as const;

const NONE: ReadonlySet<string> = new Set();

/** Puts a server into an application, together with others that are to go there. */
export function associate(
  api: MgnApi,
  batches: Batches,
  serverId: string,
  applicationID: string,
): Promise<void> {
  return batches.add(
    `into ${applicationID}`,
    serverId,
    sendEach(
      (sourceServerIDs) => api.associateSourceServers({ applicationID, sourceServerIDs }),
      (ids) => membersOf(api, ids, applicationID),
    ),
  );
}

/** Takes a server out of an application, together with others that are to leave it. */
export function disassociate(
  api: MgnApi,
  batches: Batches,
  serverId: string,
  applicationID: string,
): Promise<void> {
  return batches.add(
    `out of ${applicationID}`,
    serverId,
    sendEach(
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
function sendEach(
  call: (ids: string[]) => Promise<unknown>,
  settled: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Send {
  return async function send(ids): Promise<ReadonlyMap<string, unknown>> {
    try {
      await call([...ids]);
      return new Map();
    } catch (error) {
      if (!OF_ONE.some((name) => isServiceError(error, name))) throw error;
      const done = isServiceError(error, 'ConflictException') ? await settled(ids) : NONE;
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
