import type { ReplicationJob } from '@aws-sdk/client-sms';
import type { Settings } from '../../core/desired.ts';
import type { JobState, ObservedJob } from '../../core/observed.ts';
import { formatInstant } from '../../core/time.ts';
import { readDescription } from './marker.ts';
import { describeServer } from './wire-server.ts';
import { modelSpelling } from './wire-word.ts';

const STATES: ReadonlyMap<string, JobState> = new Map([
  ['PENDING', 'pending'],
  ['ACTIVE', 'active'],
  ['FAILING', 'failing'],
  ['FAILED', 'failed'],
  ['PAUSED_ON_FAILURE', 'paused'],
  ['COMPLETED', 'completed'],
]);

/** States of jobs that are no longer there: the service goes on listing them (domain: operations used here). */
const GONE: ReadonlySet<string> = new Set(['DELETING', 'DELETED']);

/** A job as landfall sees it; undefined for one that is gone or has no id. */
export function readJob(job: ReplicationJob): ObservedJob | undefined {
  if (job.replicationJobId === undefined || isGone(job)) return undefined;
  const { serverId, statusMessage, latestAmiId, nextReplicationRunStartTime: next } = job;
  const { text, owner } = readDescription(job.description ?? '');
  return {
    id: job.replicationJobId,
    server: describeServer(serverId ?? '', job.vmServer),
    state: STATES.get(modelSpelling(job.state)) ?? 'unknown',
    settings: readSettings(job, text),
    // A job that does not say what it replicates can be matched with no VM: it is counted, and never touched.
    ...(owner !== undefined && serverId !== undefined && { owner }),
    ...(statusMessage !== undefined && { statusMessage }),
    ...(latestAmiId !== undefined && { latestAmiId }),
    ...(next !== undefined && { nextRunAt: next.getTime() }),
  };
}

/** Whether a job is deleted or being deleted. */
export function isGone({ state }: ReplicationJob): boolean {
  return GONE.has(modelSpelling(state));
}

function readSettings(job: ReplicationJob, description: string): Settings {
  const { frequency, runOnce, licenseType, roleName, numberOfRecentAmisToKeep, encrypted, kmsKeyId } = job;
  const { seedReplicationTime: seed, nextReplicationRunStartTime: next } = job;
  return {
    ...(description !== '' && { description }),
    ...(encrypted !== undefined && { encrypted }),
    ...(frequency !== undefined && { frequency }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(licenseType !== undefined && { licenseType: modelSpelling(licenseType) }),
    ...(next !== undefined && { nextReplicationRunStartTime: formatInstant(next.getTime()) }),
    ...(numberOfRecentAmisToKeep !== undefined && { numberOfRecentAmisToKeep }),
    ...(roleName !== undefined && { roleName }),
    ...(runOnce !== undefined && { runOnce }),
    ...(seed !== undefined && { seedReplicationTime: formatInstant(seed.getTime()) }),
  };
}
