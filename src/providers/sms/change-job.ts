import type { ReplicationJob, UpdateReplicationJobCommandInput } from '@aws-sdk/client-sms';
import { isServiceError } from '../aws/errors.ts';
import { changeAndLookUp } from '../aws/retries.ts';
import type { SmsApi } from './api.ts';
import { isDeletedJob } from './wire.ts';

/** Updates a job. If the response is lost or cannot be read, the job itself shows whether it has the new settings. */
export async function updateJob(input: UpdateReplicationJobCommandInput, api: SmsApi): Promise<void> {
  const { replicationJobId = '', ...settings } = input;
  await changeAndLookUp({
    what: `the update of ${replicationJobId}`,
    call: () => api.updateReplicationJob(input),
    async isDone() {
      const job = await readWireJob(replicationJobId, api);
      const actual = new Map<string, unknown>(Object.entries(job ?? {}));
      return (
        job !== undefined &&
        Object.entries(settings).every(([name, value]) => isSame(actual.get(name), value))
      );
    },
  });
}

/** Deletes a job. One that does not exist any more is a success, also if the response is lost or cannot be read. */
export async function deleteJob(id: string, api: SmsApi): Promise<void> {
  await changeAndLookUp({
    what: `the deletion of ${id}`,
    call: () =>
      api.deleteReplicationJob({ replicationJobId: id }).catch((error: unknown) => {
        if (!isServiceError(error, 'ReplicationJobNotFoundException')) throw error;
      }),
    async isDone() {
      const job = await readWireJob(id, api);
      return job === undefined || isDeletedJob(job);
    },
  });
}

async function readWireJob(replicationJobId: string, api: SmsApi): Promise<ReplicationJob | undefined> {
  try {
    const { replicationJobList = [] } = await api.getReplicationJobs({ replicationJobId });
    return replicationJobList.find((job) => job.replicationJobId === replicationJobId);
  } catch (error) {
    if (isServiceError(error, 'ReplicationJobNotFoundException')) return undefined;
    throw error;
  }
}

/**
 * Whether a job has the value of a setting. The service may leave `false` and 0 out, the letter case of its words varies,
 * and its times are whole seconds.
 */
function isSame(actual: unknown, wanted: unknown): boolean {
  if (actual === undefined) return wanted === false || wanted === 0 || wanted === '';
  if (actual instanceof Date && wanted instanceof Date)
    return Math.floor(+actual / 1000) === Math.floor(+wanted / 1000);
  if (typeof actual === 'string' && typeof wanted === 'string')
    return actual.toUpperCase() === wanted.toUpperCase();
  return actual === wanted;
}
