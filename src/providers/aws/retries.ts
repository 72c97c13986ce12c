import { LandfallError } from '../../core/error.ts';
import type { Clock } from '../../core/time.ts';
import { classifyError, isServiceError, type SdkError } from './errors.ts';
import type { AwsClient } from './middleware.ts';

/** Waits before further attempts, in milliseconds. */
const RETRY_WAITS: readonly number[] = [500, 1000, 2000, 4000, 8000];

interface LookupRetry<T> {
  /** Makes the call; undefined: the answer does not tell what the call made. */
  readonly call: () => Promise<T | undefined>;
  /**
   * Looks up what the call was to make; undefined: it is not there.
   * @param error why the last attempt failed
   * @param mayBeOurs whether an attempt may have been executed, so that what is found may come from this run
   */
  readonly lookUp: (error: LandfallError, mayBeOurs: boolean) => Promise<T | undefined>;
  /** Errors that may mean that it is there already. Default: none. */
  readonly isRefusal?: (error: LandfallError) => boolean;
  /** Whether to try again after such an error too, since what is in the way may go. */
  readonly retriesRefusals?: true;
  readonly waits?: readonly number[];
  readonly clock: Clock;
}

/**
 * Makes a call that must be executed once and has no idempotency token (domain, MGN: rules). After an attempt that
 * was not answered, or was refused because what it makes may be there, it looks that up before it tries again.
 * @returns what was made, or found
 * @throws the last error, once the waits are over or nothing is found after a refusal
 */
export async function retryAfterLookup<T>({
  call,
  lookUp,
  isRefusal = () => false,
  retriesRefusals,
  waits = RETRY_WAITS,
  clock,
}: LookupRetry<T>): Promise<T> {
  let mayBeOurs = false;
  for (let attempt = 0; ; attempt++) {
    let error: LandfallError;
    let isOpen = true;
    try {
      const made = await call();
      if (made !== undefined) return made;
      error = noIdError();
    } catch (thrown) {
      if (!(thrown instanceof LandfallError)) throw thrown;
      error = thrown;
      isOpen = hasUnknownOutcome(error.cause);
      if (!isOpen && !isRefusal(error)) throw error;
    }
    mayBeOurs ||= isOpen;
    const found = await lookUp(error, mayBeOurs);
    if (found !== undefined) return found;
    const wait = waits[attempt];
    if (wait === undefined || !(isOpen || retriesRefusals === true)) throw error;
    await clock.sleep(wait);
  }
}

/** Whether an error is the service's `ConflictException`: what a call makes may be there already. */
export function isConflict(error: LandfallError): boolean {
  return isServiceError(error, 'ConflictException');
}

function noIdError(): LandfallError {
  return new LandfallError('SERVICE_ERROR', 'the service did not return what the call made', {
    source: 'service',
    remedy: 'plan again: the plan shows whether it is there',
  });
}

/** The error for a call whose outcome could not be looked up either. */
export function unknownOutcomeError(
  what: string,
  error: LandfallError,
  lookup: LandfallError,
  remedy: string,
): LandfallError {
  const message = `it is not known ${what}: ${error.message}, and then ${lookup.message}`;
  return new LandfallError(lookup.code, message, { source: lookup.source, remedy, cause: lookup });
}

type AnyStrategy = Awaited<ReturnType<AwsClient['config']['retryStrategy']>>;
type Strategy = Extract<AnyStrategy, { refreshRetryTokenForRetry: unknown }>;

/** Attempts at a call, the first one included: with the SDK's backoff, up to a minute and a half of throttling. */
export const ATTEMPTS = 10;

/**
 * Has the client wait between attempts by the program's clock. Which errors are worth another try, and how long the
 * wait is, stays with the SDK's own strategy (adaptive mode); a call that must be made once and whose outcome is
 * unknown is not repeated here.
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
      // An error from here makes the SDK stop and throw the call's own.
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
 * Marks the errors after which it is unknown whether a call was executed: the reply is lost, or the service failed
 * while it worked on the call. The caller looks that up before it tries again.
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
function hasUnknownOutcome(error: unknown): boolean {
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
