import type { ReplicationJob } from '@aws-sdk/client-sms';
import type { ReplicationRun, RunHistory } from '../../core/operations.ts';
import type { SmsApi } from './api.ts';
import { pagesOf } from './paging.ts';
import { isServiceError } from '../../aws/service-error.ts';
import type { ServiceTime } from '../../aws/service-time.ts';
import { isGone, readJob } from './wire-job.ts';
import { readRun } from './wire-run.ts';

/**
 * What the service may say of a job it has never had: the API model gives GetReplicationRuns no error of its own
 * for that, and other operations say the second.
 */
const UNKNOWN_JOB = ['InvalidParameterException', 'ReplicationJobNotFoundException'] as const;

/** All runs of a job, last scheduled first; nothing for a job that the service has never had. */
export async function listRuns(
  api: SmsApi,
  time: ServiceTime,
  replicationJobId: string,
): Promise<RunHistory | undefined> {
  const runs = new Map<string, ReplicationRun>();
  let wireJob: ReplicationJob | undefined;
  try {
    for await (const page of pagesOf((request) => api.getRuns({ replicationJobId, ...request }))) {
      wireJob ??= page.replicationJob;
      for (const wire of page.replicationRunList ?? []) {
        const run = readRun(wire);
        if (run !== undefined) runs.set(run.id, run);
      }
    }
  } catch (error) {
    if (UNKNOWN_JOB.some((name) => isServiceError(error, name))) return undefined;
    throw error;
  }
  const job = wireJob && readJob(wireJob);
  return {
    at: time.now(),
    ...(job !== undefined && { job }),
    isDeleted: wireJob !== undefined && isGone(wireJob),
    runs: [...runs.values()].toSorted((a, b) => (b.scheduledAt ?? 0) - (a.scheduledAt ?? 0)),
  };
}
