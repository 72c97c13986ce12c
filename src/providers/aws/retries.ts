import { LandfallError } from '../../core/error.ts';
import type { Clock } from '../../core/time.ts';
import { isOutcomeUnknown, isServiceError, isUnreadableSuccess, NOT_SENT, type SdkError } from './errors.ts';
import { type AwsClient, withPatience } from './middleware.ts';

/** Waits before further attempts, in milliseconds. */
const RETRY_WAITS: readonly number[] = [500, 1000, 2000, 4000, 8000];

interface LookupRetry<T> {
  /** Makes the call; undefined: the response does not say what the call created. */
  readonly call: () => Promise<T | undefined>;
  /**
   * Looks up what the call should create; undefined: it does not exist.
   * @param error why the last attempt failed
   * @param mayBeOurs whether an attempt of this run may have created it
   */
  readonly lookUp: (error: LandfallError, mayBeOurs: boolean) => Promise<T | undefined>;
  /** Whether an error may mean that it exists already. Default: no error does. */
  readonly isRefusal?: (error: LandfallError) => boolean;
  /** Whether to try again after such an error too, since its cause may end. */
  readonly retriesRefusals?: true;
  readonly waits?: readonly number[];
  readonly clock: Clock;
}

/**
 * Makes a call that must be executed once and has no idempotency token (domain, MGN: rules). After an attempt without an
 * answer, or with a refusal that may mean that the result exists, it looks the result up before it tries again.
 * @returns what was created or found
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
      const created = await call();
      if (created !== undefined) return created;
      error = noIdError();
    } catch (thrown) {
      if (!(thrown instanceof LandfallError)) throw thrown;
      error = thrown;
      isOpen = isMarked(error.cause);
      if (!isOpen && !isRefusal(error)) throw error;
    }
    mayBeOurs ||= isOpen;
    const found = await lookUp(error, mayBeOurs);
    if (found !== undefined) return found;
    const wait = waits[attempt];
    const isLast =
      wait === undefined || (error.cause as Partial<SdkError> | undefined)?.name === 'ResponseLimitError';
    if (isLast || !(isOpen || retriesRefusals === true)) throw withLookup(error);
    await clock.sleep(wait);
  }
}

interface LookedUpChange {
  /** The change for a message, such as `the update of sms-job-1`. */
  readonly what: string;
  /** Makes a call that may be repeated. */
  readonly call: () => Promise<unknown>;
  /** Looks up whether the change has been made. */
  readonly isDone: () => Promise<boolean>;
}

/**
 * Makes a change by a call that the SDK repeats. If its outcome is unknown after the last attempt, it looks the change up.
 * @throws the error of the call; for an unknown outcome it says that the change was not made, or could not be looked up
 */
export async function changeAndLookUp({ what, call, isDone }: LookedUpChange): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof LandfallError) || !hasUnknownOutcome(error)) throw error;
    let done: boolean;
    try {
      done = await isDone();
    } catch (lookup) {
      if (!(lookup instanceof LandfallError)) throw lookup;
      const remedy = 'plan again: the plan shows what was done';
      throw unknownOutcomeError(`whether ${what} was made`, error, lookup, remedy);
    }
    if (done) return;
    throw new LandfallError(error.code, `${what} was not made: ${describeFailure(error)}`, {
      source: error.source,
      remedy: 'check that no proxy answers in place of the endpoint, and run again',
      cause: error.cause,
    });
  }
}

/** Adds to an error of an unknown outcome that a lookup has shown no effect of the call. */
function withLookup(error: LandfallError): LandfallError {
  const failure = describeFailure(error);
  if (failure === error.message) return error;
  return new LandfallError(error.code, `${failure}; a lookup shows that it was not executed`, {
    source: error.source,
    cause: error.cause,
    ...(error.remedy !== undefined && { remedy: error.remedy }),
  });
}

/** The message of an error, without what a lookup has found out since. */
function describeFailure({ message }: LandfallError): string {
  return message.replace(/^it is unknown whether (\w+) was executed: its response/, 'the response to $1');
}

/** Whether an error is the service's `ConflictException`: what the call should create may exist already. */
export function isConflict(error: LandfallError): boolean {
  return isServiceError(error, 'ConflictException');
}

function noIdError(): LandfallError {
  return new LandfallError('SERVICE_ERROR', 'the service did not return what the call created', {
    source: 'service',
    remedy: 'plan again: the plan shows whether it exists',
  });
}

/** Returns the error for a call without an answer whose outcome could not be looked up. */
export function unknownOutcomeError(
  what: string,
  error: LandfallError,
  lookup: LandfallError,
  remedy: string,
): LandfallError {
  const message = `it is unknown ${what}: ${describeFailure(error)}, and the lookup failed: ${lookup.message}`;
  return new LandfallError(lookup.code, message, { source: lookup.source, remedy, cause: lookup });
}

type AnyStrategy = Awaited<ReturnType<AwsClient['config']['retryStrategy']>>;
type Strategy = Extract<AnyStrategy, { refreshRetryTokenForRetry: unknown }>;

/** Attempts of a call, including the first. With the SDK's backoff, throttling may last up to a minute and a half. */
export const ATTEMPTS = 10;

/**
 * Attempts of a call whose error seldom changes by itself: an endpoint that has never answered, a response that cannot be
 * read, and one that is not complete in time, each of which takes a minute.
 */
const LASTING_ATTEMPTS = 3;

/**
 * Makes the client wait between attempts by the program's clock. The SDK's own strategy (adaptive mode) decides which
 * errors to retry and how long to wait. A call that must be made once is not repeated if its outcome is unknown; an
 * endpoint that has never answered is given up after `LASTING_ATTEMPTS`; and no call is repeated once the client is
 * destroyed, because nobody waits for it.
 */
export function retryByClock(client: AwsClient & { destroy: () => void }, clock: Clock): void {
  const { config } = client;
  const own = config.retryStrategy;
  const closed = new AbortController();
  const destroy = client.destroy.bind(client);
  client.destroy = () => {
    closed.abort();
    destroy();
  };
  let made: Promise<AnyStrategy> | undefined;
  config.retryStrategy = () =>
    (made ??= own().then((strategy) =>
      isStrategy(strategy) ? withClock(withPatience(strategy, clock), clock, closed.signal) : strategy,
    ));
}

/** Whether a strategy has retry tokens. Only those from before 2022 have none, and the SDK no longer creates them. */
function isStrategy(strategy: AnyStrategy): strategy is Strategy {
  return 'refreshRetryTokenForRetry' in strategy;
}

function withClock(strategy: Strategy, clock: Clock, closed: AbortSignal): Strategy {
  let hasAnswered = false;
  const isClosed = (): boolean => closed.aborted;
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    async refreshRetryTokenForRetry(before, info) {
      // An error here makes the SDK stop and throw the error of the call.
      if (isClosed() || isMarked(info.error)) throw new Error('no more tries');
      const error: Partial<SdkError> = info.error ?? {};
      hasAnswered ||= !isSilent(error);
      const isUnreadable = isUnreadableSuccess(error);
      const isLasting = !hasAnswered || isUnreadable || error.name === 'TimeoutError';
      const isLast = isLasting && before.getRetryCount() + 1 >= LASTING_ATTEMPTS;
      // With a clock that is minutes wrong, newer SDKs correct it after each error, and repeat also what was refused.
      const isRefused = error.$metadata?.clockSkewCorrected === true && info.errorType !== 'THROTTLING';
      const isCorrected = isRefused && isClientError(error) && before.getRetryCount() > 0;
      if (isLast || isCorrected || error.name === 'ResponseLimitError') throw new Error('no more tries');
      const errorType = isUnreadable ? 'TRANSIENT' : info.errorType;
      const token = await strategy.refreshRetryTokenForRetry(before, { ...info, errorType });
      if (!isClosed()) await clock.sleep(token.getRetryDelay(), closed);
      if (isClosed()) throw new Error('no more tries');
      // The wait is over when the SDK gets the token, whose methods may be those of its class.
      return Object.assign(token, { getRetryDelay: () => 0 });
    },
    recordSuccess: (token) => {
      hasAnswered = true;
      strategy.recordSuccess(token);
    },
  };
}

/** The longest wait between two attempts, in milliseconds, and the one after the first attempt, by the kind of error. */
const MAX_WAIT = 20_000;
const FIRST_WAIT = { TRANSIENT: 100, THROTTLING: 500 } as const;

interface BackoffToken {
  readonly getRetryCount: () => number;
  readonly getRetryDelay: () => number;
  readonly getRetryCost: () => undefined;
}

/**
 * Returns a retry strategy for newer SDKs, whose own strategy waits by the machine's clock. It repeats what is throttled or
 * transient, as theirs does, after random waits that double.
 */
export function backoffStrategy() {
  const tokenOf = (count: number, delay: number): BackoffToken => ({
    getRetryCount: () => count,
    getRetryDelay: () => delay,
    getRetryCost: () => undefined,
  });
  return {
    acquireInitialRetryToken: () => Promise.resolve(tokenOf(0, 0)),
    refreshRetryTokenForRetry(
      before: Pick<BackoffToken, 'getRetryCount'>,
      { errorType }: { readonly errorType: string },
    ): Promise<BackoffToken> {
      const count = before.getRetryCount() + 1;
      const first =
        errorType === 'TRANSIENT' || errorType === 'THROTTLING' ? FIRST_WAIT[errorType] : undefined;
      if (first === undefined || count >= ATTEMPTS) return Promise.reject(new Error('no more tries'));
      return Promise.resolve(tokenOf(count, Math.random() * Math.min(MAX_WAIT, first * 2 ** count)));
    },
    recordSuccess: () => undefined,
  };
}

function isClientError({ $metadata: { httpStatusCode: status = 0 } = {} }: Partial<SdkError>): boolean {
  return status >= 400 && status < 500;
}

const unknownOutcomeErrors = new WeakSet<object>();

/**
 * Marks the errors after which it is unknown whether a call was executed: the reply was lost, or the service failed
 * during the call. The caller looks the outcome up before it tries again.
 * @param once names of the commands that must not be repeated
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
    // Inside the SDK's retries, and around its reading of the response.
    { step: 'finalizeRequest', priority: 'low', name: 'unanswered' },
  );
}

/** Whether an error was marked: it is unknown whether a call that must be made once was executed. */
function isMarked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unknownOutcomeErrors.has(error);
}

/** Whether an error of a call leaves open whether the call was executed. */
export function hasUnknownOutcome({ cause }: LandfallError): boolean {
  return typeof cause === 'object' && cause !== null && isOutcomeUnknown(cause as SdkError);
}

/** Whether nothing answered at all. A connection that was reset was one. */
function isSilent({ name, code = '', proxyStatus }: Partial<SdkError> = {}): boolean {
  return proxyStatus !== undefined || name === 'TimeoutError' || NOT_SENT.has(code);
}
