import type { Instant } from './instant.ts';

/** The port through which anything learns the time or waits. */
export interface Clock {
  now(): Instant;
  /** Resolves after `milliseconds`, or at once when `signal` aborts (never rejects). */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
