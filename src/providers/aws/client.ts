import pLimit from 'p-limit';
import { callsInWork } from '../../core/caps.ts';
import { isLoopback } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { AdapterOptions } from '../../core/service.ts';
import type { Clock } from '../../core/time.ts';
import { createHttpHandler } from '../../network/http-handler.ts';
import { type Command, createHandlerCache, shortenCalls } from './call-path.ts';
import { type AwsClient, type ResponseFormat, type ServiceTime, watchResponses } from './middleware.ts';
import { ATTEMPTS, markUnknownOutcomes, retryByClock } from './retries.ts';
import { type CredentialsOption, credentialsOption, type RoleOptions, sessionOf } from './sts.ts';

export interface ClientOptions extends RoleOptions {
  /** URL; absent: AWS itself. */
  readonly endpoint?: string;
  /** The endpoint is the built-in one: the client ignores the environment and connects to loopback only. */
  readonly local: boolean;
  /** Calls in flight at once. */
  readonly apiRequests: number;
  /** Waits between attempts. */
  readonly clock: Clock;
}

/** Returns the options of a client from those of its adapter. */
export function clientOptions({ target, endpoint, project, clock, machine }: AdapterOptions): ClientOptions {
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
    ...(machine && { machine }),
  };
}

/** The configuration that the clients of all services share. */
interface AwsClientConfig extends Partial<Omit<typeof LOCAL_CLIENT_CONFIG, 'credentials'>> {
  readonly credentials: typeof LOCAL_CLIENT_CONFIG.credentials | CredentialsOption['credentials'];
  readonly region: string;
  readonly retryMode: string;
  readonly maxAttempts: number;
  readonly requestHandler: ReturnType<typeof createHttpHandler>;
  readonly endpoint?: string;
}

/**
 * Returns the configuration of a client.
 * @throws LandfallError USAGE when a local target's endpoint is anywhere but on this machine
 */
export function clientConfig(options: ClientOptions): AwsClientConfig {
  const { region, endpoint, local, apiRequests, machine } = options;
  if (local && !isLoopback(endpoint)) {
    throw new LandfallError(
      'USAGE',
      `a local target connects to this machine only, not to ${endpoint ?? 'AWS'}`,
      { remedy: 'use an http:// URL with a loopback address, or a target that is not local' },
    );
  }
  return {
    region,
    retryMode: 'adaptive',
    maxAttempts: ATTEMPTS,
    requestHandler: createHttpHandler({
      sockets: apiRequests,
      network: local ? undefined : sessionOf(machine).network,
    }),
    ...(endpoint !== undefined && { endpoint }),
    ...(local ? LOCAL_CLIENT_CONFIG : credentialsOption(options)),
  };
}

/** What differs between the clients of the services. */
interface ClientHandling {
  /** Absent: `json`. */
  readonly format?: ResponseFormat;
  /** Calls that must not be repeated without a lookup in between, by the names of their commands. */
  readonly once: ReadonlySet<string>;
  /** Explains why a call failed. */
  readonly explain: (thrown: unknown, operation: string) => LandfallError;
}

/**
 * Prepares an aggregated client of the SDK, whose operations all go through its `send`: at most
 * `options.apiRequests` calls are in flight, waits go by the program's clock, and errors are LandfallErrors only.
 * @returns the number of calls made so far; the SDK's own retries are part of a call
 */
export function prepareClient(
  client: object,
  { clock, apiRequests }: ClientOptions,
  time: ServiceTime,
  { once, explain, format }: ClientHandling,
): { readonly count: number } {
  // The types of the clients differ in their operations.
  const aws = client as AwsClient & { send: (command: Command) => Promise<unknown>; destroy: () => void };
  retryByClock(aws, clock);
  shortenCalls(aws);
  watchResponses(aws, time, format);
  markUnknownOutcomes(aws, once);

  const calls = { count: 0 };
  const limit = pLimit(callsInWork(apiRequests));
  const reuseHandler = createHandlerCache();
  const send = aws.send.bind(aws);
  aws.send = (command) =>
    limit(async () => {
      calls.count += 1;
      try {
        return await send(reuseHandler(command));
      } catch (error) {
        throw explain(error, command.constructor.name.replace(/Command$/, ''));
      }
    });
  return calls;
}

/**
 * Values that the SDK would otherwise read from AWS_* variables and profiles (design, rule 7: a local target cannot
 * reach AWS, and ignores the credentials of the environment).
 */
export const LOCAL_CLIENT_CONFIG = {
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  defaultUserAgentProvider: () => Promise.resolve<[string, string?][]>([['aws-sdk-js'], ['landfall']]),
};
