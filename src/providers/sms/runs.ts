import { paginateGetReplicationRuns, type ReplicationJob } from '@aws-sdk/client-sms';
import { LandfallError } from '../../core/error.ts';
import type { RunHistory } from '../../core/operations.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import { listPages } from '../aws/paging.ts';
import type { SmsApi } from './api.ts';
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
 * Starts an on-demand run and returns its id. After a lost reply the SDK tries again, and the service refuses a second
 * run beside the first: then a run with our description that was created since the start is a success.
 */
export async function startRun(
  api: SmsApi,
  time: ServiceTime,
  replicationJobId: string,
  description: string | undefined,
): Promise<string> {
  const began = time.now();
  try {
    const { replicationRunId } = await api.startOnDemandReplicationRun({
      replicationJobId,
      ...(description !== undefined && { description }),
    });
    if (replicationRunId !== undefined) return replicationRunId;
  } catch (error) {
    const ours = isServiceError(error, 'OperationNotPermittedException') ? await findOurs() : undefined;
    if (ours === undefined) throw error;
    return ours;
  }
  throw new LandfallError('SERVICE_ERROR', `the service gave no id for the run of ${replicationJobId}`, {
    source: 'service',
    remedy: `look for it with \`landfall runs ${replicationJobId}\``,
  });

  async function findOurs(): Promise<string | undefined> {
    const { runs = [] } = (await listRuns(api, time, replicationJobId)) ?? {};
    return runs.find(
      (run) => run.type === 'on-demand' && (run.scheduledAt ?? 0) >= began && run.description === description,
    )?.id;
  }
}
