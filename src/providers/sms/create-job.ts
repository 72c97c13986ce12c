import { paginateGetReplicationJobs } from '@aws-sdk/client-sms';
import { LandfallError } from '../../core/error.ts';
import { isActive, isOwnedBy, type ObservedJob, type ObservedServer } from '../../core/observed.ts';
import type { CreateRequest, ExistingJob } from '../../core/provider.ts';
import type { Clock } from '../../core/time.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import { listPages } from '../aws/paging.ts';
import { retryAfterLookup, unknownOutcomeError } from '../aws/retries.ts';
import type { SmsApi } from './api.ts';
import { createJobInput } from './requests.ts';
import { readJob } from './wire.ts';

/** Waits for the deletion of an old job, in milliseconds: half a minute in all. */
const DELETION_WAITS = [500, 1000, 2000, 4000, 8000, 16_000] as const;

interface CreateContext {
  readonly api: SmsApi;
  readonly time: ServiceTime;
  readonly clock: Clock;
  /** The server as last observed. */
  readonly server: ObservedServer;
  /** Ids of jobs that this run has deleted. */
  readonly deleted: ReadonlySet<string>;
}

/**
 * Creates a job. After a call without an answer, or if the server "already has a job", it looks up the server's job. A job
 * of this wave is a success: an earlier attempt or another run created it. If this run deleted the job, it waits until
 * the deletion is complete. A job of another owner is an error.
 */
export async function createJob(
  request: CreateRequest,
  context: CreateContext,
): Promise<string | ExistingJob> {
  const { api, time, clock, deleted } = context;
  try {
    return await retryAfterLookup<string | ExistingJob>({
      call: async () =>
        (await api.createReplicationJob(createJobInput(request, time.now()))).replicationJobId,
      async lookUp(error, mayBeOurs) {
        const job = await findCurrentJob(context, error);
        if (job === undefined || deleted.has(job.id)) return undefined;
        const id = ownJobId(job, request);
        return mayBeOurs ? id : { id, alreadyExisted: true };
      },
      isRefusal: alreadyExists,
      retriesRefusals: true,
      waits: DELETION_WAITS,
      clock,
    });
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    throw new LandfallError(
      'SERVICE_ERROR',
      `the old job of server ${request.serverId} is still being deleted`,
      { source: 'service', remedy: 'run again in a few minutes: the new job is created then' },
    );
  }
}

function alreadyExists(error: unknown): boolean {
  return isServiceError(error, 'ReplicationJobAlreadyExistsException');
}

/** Finds the current job of the server. If the lookup fails too, the error says that the outcome is unknown. */
async function findCurrentJob(
  { api, server }: CreateContext,
  created: LandfallError,
): Promise<ObservedJob | undefined> {
  try {
    return await findActiveJob(api, server);
  } catch (error) {
    if (alreadyExists(created) || !(error instanceof LandfallError)) throw error;
    throw unknownOutcomeError(
      `whether server ${server.serverId} has a new job`,
      created,
      error,
      'plan again: if the job is there, the plan shows it as ours',
    );
  }
}

/** Returns the id of a server's job if it has the wanted marker. @throws LandfallError SERVICE_ERROR if not */
function ownJobId(job: ObservedJob, { serverId, owner: wanted }: CreateRequest): string {
  const { id, owner } = job;
  if (isOwnedBy(job, wanted.project) && job.owner.wave === wanted.wave) return id;
  const whose = owner === undefined ? 'nobody' : `${owner.project}/${owner.wave}`;
  throw new LandfallError('SERVICE_ERROR', `server ${serverId} now has job ${id} of ${whose}`, {
    source: 'service',
    remedy: 'plan again, and find out who created it',
  });
}

/**
 * Finds the active job of a server. By the VM's address in its vCenter this takes two small calls. Without an address, it
 * reads the list of all jobs until it finds the server's job.
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
