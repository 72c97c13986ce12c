import type {
  Connector as WireConnector,
  ReplicationJob,
  ReplicationRun as WireRun,
  Server,
  VmServer,
} from '@aws-sdk/client-sms';
import { toServerId } from '../../core/names.ts';
import type {
  CatalogState,
  JobState,
  ObservedConnector,
  ObservedServer,
  PastJob,
  ReplicationRun,
  RunState,
} from '../../core/observed.ts';
import type { Connector } from '../../core/operations.ts';
import { formatInstant } from '../../core/time.ts';
import { readDescription } from './marker.ts';
import type { Sms, SmsJob } from './types.ts';
import type { SmsSettings } from './settings.ts';

/** Something that is being read: there can be a hundred thousand of each, and parts that are spread take longer. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

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
export function readJob(job: ReplicationJob): SmsJob | undefined {
  if (isDeletedJob(job)) return undefined;
  const common = readAnyJob(job);
  if (common === undefined) return undefined;
  const state = JOB_STATES.get(normalizeEnumValue(job.state)) ?? 'unknown';
  const next = job.nextReplicationRunStartTime;
  return next === undefined ? { state, ...common } : { state, nextRunAt: next.getTime(), ...common };
}

/** Reads a job that is deleted or being deleted; undefined for any other, or one without an id. */
export function readPastJob(job: ReplicationJob): PastJob<Sms> | undefined {
  return isDeletedJob(job) ? readAnyJob(job) : undefined;
}

function readAnyJob(job: ReplicationJob): PastJob<Sms> | undefined {
  if (job.replicationJobId === undefined) return undefined;
  const { serverId, statusMessage, latestAmiId, replicationRunList } = job;
  const { text, owner, cutover } = readDescription(job.description ?? '');
  const start = job.seedReplicationTime?.getTime();
  const read: Writable<PastJob<Sms>> = {
    id: job.replicationJobId,
    server: toObservedServer(serverId ?? '', job.vmServer),
    settings: readSettings(job, text),
  };
  // A job without a server id matches no VM: it is counted, and never changed.
  if (owner !== undefined && serverId !== undefined) read.owner = owner;
  if (start !== undefined) read.startsAt = start;
  if (statusMessage !== undefined) read.statusMessage = statusMessage;
  if (latestAmiId !== undefined) read.latestAmiId = latestAmiId;
  if (replicationRunList !== undefined)
    read.runs = replicationRunList.flatMap((run) => readRun(run) ?? []).toSorted(lastScheduledFirst);
  return cutover === undefined ? read : { ...read, ...cutover };
}

/** Sorts runs, the last scheduled first. */
export function lastScheduledFirst(a: ReplicationRun, b: ReplicationRun): number {
  return (b.scheduledAt ?? 0) - (a.scheduledAt ?? 0);
}

/** Whether a job is deleted or being deleted. */
export function isDeletedJob({ state }: ReplicationJob): boolean {
  return DELETED_STATES.has(normalizeEnumValue(state));
}

function readSettings(job: ReplicationJob, description: string): SmsSettings {
  const { frequency, runOnce, licenseType, roleName, numberOfRecentAmisToKeep, encrypted, kmsKeyId } = job;
  const { seedReplicationTime: seed, nextReplicationRunStartTime: next } = job;
  const settings: Writable<SmsSettings> = {};
  if (description !== '') settings.description = description;
  if (encrypted !== undefined) settings.encrypted = encrypted;
  if (frequency !== undefined) settings.frequency = frequency;
  if (kmsKeyId !== undefined) settings.kmsKeyId = kmsKeyId;
  if (licenseType !== undefined) settings.licenseType = normalizeEnumValue(licenseType);
  if (next !== undefined) settings.nextReplicationRunStartTime = formatInstant(next.getTime());
  if (numberOfRecentAmisToKeep !== undefined) settings.numberOfRecentAmisToKeep = numberOfRecentAmisToKeep;
  if (roleName !== undefined) settings.roleName = roleName;
  if (runOnce !== undefined) settings.runOnce = runOnce;
  if (seed !== undefined) settings.seedReplicationTime = formatInstant(seed.getTime());
  return settings;
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
  if (!hadJob) return server;
  return { ...server, hadJob, ...(replicationJobId !== undefined && { jobId: replicationJobId }) };
}

/** Reads what the service returns of a server's VM. */
function toObservedServer(serverId: string, vm: VmServer = {}): ObservedServer {
  const { vmName, vmPath, vmManagerName, vmServerAddress: { vmManagerId, vmId } = {} } = vm;
  const server: Writable<ObservedServer> = { serverId: toServerId(serverId) };
  if (vmName !== undefined) server.name = vmName;
  if (vmPath !== undefined) server.path = vmPath;
  if (vmManagerId !== undefined) server.vmManagerId = vmManagerId;
  if (vmManagerName !== undefined) server.vmManagerName = vmManagerName;
  if (vmId !== undefined) server.vmId = vmId;
  return server;
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
function normalizeEnumValue(word: string | undefined): string {
  return (word ?? '').trim().toUpperCase().replaceAll(' ', '_');
}

const RUN_STATES: ReadonlyMap<string, RunState> = new Map([
  ['PENDING', 'pending'],
  ['MISSED', 'missed'],
  ['ACTIVE', 'active'],
  ['FAILED', 'failed'],
  ['COMPLETED', 'completed'],
  ['DELETING', 'deleting'],
  ['DELETED', 'deleted'],
]);

const RUN_TYPES: ReadonlyMap<string, ReplicationRun['type']> = new Map([
  ['AUTOMATIC', 'automatic'],
  ['ON_DEMAND', 'on-demand'],
]);

/** Reads a run; undefined for one without an id. */
export function readRun(run: WireRun): ReplicationRun | undefined {
  const { replicationRunId: id, stageDetails, statusMessage, description, amiId } = run;
  const { scheduledStartTime: scheduled, completedTime: completed } = run;
  if (id === undefined) return undefined;
  // A completed run carries its state as its message (domain: learnt since).
  const repeats = normalizeEnumValue(statusMessage) === normalizeEnumValue(run.state);
  return {
    id,
    state: RUN_STATES.get(normalizeEnumValue(run.state)) ?? 'unknown',
    type: RUN_TYPES.get(normalizeEnumValue(run.type)) ?? 'unknown',
    ...(stageDetails?.stage !== undefined && { stage: stageDetails.stage }),
    ...(stageDetails?.stageProgress !== undefined && { progress: stageDetails.stageProgress }),
    ...(statusMessage !== undefined && !repeats && { statusMessage }),
    ...(description !== undefined && { description }),
    ...(amiId !== undefined && { amiId }),
    ...(scheduled !== undefined && { scheduledAt: scheduled.getTime() }),
    ...(completed !== undefined && { completedAt: completed.getTime() }),
  };
}
