import { kindOf, type SdkError } from '../aws/error-kind.ts';
import type { Clock } from '../core/clock.ts';

const ATTEMPTS = 6;
/** Milliseconds before the second attempt; doubled each time. */
const PAUSE = 200;
const LONGEST = 5000;

/** Which errors are worth another try. */
const PASSING: ReadonlySet<string> = new Set(['throttled', 'unreachable', 'failing']);

/**
 * Makes a call again while its error may pass, waiting by the clock. The SDK's own retries wait by the machine's clock,
 * and the wrapper of the room aws/ is for an earlier SDK.
 */
export async function retrying<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const passes = PASSING.has(kindOf(error as SdkError)) && !isFinal(error as SdkError);
      if (!passes || attempt === ATTEMPTS) throw error;
      await clock.sleep(Math.min(PAUSE * 2 ** (attempt - 1), LONGEST) * (0.5 + Math.random()));
    }
  }
}

/** 501: the store does not know what was asked for, and will not the next time. */
function isFinal({ $metadata, code }: SdkError): boolean {
  return $metadata?.httpStatusCode === 501 || code === 'ENOTFOUND';
}
