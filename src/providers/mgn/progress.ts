import type { DataReplicationInfo } from '@aws-sdk/client-mgn';
import { displayInstant } from '../../core/time.ts';
import { factsOf, type MgnJob } from './steps/sequence.ts';

/** Describes the replication of a source server in the service's words, and whether it comes to an end by itself. */
export function progress(job: MgnJob): { readonly replication?: string; readonly isMoving: boolean } {
  const { state, statusMessage } = job;
  const { lifecycle, replication, busy } = factsOf(job);
  const text = statusMessage ?? (replication === undefined ? undefined : enumText(replication));
  const isSyncing = lifecycle === 'NOT_READY' && (state === 'active' || state === 'pending');
  return { ...(text !== undefined && { replication: text }), isMoving: busy === true || isSyncing };
}

/** Writes a constant of the API's enums as words: `INITIAL_SYNC` as `initial sync`. */
export function enumText(constant: string): string {
  return constant.toLowerCase().replaceAll('_', ' ');
}

/**
 * Describes a replication: `initial sync 42 %`; of one that has stalled, why. Undefined where there is nothing to add to
 * the state.
 */
export function replicationText(info: DataReplicationInfo | undefined): string | undefined {
  switch (info?.dataReplicationState) {
    case 'STALLED':
      return stallText(info);
    case 'INITIATING':
      return `initiating${initiationText(info)}`;
    case 'INITIAL_SYNC':
      return `initial sync${percentText(info)}${etaText(info)}`;
    case 'RESCAN':
      return `rescan${percentText(info)}${etaText(info)}`;
    case 'PENDING_SNAPSHOT_SHIPPING':
      return 'waiting to ship a snapshot';
    case 'CREATING_SNAPSHOT':
      return 'creating a snapshot';
    case 'SHIPPING_SNAPSHOT':
      return 'shipping a snapshot';
    case 'BACKLOG':
      return `catching up on a backlog${backlogText(info)}${lagText(info)}`;
    case 'CONTINUOUS':
      return `continuous${lagText(info)}`;
    case 'PAUSED':
    case 'STOPPED':
    case 'DISCONNECTED':
    case undefined:
      return undefined;
  }
}

function stallText({ dataReplicationError }: DataReplicationInfo): string | undefined {
  const { error, rawError } = dataReplicationError ?? {};
  const words = [error === undefined ? [] : enumText(error), rawError ?? []].flat();
  return words.length === 0 ? undefined : words.join(': ');
}

/** Writes the step of the initiation that is in progress, or that has failed; none while the initiation waits to begin. */
function initiationText({ dataReplicationInitiation }: DataReplicationInfo): string {
  const step = dataReplicationInitiation?.steps?.find(
    ({ status }) => status === 'IN_PROGRESS' || status === 'FAILED',
  );
  return step?.name === undefined || step.name === 'WAIT' ? '' : `: ${enumText(step.name)}`;
}

function percentText({ replicatedDisks = [] }: DataReplicationInfo): string {
  const sum = (member: 'totalStorageBytes' | 'replicatedStorageBytes'): number =>
    replicatedDisks.reduce((bytes, disk) => bytes + (disk[member] ?? 0), 0);
  const total = sum('totalStorageBytes');
  return total > 0 ? ` ${Math.floor((100 * sum('replicatedStorageBytes')) / total)} %` : '';
}

/** Writes how much data waits to be shipped: ` of 12.5 GiB`. */
function backlogText({ replicatedDisks = [] }: DataReplicationInfo): string {
  const bytes = replicatedDisks.reduce((sum, disk) => sum + (disk.backloggedStorageBytes ?? 0), 0);
  return bytes === 0 ? '' : ` of ${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Writes when the service expects the end of a transfer. */
function etaText({ etaDateTime }: DataReplicationInfo): string {
  const end = Date.parse(etaDateTime ?? '');
  return Number.isNaN(end) ? '' : `, done about ${displayInstant(end - (end % 60_000))}`;
}

/** Writes how far the data in AWS lags behind the source: `, 2 h 13 min behind`. The service gives an ISO 8601 duration. */
function lagText({ lagDuration }: DataReplicationInfo): string {
  const minutes = Math.floor((parseLag(lagDuration) ?? 0) / 60_000);
  const units = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const parts = units.filter(([number]) => number > 0).slice(0, 2);
  return parts.length === 0 ? '' : `, ${parts.map(([number, unit]) => `${number} ${unit}`).join(' ')} behind`;
}

/** Parses an ISO 8601 duration, into milliseconds; undefined where there is none, or one in another form. */
export function parseLag(duration: string | undefined): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(duration ?? '');
  if (parts === null) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part || 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** Reads when a replication has started, and the time of its latest snapshot. */
export function replicationTimes({
  lastSnapshotDateTime,
  dataReplicationInitiation,
}: DataReplicationInfo = {}): Pick<MgnJob, 'startsAt' | 'recoveryPointAt'> {
  const snapshot = Date.parse(lastSnapshotDateTime ?? '');
  const start = Date.parse(dataReplicationInitiation?.startDateTime ?? '');
  return {
    ...(!Number.isNaN(start) && { startsAt: start }),
    ...(!Number.isNaN(snapshot) && { recoveryPointAt: snapshot }),
  };
}
