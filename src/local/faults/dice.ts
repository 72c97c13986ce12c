import type { Faults, Rate } from './faults.ts';

/** What happens to one request. */
export interface Throw {
  readonly throttled: boolean;
  readonly failed: boolean;
  readonly lost: boolean;
  readonly cut: boolean;
}

/** Decides which requests the rates hit: the nth request meets the same fate each time the endpoint starts. */
export class Dice {
  readonly #faults: Faults;
  #state: number;

  constructor(faults: Faults) {
    this.#faults = faults;
    this.#state = faults.seed ?? 1;
  }

  throwFor(operation: string): Throw {
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
