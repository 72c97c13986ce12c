import pRetry from 'p-retry';
import { type Clock, formatInstant } from '../core/time.ts';
import { PlatformCallError } from './platform.ts';

const MAX_RETRIES = 5;
/** The longest wait, in milliseconds: a pipeline that waits longer costs more than a second run of it. */
const MAX_WAIT = 5 * 60_000;
/** After this time of attempts, in milliseconds, no further one begins: each that gets no answer takes a minute. */
const MAX_ATTEMPT_TIME = 2.5 * 60_000;

/**
 * Makes an attempt, up to six times while its error is transient, and waits by the clock between attempts: as long as
 * the platform asks, else 1, 2, 4, 8 and 16 seconds.
 * @param log logs each wait
 * @throws the error of the last attempt; PlatformCallError THROTTLED at once if the platform asks for more than five
 *   minutes
 */
export function retry<T>(
  clock: Clock,
  log: (line: string) => void,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  let spent = 0;
  const timed = async (number: number): Promise<T> => {
    const began = performance.now();
    try {
      return await attempt(number);
    } finally {
      spent += performance.now() - began;
    }
  };
  return pRetry(timed, {
    retries: MAX_RETRIES,
    // The clock does the waiting.
    minTimeout: 0,
    shouldRetry: ({ error }) =>
      error instanceof PlatformCallError && error.isTransient && spent < MAX_ATTEMPT_TIME,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (!(error instanceof PlatformCallError) || !error.isTransient || retriesLeft === 0) return;
      const wait = error.wait ?? 1000 * 2 ** (attemptNumber - 1);
      if (wait > MAX_WAIT) throw waitTooLongError(error, clock.now() + wait);
      log(`${error.message}: trying again in ${Math.ceil(wait / 1000)} s`);
      await clock.sleep(wait);
    },
  });
}

function waitTooLongError({ message, status }: PlatformCallError, until: number): PlatformCallError {
  const when = Number.isFinite(until) && until < 8.64e15 ? formatInstant(until) : 'a date far in the future';
  return new PlatformCallError('THROTTLED', `${message}, and accepts no more calls until ${when}`, {
    ...(status !== undefined && { status }),
    remedy: 'run it again then, or use a token with its own rate limit',
  });
}
