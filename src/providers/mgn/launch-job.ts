import type { Job, SourceServer } from '@aws-sdk/client-mgn';
import type { Instant } from '../../core/time.ts';
import type { MgnContext } from './context.ts';
import { projectOf } from './marker.ts';
import { listAll } from './paging.ts';
import { START_CUTOVER, START_TEST, TERMINATE } from './way.ts';

/** Steps for which the service makes a job. */
export type JobStep = typeof START_TEST | typeof START_CUTOVER | typeof TERMINATE;

const INITIATED_BY = {
  [START_TEST]: 'START_TEST',
  [START_CUTOVER]: 'START_CUTOVER',
  [TERMINATE]: 'TERMINATE',
} as const;

/** The service's clocks need not agree to the second. */
const SKEW = 60_000;

/**
 * The servers that a call has been carried out for, which was not answered or was refused: those that a job of the
 * project holds which has begun since, and those whose lifecycle shows it (domain, MGN: rules). With the id of their
 * job, where it is known.
 * @param since when the first call went out, in the service's time
 */
export async function findStarted(
  step: JobStep,
  project: string,
  ids: readonly string[],
  since: Instant,
  { api }: MgnContext,
): Promise<ReadonlyMap<string, string | undefined>> {
  const filters = { fromDate: new Date(since - SKEW).toISOString() };
  const jobs = await listAll((page) => api.describeJobs({ ...page, filters }));
  const ours = jobs.filter((job) => isOurs(job, step, project, since));
  const found = new Map<string, string | undefined>(
    ours.flatMap(({ jobID, participatingServers = [] }) =>
      participatingServers.flatMap(({ sourceServerID: id }) => (id === undefined ? [] : [[id, jobID]])),
    ),
  );
  const listed = new Set<string | undefined>(jobs.flatMap(({ jobID }) => jobID ?? []));
  const open = ids.filter((id) => !found.has(id));
  for (const server of open.length === 0 ? [] : await readServers(open, api)) {
    const { sourceServerID: id = '' } = server;
    const moved = movedBy(step, server, since);
    // A job that is listed and not ours is somebody else's.
    if (moved !== undefined && !listed.has(moved.jobId)) found.set(id, moved.jobId);
  }
  return new Map(ids.flatMap((id) => (found.has(id) ? [[id, found.get(id)]] : [])));
}

/** Those source servers, archived or not. */
export function readServers(
  ids: readonly string[],
  api: Pick<MgnContext['api'], 'describeSourceServers'>,
): Promise<SourceServer[]> {
  const filters = { sourceServerIDs: [...ids] };
  return listAll((page) => api.describeSourceServers({ ...page, filters }));
}

function isOurs(job: Job, step: JobStep, project: string, since: Instant): boolean {
  if (job.initiatedBy !== INITIATED_BY[step] || projectOf(job.tags) !== project) return false;
  // One that goes on still can only be the one that is looked for: a server has one job at a time.
  return job.status !== 'COMPLETED' || Date.parse(job.creationDateTime ?? '') >= since;
}

/** Whether a server shows that the step was taken with it since. */
function movedBy(
  step: JobStep,
  { lifeCycle, launchedInstance }: SourceServer,
  since: Instant,
): { readonly jobId: string | undefined } | undefined {
  if (step === TERMINATE) return launchedInstance === undefined ? { jobId: undefined } : undefined;
  const last = step === START_TEST ? lifeCycle?.lastTest : lifeCycle?.lastCutover;
  const { apiCallDateTime, jobID } = last?.initiated ?? {};
  return Date.parse(apiCallDateTime ?? '') >= since ? { jobId: jobID } : undefined;
}
