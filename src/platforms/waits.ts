/** What a platform says of waiting, by its headers and words. */
export interface Waiting {
  /** Whether the call may work later on. */
  readonly passes: boolean;
  /** In milliseconds; absent where it does not say. */
  readonly wait?: number;
}

const PASSING = new Set([408, 429, 500, 502, 503, 504]);
/** What GitHub asks for where it gives no time. */
const SECONDARY_WAIT = 60_000;

/**
 * Whether an answer that is no success passes by itself. GitHub's rate limits are 403 or 429, with `retry-after`, with
 * `x-ratelimit-remaining: 0` and `x-ratelimit-reset`, or with words alone (docs: rate limits for the REST API);
 * GitLab's are 429 with `retry-after` and `ratelimit-reset`.
 * @param headers by lower-case name
 */
export function waiting(
  status: number,
  headers: { get(name: string): string | null },
  message: string,
  now: number,
): Waiting {
  const after = retryAfter(headers.get('retry-after'), now);
  const exhausted =
    status === 429 ||
    headers.get('x-ratelimit-remaining') === '0' ||
    headers.get('ratelimit-remaining') === '0';
  const reset = exhausted
    ? resetAt(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset'), now)
    : undefined;
  const secondary = /secondary rate limit|abuse detection/i.test(message);
  const limited = status === 403 && (exhausted || after !== undefined || secondary);
  if (!limited && !PASSING.has(status)) return { passes: false };
  const wait = after ?? reset ?? (limited && secondary ? SECONDARY_WAIT : undefined);
  return { passes: true, ...(wait !== undefined && { wait }) };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Seconds since 1970; one more, since the platform's clock and ours are not the same. */
function resetAt(text: string | null, now: number): number | undefined {
  return text !== null && /^\d+$/.test(text.trim())
    ? Math.max(0, Number(text) * 1000 - now) + 1000
    : undefined;
}
