import { vcenterClientId } from '../census.ts';
import { failingStep, shippedShare, STEP, STEPS } from '../course.ts';
import { diskNames, diskSizes } from '../disks.ts';
import { isShipping } from '../replication.ts';
import type { Milestone, Replication, SourceServer } from '../records.ts';
import { jobId } from '../launch.ts';
import { arnOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { duration, time } from './time.ts';

const MINUTE = 60_000;
/** How often a vCenter client is heard of. */
const HEARTBEAT = 5 * MINUTE;
/** From the launch of an instance to its first boot. */
const BOOTING = 5 * MINUTE;
const MEBIBYTE = 2 ** 20;

export function wireServer(desk: MgnDesk, server: SourceServer): object {
  const { id, machine, type, archived, tags, applicationId } = server;
  return {
    sourceServerID: id,
    arn: arnOf(desk, 'source-server', id),
    isArchived: archived,
    tags,
    launchedInstance: launchedOf(desk, server),
    dataReplicationInfo: replicationOf(desk, server),
    lifeCycle: lifeCycleOf(desk, server),
    sourceProperties: propertiesOf(server, desk.mgn.initializedAt),
    replicationType: type,
    vcenterClientID: vcenterClientId(machine.managerId),
    applicationID: applicationId,
  };
}

function launchedOf({ world }: MgnDesk, { launched }: SourceServer): object | undefined {
  if (launched === undefined) return undefined;
  const firstBoot = world.now - launched.at < BOOTING ? 'WAITING' : 'SUCCEEDED';
  return { ec2InstanceID: launched.instanceId, jobID: jobId(launched.job), firstBoot };
}

function lifeCycleOf({ world }: MgnDesk, server: SourceServer): object {
  const { state, addedAt, replication, lastTest, lastCutover } = server;
  const { now } = world;
  const first = replication?.firstByteAt;
  return {
    state,
    addedToServiceDateTime: time(addedAt),
    firstByteDateTime: time(first),
    elapsedReplicationDuration: first === undefined ? undefined : duration(now - first),
    lastSeenByServiceDateTime: time(Math.max(addedAt, Math.floor(now / HEARTBEAT) * HEARTBEAT)),
    lastTest: milestones(lastTest),
    lastCutover: milestones(lastCutover),
  };
}

function milestones({ initiatedAt, job, finalizedAt, revertedAt }: Milestone): object {
  const call = (at: number | undefined) => (at === undefined ? undefined : { apiCallDateTime: time(at) });
  const jobID = job === undefined ? undefined : jobId(job);
  return {
    ...(initiatedAt === undefined ? {} : { initiated: { apiCallDateTime: time(initiatedAt), jobID } }),
    finalized: call(finalizedAt),
    reverted: call(revertedAt),
  };
}

function replicationOf({ world }: MgnDesk, { machine, replication }: SourceServer): object {
  if (replication === undefined) return { dataReplicationState: 'STOPPED', replicatedDisks: [] };
  const { now } = world;
  const { state, snapshotAt, stalled, until, fate } = replication;
  const share = replicatedShare(replication, now);
  const gone = state === 'DISCONNECTED';
  const names = diskNames(machine);
  return {
    dataReplicationState: state,
    lagDuration: snapshotAt === undefined ? undefined : duration(now - snapshotAt),
    lastSnapshotDateTime: time(snapshotAt),
    etaDateTime:
      state === 'INITIAL_SYNC'
        ? time(fate === undefined ? until : replication.since + replication.span)
        : undefined,
    replicatedDisks: diskSizes(machine).map((bytes, index) => ({
      deviceName: names[index],
      totalStorageBytes: gone ? 0 : bytes,
      replicatedStorageBytes: gone ? 0 : Math.floor(bytes * share),
      rescannedStorageBytes: 0,
      backloggedStorageBytes: 0,
    })),
    dataReplicationInitiation: initiationOf(replication, now),
    dataReplicationError:
      stalled === undefined ? undefined : { error: stalled.error, rawError: stalled.message },
  };
}

/** The part of the disks that has been shipped at least once. */
function replicatedShare(replication: Replication, now: number): number {
  if (replication.synced) return 1;
  return isShipping(replication) ? shippedShare(replication, now) : replication.done;
}

function initiationOf({ initiatedAt, state, since, stalled, pausedIn }: Replication, now: number): object {
  const stopped = state === 'STALLED' && stalled !== undefined && failingStep(stalled.error) >= 0;
  const begun = state === 'INITIATING' || (state === 'PAUSED' && pausedIn === 'INITIATING');
  const over = Math.floor((Math.max(since, state === 'PAUSED' ? since : now) - initiatedAt) / STEP);
  const current = stopped ? failingStep(stalled.error) : begun ? over : STEPS.length;
  return {
    startDateTime: time(initiatedAt),
    steps: STEPS.map((name, index) => ({ name, status: stepStatus(index, current, stopped) })),
  };
}

function stepStatus(index: number, current: number, failed: boolean): string {
  if (index < current) return 'SUCCEEDED';
  return index > current ? 'NOT_STARTED' : failed ? 'FAILED' : 'IN_PROGRESS';
}

function propertiesOf({ machine }: SourceServer, updatedAt: number): object {
  const { name, fqdn, path, uuid, os, cpus, mebibytes } = machine;
  const names = diskNames(machine);
  return {
    lastUpdatedDateTime: time(updatedAt),
    recommendedInstanceType: (cpus ?? 2) <= 2 ? 'm5.large' : (cpus ?? 2) <= 4 ? 'm5.xlarge' : 'm5.2xlarge',
    identificationHints: {
      hostname: name,
      fqdn: fqdn ?? name,
      vmPath: path,
      ...(uuid === undefined ? {} : { vmWareUuid: uuid }),
    },
    cpus: cpus === undefined ? [] : [{ cores: cpus, modelName: 'vCPU' }],
    ramBytes: mebibytes === undefined ? undefined : mebibytes * MEBIBYTE,
    disks: diskSizes(machine).map((bytes, index) => ({ deviceName: names[index], bytes })),
    networkInterfaces: [],
    os: { fullString: os },
  };
}
