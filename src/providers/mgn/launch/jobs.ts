import {
  type Job,
  type JobLog,
  type JobPostLaunchActionsLaunchStatus,
  paginateDescribeJobLogItems,
  paginateDescribeJobs,
  type ParticipatingServer,
  type SourceServer,
} from '@aws-sdk/client-mgn';
import { listItems } from '../../aws/paging.ts';
import type { LaunchAction } from '../../../core/observed.ts';
import type { ServerLaunch } from '../../../core/operations.ts';
import type { MgnApi } from '../api.ts';
import { enumText } from '../progress.ts';
import type { MgnFacts, PostLaunchState } from '../steps/sequence.ts';

/** The latest launch of a server, by a test or a cut-over. */
interface Launch {
  readonly jobId: string;
  readonly of: 'test' | 'cutover';
  /** Absent: the service no longer lists the job. */
  readonly status?: string;
  /** What is known of its post-launch actions. */
  readonly postLaunch: PostLaunchFacts;
}

type PostLaunchFacts = Pick<
  MgnFacts,
  'postLaunch' | 'postLaunchRequired' | 'postLaunchError' | 'postLaunchRequiredError' | 'postLaunchAwaited'
>;

/** The jobs of the service, indexed by server. */
export interface JobIndex {
  /** How many jobs are running, and how many servers are in them. */
  readonly running: { readonly jobs: number; readonly servers: number };
  /** Whether a running job processes the server. */
  isBusy(serverId: string): boolean;
  launchOf(server: SourceServer): Launch | undefined;
  /** The instance that a job launched for a server; undefined: none, or the service no longer lists the job. */
  instanceOf(server: SourceServer, jobId: string): string | undefined;
  /** The post-launch actions of its latest launch, as part of a job; empty: there are none. */
  actionsOf(server: SourceServer): { readonly launchActions?: readonly LaunchAction[] };
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
        return { ...launch, status: 'TERMINATED', postLaunch: {} };
      const participation = participationIn(launch.jobId, server);
      const status = participation?.launchStatus;
      return {
        ...launch,
        ...(status !== undefined && { status }),
        postLaunch: postLaunchOf(participation),
      };
    },
    instanceOf: (server, jobId) => participationIn(jobId, server)?.launchedEc2InstanceID,
    actionsOf(server) {
      const latest = latestLaunch(server);
      if (latest === undefined || (terminated.get(server.sourceServerID) ?? -Infinity) > latest.at) return {};
      const launchActions = actionsOf(participationIn(latest.jobId, server) ?? {});
      return launchActions.length === 0 ? {} : { launchActions };
    },
    failedLaunchesOf(server) {
      const of = latestLaunch(server)?.of;
      const { sourceServerID = '' } = server;
      return of === undefined ? 0 : (failed.get(launchKey(sourceServerID, of)) ?? 0);
    },
  };
}

/** Reads the worst states of the post-launch actions of a server in a job, and why some have failed. */
function postLaunchOf(server: ParticipatingServer | undefined): PostLaunchFacts {
  const { postLaunchActionsLaunchStatusList: list = [], ssmAgentDiscoveryDatetime } =
    server?.postLaunchActionsStatus ?? {};
  const worst = (of: typeof list): PostLaunchState | undefined =>
    (['FAILED', 'IN_PROGRESS', 'SUCCESS'] as const).find((state) =>
      of.some(({ executionStatus }) => executionStatus === state),
    );
  // Before Systems Manager has found the instance, the service may list none of them.
  const isAwaited =
    server?.postLaunchActionsStatus !== undefined &&
    list.length === 0 &&
    ssmAgentDiscoveryDatetime === undefined;
  const all = isAwaited ? 'IN_PROGRESS' : worst(list);
  const mustSucceed = list.filter(({ ssmDocument }) => ssmDocument?.mustSucceedForCutover === true);
  const required = worst(mustSucceed);
  const [error, requiredError] = [failuresOf(list), failuresOf(mustSucceed)];
  return {
    ...(all !== undefined && { postLaunch: all }),
    ...(required !== undefined && { postLaunchRequired: required }),
    ...(error !== '' && { postLaunchError: error }),
    ...(requiredError !== '' && { postLaunchRequiredError: requiredError }),
    ...(isAwaited && { postLaunchAwaited: true }),
  };
}

function failuresOf(list: readonly JobPostLaunchActionsLaunchStatus[]): string {
  return list
    .filter(({ executionStatus }) => executionStatus === 'FAILED')
    .map(({ ssmDocument, failureReason }) =>
      [ssmDocument?.actionName ?? 'an action', failureReason ?? []].flat().join(': '),
    )
    .join('; ');
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

function latestLaunch({
  lifeCycle,
}: SourceServer): (Omit<Launch, 'postLaunch'> & { readonly at: number }) | undefined {
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
  const items = await logOf(api, jobID);
  return items.flatMap(({ eventData: { sourceServerID: id, rawError } = {} }) =>
    id !== undefined && rawError !== undefined && ids.has(id) ? [[id, rawError] as const] : [],
  );
}

/** Reads the log of a job. An error of the call is ignored: what the log would say is not known then. */
function logOf(api: MgnApi, jobID: string): Promise<readonly JobLog[]> {
  return listItems((size) => paginateDescribeJobLogItems({ client: api, ...size }, { jobID })).catch(
    () => [],
  );
}

const LAUNCHES: Readonly<Record<string, ServerLaunch['of']>> = {
  START_TEST: 'test',
  START_CUTOVER: 'cut-over',
  TERMINATE: 'termination',
};

/**
 * Reads all jobs of a server, the latest first. Each failed launch, and the latest job, costs a call for its log.
 * DescribeJobs cannot be filtered by server.
 */
export async function launchesOf(api: MgnApi, serverId: string): Promise<readonly ServerLaunch[]> {
  const jobs = await listItems((size) => paginateDescribeJobs({ client: api, ...size }, {}));
  const own = jobs
    .flatMap((job) => {
      const server = job.participatingServers?.find(({ sourceServerID }) => sourceServerID === serverId);
      return server === undefined ? [] : [{ job, server }];
    })
    .toSorted((a, b) => timeOf(b.job.creationDateTime) - timeOf(a.job.creationDateTime));
  return Promise.all(
    own.map(async ({ job, server }, index): Promise<ServerLaunch> => {
      const hasFailed = server.launchStatus === 'FAILED';
      const items = index === 0 || hasFailed ? await logOf(api, job.jobID ?? '') : [];
      const ofServer = items.filter(
        ({ eventData: { sourceServerID = serverId } = {} }) => sourceServerID === serverId,
      );
      const error = ofServer.findLast(({ eventData }) => eventData?.rawError !== undefined)?.eventData
        ?.rawError;
      return {
        ...readLaunch(job, server),
        ...(hasFailed && error !== undefined && { error }),
        ...(index === 0 && { log: ofServer.map(readLogItem) }),
      };
    }),
  );
}

function readLaunch(job: Job, server: ParticipatingServer): ServerLaunch {
  const { jobID: id = '', initiatedBy = '', creationDateTime, endDateTime } = job;
  const { launchStatus, launchedEc2InstanceID: instanceId } = server;
  const [startedAt, endedAt] = [timeOf(creationDateTime), timeOf(endDateTime)];
  const actions = actionsOf(server);
  return {
    id,
    of: LAUNCHES[initiatedBy] ?? 'unknown',
    result: launchStatus === undefined ? 'unknown' : enumText(launchStatus),
    ...(instanceId !== undefined && { instanceId }),
    ...(startedAt > -Infinity && { startedAt }),
    ...(endedAt > -Infinity && { endedAt }),
    ...(actions.length > 0 && { actions }),
  };
}

/** Reads the post-launch actions of a server in a job. */
function actionsOf({
  postLaunchActionsStatus,
}: Pick<ParticipatingServer, 'postLaunchActionsStatus'>): readonly LaunchAction[] {
  const list = postLaunchActionsStatus?.postLaunchActionsLaunchStatusList ?? [];
  return list.map(({ ssmDocument, executionStatus, failureReason: error }) => ({
    name: ssmDocument?.actionName ?? '',
    document: ssmDocument?.ssmDocumentName ?? '',
    status: executionStatus === undefined ? 'unknown' : enumText(executionStatus),
    ...(ssmDocument?.mustSucceedForCutover === true && { mustSucceed: true }),
    ...(error !== undefined && { error }),
  }));
}

function readLogItem({ logDateTime, event, eventData = {} }: JobLog) {
  const { rawError, targetInstanceID, conversionServerID } = eventData;
  const detail = rawError ?? targetInstanceID ?? conversionServerID;
  return { at: timeOf(logDateTime), event: enumText(event ?? ''), ...(detail !== undefined && { detail }) };
}
