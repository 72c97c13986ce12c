/** The real time, as the endpoint reads it; tests replace it. */
export interface LocalClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls `run` once after `milliseconds`. Returns a function that cancels the timer. */
  setTimer(milliseconds: number, run: () => void): () => void;
}

export const systemClock: LocalClock = {
  now: () => Date.now(),
  setTimer(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The virtual time of the endpoint: real time plus an offset, `speed` times as fast. It never goes back. */
export class VirtualTime {
  readonly speed: number;
  readonly #real: LocalClock;
  #anchor: { real: number; virtual: number };
  #latest: number;

  /**
   * @param offset the last known virtual minus real time, in milliseconds
   * @param floor the latest virtual time that an answer may have contained
   */
  constructor(real: LocalClock, speed: number, offset: number, floor: number) {
    const now = real.now();
    this.speed = speed;
    this.#real = real;
    this.#anchor = { real: now, virtual: Math.max(Math.floor(now + offset), floor) };
    this.#latest = this.#anchor.virtual;
  }

  now(): number {
    const { real, virtual } = this.#anchor;
    this.#latest = Math.max(this.#latest, virtual + Math.floor((this.#real.now() - real) * this.speed));
    return this.#latest;
  }

  /** Returns virtual minus real time, in milliseconds. */
  offset(): number {
    return this.now() - this.#real.now();
  }

  advance(milliseconds: number): void {
    this.#anchor = { real: this.#real.now(), virtual: this.now() + milliseconds };
    this.#latest = this.#anchor.virtual;
  }
}
