import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { LocalError } from '../errors.ts';
import { explainError } from '../validation.ts';

const schema = JSON.parse(readFileSync(new URL('./faults.schema.json', import.meta.url), 'utf8')) as object;
const isFaults = new Ajv({ verbose: true }).compile<Faults>(schema);

/**
 * Takes what a fault file holds, already parsed.
 * @throws LocalError BAD_FAULTS naming the first thing that is wrong
 */
export function parseFaults(value: unknown): Faults {
  if (isFaults(value)) return value;
  // Of the branches that did not fit, the one that came furthest is what was meant.
  const [error] = [...(isFaults.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const place = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const remedy = 'see "Faults" in the endpoint\'s specification';
  throw new LocalError(
    'BAD_FAULTS',
    `${place === '' ? 'the faults' : `the fault ${place}`} ${explainFault(error)}`,
    remedy,
  );
}

function explainFault(error: ErrorObject | undefined): string {
  if (error === undefined) return 'have a wrong form';
  const { additionalProperty } = error.params as { additionalProperty?: string };
  return additionalProperty === undefined ? explainError(error) : `must not have "${additionalProperty}"`;
}

/** A share of the requests, from 0 to 1; of all operations, or only of those named. */
type Rate = number | { readonly rate: number; readonly operations?: readonly string[] };

export type Stage = 'Uploading' | 'Converting';

/** What is to go wrong; its form is in faults.schema.json. */
export interface Faults {
  readonly seed?: number;
  readonly throttling?: Rate;
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
  readonly stalls?: readonly {
    readonly server: string;
    readonly error?: string;
    readonly message?: string;
  }[];
  readonly dedicatedHosts?: readonly string[];
}

/** What happens to one request. */
interface RequestFault {
  readonly throttled: boolean;
  readonly failed: boolean;
  readonly lost: boolean;
  readonly cut: boolean;
}

/** Decides which requests the rates hit: the nth request meets the same fate each time the endpoint starts. */
export class RequestFaults {
  readonly #faults: Faults;
  #state: number;

  constructor(faults: Faults) {
    this.#faults = faults;
    this.#state = faults.seed ?? 1;
  }

  decide(operation: string): RequestFault {
    const { throttling, internalErrors, lostReplies, cutReplies } = this.#faults;
    // Each kind takes its number whether or not it is set, so that setting one does not move the others.
    const [a, b, c, d] = [this.#next(), this.#next(), this.#next(), this.#next()];
    return {
      throttled: a < rateOf(throttling, operation),
      failed: b < rateOf(internalErrors, operation),
      lost: c < rateOf(lostReplies, operation),
      cut: d < rateOf(cutReplies, operation),
    };
  }

  /** A number from 0 up to 1 (the generator known as mulberry32). */
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
