import pRetry from 'p-retry';
import type { Clock } from '../core/clock.ts';
import { formatInstant } from '../core/instant.ts';
import { CallFailed } from './call-failed.ts';

const RETRIES = 5;
/** A pipeline that waits longer costs more than one that is run again. */
const LONGEST_WAIT = 5 * 60_000;

/**
 * Tries until it works, six times at most, and waits by the clock between: as long as the platform says, else 1, 2, 4,
 * 8 and 16 seconds.
 * @param log told of each wait
 * @throws what the last try threw; CallFailed THROTTLED at once where the platform wants more than five minutes
 */
export function retry<T>(
  clock: Clock,
  log: (line: string) => void,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  return pRetry(attempt, {
    retries: RETRIES,
    // Waiting is the clock's business.
    minTimeout: 0,
    shouldRetry: ({ error }) => error instanceof CallFailed && error.passes,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (!(error instanceof CallFailed) || !error.passes || retriesLeft === 0) return;
      const wait = error.wait ?? 1000 * 2 ** (attemptNumber - 1);
      if (wait > LONGEST_WAIT) throw tooLong(error, clock.now() + wait);
      log(`${error.message}: trying again in ${Math.ceil(wait / 1000)} s`);
      await clock.sleep(wait);
    },
  });
}

function tooLong({ message, status }: CallFailed, until: number): CallFailed {
  const when = Number.isFinite(until) && until < 8.64e15 ? formatInstant(until) : 'a day far away';
  return new CallFailed('THROTTLED', `${message}, and asks to be left alone until ${when}`, {
    ...(status !== undefined && { status }),
    remedy: 'run it again then, or with a token of its own rate limit',
  });
}
