import { omitUndefined } from '../../collections.ts';
import { invalidParameter, operationNotPermitted, ServiceError } from '../../errors.ts';
import { isFinished } from '../simulation/job-states.ts';
import type { Job, JobSettings } from '../records.ts';
import type { Machine } from '../../simulation/account.ts';
import { nextAutomaticRun } from '../simulation/runs.ts';
import { hasHealthyConnector, type SmsAccount } from '../simulation/account.ts';
import type { Inputs, JobInput, OperationContext, SettingsInput } from './context.ts';
import { pageOf } from '../../http/page.ts';
import { wireJob } from './wire.ts';

export function createReplicationJob(
  context: OperationContext,
  input: Inputs['CreateReplicationJob'],
): object {
  const { runOnce = false, seedReplicationTime } = input;
  checkFrequency(runOnce, input.frequency);
  checkKey(input);
  const { serverId } = checkServer(context, input.serverId);
  const seedAt = Math.round(seedReplicationTime * 1000);
  context.commit({ do: 'create', serverId, seedAt, runOnce, settings: settingsOf(input) });
  return { replicationJobId: context.account.jobs.at(-1)?.id };
}

export function checkKey({ kmsKeyId, encrypted }: SettingsInput): void {
  if (kmsKeyId !== undefined && encrypted !== true)
    throw invalidParameter('kmsKeyId can be specified only when encrypted is true.');
}

export function checkFrequency(runOnce: boolean, frequency: number | undefined): void {
  if (runOnce && frequency !== undefined) {
    throw invalidParameter('frequency cannot be specified when runOnce is true.');
  }
  if (!runOnce && frequency === undefined) {
    throw new ServiceError(
      'MissingRequiredParameterException',
      'Either frequency or runOnce must be specified.',
    );
  }
}

/** Returns the server, if a job can be created for it. */
export function checkServer({ account }: OperationContext, serverId: string): Machine {
  const machine = account.catalog.listed ? account.inventory.get(serverId) : undefined;
  if (machine === undefined) throw invalidParameter(`Server ${serverId} not found in the server catalog.`);
  const { managerId } = machine;
  if (!hasHealthyConnector(account, managerId)) {
    const others =
      account.connectors.length > 0 && !account.connectors.some((one) => one.managerId === managerId);
    throw others
      ? new ServiceError(
          'ServerCannotBeReplicatedException',
          `No connector is associated with the VM manager of server ${serverId}.`,
        )
      : new ServiceError('NoConnectorsAvailableException', 'No healthy connectors are available.');
  }
  const job = account.latestJobs.get(serverId);
  if (job !== undefined && !isFinished(job)) {
    throw new ServiceError(
      'ReplicationJobAlreadyExistsException',
      `Replication job ${job.id} already exists for server ${serverId}.`,
    );
  }
  return machine;
}

/** Selects the settings of a request. */
function settingsOf(input: SettingsInput): JobSettings {
  const { frequency, licenseType, roleName, description, numberOfRecentAmisToKeep, encrypted, kmsKeyId } =
    input;
  return omitUndefined({
    frequency,
    licenseType,
    roleName,
    description,
    numberOfRecentAmisToKeep,
    encrypted,
    kmsKeyId,
  });
}

export function getReplicationJobs(context: OperationContext, input: Inputs['GetReplicationJobs']): object {
  const { account } = context;
  const { replicationJobId } = input;
  const only = replicationJobId === undefined ? undefined : account.jobsById.get(replicationJobId);
  const { items, nextToken } = pageOf<Job>(
    {
      operation: 'GetReplicationJobs',
      filter: replicationJobId ?? '',
      tokenKey: account.tokenKey,
      after: (cursor, count) =>
        replicationJobId === undefined
          ? account.jobs.slice(Number(cursor), Number(cursor) + count)
          : [only].filter((job) => job !== undefined),
      cursorOf: ({ number }) => String(number),
    },
    input,
  );
  return { replicationJobList: items.map((job) => wireJob(context, job)), nextToken };
}

/** Finds a job by its id, deleted jobs too. */
function findJob(account: SmsAccount, id: string): Job {
  const job = account.jobsById.get(id);
  if (job === undefined) throw jobNotFound(id);
  return job;
}

const jobNotFound = (id: string) =>
  new ServiceError('ReplicationJobNotFoundException', `Replication job ${id} not found.`);

export function updateReplicationJob(
  context: OperationContext,
  input: Inputs['UpdateReplicationJob'],
): object {
  const job = findJob(context.account, input.replicationJobId);
  if (job.state === 'DELETED') throw jobNotFound(job.id);
  if (isFinished(job))
    throw operationNotPermitted(`Replication job ${job.id} cannot be updated in state ${job.state}.`);
  if (job.runOnce && input.frequency !== undefined) {
    throw invalidParameter('frequency cannot be specified for a replication job that runs once.');
  }
  const encrypted = input.encrypted ?? job.settings.encrypted ?? false;
  if (input.kmsKeyId !== undefined && !encrypted) {
    throw invalidParameter('kmsKeyId can be specified only when encrypted is true.');
  }
  const next = input.nextReplicationRunStartTime;
  if (next !== undefined && job.runOnce && nextAutomaticRun(job) === undefined) {
    throw operationNotPermitted(`Replication job ${job.id} has no next replication run.`);
  }
  context.commit({
    do: 'update',
    job: job.number,
    settings: settingsOf(input),
    ...omitUndefined({
      dropKey: encrypted ? undefined : true,
      nextRunAt: next === undefined ? undefined : Math.round(next * 1000),
    }),
  });
  return {};
}

export function deleteReplicationJob(context: OperationContext, { replicationJobId }: JobInput): object {
  const job = findJob(context.account, replicationJobId);
  if (job.state === 'DELETED') throw jobNotFound(job.id);
  // Deleting a job that is being deleted changes nothing.
  if (job.state !== 'DELETING') context.commit({ do: 'delete', job: job.number });
  return {};
}
