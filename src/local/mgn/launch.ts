import { luck, serialId } from '../simulation/ids.ts';
import type { Live } from './live.ts';
import { fits } from './course.ts';
import { configuredLaunch } from './settings.ts';
import { isWindows, isWindowsClient } from './guest.ts';
import type { Job, Participant, Purpose, SourceServer, Tags } from './records.ts';
import { touch } from './world.ts';

const MINUTE = 60_000;
/** How long a job stays PENDING. */
const LEAD = 30_000;
const TERMINATION = 2 * MINUTE;

/** Makes the job that launches or terminates instances of these servers. */
export function startJob(live: Live, purpose: Purpose, ids: readonly string[], tags: Tags): void {
  const { mgn, now } = live;
  const number = ++mgn.jobCount;
  const servers = ids.map((id) => touch(live.world.inventory, mgn, id));
  const participants = servers.map((server, index) => participantOf(live, purpose, server, number, index));
  const job: Job = {
    number,
    id: jobId(number),
    purpose,
    createdAt: now,
    startsAt: now + LEAD,
    endsAt: Math.max(...participants.map(({ endsAt }) => endsAt)),
    tags,
    participants,
  };
  mgn.jobs.set(number, job);
  mgn.jobsById.set(job.id, job);
  for (const server of servers) {
    if (purpose === 'TERMINATE') continue;
    const test = purpose === 'START_TEST';
    server.state = test ? 'TESTING' : 'CUTTING_OVER';
    server[test ? 'lastTest' : 'lastCutover'] = { initiatedAt: now, job: number };
  }
  follow(live, job);
}

export const jobId = (number: number) => serialId('mgnjob-', number);

function participantOf(
  live: Live,
  purpose: Purpose,
  server: SourceServer,
  job: number,
  index: number,
): Participant {
  const startsAt = live.now + LEAD;
  const serial = job * 1000 + index;
  const { id: serverId, machine } = server;
  if (purpose === 'TERMINATE') {
    const instanceId = server.launched?.instanceId;
    return { serverId, endsAt: startsAt + TERMINATION, ...(instanceId === undefined ? {} : { instanceId }) };
  }
  const length = (isWindows(machine.os) ? 20 : 12) * MINUTE * (0.9 + 0.2 * luck(serial));
  const endsAt = startsAt + Math.round(length);
  const failure = failureOf(live, purpose, server);
  return failure === undefined
    ? { serverId, endsAt, instanceId: serialId('i-', serial) }
    : { serverId, endsAt, failure };
}

/** Why a launch that begins now will fail; nothing if it will not. */
function failureOf({ world, mgn }: Live, purpose: Purpose, server: SourceServer): string | undefined {
  const { launchFailures = [], dedicatedHosts = [] } = world.faults;
  const of = purpose === 'START_TEST' ? 'test' : 'cutover';
  const scripted = launchFailures.find((one) => fits(one.server, server) && (one.of ?? of) === of);
  if (scripted !== undefined) return scripted.message;
  const { os } = server.machine;
  if (os.trim() === '') return undefined;
  const { licensing } = configuredLaunch(mgn, server) as { licensing?: { osByol?: boolean } };
  const byol = licensing?.osByol ?? false;
  if (!isWindows(os)) {
    return byol
      ? undefined
      : `The operating system ${os} can be launched with its own licence only (osByol: true).`;
  }
  if (!byol) {
    const client = isWindowsClient(os);
    return client
      ? `AWS provides no licence for ${os}: it can be launched with osByol: true only.`
      : undefined;
  }
  return dedicatedHosts.some((glob) => fits(glob, server))
    ? undefined
    : 'A Windows licence of your own can be used on a dedicated host only: the EC2 launch template has another tenancy.';
}

/** Puts what is still to come of a job on the agenda. */
export function follow(live: Live, job: Job): void {
  live.mgn.activeJobs.add(job);
  for (const { serverId, endsAt } of job.participants) {
    live.mgn.busy.set(serverId, job);
    if (endsAt > live.now) {
      live.agenda.add({ at: endsAt, kind: 'participant', server: serverId, job: job.number });
    }
  }
  live.agenda.add({ at: job.endsAt, kind: 'job', server: '', job: job.number });
}

/** A server's part of a job is done. */
export function endPart(job: Job, server: SourceServer, at: number): void {
  const part = job.participants.find(({ serverId }) => serverId === server.id);
  if (part?.endsAt !== at) return;
  if (job.purpose === 'TERMINATE') delete server.launched;
  else if (part.instanceId !== undefined) {
    server.launched = { instanceId: part.instanceId, job: job.number, at };
  }
}

/** The servers of a job are free for another only when all of them are done. */
export function endJob(live: Live, job: Job): void {
  live.mgn.activeJobs.delete(job);
  for (const { serverId } of job.participants) {
    if (live.mgn.busy.get(serverId) === job) live.mgn.busy.delete(serverId);
  }
}
