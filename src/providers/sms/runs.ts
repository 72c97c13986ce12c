import { paginateGetReplicationRuns, type ReplicationJob } from '@aws-sdk/client-sms';
import { LandfallError } from '../../core/error.ts';
import type { RunHistory } from '../../core/operations.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import { listPages } from '../aws/paging.ts';
import { retryAfterLookup, unknownOutcomeError } from '../aws/retries.ts';
import type { SmsApi, SmsContext } from './api.ts';
import { isDeletedJob, lastScheduledFirst, readJob, readRun } from './wire.ts';

/**
 * Exceptions for a job that the service has never had. The API model names none for GetReplicationRuns; other operations
 * return the second.
 */
const UNKNOWN_JOB_ERRORS = ['InvalidParameterException', 'ReplicationJobNotFoundException'] as const;

/** Reads all runs of a job, last scheduled first; undefined for a job that the service has never had. */
export async function listRuns(
  api: SmsApi,
  time: ServiceTime,
  replicationJobId: string,
): Promise<RunHistory | undefined> {
  const runs = new Map<string, ReplicationRun>();
  let wireJob: ReplicationJob | undefined;
  try {
    for await (const page of listPages((size) =>
      paginateGetReplicationRuns({ client: api, ...size }, { replicationJobId }),
    )) {
      wireJob ??= page.replicationJob;
      for (const wire of page.replicationRunList ?? []) {
        const run = readRun(wire);
        if (run !== undefined) runs.set(run.id, run);
      }
    }
  } catch (error) {
    if (UNKNOWN_JOB_ERRORS.some((name) => isServiceError(error, name))) return undefined;
    throw error;
  }
  const job = wireJob && readJob(wireJob);
  return {
    at: time.now(),
    ...(job !== undefined && { job }),
    isDeleted: wireJob !== undefined && isDeletedJob(wireJob),
    runs: [...runs.values()].toSorted(lastScheduledFirst),
  };
}

/**
 * Starts an on-demand run and returns its id. After a call without a readable answer, or a refusal that an earlier attempt
 * may have caused, a run with our description that was created since the start is a success. Starts no second run.
 */
export async function startRun(
  { api, time, clock }: SmsContext,
  replicationJobId: string,
  description: string | undefined,
): Promise<string> {
  const began = time.now();
  return retryAfterLookup({
    call: async () =>
      (
        await api.startOnDemandReplicationRun({
          replicationJobId,
          ...(description !== undefined && { description }),
        })
      ).replicationRunId,
    async lookUp(error) {
      const { runs = [] } = (await listRunsAfter(error)) ?? {};
      return runs.find(
        (run) =>
          run.type === 'on-demand' && (run.scheduledAt ?? 0) >= began && run.description === description,
      )?.id;
    },
    isRefusal: (error) => isServiceError(error, 'OperationNotPermittedException'),
    clock,
  });

  async function listRunsAfter(failure: LandfallError): Promise<RunHistory | undefined> {
    try {
      return await listRuns(api, time, replicationJobId);
    } catch (error) {
      if (!(error instanceof LandfallError) || isServiceError(failure, 'OperationNotPermittedException'))
        throw failure;
      const remedy = `look for it with \`landfall runs ${replicationJobId}\``;
      throw unknownOutcomeError(`whether a run of ${replicationJobId} was started`, failure, error, remedy);
    }
  }
}
