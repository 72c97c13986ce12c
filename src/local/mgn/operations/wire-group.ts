import type { Group, SourceServer } from '../records.ts';
import { memberCount } from '../world.ts';
import type { GroupKind } from '../world.ts';
import { arnOf, serversOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { time } from './time.ts';

export function wireGroup(kind: GroupKind, desk: MgnDesk, group: Group): object {
  const { id, name, description, archived, createdAt, modifiedAt, tags, waveId } = group;
  const servers = serversOf(kind, desk, group);
  const status = {
    lastUpdateDateTime: time(desk.world.now),
    healthStatus: healthOf(servers),
    progressStatus: progressOf(servers),
  };
  return {
    [`${kind}ID`]: id,
    arn: arnOf(desk, kind, id),
    name,
    description,
    isArchived: archived,
    creationDateTime: time(createdAt),
    lastModifiedDateTime: time(modifiedAt),
    tags,
    ...(kind === 'wave'
      ? {
          waveAggregatedStatus: {
            ...status,
            replicationStartedDateTime: time(startOf(servers)),
            totalApplications: memberCount(desk.mgn, id),
          },
        }
      : { waveID: waveId, applicationAggregatedStatus: { ...status, totalSourceServers: servers.length } }),
  };
}

function healthOf(servers: readonly SourceServer[]): string {
  const states = new Set(servers.map(({ replication }) => replication?.state));
  return states.has('STALLED') ? 'ERROR' : states.has('PAUSED') ? 'LAGGING' : 'HEALTHY';
}

function progressOf(servers: readonly SourceServer[]): string {
  if (servers.every(({ state }) => state === 'DISCOVERED' || state === 'PENDING_INSTALLATION'))
    return 'NOT_STARTED';
  return servers.every(({ state }) => state === 'CUTOVER') ? 'COMPLETED' : 'IN_PROGRESS';
}

/** When the first of them began to replicate. */
function startOf(servers: readonly SourceServer[]): number | undefined {
  const times = servers.flatMap(({ replication }) => replication?.initiatedAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
