import pRetry from 'p-retry';
import { type Clock, formatInstant } from '../core/time.ts';
import {
  type ConnectionFailure,
  explainFailure,
  isPermanentFailure,
  otherCauses,
} from '../network/connections.ts';
import { PlatformCallError } from './platform.ts';

/** The names that error messages use. */
export interface PlatformLabels {
  readonly name: string;
  /** `pull request 7 of ucop/waves`. */
  readonly request: string;
  /** The variable that the token was read from. */
  readonly tokenFrom: string;
  /** The flag or variable that the API's address was read from. */
  readonly apiFrom: string;
  /** The permissions that the token needs. */
  readonly permission: string;
}

/**
 * Creates the error for an answer with an error status.
 * @param reason the platform's message; may be empty
 */
export function refusedError(
  labels: PlatformLabels,
  status: number,
  reason: string,
  advice: RetryAdvice,
): PlatformCallError {
  const { name, request, tokenFrom, permission } = labels;
  const quote = reason === '' ? '' : ` (${reason})`;
  const failed = (what: string, remedy: string): PlatformCallError =>
    new PlatformCallError('PLATFORM_REFUSED', what + quote, { status, remedy });
  if (advice.isTransient) {
    const code = status < 500 && status !== 408 ? 'THROTTLED' : 'PLATFORM_ERROR';
    return new PlatformCallError(code, `${name} answers with status ${status}${quote}`, {
      status,
      ...advice,
      remedy: 'run it again later',
    });
  }
  switch (status) {
    case 401:
      return failed(
        `${name} does not accept the token in ${tokenFrom}`,
        `set ${tokenFrom} to a token that has not expired: ${permission}`,
      );
    case 403:
      return failed(`${name} does not allow the token in ${tokenFrom} to do this on ${request}`, permission);
    case 404:
      return failed(
        `${name} has no ${request}, or the token in ${tokenFrom} cannot read it`,
        `check --repo and --number; ${permission}`,
      );
    default:
      return failed(`${name} answers with status ${status}`, `check ${labels.apiFrom}, --repo and --number`);
  }
}

/** Creates the error for a call without an answer. It contains only the code of the cause: its message may quote headers. */
export function unreachableError(
  { name, apiFrom }: PlatformLabels,
  host: string,
  thrown: unknown,
): PlatformCallError {
  const failure = thrown as ConnectionFailure & Partial<Error>;
  const { code, name: kind } = failure;
  const isTransient = code !== 'ENOTFOUND' && !isPermanentFailure(failure);
  const explained = explainFailure(failure, 'NODE_EXTRA_CA_CERTS');
  const reason = code ?? (kind === 'TimeoutError' ? 'no answer in a minute' : 'the connection broke');
  const message =
    explained === undefined
      ? `${name} cannot be reached at ${host}: ${reason}`
      : `${name}: ${explained.message}`;
  const remedy = explained?.remedy ?? `check the network and ${apiFrom}; ${otherCauses(failure)}`;
  return new PlatformCallError('PLATFORM_UNREACHABLE', message, { isTransient, remedy });
}

/** Whether and when to repeat a call, by the headers and the message of its answer. */
interface RetryAdvice {
  /** Whether the call may succeed later. */
  readonly isTransient: boolean;
  /** In milliseconds; absent if the platform does not say. */
  readonly wait?: number;
}

const TRANSIENT_STATUSES = new Set([408, 429, 500, 502, 503, 504]);
/** The wait that GitHub's documentation asks for where an answer names none, in milliseconds. */
const SECONDARY_WAIT = 60_000;

/**
 * Decides whether a call with an error status may succeed later. GitHub's rate limits are 403 or 429, with
 * `retry-after`, with `x-ratelimit-remaining: 0` and `x-ratelimit-reset`, or with a message alone (docs:
 * rate limits for the REST API). GitLab's are 429 with `retry-after` and `ratelimit-reset`.
 * @param headers by lower-case name
 */
export function retryAdvice(
  status: number,
  headers: { get(name: string): string | null },
  message: string,
  now: number,
): RetryAdvice {
  const after = retryAfterMilliseconds(headers.get('retry-after'), now);
  const exhausted =
    status === 429 ||
    headers.get('x-ratelimit-remaining') === '0' ||
    headers.get('ratelimit-remaining') === '0';
  const reset = exhausted
    ? resetMilliseconds(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset'), now)
    : undefined;
  const secondary = /secondary rate limit|abuse detection/i.test(message);
  const limited = status === 403 && (exhausted || after !== undefined || secondary);
  if (!limited && !TRANSIENT_STATUSES.has(status)) return { isTransient: false };
  const wait = after ?? reset ?? (limited && secondary ? SECONDARY_WAIT : undefined);
  return { isTransient: true, ...(wait !== undefined && { wait }) };
}

/** Parses seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMilliseconds(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Parses seconds since 1970; adds a second, because the clocks of the platform and of this machine differ. */
function resetMilliseconds(text: string | null, now: number): number | undefined {
  return text !== null && /^\d+$/.test(text.trim())
    ? Math.max(0, Number(text) * 1000 - now) + 1000
    : undefined;
}

const MAX_RETRIES = 5;
/** The longest wait, in milliseconds: a pipeline that waits longer costs more than a second run of it. */
const MAX_WAIT = 5 * 60_000;
/** After this time of attempts, in milliseconds, no further one begins: each that gets no answer takes a minute. */
const MAX_ATTEMPT_TIME = 2.5 * 60_000;

/**
 * Makes an attempt, up to six times while its error is transient, and waits by the clock between attempts: as long as
 * the platform asks, else 1, 2, 4, 8 and 16 seconds.
 * @param log logs each wait
 * @throws the error of the last attempt; PlatformCallError THROTTLED at once if the platform asks for more than five
 *   minutes
 */
export function retry<T>(
  clock: Clock,
  log: (line: string) => void,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  let spent = 0;
  const timed = async (number: number): Promise<T> => {
    const began = performance.now();
    try {
      return await attempt(number);
    } finally {
      spent += performance.now() - began;
    }
  };
  return pRetry(timed, {
    retries: MAX_RETRIES,
    // The clock does the waiting.
    minTimeout: 0,
    shouldRetry: ({ error }) =>
      error instanceof PlatformCallError && error.isTransient && spent < MAX_ATTEMPT_TIME,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (!(error instanceof PlatformCallError) || !error.isTransient || retriesLeft === 0) return;
      const wait = error.wait ?? 1000 * 2 ** (attemptNumber - 1);
      if (wait > MAX_WAIT) throw waitTooLongError(error, clock.now() + wait);
      log(`${error.message}: trying again in ${Math.ceil(wait / 1000)} s`);
      await clock.sleep(wait);
    },
  });
}

function waitTooLongError({ message, status }: PlatformCallError, until: number): PlatformCallError {
  const when = Number.isFinite(until) && until < 8.64e15 ? formatInstant(until) : 'a date far in the future';
  return new PlatformCallError('THROTTLED', `${message}, and accepts no more calls until ${when}`, {
    ...(status !== undefined && { status }),
    remedy: 'run it again then, or use a token with its own rate limit',
  });
}
