import type { Connector, Job, Machine, Run } from '../simulation/records.ts';
import { progressOf } from '../simulation/run-course.ts';
import { comingRun } from '../simulation/run-life.ts';
import { isHealthy } from '../simulation/world.ts';
import type { Desk } from './desk.ts';

/** Runs that a list of jobs shows of each job; the rest is for GetReplicationRuns. */
const RUNS_OF_LISTED_JOB = 5;

/** Times on the wire are epoch seconds with fractions; a time that is undefined drops out of the JSON. */
const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

export function wireServer(desk: Desk, machine: Machine): object {
  const job = desk.world.latestJobs.get(machine.serverId);
  return {
    serverId: machine.serverId,
    serverType: desk.spell('VIRTUAL_MACHINE'),
    vmServer: wireVm(desk, machine),
    ...(job === undefined
      ? {}
      : {
          replicationJobId: job.id,
          replicationJobTerminated: job.state === 'DELETED' || job.state === 'FAILED',
        }),
  };
}

function wireVm({ spell }: Desk, machine: Machine): object {
  return {
    vmServerAddress: { vmManagerId: machine.managerId, vmId: machine.vmId },
    vmName: machine.name,
    vmManagerName: machine.managerName,
    vmManagerType: spell('VSPHERE'),
    vmPath: machine.path,
  };
}

export function wireConnector({ world, spell }: Desk, connector: Connector): object {
  return {
    connectorId: connector.connectorId,
    version: '1.1.0.0',
    status: spell(isHealthy(world, connector) ? 'HEALTHY' : 'UNHEALTHY'),
    capabilityList: [spell('VSPHERE')],
    vmManagerName: connector.managerName,
    vmManagerType: spell('VSPHERE'),
    vmManagerId: connector.managerId,
    ipAddress: connector.ipAddress,
    macAddress: connector.macAddress,
    associatedOn: seconds(connector.associatedOn),
  };
}

export function wireJob(desk: Desk, job: Job): object {
  const { machine, settings } = job;
  const { frequency, licenseType, roleName, description, numberOfRecentAmisToKeep, encrypted, kmsKeyId } =
    settings;
  return {
    replicationJobId: job.id,
    serverId: machine.serverId,
    serverType: desk.spell('VIRTUAL_MACHINE'),
    vmServer: wireVm(desk, machine),
    seedReplicationTime: seconds(job.seedAt),
    frequency,
    runOnce: job.runOnce,
    nextReplicationRunStartTime: seconds(comingRun(job)?.scheduledAt),
    licenseType,
    roleName: roleName ?? 'sms',
    latestAmiId: job.latestAmiId,
    state: desk.spell(job.state),
    statusMessage: job.message,
    description,
    numberOfRecentAmisToKeep: numberOfRecentAmisToKeep ?? 0,
    encrypted: encrypted ?? false,
    kmsKeyId,
    replicationRunList: job.runs
      .slice(-RUNS_OF_LISTED_JOB)
      .reverse()
      .map((run) => wireRun(desk, job, run)),
  };
}

export function wireRun({ world, spell }: Desk, job: Job, run: Run): object {
  const progress = run.state === 'ACTIVE' ? progressOf(run, world.now) : undefined;
  return {
    replicationRunId: run.id,
    state: spell(run.state),
    type: spell(run.type),
    stageDetails: progress,
    statusMessage: progress?.stage ?? run.message,
    amiId: run.amiId,
    scheduledStartTime: seconds(run.scheduledAt),
    completedTime: seconds(run.completedAt),
    description: run.description,
    encrypted: job.settings.encrypted ?? false,
    kmsKeyId: job.settings.kmsKeyId,
  };
}
