import { omitUndefined } from '../collections.ts';
import { launchRefusal, launchRequest } from '../ec2/launch.ts';
import { MINUTE, variedDuration } from '../simulation/durations.ts';
import { serialId } from '../simulation/ids.ts';
import { isWindows, isWindowsClient } from './inventory.ts';
import { defaultVersionOf, managedTags, rightSize } from './launch-template.ts';
import { plannedActions } from './post-launch.ts';
import type { Instance, Job, Participant, Purpose, SourceServer, Tags } from './records.ts';
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
  const taken = takenAddresses(simulation);
  const participants = servers.map((server, index) =>
    participantOf(simulation, purpose, server, number, index, taken),
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
  taken: () => Set<string>,
): Participant {
  const startsAt = simulation.now + PENDING_DURATION;
  const serial = job * 1000 + index;
  const { id: serverId, machine } = server;
  if (purpose !== 'TERMINATE') rightSize(simulation.mgn, server, simulation.now);
  if (purpose === 'TERMINATE') {
    const instanceId = server.launched?.instanceId;
    return omitUndefined({ serverId, endsAt: startsAt + TERMINATION_DURATION, instanceId });
  }
  const endsAt = startsAt + variedDuration((isWindows(machine.os) ? 20 : 12) * MINUTE, serial);
  const failure = launchFailureOf(simulation, purpose, server) ?? templateRefusal(server, taken);
  // A launch that fails leaves the instance that it would replace.
  if (failure !== undefined) return { serverId, endsAt, failure };
  const common = omitUndefined({ serverId, endsAt, replaces: server.launched?.instanceId });
  const instance = instanceOf(simulation, server, mgnJobId(job));
  if (instance.privateIp !== undefined) taken().add(addressKey(instance.subnetId ?? '', instance.privateIp));
  const postLaunch = plannedActions(simulation, purpose, server, endsAt, serial);
  return { ...common, instanceId: serialId('i-', serial), instance, ...omitUndefined({ postLaunch }) };
}

const addressKey = (subnetId: string, address: string) => `${subnetId} ${address}`;

/** Makes a function that returns the addresses of instances, which few launches ask for. */
function takenAddresses({ mgn }: MgnSimulationContext): () => Set<string> {
  let found: Set<string> | undefined;
  const read = () =>
    new Set(
      [...mgn.servers.values()].flatMap(({ launched }) => {
        const { subnetId = '', privateIp } = launched?.instance ?? {};
        return privateIp === undefined ? [] : [addressKey(subnetId, privateIp)];
      }),
    );
  return () => (found ??= read());
}

/** Returns why EC2 refuses the launch. The launch first ends a previous instance of the server, whose address is then free. */
function templateRefusal(server: SourceServer, taken: () => Set<string>): string | undefined {
  const { subnetId = '', privateIp = '' } = server.launched?.instance ?? {};
  const own = addressKey(subnetId, privateIp);
  return launchRefusal(defaultVersionOf(server).data, (subnet, address) => {
    const key = addressKey(subnet, address);
    return key !== own && taken().has(key);
  });
}

/** Returns the instance that the launch of a server makes of the default version of its template. */
function instanceOf({ mgn }: MgnSimulationContext, server: SourceServer, job: string): Instance {
  const { number, data } = defaultVersionOf(server);
  const { copyTags = false } = configuredLaunch(mgn, server);
  const { instanceTags, ...taken } = launchRequest(data);
  return {
    ...taken,
    type: String(data['InstanceType']),
    templateVersion: number,
    // Tags of the template take precedence over those of the server (user guide, launch template settings).
    tags: {
      ...(copyTags === true && server.tags),
      ...managedTags(server.id),
      'mgn.amazonaws.com-job': job,
      'mgn.amazonaws.com-source-server': server.id,
      ...instanceTags,
    },
  };
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
  const { placement } = launchRequest(defaultVersionOf(server).data);
  return placement?.['Tenancy'] === 'host' || dedicatedHosts.some((glob) => matchesServer(glob, server))
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
    const { instanceId, instance } = part;
    server.launched = { ...omitUndefined({ instance }), instanceId, job: job.number, at };
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
