import type { Clock } from '../core/time.ts';
import type { AwsClient } from './aws-client.ts';
import { isUnanswered } from './unanswered.ts';

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
    (made ??= own().then((strategy) => (isStrategy(strategy) ? slowed(strategy, clock) : strategy)));
}

/** Strategies of before 2022 have no tokens; the SDK makes none of them any more. */
function isStrategy(strategy: AnyStrategy): strategy is Strategy {
  return 'refreshRetryTokenForRetry' in strategy;
}

function slowed(strategy: Strategy, clock: Clock): Strategy {
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    async refreshRetryTokenForRetry(before, info) {
      // The SDK takes an error from here for a no, and throws the call's own.
      if (isUnanswered(info.error)) throw new Error('no more tries');
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
