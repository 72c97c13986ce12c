import {
  type ConflictException,
  type Job,
  paginateDescribeJobs,
  paginateDescribeSourceServers,
  type SourceServer,
} from '@aws-sdk/client-mgn';
import { LandfallError } from '../../../core/error.ts';
import { DAY } from '../../../core/limits.ts';
import type { Instant } from '../../../core/time.ts';
import { isServiceError } from '../../aws/errors.ts';
import { listItems } from '../../aws/paging.ts';
import { type MgnContext, REMEDIES } from '../api.ts';
import { indexJobs } from '../launch-jobs.ts';
import { projectOf } from '../marker.ts';
import { START_CUTOVER, START_TEST, TERMINATE } from './sequence.ts';

/** Steps for which the service makes a job. */
export type JobStep = typeof START_TEST | typeof START_CUTOVER | typeof TERMINATE;

const INITIATED_BY = {
  [START_TEST]: 'START_TEST',
  [START_CUTOVER]: 'START_CUTOVER',
  [TERMINATE]: 'TERMINATE',
} as const;

/** The service's clocks need not agree to the second. */
const CLOCK_SKEW = 60_000;

/**
 * The servers for which a call was executed although it was not answered or was refused: those that a job of the
 * project holds which has begun since, and those whose lifecycle shows it (domain, MGN: rules). With the id of their
 * job, where it is known.
 * @param since when the first call went out, in the service's time
 */
export async function findStartedServers(
  step: JobStep,
  project: string,
  ids: readonly string[],
  since: Instant,
  { api }: MgnContext,
): Promise<ReadonlyMap<string, string | undefined>> {
  const filters = { fromDate: new Date(since - CLOCK_SKEW).toISOString() };
  const jobs = await listItems((size) => paginateDescribeJobs({ client: api, ...size }, { filters }));
  const ours = jobs.filter((job) => isOwnJob(job, step, project, since));
  const found = new Map<string, string | undefined>(
    ours.flatMap(({ jobID, participatingServers = [] }) =>
      participatingServers.flatMap(({ sourceServerID: id }) => (id === undefined ? [] : [[id, jobID]])),
    ),
  );
  const listed = new Set<string | undefined>(jobs.flatMap(({ jobID }) => jobID ?? []));
  const open = ids.filter((id) => !found.has(id));
  for (const server of open.length === 0 ? [] : await readServers(open, api)) {
    const { sourceServerID: id = '' } = server;
    const moved = evidenceOfStep(step, server, since);
    // A job that is listed and not ours is somebody else's.
    if (moved !== undefined && !listed.has(moved.jobId)) found.set(id, moved.jobId);
  }
  return new Map(ids.flatMap((id) => (found.has(id) ? [[id, found.get(id)]] : [])));
}

/** Those source servers, archived or not. */
export function readServers(ids: readonly string[], api: MgnContext['api']): Promise<SourceServer[]> {
  const filters = { sourceServerIDs: [...ids] };
  return listItems((size) => paginateDescribeSourceServers({ client: api, ...size }, { filters }));
}

function isOwnJob(job: Job, step: JobStep, project: string, since: Instant): boolean {
  if (job.initiatedBy !== INITIATED_BY[step] || projectOf(job) !== project) return false;
  // One that goes on still can only be the one that is looked for: a server has one job at a time.
  return job.status !== 'COMPLETED' || Date.parse(job.creationDateTime ?? '') >= since;
}

/** Whether a server shows that the step was taken with it since. */
function evidenceOfStep(
  step: JobStep,
  { lifeCycle, launchedInstance }: SourceServer,
  since: Instant,
): { readonly jobId: string | undefined } | undefined {
  if (step === TERMINATE) return launchedInstance === undefined ? { jobId: undefined } : undefined;
  const last = step === START_TEST ? lifeCycle?.lastTest : lifeCycle?.lastCutover;
  const { apiCallDateTime, jobID } = last?.initiated ?? {};
  return Date.parse(apiCallDateTime ?? '') >= since ? { jobId: jobID } : undefined;
}

/** More than the longest time that a job takes. */
const MAX_JOB_DURATION = DAY;
/** A service that refuses two hundred servers in one sentence need not be quoted two hundred times. */
const MAX_REASON_LENGTH = 160;

/** States in which the service takes each step (domain, MGN: agentless flow). */
const ALLOWED_STATES: Readonly<Record<JobStep, readonly string[]>> = {
  [START_TEST]: ['READY_FOR_TEST', 'TESTING'],
  [START_CUTOVER]: ['READY_FOR_CUTOVER', 'CUTTING_OVER'],
  [TERMINATE]: ['STOPPED', 'NOT_READY', 'READY_FOR_TEST', 'READY_FOR_CUTOVER', 'DISCONNECTED'],
};

/** Whether the service refused a call for one or some of the servers that it names. */
export function isServerRefusal(error: LandfallError): boolean {
  return ['ConflictException', 'ValidationException', 'ResourceNotFoundException'].some((name) =>
    isServiceError(error, name),
  );
}

/**
 * The servers for which a call was refused, each with its error: those that the service names; where it names none,
 * those that are in no state for the step, or that a job processes. Empty where nothing can be seen of them.
 */
export async function refusedServers(
  error: LandfallError,
  step: JobStep,
  ids: readonly string[],
  context: MgnContext,
): Promise<ReadonlyMap<string, LandfallError>> {
  if (ids.length === 0) return new Map();
  const named = serversNamedIn(error, ids);
  const reasons = named.size > 0 ? named : await refusalReasons(step, ids, context);
  return new Map([...reasons].map(([id, reason]) => [id, refusalError(step, id, reason, error)]));
}

/** The servers that an exception speaks of, and what it says. */
function serversNamedIn({ cause }: LandfallError, ids: readonly string[]): ReadonlyMap<string, string> {
  const { message, resourceId, errors = [] } = cause as Partial<ConflictException>;
  const reasons = new Map(errors.map((one) => [one.resourceId, one.message]));
  const words = message ?? 'no reason is given';
  return new Map(
    ids
      .filter((id) => id === resourceId || reasons.has(id) || words.includes(id))
      .map((id) => [id, reasons.get(id) ?? words]),
  );
}

/** What stands in the way of a step, as far as the servers and the jobs show it. */
async function refusalReasons(
  step: JobStep,
  ids: readonly string[],
  { api, time }: MgnContext,
): Promise<ReadonlyMap<string, string>> {
  const filters = { fromDate: new Date(time.now() - MAX_JOB_DURATION).toISOString() };
  const [servers, jobs] = await Promise.all([
    readServers(ids, api),
    listItems((size) => paginateDescribeJobs({ client: api, ...size }, { filters })),
  ]);
  const byId = new Map(servers.map((server) => [server.sourceServerID, server]));
  const book = indexJobs(jobs);
  return new Map(
    ids.flatMap((id) => {
      const why = book.isBusy(id) ? 'a job processes it' : stateRefusalReason(step, byId.get(id));
      return why === undefined ? [] : [[id, why]];
    }),
  );
}

function stateRefusalReason(step: JobStep, server: SourceServer | undefined): string | undefined {
  if (server === undefined) return 'it is not there any more';
  if (server.isArchived === true) return 'it is archived';
  const { state = 'in no state' } = server.lifeCycle ?? {};
  if (!ALLOWED_STATES[step].includes(state)) return `it is ${state}`;
  const bare = step === TERMINATE && server.launchedInstance === undefined;
  return bare ? 'it has no instance' : undefined;
}

function refusalError(step: string, id: string, reason: string, cause: LandfallError): LandfallError {
  const words =
    reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason.replace(/\.$/, '');
  const remedy = REMEDIES['ConflictException'];
  return new LandfallError('SERVICE_ERROR', `the service refused ${step} of ${id}: ${words}`, {
    source: 'service',
    cause,
    ...(remedy !== undefined && { remedy }),
  });
}
