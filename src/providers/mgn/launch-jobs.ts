import {
  type Job,
  paginateDescribeJobLogItems,
  type ParticipatingServer,
  type SourceServer,
} from '@aws-sdk/client-mgn';
import { listItems } from '../aws/paging.ts';
import type { MgnApi } from './api.ts';
import type { MgnFacts } from './steps/sequence.ts';

/** The latest launch of a server, by a test or a cut-over. */
interface Launch {
  readonly jobId: string;
  readonly of: 'test' | 'cutover';
  /** Absent: the service no longer lists the job. */
  readonly status?: string;
  readonly postLaunch?: NonNullable<MgnFacts['postLaunch']>;
}

/** The jobs of the service, indexed by server. */
export interface JobIndex {
  /** How many jobs are running, and how many servers are in them. */
  readonly running: { readonly jobs: number; readonly servers: number };
  /** Whether a running job processes the server. */
  isBusy(serverId: string): boolean;
  launchOf(server: SourceServer): Launch | undefined;
  /** The instance that a job launched for a server; undefined: none, or the service no longer lists the job. */
  instanceOf(server: SourceServer, jobId: string): string | undefined;
  /** How many of its launches have failed, of the kind of the latest, since the last that succeeded. */
  failedLaunchesOf(server: SourceServer): number;
}

/**
 * Indexes the jobs of an account. A job itself never fails: each server in it has its own status (domain, MGN:
 * agentless flow).
 */
export function indexJobs(jobs: readonly Job[]): JobIndex {
  const byId = new Map(jobs.map((job) => [job.jobID, job]));
  const running = jobs.filter(({ status }) => status !== 'COMPLETED');
  const busy = new Set(
    running.flatMap(({ participatingServers = [] }) =>
      participatingServers.flatMap(({ sourceServerID: id }) => id ?? []),
    ),
  );
  const terminated = latestTerminations(jobs);
  const failed = failedLaunches(jobs);
  const participationIn = (
    jobId: string,
    { sourceServerID }: SourceServer,
  ): ParticipatingServer | undefined =>
    byId.get(jobId)?.participatingServers?.find((one) => one.sourceServerID === sourceServerID);
  return {
    running: { jobs: running.length, servers: busy.size },
    isBusy: (serverId) => busy.has(serverId),
    launchOf(server) {
      const latest = latestLaunch(server);
      if (latest === undefined) return undefined;
      const { at, ...launch } = latest;
      // It is not documented whether a termination also removes the instance from the server or changes the launch
      // status.
      if ((terminated.get(server.sourceServerID) ?? -Infinity) > at)
        return { ...launch, status: 'TERMINATED' };
      const participation = participationIn(launch.jobId, server);
      const status = participation?.launchStatus;
      const postLaunch = postLaunchOf(participation);
      return {
        ...launch,
        ...(status !== undefined && { status }),
        ...(postLaunch !== undefined && { postLaunch }),
      };
    },
    instanceOf: (server, jobId) => participationIn(jobId, server)?.launchedEc2InstanceID,
    failedLaunchesOf(server) {
      const of = latestLaunch(server)?.of;
      const { sourceServerID = '' } = server;
      return of === undefined ? 0 : (failed.get(launchKey(sourceServerID, of)) ?? 0);
    },
  };
}

/** The worst state of the post-launch actions of a server in a job; undefined: it has none. */
function postLaunchOf(server: ParticipatingServer | undefined): MgnFacts['postLaunch'] {
  const list = server?.postLaunchActionsStatus?.postLaunchActionsLaunchStatusList ?? [];
  const states = list.map(({ executionStatus }) => executionStatus);
  return (['FAILED', 'IN_PROGRESS', 'SUCCESS'] as const).find((state) => states.includes(state));
}

const launchKey = (serverId: string, of: Launch['of']): string => `${of} ${serverId}`;

/** Counts the launches of each server and kind that have failed since the last that succeeded. */
function failedLaunches(jobs: readonly Job[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const oldestFirst = jobs.toSorted((a, b) => timeOf(a.creationDateTime) - timeOf(b.creationDateTime));
  for (const { initiatedBy, participatingServers = [] } of oldestFirst) {
    if (initiatedBy !== 'START_TEST' && initiatedBy !== 'START_CUTOVER') continue;
    const of = initiatedBy === 'START_TEST' ? 'test' : 'cutover';
    for (const { sourceServerID = '', launchStatus } of participatingServers) {
      const key = launchKey(sourceServerID, of);
      if (launchStatus === 'LAUNCHED') counts.delete(key);
      else if (launchStatus === 'FAILED') counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** Returns when the instances of servers were last terminated, by server id. */
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

/** Parses an ISO 8601 time, in milliseconds since 1970; -Infinity if there is none. */
function timeOf(text: string | undefined): number {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? -Infinity : instant;
}

/**
 * Reads why the latest launches of servers failed, by server id, as far as the job logs say: one call for each job with
 * a failed launch. An error of such a call is ignored: the failure is shown without its reason.
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
