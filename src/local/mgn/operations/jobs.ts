import { postLaunchStatus } from '../post-launch.ts';
import type { Job, Participant, Purpose, SourceServer, Tags } from '../records.ts';
import { isLaunchable } from '../replication.ts';
import { digestId } from '../../simulation/ids.ts';
import { findServer } from '../account.ts';
import { arnOf, isoTime, type MgnOperationContext, recordedTime } from './context.ts';
import { conflict, invalidRequest, notFound, quotaExceeded } from './errors.ts';
import { listPage, type PageInput } from './page.ts';
import { checkNoActiveJob, notLaunchable } from './server-actions.ts';
import { checkTags } from './tags.ts';

/** The lifecycle states in which instances may be launched, for the first time or again. */
const LAUNCH_STATES: Readonly<Record<Exclude<Purpose, 'TERMINATE'>, readonly string[]>> = {
  START_TEST: ['READY_FOR_TEST', 'TESTING'],
  START_CUTOVER: ['READY_FOR_CUTOVER', 'CUTTING_OVER'],
};
const NO_TERMINATION_STATES: readonly string[] = ['TESTING', 'CUTTING_OVER', 'CUTOVER'];

/** Starts the job that launches or terminates the instances of some servers. */
export function startLaunchJob(
  purpose: Purpose,
  context: MgnOperationContext,
  input: { readonly sourceServerIDs: readonly string[]; readonly tags?: Tags },
): object {
  const { sourceServerIDs: ids, tags = {} } = input;
  checkTags(tags);
  if (new Set(ids).size < ids.length) throw wrongIds('must not repeat');
  const servers = ids.map((id) => {
    const server = findServer(context.account.inventory, context.mgn, id);
    if (server === undefined) throw wrongIds(`must name source servers, which ${id} is not`);
    return server;
  });
  checkNoActiveJob(context, ids);
  checkStates(purpose, servers);
  checkJobQuotas(context, ids.length);
  context.commit({ do: 'job', purpose, ids, tags });
  const job = context.mgn.jobs.get(context.mgn.jobCount);
  return job === undefined ? {} : { job: wireJob(context, job) };
}

function checkStates(purpose: Purpose, servers: readonly SourceServer[]): void {
  const refuse = (wrong: readonly SourceServer[], why: string) => {
    if (wrong.length === 0) return;
    const said = wrong.map(({ id, state }) => `${id} (${state})`).join(', ');
    throw conflict(
      `${said}: ${why}.`,
      'SourceServer',
      wrong.map(({ id }) => id),
    );
  };
  refuse(
    servers.filter(({ archived }) => archived),
    'archived',
  );
  if (purpose === 'TERMINATE') {
    refuse(
      servers.filter(({ state }) => NO_TERMINATION_STATES.includes(state)),
      'in a state in which instances stay',
    );
    refuse(
      servers.filter(({ launched }) => launched === undefined),
      'without a launched instance',
    );
    return;
  }
  const from = LAUNCH_STATES[purpose];
  refuse(
    servers.filter(({ state }) => !from.includes(state)),
    `not in ${from.join(' or ')}`,
  );
  const without = servers.filter((server) => !isLaunchable(server));
  if (without.length > 0) throw notLaunchable(without);
}

function checkJobQuotas({ mgn, quotas }: MgnOperationContext, servers: number): void {
  const { activeJobs, serversInActiveJobs } = quotas;
  if (mgn.activeJobs.size >= activeJobs) throw quotaExceeded('jobs in progress', activeJobs, 'L-FE2EBE17');
  if (mgn.activeJobByServer.size + servers > serversInActiveJobs) {
    throw quotaExceeded('source servers in all jobs in progress', serversInActiveJobs);
  }
}

const wrongIds = (message: string) =>
  invalidRequest(`sourceServerIDs ${message}.`, [{ name: 'sourceServerIDs', message }]);

interface JobInput {
  readonly jobID: string;
}

/** Lists jobs, the latest first. */
export function describeJobs(
  context: MgnOperationContext,
  input: PageInput & {
    readonly filters?: {
      readonly jobIDs?: readonly string[];
      readonly fromDate?: string;
      readonly toDate?: string;
    };
  },
): object {
  const { jobIDs = [], fromDate, toDate } = input.filters ?? {};
  const ids = new Set(jobIDs);
  const from = fromDate === undefined ? -Infinity : Date.parse(fromDate);
  const to = toDate === undefined ? Infinity : Date.parse(toDate);
  const fits = ({ id, createdAt }: Job) =>
    (ids.size === 0 || ids.has(id)) && createdAt >= from && createdAt <= to;
  return listPage<Job>(
    context,
    {
      operation: 'Job',
      after: (cursor, count) => jobsBefore(context, cursor === '' ? Infinity : Number(cursor), count, fits),
      cursorOf: ({ number }) => String(number),
    },
    input,
    (job) => wireJob(context, job),
  );
}

function jobsBefore(
  { mgn }: MgnOperationContext,
  number: number,
  count: number,
  fits: (job: Job) => boolean,
): Job[] {
  const found: Job[] = [];
  for (let at = Math.min(number - 1, mgn.jobCount); at > 0 && found.length < count; at -= 1) {
    const job = mgn.jobs.get(at);
    if (job !== undefined && fits(job)) found.push(job);
  }
  return found;
}

/** Finds a job. The API model has no error for an unknown job in this operation. */
export function describeJobLogItems(context: MgnOperationContext, input: PageInput & JobInput): object {
  const job = context.mgn.jobsById.get(input.jobID);
  if (job === undefined) {
    throw invalidRequest(`Job ${input.jobID} not found.`, [{ name: 'jobID', message: 'must name a job' }]);
  }
  const log = logOf(job, context.account.now).map((item, index) => ({ item, index }));
  return listPage(
    context,
    {
      operation: 'JobLog',
      after: (cursor, count) => {
        const start = cursor === '' ? 0 : Number(cursor) + 1;
        return log.slice(start, start + count);
      },
      cursorOf: ({ index }) => String(index),
    },
    input,
    ({ item }) => item,
  );
}

export function deleteJob(context: MgnOperationContext, { jobID }: JobInput): object {
  const job = context.mgn.jobsById.get(jobID);
  if (job === undefined) throw notFound('Job', jobID);
  if (context.mgn.activeJobs.has(job)) throw conflict(`Job ${jobID} is in progress.`, 'Job', [jobID]);
  context.commit({ do: 'delete-job', number: job.number });
  return {};
}

function wireJob(context: MgnOperationContext, job: Job): object {
  const { now } = context.account;
  const { id, purpose, createdAt, startsAt, endsAt, tags, participants } = job;
  return {
    jobID: id,
    arn: arnOf(context, 'job', id),
    type: purpose === 'TERMINATE' ? 'TERMINATE' : 'LAUNCH',
    initiatedBy: purpose,
    creationDateTime: recordedTime(createdAt),
    endDateTime: now < endsAt ? undefined : recordedTime(endsAt),
    status: now < startsAt ? 'PENDING' : now < endsAt ? 'STARTED' : 'COMPLETED',
    participatingServers: participants.map((part) => ({
      sourceServerID: part.serverId,
      launchStatus: statusOf(job, part, now),
      launchedEc2InstanceID: purpose !== 'TERMINATE' && now < part.endsAt ? undefined : part.instanceId,
      postLaunchActionsStatus: postLaunchStatus(part, now, isoTime),
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

/** The events of a launch, and when each happens in it. */
const LAUNCH_EVENTS: readonly (readonly [string, number])[] = [
  ['CLEANUP_START', 0],
  ['CLEANUP_END', 0.1],
  ['SNAPSHOT_START', 0.1],
  ['SNAPSHOT_END', 0.2],
  ['CONVERSION_START', 0.2],
  ['CONVERSION_END', 0.8],
  ['LAUNCH_START', 0.8],
];

/** Returns the events of a job until now, in order. */
function logOf(job: Job, now: number): object[] {
  const items: LogItem[] = [{ at: job.startsAt, event: 'JOB_START' }];
  for (const part of job.participants) items.push(...logOfPart(job, part));
  items.sort((a, b) => a.at - b.at);
  items.push({ at: job.endsAt, event: 'JOB_END' });
  return items
    .filter(({ at }) => at <= now)
    .map(({ at, event, data }) => ({ logDateTime: isoTime(at), event, eventData: data }));
}

function logOfPart({ number, purpose, startsAt }: Job, part: Participant): LogItem[] {
  const { serverId: sourceServerID, endsAt, instanceId: targetInstanceID, failure, replaces } = part;
  if (purpose === 'TERMINATE') {
    const data = { sourceServerID, targetInstanceID };
    return [
      { at: startsAt, event: 'CLEANUP_START', data },
      { at: endsAt, event: 'CLEANUP_END', data },
    ];
  }
  const conversionServerID = digestId('i-', `conversion ${number} ${sourceServerID}`);
  const dataOf = (event: string) => {
    if (event.startsWith('CLEANUP')) return { sourceServerID, targetInstanceID: replaces };
    if (event.startsWith('SNAPSHOT')) return { sourceServerID };
    return event.startsWith('LAUNCH')
      ? { sourceServerID, conversionServerID, targetInstanceID }
      : { sourceServerID, conversionServerID };
  };
  const items: LogItem[] = LAUNCH_EVENTS.filter(
    ([event]) => replaces !== undefined || !event.startsWith('CLEANUP'),
  ).map(([event, share]) => ({
    at: Math.round(startsAt + share * (endsAt - startsAt)),
    event,
    data: dataOf(event),
  }));
  if (failure === undefined) return items;
  const data = { ...dataOf('LAUNCH_FAILED'), rawError: failure };
  return [...items, { at: endsAt, event: 'LAUNCH_FAILED', data }];
}
