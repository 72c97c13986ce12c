import { LandfallError } from '../../core/error.ts';
import type { Clock } from '../../core/time.ts';
import { classifyError, isServiceError, type SdkError } from './errors.ts';
import type { AwsClient } from './middleware.ts';

/** How long to wait before another try, in milliseconds, try by try. */
const RETRY_WAITS = [500, 1000, 2000, 4000, 8000] as const;

/** Whether an error leaves it open what the service has done. */
export function leavesOutcomeUnknown(error: unknown): error is LandfallError {
  return error instanceof LandfallError && hasUnknownOutcome(error.cause);
}

/**
 * Makes something that must be there once, and has no idempotency token (domain, MGN: rules). After a call that was not
 * answered, or that was refused because it is there already, it looks before it tries again.
 * @param make the call
 * @param look what is there now; undefined: nothing. It is told whether an earlier call of ours may have made it
 * @returns what was made, or found
 */
export async function retryAfterLookup<T>(
  make: () => Promise<T>,
  look: (mayBeOurs: boolean) => Promise<T | undefined>,
  clock: Clock,
): Promise<T> {
  let mayBeOurs = false;
  for (const wait of [...RETRY_WAITS, undefined]) {
    try {
      return await make();
    } catch (error) {
      const open = leavesOutcomeUnknown(error);
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

type AnyStrategy = Awaited<ReturnType<AwsClient['config']['retryStrategy']>>;
type Strategy = Extract<AnyStrategy, { refreshRetryTokenForRetry: unknown }>;

/** Attempts at a call, the first one included: with the SDK's backoff, up to a minute and a half of throttling. */
export const ATTEMPTS = 10;

/**
 * Has the client wait between attempts by the program's clock. Which errors are worth another try, and how long the
 * wait is, stays with the SDK's own strategy (adaptive mode); a creation whose fate is open is not tried again
 * before somebody has looked.
 */
export function retryByClock({ config }: AwsClient, clock: Clock): void {
  const own = config.retryStrategy;
  let made: Promise<AnyStrategy> | undefined;
  config.retryStrategy = () =>
    (made ??= own().then((strategy) => (isStrategy(strategy) ? withClock(strategy, clock) : strategy)));
}

/** Strategies of before 2022 have no tokens; the SDK makes none of them any more. */
function isStrategy(strategy: AnyStrategy): strategy is Strategy {
  return 'refreshRetryTokenForRetry' in strategy;
}

function withClock(strategy: Strategy, clock: Clock): Strategy {
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    async refreshRetryTokenForRetry(before, info) {
      // The SDK takes an error from here for a no, and throws the call's own.
      if (hasUnknownOutcome(info.error)) throw new Error('no more tries');
      const token = await strategy.refreshRetryTokenForRetry(before, info);
      await clock.sleep(token.getRetryDelay());
      // The wait is over by the time the SDK gets to see the token.
      return { ...token, getRetryDelay: () => 0 };
    },
    recordSuccess: (token) => {
      strategy.recordSuccess(token);
    },
  };
}

const unknownOutcomeErrors = new WeakSet<object>();

/**
 * Marks the errors after which nobody knows whether a call was carried out: the reply is lost, or the service broke
 * down half-way. The caller looks before it tries again.
 * @param once calls that must not be made twice, by the names of their commands
 */
export function markUnknownOutcomes({ middlewareStack }: AwsClient, once: ReadonlySet<string>): void {
  middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (once.has(commandName ?? '') && isOutcomeUnknown(error as SdkError))
            unknownOutcomeErrors.add(error as SdkError);
          throw error;
        }
      },
    // Inside the SDK's retries, and around its reading of the answer.
    { step: 'finalizeRequest', priority: 'low', name: 'unanswered' },
  );
}

/** Whether an error of the SDK leaves it open what the service has done. */
export function hasUnknownOutcome(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unknownOutcomeErrors.has(error);
}

function isOutcomeUnknown(error: SdkError): boolean {
  const kind = classifyError(error);
  // Where nobody listens, nothing has been done.
  return (kind === 'unreachable' && !NOT_SENT.has(error.code ?? '')) || kind === 'failing';
}

const NOT_SENT: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);
