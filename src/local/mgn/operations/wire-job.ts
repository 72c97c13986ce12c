import type { Job, Participant } from '../records.ts';
import { arnOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { time } from './time.ts';

export function wireJob(desk: MgnDesk, job: Job): object {
  const { now } = desk.world;
  const { id, purpose, createdAt, startsAt, endsAt, tags, participants } = job;
  return {
    jobID: id,
    arn: arnOf(desk, 'job', id),
    type: purpose === 'TERMINATE' ? 'TERMINATE' : 'LAUNCH',
    initiatedBy: purpose,
    creationDateTime: time(createdAt),
    endDateTime: now < endsAt ? undefined : time(endsAt),
    status: now < startsAt ? 'PENDING' : now < endsAt ? 'STARTED' : 'COMPLETED',
    participatingServers: participants.map((part) => ({
      sourceServerID: part.serverId,
      launchStatus: statusOf(job, part, now),
      launchedEc2InstanceID: purpose !== 'TERMINATE' && now < part.endsAt ? undefined : part.instanceId,
    })),
    tags,
  };
}

function statusOf({ purpose, startsAt }: Job, { endsAt, failure }: Participant, now: number): string {
  if (now < endsAt) return now < startsAt ? 'PENDING' : 'IN_PROGRESS';
  if (purpose === 'TERMINATE') return 'TERMINATED';
  return failure === undefined ? 'LAUNCHED' : 'FAILED';
}

interface LogItem {
  readonly at: number;
  readonly event: string;
  readonly data?: object;
}

/** What a launch does, and how far into it. */
const LAUNCH: readonly (readonly [string, number])[] = [
  ['SNAPSHOT_START', 0],
  ['SNAPSHOT_END', 0.2],
  ['CONVERSION_START', 0.2],
  ['CONVERSION_END', 0.8],
  ['LAUNCH_START', 0.8],
];

/** The log of a job up to now, in the order in which it came about. */
export function logOf(job: Job, now: number): object[] {
  const items: LogItem[] = [{ at: job.startsAt, event: 'JOB_START' }];
  for (const part of job.participants) items.push(...logOfPart(job, part));
  items.sort((a, b) => a.at - b.at);
  items.push({ at: job.endsAt, event: 'JOB_END' });
  return items
    .filter(({ at }) => at <= now)
    .map(({ at, event, data }) => ({ logDateTime: time(at), event, eventData: data }));
}

function logOfPart({ purpose, startsAt }: Job, part: Participant): LogItem[] {
  const { serverId: sourceServerID, endsAt, instanceId: targetInstanceID, failure } = part;
  if (purpose === 'TERMINATE') {
    const data = { sourceServerID, targetInstanceID };
    return [
      { at: startsAt, event: 'CLEANUP_START', data },
      { at: endsAt, event: 'CLEANUP_END', data },
    ];
  }
  const items: LogItem[] = LAUNCH.map(([event, share]) => ({
    at: Math.round(startsAt + share * (endsAt - startsAt)),
    event,
    data: { sourceServerID },
  }));
  if (failure === undefined) return items;
  return [...items, { at: endsAt, event: 'LAUNCH_FAILED', data: { sourceServerID, rawError: failure } }];
}
