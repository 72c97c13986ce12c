import { MINUTE } from '../../simulation/durations.ts';
import { hashBytes } from '../../simulation/ids.ts';
import type { Machine } from '../../simulation/account.ts';
import { diskNames, diskSizes, vcenterClientId } from '../inventory.ts';
import { mgnJobId } from '../launch.ts';
import { recommendedType } from '../launch-template.ts';
import type { Milestone, Replication, SourceServer } from '../records.ts';
import { failingStepIndex, INITIATION_STEPS, shippedShare, STEP_DURATION } from '../replication-timing.ts';
import { isShipping } from '../replication.ts';
import { arnOf, isoDuration, type MgnOperationContext, recordedTime } from './context.ts';

/** How often a vCenter client reports to MGN, in milliseconds. */
const HEARTBEAT = 5 * MINUTE;
/** The time from the launch of an instance to its first boot, in milliseconds. */
const BOOTING = 5 * MINUTE;
/** How often MGN takes a snapshot of the copies that an agent keeps current, in milliseconds. */
const AGENT_SNAPSHOTS = 10 * MINUTE;
const MEBIBYTE = 2 ** 20;
const CPU_MODEL = 'Intel(R) Xeon(R) CPU E5-2676 v3 @ 2.40GHz';

/** @param disks the replicated disks to show instead of the current ones */
export function wireServer(
  context: MgnOperationContext,
  server: SourceServer,
  disks = wireDisks(context, server),
): object {
  const { id, machine, type, archived, tags, applicationId, connectorAction, fqdnForActionFramework } =
    server;
  return {
    sourceServerID: id,
    arn: arnOf(context, 'source-server', id),
    isArchived: archived,
    tags,
    launchedInstance: launchedOf(context, server),
    dataReplicationInfo: replicationOf(context, server, disks),
    lifeCycle: lifeCycleOf(context, server),
    sourceProperties: propertiesOf(server, context.mgn.initializedAt),
    replicationType: type,
    vcenterClientID: machine.managerId === '' ? undefined : vcenterClientId(machine.managerId),
    applicationID: applicationId,
    userProvidedID: machine.userProvidedId,
    connectorAction,
    fqdnForActionFramework,
  };
}

function launchedOf({ account }: MgnOperationContext, { launched }: SourceServer): object | undefined {
  if (launched === undefined) return undefined;
  const firstBoot = account.now - launched.at < BOOTING ? 'WAITING' : 'SUCCEEDED';
  return { ec2InstanceID: launched.instanceId, jobID: mgnJobId(launched.job), firstBoot };
}

function lifeCycleOf({ account }: MgnOperationContext, server: SourceServer): object {
  const { state, addedAt, replication, lastTest, lastCutover } = server;
  const { now } = account;
  const first = replication?.firstByteAt;
  return {
    state,
    addedToServiceDateTime: recordedTime(addedAt),
    firstByteDateTime: recordedTime(first),
    elapsedReplicationDuration: first === undefined ? undefined : isoDuration(now - first),
    lastSeenByServiceDateTime: recordedTime(Math.max(addedAt, Math.floor(now / HEARTBEAT) * HEARTBEAT)),
    lastTest: milestones(lastTest),
    lastCutover: milestones(lastCutover),
  };
}

function milestones({ initiatedAt, job, finalizedAt, revertedAt }: Milestone): object {
  const call = (at: number | undefined) => ({ apiCallDateTime: recordedTime(at) });
  return {
    initiated: { ...call(initiatedAt), jobID: job === undefined ? undefined : mgnJobId(job) },
    finalized: call(finalizedAt),
    reverted: call(revertedAt),
  };
}

function replicationOf(
  { account }: MgnOperationContext,
  { replication, type }: SourceServer,
  replicatedDisks: object,
): object {
  if (replication === undefined) return { dataReplicationState: 'STOPPED', replicatedDisks: [] };
  const { now } = account;
  const { state, stalled, until, fate } = replication;
  const current = type === 'AGENT_BASED' && state === 'CONTINUOUS';
  const snapshotAt = current ? now - ((now - replication.since) % AGENT_SNAPSHOTS) : replication.snapshotAt;
  return {
    dataReplicationState: state,
    lagDuration: snapshotAt === undefined ? undefined : isoDuration(current ? 0 : now - snapshotAt),
    lastSnapshotDateTime: recordedTime(snapshotAt),
    etaDateTime:
      state === 'INITIAL_SYNC' || state === 'BACKLOG' || state === 'RESCAN'
        ? recordedTime(fate === undefined ? until : replication.since + replication.span)
        : undefined,
    replicatedDisks,
    dataReplicationInitiation: initiationOf(replication, now),
    dataReplicationError:
      stalled === undefined ? undefined : { error: stalled.error, rawError: stalled.message },
  };
}

/** Returns the replicated disks of a server; none before it replicates. */
export function wireDisks(
  { account }: MgnOperationContext,
  { machine, replication }: SourceServer,
): object[] {
  if (replication === undefined) return [];
  const share = replicatedShare(replication, account.now);
  const gone = replication.state === 'DISCONNECTED';
  const names = diskNames(machine);
  return diskSizes(machine).map((bytes, index) => ({
    deviceName: names[index],
    totalStorageBytes: gone ? 0 : bytes,
    replicatedStorageBytes: gone ? 0 : Math.floor(bytes * share),
    rescannedStorageBytes: 0,
    backloggedStorageBytes: 0,
  }));
}

/** Returns the part of the disks that was shipped at least once, from 0 to 1. */
function replicatedShare(replication: Replication, now: number): number {
  if (replication.synced) return 1;
  return isShipping(replication) ? shippedShare(replication, now) : replication.done;
}

function initiationOf({ initiatedAt, state, since, stalled, pausedIn }: Replication, now: number): object {
  const stopped = state === 'STALLED' && stalled !== undefined && failingStepIndex(stalled.error) >= 0;
  const begun = state === 'INITIATING' || (state === 'PAUSED' && pausedIn === 'INITIATING');
  const over = Math.floor((Math.max(since, state === 'PAUSED' ? since : now) - initiatedAt) / STEP_DURATION);
  const gone = state === 'DISCONNECTED';
  const current = gone
    ? -1
    : stopped
      ? failingStepIndex(stalled.error)
      : begun
        ? over
        : INITIATION_STEPS.length;
  return {
    startDateTime: recordedTime(gone ? since : initiatedAt),
    nextAttemptDateTime: recordedTime((Math.floor(now / MINUTE) + 1) * MINUTE),
    steps: INITIATION_STEPS.map((name, index) => ({ name, status: stepStatus(index, current, stopped) })),
  };
}

function stepStatus(index: number, current: number, failed: boolean): string {
  if (index < current) return 'SUCCEEDED';
  return index > current ? 'NOT_STARTED' : failed ? 'FAILED' : 'IN_PROGRESS';
}

function propertiesOf({ machine }: SourceServer, updatedAt: number): object {
  const { name, fqdn, path, uuid, instanceId, os, cpus, mebibytes } = machine;
  const names = diskNames(machine);
  return {
    lastUpdatedDateTime: recordedTime(updatedAt),
    recommendedInstanceType: recommendedType(machine),
    identificationHints: {
      hostname: name,
      fqdn: fqdn ?? name,
      vmPath: path === '' ? undefined : path,
      vmWareUuid: uuid,
      awsInstanceID: instanceId,
    },
    cpus: cpus === undefined ? [] : [{ cores: cpus, modelName: CPU_MODEL }],
    ramBytes: mebibytes === undefined ? undefined : mebibytes * MEBIBYTE,
    disks: diskSizes(machine).map((bytes, index) => ({ deviceName: names[index], bytes })),
    networkInterfaces: [networkInterfaceOf(machine)],
    os: { fullString: os },
  };
}

/** Returns the network interface of a server, whose addresses depend only on its name and place. */
function networkInterfaceOf({ managerId, vmId, name }: Machine): object {
  const [a = 0, b = 0, c = 0] = hashBytes([managerId, vmId, name].join('\n'));
  const digits = [0x00, 0x50, 0x56, a, b, c].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  return { macAddress: digits.join('-'), ips: [`10.${a}.${b}.${1 + (c % 254)}`], isPrimary: true };
}
