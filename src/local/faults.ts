import type { ErrorObject } from 'ajv';
import { LocalError } from './errors.ts';
import { faultsValidators } from './faults-validators.ts';
import { explainError } from './validation.ts';

/**
 * Checks the parsed content of a fault file.
 * @throws LocalError BAD_FAULTS with the path of the first value that is wrong
 */
export function parseFaults(value: unknown): Faults {
  const isFaults = faultsValidators.get('faults');
  if (isFaults(value)) return value as Faults;
  // Where a value may have several forms, the error with the longest path is about the form that the user meant.
  const [error] = [...(isFaults.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const above = error?.instancePath.split('/').slice(1) ?? [];
  const { additionalProperty: unknown } = (error?.params ?? {}) as { additionalProperty?: string };
  const path = unknown === undefined ? above : [...above, unknown];
  const keys = (error?.parentSchema as { properties?: object } | undefined)?.properties;
  throw new LocalError(
    'BAD_FAULTS',
    `${above.length === 0 ? 'the faults' : `the fault ${above.join('.')}`} ${explainFault(error)}`,
    unknown === undefined || keys === undefined
      ? '`landfall local fault set --help` shows an example'
      : `the keys are ${Object.keys(keys).join(', ')}`,
    { path },
  );
}

function explainFault(error: ErrorObject | undefined): string {
  if (error === undefined) return 'are not valid';
  const { additionalProperty } = error.params as { additionalProperty?: string };
  return additionalProperty === undefined
    ? explainError(error)
    : `must not have the key "${additionalProperty}"`;
}

/** A share of the requests, from 0 to 1; of all operations, or only of those named. */
type Rate = number | { readonly rate: number; readonly operations?: readonly string[] };

/** A limit of requests in real time: each operation has a bucket of tokens of its own, as EC2's API has. */
interface RateLimit {
  readonly perSecond: number;
  /** Requests at once, after a time without any; absent: those of a second. */
  readonly burst?: number;
  /** Absent: all operations. */
  readonly operations?: readonly string[];
}

type Stage = 'Uploading' | 'Converting';

/** What the endpoint simulates as faults; schemas/faults.schema.json describes each field. */
export interface Faults {
  readonly seed?: number;
  readonly throttling?: Rate;
  readonly rateLimits?: readonly RateLimit[];
  readonly internalErrors?: Rate;
  readonly lostReplies?: Rate;
  readonly cutReplies?: Rate;
  /** Milliseconds, real time. */
  readonly latency?: number;
  readonly unhealthyConnectors?: readonly string[];
  readonly failures?: readonly {
    readonly server: string;
    readonly stage: Stage;
    readonly message?: string;
  }[];
  readonly launchFailures?: readonly {
    readonly server: string;
    readonly of?: 'test' | 'cutover';
    readonly message?: string;
  }[];
  readonly postLaunchFailures?: readonly {
    readonly server: string;
    readonly action?: string;
    readonly of?: 'test' | 'cutover';
    readonly message?: string;
  }[];
  readonly stalls?: readonly {
    readonly server: string;
    readonly error?: string;
    readonly message?: string;
  }[];
  readonly dedicatedHosts?: readonly string[];
}

/** Which faults apply to one request. */
interface RequestFault {
  readonly throttled: boolean;
  readonly failed: boolean;
  readonly lost: boolean;
  readonly cut: boolean;
}

/** Selects the requests that the rates apply to. The nth request gets the same faults each time the endpoint starts. */
export class RequestFaults {
  readonly #faults: Faults;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; filledAt: number }>();
  #state: number;

  /** @param now the real time in milliseconds, for rate limits */
  constructor(faults: Faults, now: () => number) {
    this.#faults = faults;
    this.#now = now;
    this.#state = faults.seed ?? 1;
  }

  decide(operation: string): RequestFault {
    const { throttling, internalErrors, lostReplies, cutReplies } = this.#faults;
    // Each rate takes a number even if it is not set: setting one rate does not change what the others select.
    const [a, b, c, d] = [this.#next(), this.#next(), this.#next(), this.#next()];
    return {
      throttled: a < rateOf(throttling, operation) || !this.#takeToken(operation),
      failed: b < rateOf(internalErrors, operation),
      lost: c < rateOf(lostReplies, operation),
      cut: d < rateOf(cutReplies, operation),
    };
  }

  /** Takes a token out of the bucket of an operation. Returns false if it is empty: the request exceeds the limit. */
  #takeToken(operation: string): boolean {
    const limit = this.#faults.rateLimits?.find(
      ({ operations }) => operations?.includes(operation) !== false,
    );
    if (limit === undefined) return true;
    const { perSecond, burst = perSecond } = limit;
    const now = this.#now();
    const bucket = this.#buckets.get(operation) ?? { tokens: burst, filledAt: now };
    const filled = bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond;
    const tokens = Math.min(burst, filled);
    this.#buckets.set(operation, { tokens: tokens < 1 ? tokens : tokens - 1, filledAt: now });
    return tokens >= 1;
  }

  /** Returns a pseudo-random number from 0 up to 1 (mulberry32). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }
}

function rateOf(rate: Rate | undefined, operation: string): number {
  if (rate === undefined || typeof rate === 'number') return rate ?? 0;
  return rate.operations === undefined || rate.operations.includes(operation) ? rate.rate : 0;
}

/** The faults that the simulated services read: all but those of single requests. */
export interface SimulatedFaults {
  readonly unhealthyConnectors: readonly string[];
  readonly failures: readonly { readonly server: string; readonly stage: string; readonly message: string }[];
  /** Launches of MGN that fail, of tests, of cutovers or of both. */
  readonly launchFailures?: readonly {
    readonly server: string;
    readonly of?: 'test' | 'cutover';
    readonly message: string;
  }[];
  /** Post-launch actions of MGN that fail, by their names, after tests, cutovers or both. */
  readonly postLaunchFailures?: readonly {
    readonly server: string;
    readonly action?: string;
    readonly of?: 'test' | 'cutover';
    readonly message: string;
  }[];
  /** Replications of MGN that stall. */
  readonly stalls?: readonly { readonly server: string; readonly error: string; readonly message: string }[];
  /** Servers of MGN whose EC2 launch template says that they run on dedicated hosts. */
  readonly dedicatedHosts?: readonly string[];
}

/** Messages that AWS users have reported (domain: SMS rules). */
const MESSAGES: Readonly<Record<Stage, string>> = {
  Uploading: 'ServerError: Failed to upload base disk(s) to S3. Please try again.',
  Converting:
    'FirstBootFailure: This import request failed because the instance failed to boot and establish network connectivity.',
};

const STALLED = 'The data replication has stalled.';

/** Selects the faults that the simulated services read, and fills in their default messages. */
export function simulatedFaults(faults: Faults): SimulatedFaults {
  const { unhealthyConnectors = [], failures = [], launchFailures, postLaunchFailures } = faults;
  const { stalls, dedicatedHosts } = faults;
  return {
    unhealthyConnectors,
    failures: failures.map(({ server, stage, message = MESSAGES[stage] }) => ({ server, stage, message })),
    ...(launchFailures && {
      launchFailures: launchFailures.map((one) => ({ message: 'The instance failed to launch.', ...one })),
    }),
    ...(postLaunchFailures && {
      postLaunchFailures: postLaunchFailures.map((one) => ({ message: 'The document has failed.', ...one })),
    }),
    ...(stalls && {
      stalls: stalls.map(({ server, error = 'SNAPSHOTS_FAILURE', message = STALLED }) => ({
        server,
        error,
        message,
      })),
    }),
    ...(dedicatedHosts && { dedicatedHosts }),
  };
}

/** Whether `text` matches a pattern, regardless of case: `*` matches any characters, `?` matches one. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(text);
}
