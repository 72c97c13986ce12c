import { MgnClient } from '@aws-sdk/client-mgn';
import type { LandfallError } from '../../core/error.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../aws/client.ts';
import { createErrorExplainer } from '../aws/errors.ts';
import type { AwsClient, ServiceTime } from '../aws/middleware.ts';

/**
 * Calls that a second attempt would do twice, or that it would be refused for. None has an idempotency token
 * (domain, MGN: rules), so somebody looks before they are tried again.
 */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set([
  'CreateApplicationCommand',
  'CreateWaveCommand',
  'CreateReplicationConfigurationTemplateCommand',
  'CreateLaunchConfigurationTemplateCommand',
  'StartReplicationCommand',
  'StartTestCommand',
  'StartCutoverCommand',
  'TerminateTargetInstancesCommand',
]);

/** @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine */
export function createClient(options: ClientOptions, time: ServiceTime): MgnClient {
  const client = new MgnClient(clientConfig(options));
  prepareClient(client as unknown as AwsClient, options, time, NOT_IDEMPOTENT);
  return client;
}

/** What to do about the service's own exceptions (domain, MGN: wire, rules). */
export const REMEDIES: Readonly<Record<string, string>> = {
  ConflictException:
    'plan again: the service does not allow this in the state that the server is in now, or while a job processes it',
  ResourceNotFoundException: 'plan again: what the call names has gone in the meantime',
  ServiceQuotaExceededException:
    'have the quota raised in the console of AWS Service Quotas, or make room, and run again',
  UninitializedAccountException: 'run `landfall mgn init`: AWS MGN has not been initialised in this region',
  ValidationException: 'correct the setting that the service names, in the manifest',
};

const JOB_QUOTA_REMEDY =
  'run again once a job has ended; limits.activeJobs and limits.serversInJobs of the target keep plans under the quota';

/** What to do where a quota is full, by the operation that it stands in the way of (domain, MGN: quotas per region). */
const QUOTA_REMEDIES: Readonly<Record<string, string>> = {
  StartReplication:
    'set limits.activeReplications of the target to what the account allows, so that plans keep under it, or have the quota raised in AWS Service Quotas; then run again',
  CreateApplication:
    'archive applications that are done with, put more VMs into one `app`, or have the quota raised in AWS Service Quotas; then run again',
  CreateWave:
    'archive waves that are done with, or have the quota raised in AWS Service Quotas; then run again',
  AssociateSourceServers: 'name another `app` for some of the VMs: an application takes no more',
  AssociateApplications: 'move some of the VMs to another wave: a wave takes no more applications',
  StartTest: JOB_QUOTA_REMEDY,
  StartCutover: JOB_QUOTA_REMEDY,
  TerminateTargetInstances: JOB_QUOTA_REMEDY,
};

const SERVICE_TEXTS = {
  service: 'AWS MGN',
  actions: 'what AWSApplicationMigrationFullAccess and AWSApplicationMigrationEC2Access allow',
  unreachable: 'check the network, and region and endpoint of the target',
};

/** Says in landfall's words what went wrong with a call to AWS MGN. */
export function explainError(thrown: unknown, operation: string): LandfallError {
  const quota = QUOTA_REMEDIES[operation];
  const remedies = quota === undefined ? REMEDIES : { ...REMEDIES, ServiceQuotaExceededException: quota };
  return createErrorExplainer({ ...SERVICE_TEXTS, remedies })(thrown, operation);
}
