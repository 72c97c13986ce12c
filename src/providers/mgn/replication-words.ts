import type { DataReplicationInfo } from '@aws-sdk/client-mgn';
import { displayInstant } from '../../core/time.ts';

/**
 * How a replication goes, in words: `initial sync 42 %`; of one that has stalled, why. Undefined where there is nothing
 * to add to the state.
 */
export function replicationWords(info: DataReplicationInfo | undefined): string | undefined {
  switch (info?.dataReplicationState) {
    case 'STALLED':
      return stallWords(info);
    case 'INITIATING':
      return `initiating${stepWords(info)}`;
    case 'INITIAL_SYNC':
      return `initial sync${shareWords(info)}${endWords(info)}`;
    case 'RESCAN':
      return `rescan${shareWords(info)}${endWords(info)}`;
    case 'PENDING_SNAPSHOT_SHIPPING':
      return 'waits for its turn to ship a snapshot';
    case 'CREATING_SNAPSHOT':
      return 'creating a snapshot';
    case 'SHIPPING_SNAPSHOT':
      return 'shipping a snapshot';
    case 'BACKLOG':
      return `catching up on a backlog${lagWords(info)}`;
    case 'CONTINUOUS':
      return `continuous${lagWords(info)}`;
    case 'PAUSED':
    case 'STOPPED':
    case 'DISCONNECTED':
    case undefined:
      return undefined;
  }
}

function stallWords({ dataReplicationError }: DataReplicationInfo): string | undefined {
  const { error, rawError } = dataReplicationError ?? {};
  const words = [error === undefined ? [] : plain(error), rawError ?? []].flat();
  return words.length === 0 ? undefined : words.join(': ');
}

/** The step of the initiation that is under way, or that has failed. */
function stepWords({ dataReplicationInitiation }: DataReplicationInfo): string {
  const step = dataReplicationInitiation?.steps?.find(
    ({ status }) => status === 'IN_PROGRESS' || status === 'FAILED',
  );
  return step?.name === undefined ? '' : `: ${plain(step.name)}`;
}

function shareWords({ replicatedDisks = [] }: DataReplicationInfo): string {
  const sum = (member: 'totalStorageBytes' | 'replicatedStorageBytes'): number =>
    replicatedDisks.reduce((bytes, disk) => bytes + (disk[member] ?? 0), 0);
  const total = sum('totalStorageBytes');
  return total > 0 ? ` ${Math.floor((100 * sum('replicatedStorageBytes')) / total)} %` : '';
}

/** When the service expects the end of what it ships. */
function endWords({ etaDateTime }: DataReplicationInfo): string {
  const end = Date.parse(etaDateTime ?? '');
  return Number.isNaN(end) ? '' : `, done about ${displayInstant(end - (end % 60_000))}`;
}

/** How far what is in AWS lags behind the source: `, 2 h 13 min behind`. The service tells it as an ISO 8601 duration. */
function lagWords({ lagDuration = '' }: DataReplicationInfo): string {
  const [, days, hours, minutes] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:[\d.]+S)?)?$/.exec(lagDuration) ?? [];
  const units = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
  ] as const;
  const told = units.filter(([number = '0']) => Number(number) > 0).slice(0, 2);
  return told.length === 0
    ? ''
    : `, ${told.map(([number, unit]) => `${Number(number)} ${unit}`).join(' ')} behind`;
}

/** A word of the API's enums as people write it. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll('_', ' ');
}
