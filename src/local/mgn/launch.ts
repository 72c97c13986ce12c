import { omitUndefined } from '../collections.ts';
import { MINUTE, variedDuration } from '../simulation/durations.ts';
import { serialId } from '../simulation/ids.ts';
import { isWindows, isWindowsClient } from './inventory.ts';
import type { Job, Participant, Purpose, SourceServer, Tags } from './records.ts';
import { matchesServer } from './replication-timing.ts';
import { ensureServer, type MgnSimulationContext } from './account.ts';
import { configuredLaunch } from './settings.ts';

/** Milliseconds that a job is PENDING. */
const PENDING_DURATION = 30_000;
const TERMINATION_DURATION = 2 * MINUTE;

/** Creates a job that launches or terminates instances of servers. */
export function createJob(
  simulation: MgnSimulationContext,
  purpose: Purpose,
  ids: readonly string[],
  tags: Tags,
): void {
  const { mgn, now } = simulation;
  const number = ++mgn.jobCount;
  const servers = ids.map((id) => ensureServer(simulation.account.inventory, mgn, id));
  const participants = servers.map((server, index) =>
    participantOf(simulation, purpose, server, number, index),
  );
  const job: Job = {
    number,
    id: mgnJobId(number),
    purpose,
    createdAt: now,
    startsAt: now + PENDING_DURATION,
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
  addJobEvents(simulation, job);
}

export const mgnJobId = (number: number) => serialId('mgnjob-', number);

function participantOf(
  simulation: MgnSimulationContext,
  purpose: Purpose,
  server: SourceServer,
  job: number,
  index: number,
): Participant {
  const startsAt = simulation.now + PENDING_DURATION;
  const serial = job * 1000 + index;
  const { id: serverId, machine } = server;
  if (purpose === 'TERMINATE') {
    const instanceId = server.launched?.instanceId;
    return omitUndefined({ serverId, endsAt: startsAt + TERMINATION_DURATION, instanceId });
  }
  const endsAt = startsAt + variedDuration((isWindows(machine.os) ? 20 : 12) * MINUTE, serial);
  const failure = launchFailureOf(simulation, purpose, server);
  return failure === undefined
    ? { serverId, endsAt, instanceId: serialId('i-', serial) }
    : { serverId, endsAt, failure };
}

/** Decides why a launch that starts now will fail; returns nothing if it will succeed. */
function launchFailureOf(
  { account, mgn }: MgnSimulationContext,
  purpose: Purpose,
  server: SourceServer,
): string | undefined {
  const { launchFailures = [], dedicatedHosts = [] } = account.faults;
  const of = purpose === 'START_TEST' ? 'test' : 'cutover';
  const scripted = launchFailures.find((one) => matchesServer(one.server, server) && (one.of ?? of) === of);
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
  return dedicatedHosts.some((glob) => matchesServer(glob, server))
    ? undefined
    : 'A Windows licence of your own can be used on a dedicated host only: the EC2 launch template has another tenancy.';
}

/** Adds the future events of a job. */
export function addJobEvents(simulation: MgnSimulationContext, job: Job): void {
  simulation.mgn.activeJobs.add(job);
  for (const { serverId, endsAt } of job.participants) {
    simulation.mgn.activeJobByServer.set(serverId, job);
    if (endsAt > simulation.now) {
      simulation.events.add({ at: endsAt, kind: 'participant', server: serverId, job: job.number });
    }
  }
  simulation.events.add({ at: job.endsAt, kind: 'job', job: job.number });
}

/** Ends the part of a server in a job. */
export function endParticipant(job: Job, server: SourceServer, at: number): void {
  const part = job.participants.find(({ serverId }) => serverId === server.id);
  if (part?.endsAt !== at) return;
  if (job.purpose === 'TERMINATE') delete server.launched;
  else if (part.instanceId !== undefined) {
    server.launched = { instanceId: part.instanceId, job: job.number, at };
  }
}

/** Ends a job: only then can another job process its servers. */
export function endJob(simulation: MgnSimulationContext, job: Job): void {
  simulation.mgn.activeJobs.delete(job);
  for (const { serverId } of job.participants) {
    if (simulation.mgn.activeJobByServer.get(serverId) === job)
      simulation.mgn.activeJobByServer.delete(serverId);
  }
}
