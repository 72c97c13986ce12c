import type { Connector, Job, Run } from '../records.ts';
import type { Machine } from '../../simulation/account.ts';
import { nextAutomaticRun, runProgress } from '../simulation/runs.ts';
import { isHealthy } from '../simulation/account.ts';
import type { OperationContext } from './context.ts';

/** The number of runs that a list of jobs has of each job; GetReplicationRuns has all. */
const RUNS_OF_LISTED_JOB = 5;

/** Times of schedules are whole seconds, as in recorded answers. */
const wholeSeconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : Math.floor(milliseconds / 1000);

/** Times are sent as epoch seconds with fractions; JSON has no member for an undefined time. */
const epochSeconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

export function wireServer(context: OperationContext, machine: Machine): object {
  const job = context.account.latestJobs.get(machine.serverId);
  return {
    serverId: machine.serverId,
    serverType: context.spell('VIRTUAL_MACHINE'),
    vmServer: wireVm(context, machine),
    ...(job === undefined
      ? {}
      : {
          replicationJobId: job.id,
          replicationJobTerminated: job.state === 'DELETED' || job.state === 'FAILED',
        }),
  };
}

function wireVm({ spell }: OperationContext, machine: Machine): object {
  return {
    vmServerAddress: { vmManagerId: machine.managerId, vmId: machine.vmId },
    vmName: machine.name,
    vmManagerName: machine.managerName,
    vmManagerType: spell('VSPHERE'),
    vmPath: machine.path,
  };
}

export function wireConnector({ account, spell }: OperationContext, connector: Connector): object {
  return {
    connectorId: connector.connectorId,
    version: '1.1.0.0',
    status: spell(isHealthy(account, connector) ? 'HEALTHY' : 'UNHEALTHY'),
    capabilityList: [spell('VSPHERE')],
    vmManagerName: connector.managerName,
    vmManagerType: spell('VSPHERE'),
    vmManagerId: connector.managerId,
    ipAddress: connector.ipAddress,
    macAddress: connector.macAddress,
    associatedOn: epochSeconds(connector.associatedOn),
  };
}

export function wireJob(context: OperationContext, job: Job): object {
  const { machine, settings } = job;
  const { frequency, licenseType, roleName, description, numberOfRecentAmisToKeep, encrypted, kmsKeyId } =
    settings;
  return {
    replicationJobId: job.id,
    serverId: machine.serverId,
    serverType: context.spell('VIRTUAL_MACHINE'),
    vmServer: wireVm(context, machine),
    seedReplicationTime: wholeSeconds(job.seedAt),
    frequency,
    runOnce: job.runOnce,
    nextReplicationRunStartTime: wholeSeconds(nextAutomaticRun(job)?.scheduledAt),
    licenseType,
    roleName: roleName ?? 'sms',
    latestAmiId: job.latestAmiId,
    state: context.spell(job.state),
    statusMessage: job.message,
    description,
    numberOfRecentAmisToKeep: numberOfRecentAmisToKeep ?? 0,
    encrypted: encrypted ?? false,
    kmsKeyId,
    replicationRunList: job.runs
      .slice(-RUNS_OF_LISTED_JOB)
      .reverse()
      .map((run) => wireRun(context, job, run)),
  };
}

export function wireRun({ account, spell }: OperationContext, job: Job, run: Run): object {
  const progress = run.state === 'ACTIVE' ? runProgress(run, account.now) : undefined;
  return {
    replicationRunId: run.id,
    state: spell(run.state),
    type: spell(run.type),
    stageDetails: progress,
    statusMessage: progress?.stage ?? (run.state === 'COMPLETED' ? 'Completed' : run.message),
    amiId: run.amiId,
    scheduledStartTime: wholeSeconds(run.scheduledAt),
    completedTime: epochSeconds(run.completedAt),
    description: run.description,
    encrypted: job.settings.encrypted ?? false,
    kmsKeyId: job.settings.kmsKeyId,
  };
}
