import type { SMSClient } from '@aws-sdk/client-sms';
import { shorten } from '../../core/text.ts';
import type { Clock, Instant } from '../../core/time.ts';

/**
 * What all clients of SDK 3.523.0 have in common. Their types differ in their operations, so a client of another service
 * has to be cast to it.
 */
export type AwsClient = Pick<SMSClient, 'config' | 'middlewareStack'>;

/** The time of the service, from the `Date` header of its latest response, in whole seconds. */
export class ServiceTime {
  readonly #clock: Clock;
  #header: string | undefined;
  #latest: Instant | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records the `Date` header of a response. Ignores one that is missing or not a date. */
  recordDateHeader(header: string | undefined): void {
    // Many responses come in the same second.
    if (header === this.#header) return;
    this.#header = header;
    const instant = Date.parse(header ?? '');
    if (!Number.isNaN(instant)) this.#latest = instant;
  }

  /** Returns the latest known time of the service; before the first response, the time of the clock. */
  now(): Instant {
    return this.#latest ?? this.#clock.now();
  }
}

/** A response of our HTTP handler; without a body if it exceeds a limit. */
interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: Uint8Array;
}

/** The formats of responses: AWS JSON (SMS), REST-JSON (MGN), or XML. */
export type ResponseFormat = 'json' | 'rest-json' | 'xml';

/**
 * Reads the service's time from each response, also from errors. Turns a response that is not of the API, such as the
 * page of a proxy, into an error with its HTTP status, so that the SDK can decide whether to retry. The SDK itself reads
 * an empty body, or JSON that is no object, as a list without items.
 */
export function watchResponses(
  { middlewareStack }: AwsClient,
  time: ServiceTime,
  format: ResponseFormat = 'json',
): void {
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as HttpResponse;
        time.recordDateHeader(headerOf(response, 'date'));
        const reason = isSuccess(response) ? reasonNotOfApi(response, commandName, format) : undefined;
        if (reason !== undefined) throw createUnreadableError(response, reason);
        return result;
      },
    // `low` is nearest to the network: the SDK has not read the response yet.
    { step: 'deserialize', priority: 'low', name: 'serviceTime' },
  );
  middlewareStack.add(
    (next) => async (args) => {
      try {
        const result = await next(args);
        const { body } = result.response as HttpResponse;
        // The limits of listings count it.
        Object.assign(result.output?.$metadata ?? {}, { bytes: body?.length ?? 0 });
        return result;
      } catch (error) {
        throw unreadableResponseError(error) ?? error;
      }
    },
    // `high` surrounds the SDK's reading of the response, and is inside its retries.
    { step: 'deserialize', priority: 'high', name: 'unreadableAnswer' },
  );
}

function headerOf({ headers }: Partial<HttpResponse>, name: string): string | undefined {
  return [headers?.[name]].flat()[0];
}

function isSuccess({ statusCode }: HttpResponse): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Operations of a REST API whose response has no members: their body may be empty. */
const WITHOUT_OUTPUT = /^(Tag|Untag|Associate|Disassociate|Delete|Initialize)/;

/** Says why a successful response cannot be one of the API; undefined: it may be one. */
function reasonNotOfApi(response: HttpResponse, command: string, format: ResponseFormat): string | undefined {
  const { statusCode, body } = response;
  const encoding = headerOf(response, 'content-encoding') ?? 'identity';
  // No request asks for one.
  if (encoding !== 'identity') return `compressed (${shorten(encoding, 20)})`;
  if (body === undefined) return undefined;
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 1000)).toString().trim();
  if (start === '') {
    const mayBeEmpty = format === 'rest-json' && (statusCode === 204 || WITHOUT_OUTPUT.test(command));
    return mayBeEmpty ? undefined : 'an empty body';
  }
  if (format !== 'xml') return start.startsWith('{') ? undefined : 'not a JSON object';
  if (/<!(DOCTYPE|ENTITY)/i.test(start)) return 'a document type declaration, which AWS never sends';
  const root = `<${command.replace(/Command$/, '')}Response`;
  return start.includes(root) ? undefined : `no ${root}> element`;
}

/** An error of a response that is not one of the API. */
class UnreadableResponseError extends Error {}

function createUnreadableError(response: HttpResponse, reason: string | undefined, cause?: unknown): Error {
  const { statusCode } = response;
  const type = headerOf(response, 'content-type') ?? 'no content type';
  // A proxy names itself in one of these (RFC 9110, 7.6.3 and 10.2.4).
  const sender = headerOf(response, 'via') ?? headerOf(response, 'server');
  const message = [
    `HTTP ${statusCode}`,
    shorten(type, 60),
    ...(reason === undefined ? [] : [reason]),
    ...(sender === undefined ? [] : [`sent by "${shorten(sender, 60)}"`]),
  ].join(', ');
  return Object.assign(new UnreadableResponseError(message, { cause }), {
    $response: response,
    ...(statusCode >= 500 && { $metadata: { httpStatusCode: statusCode } }),
  });
}

/** Returns the error for a response that the SDK could not read: its own error has `$response` and no `$metadata`. */
function unreadableResponseError(error: unknown): Error | undefined {
  const { $response, $metadata, name } = error as {
    readonly $response?: HttpResponse;
    readonly $metadata?: unknown;
    readonly name?: string;
  };
  if ($response === undefined || $metadata !== undefined || name === 'ResponseLimitError') return undefined;
  if (error instanceof UnreadableResponseError) return undefined;
  return createUnreadableError($response, undefined, error);
}

type AnyStrategy = Awaited<ReturnType<AwsClient['config']['retryStrategy']>>;
type Strategy = Extract<AnyStrategy, { refreshRetryTokenForRetry: unknown }>;

/**
 * A throttled call is not given up as long as another call of the client has succeeded within this time, in milliseconds:
 * where thousands of servers are read, a call may be throttled more often than the SDK repeats it, and only waits its turn.
 */
const PATIENCE = 60_000;

/** The least wait of such a call before its next attempt, in milliseconds; at most twice as long. */
const TURN = 1_000;

/** Makes a strategy of the SDK repeat throttled calls, beyond its own attempts, while the service answers others. */
export function withPatience(strategy: Strategy, clock: Clock): Strategy {
  let succeededAt = -Infinity;
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    async refreshRetryTokenForRetry(before, info) {
      try {
        return await strategy.refreshRetryTokenForRetry(before, info);
      } catch (error) {
        if (info.errorType !== 'THROTTLING' || clock.now() - succeededAt > PATIENCE) throw error;
        // It also waits until the SDK's own limit of the rate allows another call.
        const token = await strategy.acquireInitialRetryToken('');
        return { ...token, getRetryDelay: () => TURN * (1 + Math.random()) };
      }
    },
    recordSuccess(token) {
      succeededAt = clock.now();
      strategy.recordSuccess(token);
    },
  };
}
