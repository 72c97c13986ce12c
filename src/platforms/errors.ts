import { PlatformCallError } from './platform.ts';

/** How a platform and its things are called when something goes wrong. */
export interface PlatformLabels {
  readonly name: string;
  /** `pull request 7 of ucop/waves`. */
  readonly request: string;
  /** The variable that the token is from. */
  readonly tokenFrom: string;
  /** The flag or variable that the API's address is from. */
  readonly apiFrom: string;
  /** What the token must be allowed to do. */
  readonly permission: string;
}

/** An answer that is no success, in words that say what to do. */
export function refusedError(
  words: PlatformLabels,
  status: number,
  said: string,
  waiting: RetryAdvice,
): PlatformCallError {
  const { name, request, tokenFrom, permission } = words;
  const quote = said === '' ? '' : ` (${said})`;
  const failed = (what: string, remedy: string): PlatformCallError =>
    new PlatformCallError('PLATFORM_REFUSED', what + quote, { status, remedy });
  if (waiting.isTransient) {
    const code = status < 500 && status !== 408 ? 'THROTTLED' : 'PLATFORM_ERROR';
    return new PlatformCallError(code, `${name} answers with status ${status}${quote}`, {
      status,
      ...waiting,
      remedy: 'run it again in a while',
    });
  }
  switch (status) {
    case 401:
      return failed(
        `${name} does not know the token in ${tokenFrom}`,
        `give ${tokenFrom} a token that has not expired: ${permission}`,
      );
    case 403:
      return failed(`${name} does not let the token in ${tokenFrom} do this on ${request}`, permission);
    case 404:
      return failed(
        `${name} has no ${request}, or does not show it to the token in ${tokenFrom}`,
        `check --repo and --number; ${permission}`,
      );
    default:
      return failed(`${name} answers with status ${status}`, `check ${words.apiFrom}, --repo and --number`);
  }
}

/** Codes of Node and OpenSSL for an address that does not become right by waiting. */
const PERMANENT_CODES = /^(ENOTFOUND|ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_INVALID)/;

/** A call without an answer. Of what was thrown only the code is told: its words may quote headers. */
export function unreachableError(
  { name, apiFrom }: PlatformLabels,
  host: string,
  thrown: unknown,
): PlatformCallError {
  const { code, name: kind } = innermostCause(thrown);
  const reason = code ?? (kind === 'TimeoutError' ? 'no answer in a minute' : 'the connection broke');
  const isTransient = code === undefined || !PERMANENT_CODES.test(code);
  const remedy = isTransient
    ? `check the network and ${apiFrom}`
    : `check ${apiFrom}; for a certificate of your own, set NODE_EXTRA_CA_CERTS`;
  return new PlatformCallError('PLATFORM_UNREACHABLE', `${name} cannot be reached at ${host}: ${reason}`, {
    isTransient,
    remedy,
  });
}

/** Fetch wraps what went wrong once or twice. */
function innermostCause(thrown: unknown): { readonly code: string | undefined; readonly name: string } {
  if (!(thrown instanceof Error)) return { code: undefined, name: '' };
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string') return { code, name: thrown.name };
  return thrown.cause instanceof Error
    ? innermostCause(thrown.cause)
    : { code: undefined, name: thrown.name };
}

/** What a platform says of waiting, by its headers and words. */
interface RetryAdvice {
  /** Whether the call may work later on. */
  readonly isTransient: boolean;
  /** In milliseconds; absent where it does not say. */
  readonly wait?: number;
}

const TRANSIENT_STATUSES = new Set([408, 429, 500, 502, 503, 504]);
/** What GitHub asks for where it gives no time. */
const SECONDARY_WAIT = 60_000;

/**
 * Whether an answer that is no success passes by itself. GitHub's rate limits are 403 or 429, with `retry-after`, with
 * `x-ratelimit-remaining: 0` and `x-ratelimit-reset`, or with words alone (docs: rate limits for the REST API);
 * GitLab's are 429 with `retry-after` and `ratelimit-reset`.
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

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMilliseconds(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Seconds since 1970; one more, since the platform's clock and ours are not the same. */
function resetMilliseconds(text: string | null, now: number): number | undefined {
  return text !== null && /^\d+$/.test(text.trim())
    ? Math.max(0, Number(text) * 1000 - now) + 1000
    : undefined;
}
