import { paginateGetReplicationJobs } from '@aws-sdk/client-sms';
import { LandfallError } from '../../core/error.ts';
import { isActive, type ObservedJob, type ObservedServer } from '../../core/observed.ts';
import type { CreateRequest, ExistingJob } from '../../core/provider.ts';
import type { Clock } from '../../core/time.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import { listPages } from '../aws/paging.ts';
import { hasUnknownOutcome } from '../aws/retries.ts';
import type { SmsApi } from './api.ts';
import { createJobInput } from './requests.ts';
import { readJob } from './wire.ts';

/** How long to wait for an old job to go, in milliseconds, try by try: half a minute in all. */
const RETRY_WAITS = [500, 1000, 2000, 4000, 8000, 16_000] as const;

interface CreateContext {
  readonly api: SmsApi;
  readonly time: ServiceTime;
  readonly clock: Clock;
  /** The server as it was seen last. */
  readonly server: ObservedServer;
  /** Ids of jobs that this run has deleted. */
  readonly deleted: ReadonlySet<string>;
}

/**
 * Creates a job. A call that was not answered may have done its work, and that the server "already has a job" can mean
 * four things: an earlier attempt made it, and the job is ours (a success); another run of the project made it (it was
 * there, as good as a success); a job that we deleted is still on its way out (wait for it); or somebody else's job has
 * come first (an error).
 */
export async function createJob(
  request: CreateRequest,
  context: CreateContext,
): Promise<string | ExistingJob> {
  const { api, time, clock, deleted } = context;
  let trouble: LandfallError | undefined;
  // Where every call was answered with a no, a job that is there is not of this run's making.
  let mayBeOurs = false;
  for (const wait of [...RETRY_WAITS, undefined]) {
    trouble = undefined;
    try {
      const { replicationJobId: id } = await api.createReplicationJob(createJobInput(request, time.now()));
      if (id !== undefined) return id;
      mayBeOurs = true;
    } catch (error) {
      if (leavesOutcomeUnknown(error)) {
        trouble = error;
        mayBeOurs = true;
      } else if (!isServiceError(error, 'ReplicationJobAlreadyExistsException')) throw error;
    }
    const job = await findCurrentJob(context, trouble);
    if (job !== undefined && !deleted.has(job.id)) {
      const id = ownJobId(job, request);
      return mayBeOurs ? id : { id, alreadyExisted: true };
    }
    if (wait !== undefined) await clock.sleep(wait);
  }
  if (trouble !== undefined) throw trouble;
  throw new LandfallError(
    'SERVICE_ERROR',
    `the old job of server ${request.serverId} is still being deleted`,
    {
      source: 'service',
      remedy: 'run again in a few minutes: the new job is created then',
    },
  );
}

function leavesOutcomeUnknown(error: unknown): error is LandfallError {
  return error instanceof LandfallError && hasUnknownOutcome(error.cause);
}

/** The job that the server has now; where that cannot be seen either, the error says that nobody knows. */
async function findCurrentJob(
  { api, server }: CreateContext,
  trouble: LandfallError | undefined,
): Promise<ObservedJob | undefined> {
  try {
    return await findActiveJob(api, server);
  } catch (error) {
    if (trouble === undefined || !(error instanceof LandfallError)) throw error;
    const message = `whether server ${server.serverId} has got its job is not known: ${trouble.message}, and then ${error.message}`;
    throw new LandfallError(error.code, message, {
      source: error.source,
      remedy: 'plan again: if the job is there, the plan shows it as ours',
      cause: error,
    });
  }
}

/** The id of a job that stands where ours is to be, if it carries our marker. */
function ownJobId({ id, owner }: ObservedJob, { serverId, owner: wanted }: CreateRequest): string {
  if (owner?.project === wanted.project && owner.wave === wanted.wave) return id;
  const whose = owner === undefined ? 'nobody' : `${owner.project}/${owner.wave}`;
  throw new LandfallError(
    'SERVICE_ERROR',
    `server ${serverId} has got job ${id} of ${whose} in the meantime`,
    {
      source: 'service',
      remedy: 'plan again, and see who created it',
    },
  );
}

/**
 * The active job of a server, if there is one. The API finds a server's job by the VM's address: two small calls.
 * Where that is not known, the list of all jobs is read until the server turns up.
 */
async function findActiveJob(api: SmsApi, server: ObservedServer): Promise<ObservedJob | undefined> {
  const { serverId, vmManagerId, vmId } = server;
  if (vmManagerId === undefined || vmId === undefined) return searchJobs(api, serverId);
  const { serverList = [] } = await api.getServers({ vmServerAddressList: [{ vmManagerId, vmId }] });
  const id = serverList.find((one) => one.serverId === serverId)?.replicationJobId;
  if (id === undefined) return undefined;
  const { replicationJobList = [] } = await api.getReplicationJobs({ replicationJobId: id });
  return activeJobs(replicationJobList, serverId)[0];
}

async function searchJobs(api: SmsApi, serverId: string): Promise<ObservedJob | undefined> {
  for await (const { replicationJobList = [] } of listPages((size) =>
    paginateGetReplicationJobs({ client: api, ...size }, {}),
  )) {
    const [job] = activeJobs(replicationJobList, serverId);
    if (job !== undefined) return job;
  }
  return undefined;
}

function activeJobs(
  jobs: readonly Parameters<typeof readJob>[0][],
  serverId: string,
): readonly ObservedJob[] {
  return jobs
    .filter((job) => job.serverId === serverId)
    .flatMap((job) => readJob(job) ?? [])
    .filter(isActive);
}
