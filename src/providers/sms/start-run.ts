import { LandfallError } from '../../core/error.ts';
import type { SmsApi } from './api.ts';
import { listRuns } from './list-runs.ts';
import { isServiceError } from '../../aws/service-error.ts';
import type { ServiceTime } from '../../aws/service-time.ts';

/**
 * Starts an on-demand run and returns its id. The SDK tries again after a lost reply, and the service then refuses
 * a second run beside the first: a run of ours that has come since we began is a success.
 */
export async function startRun(
  api: SmsApi,
  time: ServiceTime,
  replicationJobId: string,
  description: string | undefined,
): Promise<string> {
  const began = time.now();
  try {
    const { replicationRunId } = await api.startRun({
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
