import { isServiceError } from '../../aws/service-error.ts';
import type { ServiceTime } from '../../aws/service-time.ts';
import { isUnanswered } from '../../aws/unanswered.ts';
import { LandfallError } from '../../core/error.ts';
import type { ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { CreateRequest, ExistingJob } from '../../core/provider.ts';
import type { Clock } from '../../core/time.ts';
import type { SmsApi } from './api.ts';
import { createInput } from './create-input.ts';
import { findActiveJob } from './find-job.ts';

/** How long to wait for an old job to go, in milliseconds, try by try: half a minute in all. */
const WAITS = [500, 1000, 2000, 4000, 8000, 16_000] as const;

export interface CreateContext {
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
  for (const wait of [...WAITS, undefined]) {
    trouble = undefined;
    try {
      const { replicationJobId: id } = await api.createJob(createInput(request, time.now()));
      if (id !== undefined) return id;
      mayBeOurs = true;
    } catch (error) {
      if (leavesItOpen(error)) {
        trouble = error;
        mayBeOurs = true;
      } else if (!isServiceError(error, 'ReplicationJobAlreadyExistsException')) throw error;
    }
    const job = await look(context, trouble);
    if (job !== undefined && !deleted.has(job.id)) {
      const id = ownId(job, request);
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

function leavesItOpen(error: unknown): error is LandfallError {
  return error instanceof LandfallError && isUnanswered(error.cause);
}

/** The job that the server has now; where that cannot be seen either, the error says that nobody knows. */
async function look(
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
function ownId({ id, owner }: ObservedJob, { serverId, owner: wanted }: CreateRequest): string {
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
