import type { Job, SourceServer } from '@aws-sdk/client-mgn';
import type { Observed, ObservedServer } from '../../../core/observed.ts';
import type { MgnJob } from '../steps/sequence.ts';

/** Reads how long the jobs of an account that have ended took; a launch counts only if a server of it was launched. */
export function jobDurations(jobs: readonly Job[]): Required<Pick<Observed, 'jobDurations'>> {
  const launch: number[] = [];
  const terminate: number[] = [];
  for (const { status, initiatedBy, creationDateTime, endDateTime, participatingServers = [] } of jobs) {
    const duration = Date.parse(endDateTime ?? '') - Date.parse(creationDateTime ?? '');
    if (status !== 'COMPLETED' || !(duration > 0)) continue;
    const has = (wanted: string): boolean =>
      participatingServers.some(({ launchStatus }) => launchStatus === wanted);
    if (initiatedBy === 'TERMINATE' && has('TERMINATED')) terminate.push(duration);
    if ((initiatedBy === 'START_TEST' || initiatedBy === 'START_CUTOVER') && has('LAUNCHED'))
      launch.push(duration);
  }
  return { jobDurations: { launch, terminate } };
}

/** Reads the size of the disks of a VM that need not replicate yet. */
export function sizeOf({ sourceProperties }: SourceServer): Pick<ObservedServer, 'diskGiB'> {
  const total = (sourceProperties?.disks ?? []).reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return total === 0 ? {} : { diskGiB: total / 2 ** 30 };
}

/** Reads the size of the disks of a server, and how far their first copy is while it runs. */
export function copyOf({
  dataReplicationInfo: info,
  lifeCycle,
}: SourceServer): Pick<MgnJob, 'diskGiB' | 'firstCopy'> {
  const sum = (member: 'totalStorageBytes' | 'replicatedStorageBytes'): number =>
    (info?.replicatedDisks ?? []).reduce((bytes, disk) => bytes + (disk[member] ?? 0), 0) / 2 ** 30;
  const total = sum('totalStorageBytes');
  if (total === 0) return {};
  const since = Date.parse(lifeCycle?.firstByteDateTime ?? '');
  const end = Date.parse(info?.etaDateTime ?? '');
  const isFirst = info?.dataReplicationState === 'INITIAL_SYNC' && !Number.isNaN(since);
  return {
    diskGiB: total,
    ...(isFirst && {
      firstCopy: {
        since,
        doneGiB: sum('replicatedStorageBytes'),
        ...(!Number.isNaN(end) && { endsAt: end }),
      },
    }),
  };
}
