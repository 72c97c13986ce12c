import type { ConflictException, SourceServer } from '@aws-sdk/client-mgn';
import { isServiceError } from '../../aws/service-error.ts';
import { LandfallError } from '../../core/error.ts';
import type { MgnContext } from './context.ts';
import { readJobs } from './job-book.ts';
import { type JobStep, readServers } from './launch-job.ts';
import { listAll } from './paging.ts';
import { REMEDIES } from './remedies.ts';
import { START_CUTOVER, START_TEST, TERMINATE } from './way.ts';

/** The longest that a job goes on, generously. */
const JOB_LASTS = 24 * 60 * 60 * 1000;
/** A service that refuses two hundred servers in one sentence need not be quoted two hundred times. */
const LONGEST = 160;

/** States in which the service takes each step (domain, MGN: agentless flow). */
const TAKEN_IN: Readonly<Record<JobStep, readonly string[]>> = {
  [START_TEST]: ['READY_FOR_TEST', 'TESTING'],
  [START_CUTOVER]: ['READY_FOR_CUTOVER', 'CUTTING_OVER'],
  [TERMINATE]: ['STOPPED', 'NOT_READY', 'READY_FOR_TEST', 'READY_FOR_CUTOVER', 'DISCONNECTED'],
};

/** Whether the service refused a call for one or some of the servers that it names. */
export function isAboutServers(error: LandfallError): boolean {
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
  const named = namedServers(error, ids);
  const reasons = named.size > 0 ? named : await hindrances(step, ids, context);
  return new Map([...reasons].map(([id, reason]) => [id, refusal(step, id, reason, error)]));
}

/** The servers that an exception speaks of, and what it says. */
function namedServers({ cause }: LandfallError, ids: readonly string[]): ReadonlyMap<string, string> {
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
async function hindrances(
  step: JobStep,
  ids: readonly string[],
  { api, time }: MgnContext,
): Promise<ReadonlyMap<string, string>> {
  const filters = { fromDate: new Date(time.now() - JOB_LASTS).toISOString() };
  const [servers, jobs] = await Promise.all([
    readServers(ids, api),
    listAll((page) => api.describeJobs({ ...page, filters })),
  ]);
  const byId = new Map(servers.map((server) => [server.sourceServerID, server]));
  const book = readJobs(jobs);
  return new Map(
    ids.flatMap((id) => {
      const why = book.isBusy(id) ? 'a job processes it' : stateHinders(step, byId.get(id));
      return why === undefined ? [] : [[id, why]];
    }),
  );
}

function stateHinders(step: JobStep, server: SourceServer | undefined): string | undefined {
  if (server === undefined) return 'it is not there any more';
  if (server.isArchived === true) return 'it is archived';
  const { state = 'in no state' } = server.lifeCycle ?? {};
  if (!TAKEN_IN[step].includes(state)) return `it is ${state}`;
  const bare = step === TERMINATE && server.launchedInstance === undefined;
  return bare ? 'it has no instance' : undefined;
}

function refusal(step: string, id: string, reason: string, cause: LandfallError): LandfallError {
  const words = reason.length > LONGEST ? `${reason.slice(0, LONGEST)}…` : reason.replace(/\.$/, '');
  const remedy = REMEDIES['ConflictException'];
  return new LandfallError('SERVICE_ERROR', `the service refused ${step} of ${id}: ${words}`, {
    source: 'service',
    cause,
    ...(remedy !== undefined && { remedy }),
  });
}
