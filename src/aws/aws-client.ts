import type { STSClient } from '@aws-sdk/client-sts';

/**
 * What all clients of SDK 3.523.0 have in common. Their types differ in the operations they know, so a client of
 * another service has to be cast to it.
 */
export type AwsClient = Pick<STSClient, 'config' | 'middlewareStack'>;
