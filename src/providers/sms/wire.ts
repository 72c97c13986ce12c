import type { Connector as WireConnector, ReplicationJob, Server, VmServer } from '@aws-sdk/client-sms';
import type { Settings } from '../../core/desired.ts';
import { toServerId } from '../../core/names.ts';
import type {
  CatalogState,
  JobState,
  ObservedConnector,
  ObservedJob,
  ObservedServer,
} from '../../core/observed.ts';
import type { Connector } from '../../core/operations.ts';
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

/** States of deleted jobs, which the service still lists (domain: operations used here). */
const DELETED_STATES: ReadonlySet<string> = new Set(['DELETING', 'DELETED']);

/** Reads a job; undefined for one that is deleted or has no id. */
export function readJob(job: ReplicationJob): ObservedJob | undefined {
  if (job.replicationJobId === undefined || isDeletedJob(job)) return undefined;
  const { serverId, statusMessage, latestAmiId, nextReplicationRunStartTime: next } = job;
  const { text, owner } = readDescription(job.description ?? '');
  return {
    id: job.replicationJobId,
    server: toObservedServer(serverId ?? '', job.vmServer),
    state: JOB_STATES.get(normalizeEnumValue(job.state)) ?? 'unknown',
    settings: readSettings(job, text),
    // A job without a server id matches no VM: it is counted, and never changed.
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

/** Reads a server of the catalogue; undefined for one without an id. */
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

/** Reads what the service returns of a server's VM. */
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

/** Returns of a connector what plans look at. */
export function toObservedConnector({
  id,
  healthy,
  vmManagerId,
  vmManagerName: name,
}: Connector): ObservedConnector {
  return {
    id,
    healthy,
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(name !== undefined && { name }),
  };
}

/** Reads a connector; undefined for one without an id. */
export function readConnector(connector: WireConnector): Connector | undefined {
  const { connectorId: id, version, vmManagerName, vmManagerId, ipAddress, macAddress } = connector;
  if (id === undefined) return undefined;
  return {
    id,
    healthy: normalizeEnumValue(connector.status) === 'HEALTHY',
    ...(version !== undefined && { version }),
    ...(vmManagerName !== undefined && { vmManagerName }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(ipAddress !== undefined && { ipAddress }),
    ...(macAddress !== undefined && { macAddress }),
    ...(connector.associatedOn !== undefined && { associatedAt: connector.associatedOn.getTime() }),
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
 * Spells a state or type as the API's model does: replies have `Pending` and `NOT IMPORTED` (founding document, "Verify
 * replication runs"), the model `PENDING` and `NOT_IMPORTED`.
 */
export function normalizeEnumValue(word: string | undefined): string {
  return (word ?? '').trim().toUpperCase().replaceAll(' ', '_');
}
