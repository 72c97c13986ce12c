import { Mgn } from '@aws-sdk/client-mgn';
import type { LandfallError } from '../../core/error.ts';
import type { Clock } from '../../core/time.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../aws/client.ts';
import { createErrorExplainer } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';

/** The operations of AWS MGN. Calls in flight are limited, and fail with LandfallErrors only. */
export class MgnApi extends Mgn {
  readonly #calls: { readonly count: number };

  /** @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine */
  constructor(options: ClientOptions, time: ServiceTime) {
    super(clientConfig(options));
    this.#calls = prepareClient(this, options, time, {
      once: NOT_IDEMPOTENT,
      explain: explainError,
      format: 'rest-json',
    });
  }

  /** Calls made so far; the SDK's own retries are part of a call. */
  get calls(): number {
    return this.#calls.count;
  }
}

/** What all parts of the adapter share. */
export interface MgnContext {
  readonly api: MgnApi;
  /** The service's time. */
  readonly time: ServiceTime;
  /** Waits between attempts. */
  readonly clock: Clock;
}

/**
 * Commands that must not be repeated after a lost reply: a second attempt would have its effect twice or be refused.
 * None has an idempotency token (domain, MGN: rules), so the caller looks up the outcome first.
 */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set([
  'CreateApplicationCommand',
  'CreateWaveCommand',
  'CreateReplicationConfigurationTemplateCommand',
  'CreateLaunchConfigurationTemplateCommand',
  'RetryDataReplicationCommand',
  'StartReplicationCommand',
  'StartTestCommand',
  'StartCutoverCommand',
  'TerminateTargetInstancesCommand',
]);

/** What to do about the service's own exceptions (domain, MGN: wire, rules). */
export const REMEDIES: Readonly<Record<string, string>> = {
  ConflictException:
    'plan again: the service does not allow this in the state that the server is in now, or while a job processes it',
  ResourceNotFoundException: 'plan again: the resource does not exist any more',
  ServiceQuotaExceededException:
    'request a higher quota in AWS Service Quotas, or remove resources that are not needed, and run again',
  UninitializedAccountException:
    'give the target a mgn.replication.stagingAreaSubnetId in the project file if it has none, and run `landfall mgn init` with its name',
  ValidationException: 'correct the setting that the service names, in the manifest',
};

const JOB_QUOTA_REMEDY =
  'run again once a job has ended; limits.activeJobs and limits.serversInJobs of the target keep plans under the quota';

/** What to do when a quota is reached, by operation (domain, MGN: quotas per region). */
const QUOTA_REMEDIES: Readonly<Record<string, string>> = {
  StartReplication:
    'set limits.activeReplications of the target to the quota of the account, or request a higher quota in AWS Service Quotas; then run again',
  CreateApplication:
    'archive finished applications, put more VMs into one `app`, or request a higher quota in AWS Service Quotas; then run again',
  CreateWave: 'archive finished waves, or request a higher quota in AWS Service Quotas; then run again',
  AssociateSourceServers:
    'name another `app` for some of the VMs: the application has reached its quota of servers',
  AssociateApplications:
    'move some of the VMs to another wave: the wave has reached its quota of applications',
  StartTest: JOB_QUOTA_REMEDY,
  StartCutover: JOB_QUOTA_REMEDY,
  TerminateTargetInstances: JOB_QUOTA_REMEDY,
};

const SERVICE_TEXTS = {
  service: 'AWS MGN',
  actions:
    'the actions of the policies AWSApplicationMigrationFullAccess and AWSApplicationMigrationEC2Access',
  unreachable: 'check the network, and the region and endpoint of the target',
};

/** The service looks at the SSM documents of actions with the permissions of the caller. */
const ACTION_PERMISSIONS =
  'the actions of the policies AWSApplicationMigrationFullAccess and AWSApplicationMigrationSSMAccess (docs/security.md, post-launch actions)';

/** Explains why a call to AWS MGN failed. */
function explainError(thrown: unknown, operation: string): LandfallError {
  const quota = QUOTA_REMEDIES[operation];
  const remedies = quota === undefined ? REMEDIES : { ...REMEDIES, ServiceQuotaExceededException: quota };
  const texts = /Actions?$/.test(operation)
    ? { ...SERVICE_TEXTS, actions: ACTION_PERMISSIONS }
    : SERVICE_TEXTS;
  return createErrorExplainer({ ...texts, remedies })(thrown, operation);
}
