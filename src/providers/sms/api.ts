import { SMS } from '@aws-sdk/client-sms';
import type { Clock } from '../../core/time.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../aws/client.ts';
import { createErrorExplainer } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';

/** The operations of AWS SMS. Calls in flight are limited, and fail with LandfallErrors only. */
export class SmsApi extends SMS {
  readonly #calls: { readonly count: number };

  /** @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine */
  constructor(options: ClientOptions, time: ServiceTime) {
    super(clientConfig(options));
    this.#calls = prepareClient(this, options, time, { once: NOT_IDEMPOTENT, explain: explainError });
  }

  /** Calls made so far; the SDK's own retries are part of a call. */
  get calls(): number {
    return this.#calls.count;
  }
}

/** What all parts of the adapter share. */
export interface SmsContext {
  readonly api: SmsApi;
  /** The service's time. */
  readonly time: ServiceTime;
  /** Waits between attempts. */
  readonly clock: Clock;
}

/**
 * Commands that must not be repeated after a lost reply: the service refuses a second job or run only while one is active.
 */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set([
  'CreateReplicationJobCommand',
  'StartOnDemandReplicationRunCommand',
]);

/** What to do about the service's own exceptions (domain: operations used here, rules, IAM). */
const REMEDIES: Readonly<Record<string, string>> = {
  InvalidParameterException: 'correct the setting that the service names, in the manifest',
  MissingRequiredParameterException: 'add the setting that the service names to the manifest',
  NoConnectorsAvailableException:
    'connect a Server Migration Connector to the VM’s vCenter, or wait until it is healthy, and run again',
  OperationNotPermittedException:
    'plan again: the service does not allow this in the current state of the job',
  ReplicationJobNotFoundException: 'plan again: the job no longer exists',
  ReplicationJobAlreadyExistsException: 'plan again: the server now has a job',
  ReplicationRunLimitExceededException: 'wait: a job can have two on-demand runs in 24 hours',
  ServerCannotBeReplicatedException:
    'check that AWS SMS supports the operating system and disks of the VM, and that a connector serves its vCenter',
};

/** Explains why a call to AWS SMS failed. */
export const explainError = createErrorExplainer({
  service: 'AWS SMS',
  actions: 'sms:*',
  unreachable: 'check the network, and the region and endpoint of the target; AWS closed SMS in March 2023',
  remedies: REMEDIES,
});
