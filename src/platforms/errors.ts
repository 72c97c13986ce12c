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
