import { isLoopback } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { AdapterOptions } from '../../core/service.ts';
import type { Clock } from '../../core/time.ts';
import { createHttpHandler } from './http-handler.ts';
import { type AwsClient, cacheClientConfig, type ServiceTime, watchResponses } from './middleware.ts';
import { ATTEMPTS, markUnknownOutcomes, retryByClock } from './retries.ts';
import { assumedRole, type RoleOptions } from './sts.ts';

export interface ClientOptions extends RoleOptions {
  /** URL; absent: AWS itself. */
  readonly endpoint?: string;
  /** The built-in endpoint: nothing of the environment is used, and nothing but loopback is reached. */
  readonly local: boolean;
  /** Calls in flight at once. */
  readonly apiRequests: number;
  /** What waits between attempts. */
  readonly clock: Clock;
}

/** Takes from an adapter's options what its client is made with. */
export function clientOptions({ target, endpoint, project, clock }: AdapterOptions): ClientOptions {
  const { region, assumeRole, externalId, limits } = target;
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    local: target.endpoint === 'local',
    ...(assumeRole !== undefined && { assumeRole }),
    ...(externalId !== undefined && { externalId }),
    sessionName: `landfall-${project}`,
    apiRequests: limits.apiRequests,
    clock,
  };
}

/**
 * What a client is made with.
 * @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine
 */
export function clientConfig(options: ClientOptions) {
  const { region, endpoint, local, apiRequests } = options;
  if (local && !isLoopback(endpoint)) {
    throw new LandfallError(
      'USAGE',
      `a local target talks to this machine only, not to ${endpoint ?? 'AWS'}`,
      { remedy: 'use an http:// URL with a loopback address, or a target that is not local' },
    );
  }
  return {
    region,
    retryMode: 'adaptive',
    maxAttempts: ATTEMPTS,
    requestHandler: createHttpHandler(apiRequests),
    ...(endpoint !== undefined && { endpoint }),
    ...(local ? LOCAL_CLIENT_CONFIG : assumedRole(options)),
  } as const;
}

/**
 * What is done to a client once it is made.
 * @param once calls that must not be made twice without a look in between, by the names of their commands
 */
export function prepareClient(
  client: AwsClient,
  { local, clock }: ClientOptions,
  time: ServiceTime,
  once: ReadonlySet<string>,
): void {
  // It passes on the trace id of the Lambda function we may be in, which is the environment's business.
  if (local) client.middlewareStack.remove('recursionDetectionMiddleware');
  retryByClock(client, clock);
  cacheClientConfig(client);
  watchResponses(client, time);
  markUnknownOutcomes(client, once);
}

/**
 * All that the SDK would otherwise look for in AWS_* variables and profiles (design, rule 7: a local target cannot
 * reach AWS, and ignores the credentials of the environment).
 */
export const LOCAL_CLIENT_CONFIG = {
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  defaultUserAgentProvider: () => Promise.resolve<[string, string?][]>([['aws-sdk-js'], ['landfall']]),
};
