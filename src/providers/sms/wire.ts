import type { Connector, ReplicationJob, Server, VmServer } from '@aws-sdk/client-sms';
import type { Settings } from '../../core/desired.ts';
import { toServerId } from '../../core/names.ts';
import type {
  CatalogState,
  JobState,
  ObservedConnector,
  ObservedJob,
  ObservedServer,
} from '../../core/observed.ts';
import { formatInstant } from '../../core/time.ts';
import { readDescription } from './marker.ts';

const JOB_STATES: ReadonlyMap<string, JobState> = new Map([
  ['PENDING', 'pending'],
  ['ACTIVE', 'active'],
  ['FAILING', 'failing'],
  ['FAILED', 'failed'],
  ['PAUSED_ON_FAILURE', 'paused'],
  ['COMPLETED', 'completed'],
]);

/** States of jobs that are no longer there: the service goes on listing them (domain: operations used here). */
const DELETED_STATES: ReadonlySet<string> = new Set(['DELETING', 'DELETED']);

/** A job as landfall sees it; undefined for one that is gone or has no id. */
export function readJob(job: ReplicationJob): ObservedJob | undefined {
  if (job.replicationJobId === undefined || isDeletedJob(job)) return undefined;
  const { serverId, statusMessage, latestAmiId, nextReplicationRunStartTime: next } = job;
  const { text, owner } = readDescription(job.description ?? '');
  return {
    id: job.replicationJobId,
    server: toObservedServer(serverId ?? '', job.vmServer),
    state: JOB_STATES.get(normalizeEnumValue(job.state)) ?? 'unknown',
    settings: readSettings(job, text),
    // A job that does not say what it replicates can be matched with no VM: it is counted, and never touched.
    ...(owner !== undefined && serverId !== undefined && { owner }),
    ...(statusMessage !== undefined && { statusMessage }),
    ...(latestAmiId !== undefined && { latestAmiId }),
    ...(next !== undefined && { nextRunAt: next.getTime() }),
  };
}

/** Whether a job is deleted or being deleted. */
export function isDeletedJob({ state }: ReplicationJob): boolean {
  return DELETED_STATES.has(normalizeEnumValue(state));
}

function readSettings(job: ReplicationJob, description: string): Settings {
  const { frequency, runOnce, licenseType, roleName, numberOfRecentAmisToKeep, encrypted, kmsKeyId } = job;
  const { seedReplicationTime: seed, nextReplicationRunStartTime: next } = job;
  return {
    ...(description !== '' && { description }),
    ...(encrypted !== undefined && { encrypted }),
    ...(frequency !== undefined && { frequency }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(licenseType !== undefined && { licenseType: normalizeEnumValue(licenseType) }),
    ...(next !== undefined && { nextReplicationRunStartTime: formatInstant(next.getTime()) }),
    ...(numberOfRecentAmisToKeep !== undefined && { numberOfRecentAmisToKeep }),
    ...(roleName !== undefined && { roleName }),
    ...(runOnce !== undefined && { runOnce }),
    ...(seed !== undefined && { seedReplicationTime: formatInstant(seed.getTime()) }),
  };
}

/** A server of the catalogue; undefined for one without an id, which nothing can be done with. */
export function readServer({
  serverId,
  vmServer,
  replicationJobId,
  replicationJobTerminated,
}: Server): ObservedServer | undefined {
  if (serverId === undefined) return undefined;
  const server = toObservedServer(serverId, vmServer);
  // Domain, GetServers: a server that never had a job has neither of the two.
  const hadJob = replicationJobId !== undefined || replicationJobTerminated === true;
  return hadJob ? { ...server, hadJob } : server;
}

/** A server with as much as the service tells of its VM. */
function toObservedServer(serverId: string, vm: VmServer = {}): ObservedServer {
  const { vmName, vmPath, vmManagerName, vmServerAddress: { vmManagerId, vmId } = {} } = vm;
  return {
    serverId: toServerId(serverId),
    ...(vmName !== undefined && { name: vmName }),
    ...(vmPath !== undefined && { path: vmPath }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(vmManagerName !== undefined && { vmManagerName }),
    ...(vmId !== undefined && { vmId }),
  };
}

export function readConnector({
  connectorId,
  status,
  vmManagerId,
  vmManagerName,
}: Connector): ObservedConnector | undefined {
  if (connectorId === undefined) return undefined;
  return {
    id: connectorId,
    healthy: normalizeEnumValue(status) === 'HEALTHY',
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(vmManagerName !== undefined && { name: vmManagerName }),
  };
}

const CATALOG_STATES: ReadonlyMap<string, CatalogState> = new Map([
  ['NOT_IMPORTED', 'not-imported'],
  ['IMPORTING', 'importing'],
  ['AVAILABLE', 'available'],
  ['DELETED', 'deleted'],
  ['EXPIRED', 'expired'],
]);

export function readCatalogState(status: string | undefined): CatalogState {
  return CATALOG_STATES.get(normalizeEnumValue(status)) ?? 'unknown';
}

/**
 * A state or type as the API's model spells it: the wire has been seen to say `Pending` and `NOT IMPORTED`
 * (founding document, "Verify replication runs"), where the model says `PENDING` and `NOT_IMPORTED`.
 */
export function normalizeEnumValue(word: string | undefined): string {
  return (word ?? '').trim().toUpperCase().replaceAll(' ', '_');
}
