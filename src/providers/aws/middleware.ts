import type { STSClient } from '@aws-sdk/client-sts';
import type { Clock, Instant } from '../../core/time.ts';

/**
 * What all clients of SDK 3.523.0 have in common. Their types differ in the operations they know, so a client of
 * another service has to be cast to it.
 */
export type AwsClient = Pick<STSClient, 'config' | 'middlewareStack'>;

/** The service's own time, as the `Date` header of its latest answer gave it, to the second. */
export class ServiceTime {
  readonly #clock: Clock;
  #header: string | undefined;
  #heard: Instant | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of an answer's `Date` header; one that is missing or no date changes nothing. */
  recordDateHeader(header: string | undefined): void {
    // Many answers come in the same second.
    if (header === this.#header) return;
    this.#header = header;
    const instant = Date.parse(header ?? '');
    if (!Number.isNaN(instant)) this.#heard = instant;
  }

  /** The latest known time of the service; the machine's own until there is an answer. */
  now(): Instant {
    return this.#heard ?? this.#clock.now();
  }
}

/** An answer as our HTTP handler gives it. */
interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Takes the service's time from each answer, errors too; and turns an answer that is not the API's (a proxy's page,
 * say) into an error that tells its status, so that the SDK tries again what is worth another try.
 */
export function watchResponses({ middlewareStack }: AwsClient, time: ServiceTime): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as Partial<HttpResponse>;
      time.recordDateHeader(headers?.['date']);
      return result;
    },
    // `low` is nearest to the wire: what comes here has not been read yet.
    { step: 'deserialize', priority: 'low', name: 'serviceTime' },
  );
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw unreadableResponseError(error) ?? error;
      }
    },
    // `high` is around the SDK's reading of the answer, and inside its retries.
    { step: 'deserialize', priority: 'high', name: 'unreadableAnswer' },
  );
}

/** The error for an answer that the SDK could not read; it marks those with `$response`, and without `$metadata`. */
function unreadableResponseError(error: unknown): Error | undefined {
  const { $response, $metadata } = error as {
    readonly $response?: HttpResponse;
    readonly $metadata?: unknown;
  };
  if ($response === undefined || $metadata !== undefined) return undefined;
  const { statusCode, headers } = $response;
  const message = `HTTP ${statusCode}, ${headers['content-type'] ?? 'no content type'}`;
  return Object.assign(new Error(message, { cause: error }), {
    $response,
    ...(statusCode >= 500 && { $metadata: { httpStatusCode: statusCode } }),
  });
}

/**
 * Remembers what is the same for all calls of a client. SDK 3.523.0 looks up the endpoint in its rules, makes a
 * signer and builds its user agent again for each call: half of what a call costs.
 */
export function cacheClientConfig({ config, middlewareStack }: AwsClient): void {
  const { endpointProvider, signer, defaultUserAgentProvider } = config;

  let endpoint: ReturnType<typeof endpointProvider> | undefined;
  config.endpointProvider = (...args) => (endpoint ??= endpointProvider(...args));

  // The signer asks for the credentials each time it signs, so those that expire are renewed all the same.
  let made: ReturnType<typeof signer> | undefined;
  config.signer = (...args) => (made ??= signer(...args));

  let agent: string | undefined;
  middlewareStack.add(
    (next) => async (args) => {
      agent ??= (await defaultUserAgentProvider()).map(userAgentPart).join(' ');
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = agent;
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'getUserAgentMiddleware', override: true },
  );
}

/** `aws-sdk-js/3.523.0`, `os/linux#6.1`: as the SDK writes its pairs. */
function userAgentPart([name, version]: readonly [name: string, version?: string]): string {
  return version === undefined ? name : `${name}${name.includes('/') ? '#' : '/'}${version}`;
}

/** A command of the SDK: it builds the chain of middleware that a call of its operation goes through. */
export interface Command {
  resolveMiddleware: (...args: never[]) => unknown;
}

/**
 * Returns a function that has all calls of an operation share one chain of middleware. SDK 3.523.0 clones, sorts and
 * builds the middleware chain again for every call, a quarter of what a call costs; later SDKs cache it too (`cacheMiddleware`). A
 * chain belongs to one client, so each client needs a function of its own.
 */
export function createHandlerCache(): (command: Command) => Command {
  const handlers = new Map<unknown, unknown>();
  return (command) => {
    const build = command.resolveMiddleware.bind(command);
    command.resolveMiddleware = (...args) => {
      const handler = handlers.get(command.constructor) ?? build(...args);
      handlers.set(command.constructor, handler);
      return handler;
    };
    return command;
  };
}
