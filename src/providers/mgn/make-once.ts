import { isServiceError } from '../../aws/service-error.ts';
import { isUnanswered } from '../../aws/unanswered.ts';
import { LandfallError } from '../../core/error.ts';
import type { Clock } from '../../core/time.ts';

/** How long to wait before another try, in milliseconds, try by try. */
const WAITS = [500, 1000, 2000, 4000, 8000] as const;

/** Whether an error leaves it open what the service has done. */
export function leavesItOpen(error: unknown): error is LandfallError {
  return error instanceof LandfallError && isUnanswered(error.cause);
}

/**
 * Makes something that must be there once, and has no idempotency token (domain, MGN: rules). After a call that was not
 * answered, or that was refused because it is there already, it looks before it tries again.
 * @param make the call
 * @param look what is there now; undefined: nothing. It is told whether an earlier call of ours may have made it
 * @returns what was made, or found
 */
export async function makeOnce<T>(
  make: () => Promise<T>,
  look: (mayBeOurs: boolean) => Promise<T | undefined>,
  clock: Clock,
): Promise<T> {
  let mayBeOurs = false;
  for (const wait of [...WAITS, undefined]) {
    try {
      return await make();
    } catch (error) {
      const open = leavesItOpen(error);
      if (!open && !isServiceError(error, 'ConflictException')) throw error;
      mayBeOurs ||= open;
      const found = await look(mayBeOurs);
      if (found !== undefined) return found;
      if (!open || wait === undefined) throw error;
      await clock.sleep(wait);
    }
  }
  throw new LandfallError('INTERNAL', 'the tries have come to no end', { source: 'landfall' });
}
