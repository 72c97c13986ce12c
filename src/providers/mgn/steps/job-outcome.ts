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
import { indexJobs } from '../launch/jobs.ts';
import { projectOf } from '../marker.ts';
import { START_CUTOVER, START_TEST, TERMINATE } from './sequence.ts';

/** Steps for which the service makes a job. */
export type JobStep = typeof START_TEST | typeof START_CUTOVER | typeof TERMINATE;

const INITIATED_BY = {
  [START_TEST]: 'START_TEST',
  [START_CUTOVER]: 'START_CUTOVER',
  [TERMINATE]: 'TERMINATE',
} as const;

/** The most that times of the service may differ from each other, in milliseconds. */
const CLOCK_SKEW = 60_000;

/**
 * Finds the servers for which a call was executed although it had no answer or was refused: those in a job of the
 * project that was created since, and those whose lifecycle shows it (domain, MGN: rules).
 * @param since when the first call was made, in the service's time
 * @returns the ids of their jobs, where known, by server id
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
    const evidence = evidenceOfStep(step, server, since);
    // A listed job that is not among ours belongs to somebody else.
    if (evidence !== undefined && !listed.has(evidence.jobId)) found.set(id, evidence.jobId);
  }
  return new Map(ids.flatMap((id) => (found.has(id) ? [[id, found.get(id)]] : [])));
}

/** Reads source servers by their ids, archived or not. */
export function readServers(ids: readonly string[], api: MgnContext['api']): Promise<SourceServer[]> {
  const filters = { sourceServerIDs: [...ids] };
  return listItems((size) => paginateDescribeSourceServers({ client: api, ...size }, { filters }));
}

function isOwnJob(job: Job, step: JobStep, project: string, since: Instant): boolean {
  if (job.initiatedBy !== INITIATED_BY[step] || projectOf(job) !== project) return false;
  // A job that is still running must be the wanted one: a server has one job at a time.
  return job.status !== 'COMPLETED' || Date.parse(job.creationDateTime ?? '') >= since;
}

/** Returns the job of a step if a server shows that the step was taken since; undefined if it does not. */
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

/** Longer than any job takes, in milliseconds. */
const MAX_JOB_DURATION = DAY;
/** The longest reason that is quoted: the service may name two hundred servers in one message. */
const MAX_REASON_LENGTH = 160;

/** States in which the service takes each step (domain, MGN: agentless flow). */
const ALLOWED_STATES: Readonly<Record<JobStep, readonly string[]>> = {
  [START_TEST]: ['READY_FOR_TEST', 'TESTING'],
  [START_CUTOVER]: ['READY_FOR_CUTOVER', 'CUTTING_OVER'],
  [TERMINATE]: ['STOPPED', 'NOT_READY', 'READY_FOR_TEST', 'READY_FOR_CUTOVER', 'DISCONNECTED'],
};

/** Whether the service refused a call because of one or more of its servers. */
export function isServerRefusal(error: LandfallError): boolean {
  return ['ConflictException', 'ValidationException', 'ResourceNotFoundException'].some((name) =>
    isServiceError(error, name),
  );
}

/**
 * Finds the servers because of which a call was refused, each with its error: those that the service names. If it names
 * none, those in a state that does not allow the step, and those that a job processes. Empty if no cause is found.
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

/** Finds the servers that an exception names, each with its reason. */
function serversNamedIn({ cause }: LandfallError, ids: readonly string[]): ReadonlyMap<string, string> {
  const { message, resourceId, errors = [] } = cause as Partial<ConflictException>;
  const reasons = new Map(errors.map((one) => [one.resourceId, one.message]));
  const general = message ?? 'no reason is given';
  return new Map(
    ids
      .filter((id) => id === resourceId || reasons.has(id) || general.includes(id))
      .map((id) => [id, reasons.get(id) ?? general]),
  );
}

/** Reads servers and jobs again, and returns why servers cannot take a step, by server id. */
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
  const index = indexJobs(jobs);
  return new Map(
    ids.flatMap((id) => {
      const reason = index.isBusy(id) ? 'a job processes it' : stateRefusalReason(step, byId.get(id));
      return reason === undefined ? [] : [[id, reason]];
    }),
  );
}

function stateRefusalReason(step: JobStep, server: SourceServer | undefined): string | undefined {
  if (server === undefined) return 'it no longer exists';
  if (server.isArchived === true) return 'it is archived';
  const { state = 'in no state' } = server.lifeCycle ?? {};
  if (!ALLOWED_STATES[step].includes(state)) return `it is ${state}`;
  const hasNone = step === TERMINATE && server.launchedInstance === undefined;
  return hasNone ? 'it has no instance' : undefined;
}

function refusalError(step: string, id: string, reason: string, cause: LandfallError): LandfallError {
  const text =
    reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason.replace(/\.$/, '');
  const remedy = REMEDIES['ConflictException'];
  return new LandfallError('SERVICE_ERROR', `the service refused ${step} of ${id}: ${text}`, {
    source: 'service',
    cause,
    ...(remedy !== undefined && { remedy }),
  });
}
