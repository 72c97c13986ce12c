import type { SMSClient } from '@aws-sdk/client-sms';
import { kindOf, type SdkError } from './error-kind.ts';

/** Calls that must not be made twice: a second one is not the same as the first. */
const ONCE: ReadonlySet<string | undefined> = new Set(['CreateReplicationJobCommand']);

const errors = new WeakSet<object>();

/**
 * Marks the errors after which nobody knows whether a job has been created: the reply is lost, or the service broke
 * down half-way. The caller looks before it tries again. (The service refuses a second *active* job for a server
 * only: one that has failed or ended in the meantime would not keep the SDK's next try from making another.)
 */
export function markUnanswered({ middlewareStack }: SMSClient): void {
  middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (ONCE.has(commandName) && isOpen(error as SdkError)) errors.add(error as SdkError);
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
