import { SMSClient } from '@aws-sdk/client-sms';
import type { AwsClient } from '../../aws/aws-client.ts';
import { clientConfig, type ClientOptions, prepareClient } from '../../aws/client.ts';
import type { ServiceTime } from '../../aws/service-time.ts';

/** A second creation is not the same as the first: the service refuses one for a server with an *active* job only. */
const ONCE: ReadonlySet<string> = new Set(['CreateReplicationJobCommand']);

/** @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine */
export function createClient(options: ClientOptions, time: ServiceTime): SMSClient {
  const client = new SMSClient(clientConfig(options));
  prepareClient(client as unknown as AwsClient, options, time, ONCE);
  return client;
}
