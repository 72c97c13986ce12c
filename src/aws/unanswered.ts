import type { AwsClient } from './aws-client.ts';
import { kindOf, type SdkError } from './error-kind.ts';

const errors = new WeakSet<object>();

/**
 * Marks the errors after which nobody knows whether a call was carried out: the reply is lost, or the service broke
 * down half-way. The caller looks before it tries again.
 * @param once calls that must not be made twice, by the names of their commands
 */
export function markUnanswered({ middlewareStack }: AwsClient, once: ReadonlySet<string>): void {
  middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (once.has(commandName ?? '') && isOpen(error as SdkError)) errors.add(error as SdkError);
          throw error;
        }
      },
    // Inside the SDK's retries, and around its reading of the answer.
    { step: 'finalizeRequest', priority: 'low', name: 'unanswered' },
  );
}

/** Whether an error of the SDK leaves it open what the service has done. */
export function isUnanswered(error: unknown): boolean {
  return typeof error === 'object' && error !== null && errors.has(error);
}

function isOpen(error: SdkError): boolean {
  const kind = kindOf(error);
  // Where nobody listens, nothing has been done.
  return (kind === 'unreachable' && !UNSENT.has(error.code ?? '')) || kind === 'failing';
}

const UNSENT: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);
