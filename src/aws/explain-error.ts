import { LandfallError } from '../core/error.ts';
import { type SdkError, kindOf, said } from './error-kind.ts';

/** What is said of a service when a call to it fails. */
export interface ServiceWords {
  readonly service: string;
  /** The IAM actions its callers need. */
  readonly actions: string;
  /** What to do where nothing answers. */
  readonly unreachable: string;
  /** What to do about the service's own exceptions, by their names. */
  readonly remedies: Readonly<Record<string, string>>;
}

/** @returns `explain(thrown, operation)`, where `operation` is the API's name for the call */
export function createExplainer(words: ServiceWords): (thrown: unknown, operation: string) => LandfallError {
  return (thrown, operation) => explainError(thrown, operation, words);
}

/** Says in landfall's words what went wrong with a call. The SDK has retried already what is worth it. */
function explainError(
  thrown: unknown,
  operation: string,
  { service, actions, unreachable, remedies }: ServiceWords,
): LandfallError {
  if (thrown instanceof LandfallError) return thrown;
  const error = asError(thrown);
  const words = said(error);
  switch (kindOf(error)) {
    case 'no-credentials':
      return new LandfallError('CREDENTIALS_MISSING', `there are no AWS credentials to use: ${words}`, {
        remedy:
          'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`',
        cause: error,
      });
    case 'refused':
      return new LandfallError(
        'CREDENTIALS_REFUSED',
        `the credentials are refused at ${operation}: ${words}`,
        {
          remedy: `renew them if they have expired, see that they may do ${actions}, and that the machine’s time is right`,
          cause: error,
        },
      );
    case 'throttled':
      return new LandfallError('THROTTLED', `the service kept throttling ${operation}: ${words}`, {
        source: 'service',
        remedy: 'lower limits.apiRequests of the target, or run again later',
        cause: error,
      });
    case 'unreachable':
      return new LandfallError('ENDPOINT_UNREACHABLE', `cannot reach ${error.endpoint ?? 'AWS'}: ${words}`, {
        source: 'service',
        remedy: unreachable,
        cause: error,
      });
    case 'failing':
      return new LandfallError('SERVICE_ERROR', `the service kept failing at ${operation}: ${words}`, {
        source: 'service',
        remedy: 'run again later: a run goes on from what is there',
        cause: error,
      });
    case 'unreadable':
      return new LandfallError('SERVICE_ERROR', `the answer to ${operation} cannot be read: ${words}`, {
        source: 'service',
        remedy: `check that the endpoint of the target speaks the API of ${service}`,
        cause: error,
      });
    case 'service': {
      const remedy = remedies[error.name];
      return new LandfallError('SERVICE_ERROR', `the service refused ${operation}: ${words}`, {
        source: 'service',
        cause: error,
        ...(remedy !== undefined && { remedy }),
      });
    }
    case 'other':
      return new LandfallError('INTERNAL', `cannot send ${operation}: ${words}`, {
        source: 'landfall',
        cause: error,
      });
  }
}

/** Not by `instanceof`: errors of Node's own may be of another realm. */
function asError(thrown: unknown): SdkError {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown
    ? (thrown as SdkError)
    : new Error(String(thrown));
}
