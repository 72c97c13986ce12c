import { omitUndefined } from '../../collections.ts';
import { DAY } from '../../simulation/durations.ts';
import { invalidParameter, operationNotPermitted, ServiceError } from '../../errors.ts';
import { isFinished } from '../simulation/job-states.ts';
import type { Job, Run } from '../records.ts';
import { activeOrWaitingRun } from '../simulation/runs.ts';
import type { SmsAccount } from '../simulation/account.ts';
import type { Inputs, OperationContext } from './context.ts';
import { pageOf } from '../../http/page.ts';
import { wireJob, wireRun } from './wire.ts';

/** The number of on-demand runs of a job in 24 hours (domain: SMS rules). */
const ON_DEMAND_PER_DAY = 2;

/** Lists the runs of a job, the latest first. */
export function getReplicationRuns(context: OperationContext, input: Inputs['GetReplicationRuns']): object {
  const { account } = context;
  const job = requireJob(account, input.replicationJobId);
  const { items, nextToken } = pageOf<Run>(
    {
      operation: 'GetReplicationRuns',
      filter: job.id,
      tokenKey: account.tokenKey,
      after: (cursor, count) => runsBefore(job.runs, cursor === '' ? Infinity : Number(cursor), count),
      cursorOf: ({ number }) => String(number),
    },
    input,
  );
  return {
    replicationJob: wireJob(context, job),
    replicationRunList: items.map((run) => wireRun(context, job, run)),
    nextToken,
  };
}

/** Finds a job. The API model has no error for an unknown job in the operations on runs. */
function requireJob(account: SmsAccount, id: string): Job {
  const job = account.jobsById.get(id);
  if (job === undefined) throw invalidParameter(`Replication job ${id} not found.`);
  return job;
}

/** Returns up to `count` runs with smaller numbers, the largest first. */
function runsBefore(runs: readonly Run[], number: number, count: number): readonly Run[] {
  const end = runs.findLastIndex((run) => run.number < number) + 1;
  return runs.slice(Math.max(0, end - count), end).reverse();
}

export function startOnDemandReplicationRun(
  context: OperationContext,
  input: Inputs['StartOnDemandReplicationRun'],
): object {
  const { account } = context;
  const job = requireJob(account, input.replicationJobId);
  checkOnDemand(account, job);
  context.commit(omitUndefined({ do: 'run' as const, job: job.number, description: input.description }));
  return { replicationRunId: job.runs.findLast(({ type }) => type === 'ON_DEMAND')?.id };
}

/** Checks that an on-demand run of a job can start. */
export function checkOnDemand(account: SmsAccount, job: Job): void {
  if (isFinished(job) || job.state === 'PAUSED_ON_FAILURE') {
    throw operationNotPermitted(`Replication job ${job.id} cannot run in state ${job.state}.`);
  }
  if (!job.runs.some(({ state }) => state === 'COMPLETED')) {
    throw operationNotPermitted(`The seed replication run of replication job ${job.id} has not completed.`);
  }
  if (activeOrWaitingRun(job) !== undefined) {
    throw operationNotPermitted(`A replication run of replication job ${job.id} is already in progress.`);
  }
  const today = job.runs.filter((run) => run.type === 'ON_DEMAND' && run.scheduledAt > account.now - DAY);
  if (today.length >= ON_DEMAND_PER_DAY) {
    throw new ServiceError(
      'ReplicationRunLimitExceededException',
      `Replication job ${job.id} has reached the limit of ${ON_DEMAND_PER_DAY} on-demand runs in 24 hours.`,
    );
  }
}
