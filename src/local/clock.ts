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
