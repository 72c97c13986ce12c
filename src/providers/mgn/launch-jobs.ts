import { type Job, paginateDescribeJobLogItems, type SourceServer } from '@aws-sdk/client-mgn';
import { listItems } from '../aws/paging.ts';
import type { MgnApi } from './api.ts';

/** A launch of a server: the newest of its tests and cut-overs. */
interface Launch {
  readonly jobId: string;
  readonly of: 'test' | 'cutover';
  /** Absent: the service does not tell of the job any more. */
  readonly status?: string;
}

/** The service's jobs, by what is asked of them. */
export interface JobIndex {
  /** Those that run now, and the servers in them. */
  readonly running: { readonly jobs: number; readonly servers: number };
  isBusy(serverId: string): boolean;
  launchOf(server: SourceServer): Launch | undefined;
}

/** Jobs never fail: what became of a server stands with its participation (domain, MGN: agentless flow). */
export function indexJobs(jobs: readonly Job[]): JobIndex {
  const byId = new Map(jobs.map((job) => [job.jobID, job]));
  const running = jobs.filter(({ status }) => status !== 'COMPLETED');
  const busy = new Set(
    running.flatMap(({ participatingServers = [] }) =>
      participatingServers.flatMap(({ sourceServerID: id }) => id ?? []),
    ),
  );
  const terminated = latestTerminations(jobs);
  return {
    running: { jobs: running.length, servers: busy.size },
    isBusy: (serverId) => busy.has(serverId),
    launchOf(server) {
      const newest = latestLaunch(server);
      if (newest === undefined) return undefined;
      const { at, ...launch } = newest;
      // Nobody says whether the service then also forgets the instance, or rewrites what the launch came to.
      if ((terminated.get(server.sourceServerID) ?? -Infinity) > at)
        return { ...launch, status: 'TERMINATED' };
      const { participatingServers = [] } = byId.get(launch.jobId) ?? {};
      const part = participatingServers.find(
        ({ sourceServerID }) => sourceServerID === server.sourceServerID,
      );
      const status = part?.launchStatus;
      return status === undefined ? launch : { ...launch, status };
    },
  };
}

/** When the instances of servers were terminated last. */
function latestTerminations(jobs: readonly Job[]): ReadonlyMap<string | undefined, number> {
  const latest = new Map<string | undefined, number>();
  for (const { initiatedBy, creationDateTime, participatingServers = [] } of jobs) {
    if (initiatedBy !== 'TERMINATE') continue;
    for (const { sourceServerID: id, launchStatus } of participatingServers) {
      if (launchStatus !== 'TERMINATED') continue;
      latest.set(id, Math.max(latest.get(id) ?? -Infinity, timeOf(creationDateTime)));
    }
  }
  return latest;
}

function latestLaunch({ lifeCycle }: SourceServer): (Launch & { readonly at: number }) | undefined {
  const test = lifeCycle?.lastTest?.initiated;
  const cutover = lifeCycle?.lastCutover?.initiated;
  const isTest = timeOf(test?.apiCallDateTime) > timeOf(cutover?.apiCallDateTime);
  const { jobID: jobId, apiCallDateTime } = (isTest ? test : cutover) ?? {};
  return jobId === undefined
    ? undefined
    : { jobId, of: isTest ? 'test' : 'cutover', at: timeOf(apiCallDateTime) };
}

/** ISO 8601 in milliseconds since 1970; before all times where there is none. */
function timeOf(text: string | undefined): number {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? -Infinity : instant;
}

/**
 * Why the newest launches of some servers have failed, by the servers' ids, where the service has written it down: a
 * call for each job in which one of them failed. The log is an extra: without it the failure is shown all the same.
 */
export async function launchErrors(
  api: MgnApi,
  servers: readonly SourceServer[],
  jobs: JobIndex,
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, Set<string>>();
  for (const server of servers) {
    const launch = jobs.launchOf(server);
    if (launch?.status !== 'FAILED') continue;
    const ids = failed.get(launch.jobId) ?? new Set();
    failed.set(launch.jobId, ids.add(server.sourceServerID ?? ''));
  }
  const found = await Promise.all([...failed].map(([jobID, ids]) => errorsOfJob(api, jobID, ids)));
  return new Map(found.flat());
}

async function errorsOfJob(
  api: MgnApi,
  jobID: string,
  ids: ReadonlySet<string>,
): Promise<readonly (readonly [string, string])[]> {
  const items = await listItems((size) =>
    paginateDescribeJobLogItems({ client: api, ...size }, { jobID }),
  ).catch(() => []);
  return items.flatMap(({ eventData: { sourceServerID: id, rawError } = {} }) =>
    id !== undefined && rawError !== undefined && ids.has(id) ? [[id, rawError] as const] : [],
  );
}
