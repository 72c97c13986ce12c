import type { Job, SourceServer } from '@aws-sdk/client-mgn';

/** A launch of a server: the newest of its tests and cut-overs. */
interface Launch {
  readonly jobId: string;
  readonly of: 'test' | 'cutover';
  /** Absent: the service does not tell of the job any more. */
  readonly status?: string;
}

/** The service's jobs, by what is asked of them. */
export interface JobBook {
  /** Those that run now, and the servers in them. */
  readonly running: { readonly jobs: number; readonly servers: number };
  isBusy(serverId: string): boolean;
  launchOf(server: SourceServer): Launch | undefined;
}

/** Jobs never fail: what became of a server stands with its participation (domain, MGN: agentless flow). */
export function readJobs(jobs: readonly Job[]): JobBook {
  const byId = new Map(jobs.map((job) => [job.jobID, job]));
  const running = jobs.filter(({ status }) => status !== 'COMPLETED');
  const busy = new Set(
    running.flatMap(({ participatingServers = [] }) =>
      participatingServers.flatMap(({ sourceServerID: id }) => id ?? []),
    ),
  );
  const terminated = terminations(jobs);
  return {
    running: { jobs: running.length, servers: busy.size },
    isBusy: (serverId) => busy.has(serverId),
    launchOf(server) {
      const newest = newestLaunch(server);
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
function terminations(jobs: readonly Job[]): ReadonlyMap<string | undefined, number> {
  const latest = new Map<string | undefined, number>();
  for (const { initiatedBy, creationDateTime, participatingServers = [] } of jobs) {
    if (initiatedBy !== 'TERMINATE') continue;
    for (const { sourceServerID: id, launchStatus } of participatingServers) {
      if (launchStatus !== 'TERMINATED') continue;
      latest.set(id, Math.max(latest.get(id) ?? -Infinity, time(creationDateTime)));
    }
  }
  return latest;
}

function newestLaunch({ lifeCycle }: SourceServer): (Launch & { readonly at: number }) | undefined {
  const test = lifeCycle?.lastTest?.initiated;
  const cutover = lifeCycle?.lastCutover?.initiated;
  const isTest = time(test?.apiCallDateTime) > time(cutover?.apiCallDateTime);
  const { jobID: jobId, apiCallDateTime } = (isTest ? test : cutover) ?? {};
  return jobId === undefined
    ? undefined
    : { jobId, of: isTest ? 'test' : 'cutover', at: time(apiCallDateTime) };
}

/** ISO 8601 in milliseconds since 1970; before all times where there is none. */
function time(text: string | undefined): number {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? -Infinity : instant;
}
