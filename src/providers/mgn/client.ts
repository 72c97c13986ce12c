import { MgnClient } from '@aws-sdk/client-mgn';
import type { AwsClient } from '../../aws/aws-client.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../../aws/client.ts';
import type { ServiceTime } from '../../aws/service-time.ts';

/**
 * Calls that a second attempt would do twice, or that it would be refused for. None has an idempotency token
 * (domain, MGN: rules), so somebody looks before they are tried again.
 */
const ONCE: ReadonlySet<string> = new Set([
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
  prepareClient(client as unknown as AwsClient, options, time, ONCE);
  return client;
}
