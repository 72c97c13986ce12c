import type { SourceServer } from '@aws-sdk/client-mgn';
import type { MgnApi } from './api.ts';
import type { JobBook } from './job-book.ts';
import { listAll } from './paging.ts';

/**
 * Why the newest launches of some servers have failed, by the servers' ids, where the service has written it down: a
 * call for each job in which one of them failed. The log is an extra: without it the failure is shown all the same.
 */
export async function launchErrors(
  api: MgnApi,
  servers: readonly SourceServer[],
  jobs: JobBook,
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, Set<string>>();
  for (const server of servers) {
    const launch = jobs.launchOf(server);
    if (launch?.status !== 'FAILED') continue;
    const ids = failed.get(launch.jobId) ?? new Set();
    failed.set(launch.jobId, ids.add(server.sourceServerID ?? ''));
  }
  const found = await Promise.all([...failed].map(([jobID, ids]) => errorsIn(api, jobID, ids)));
  return new Map(found.flat());
}

async function errorsIn(
  api: MgnApi,
  jobID: string,
  ids: ReadonlySet<string>,
): Promise<readonly (readonly [string, string])[]> {
  const items = await listAll((page) => api.describeJobLogItems({ ...page, jobID })).catch(() => []);
  return items.flatMap(({ eventData: { sourceServerID: id, rawError } = {} }) =>
    id !== undefined && rawError !== undefined && ids.has(id) ? [[id, rawError] as const] : [],
  );
}
