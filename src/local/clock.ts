/** The real time as the endpoint sees it; a test hands in its own and moves it by hand. */
export interface LocalClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls `run` once after `milliseconds`; the function it returns calls that off. */
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

/** The endpoint's own time: the real time moved by an offset, running `speed` times as fast, and never backwards. */
export class VirtualTime {
  readonly speed: number;
  readonly #real: LocalClock;
  #anchor: { real: number; virtual: number };
  #latest: number;

  /**
   * @param offset virtual minus real time, in milliseconds, where it was left
   * @param floor the latest virtual time that may have been shown to anyone
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

  /** Virtual minus real time. */
  offset(): number {
    return this.now() - this.#real.now();
  }

  advance(milliseconds: number): void {
    this.#anchor = { real: this.#real.now(), virtual: this.now() + milliseconds };
    this.#latest = this.#anchor.virtual;
  }
}
