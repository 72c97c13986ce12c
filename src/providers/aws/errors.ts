import { LandfallError } from '../../core/error.ts';

/** What is said of a service when a call to it fails. */
interface ServiceErrorTexts {
  readonly service: string;
  /** The IAM actions its callers need. */
  readonly actions: string;
  /** What to do where nothing answers. */
  readonly unreachable: string;
  /** What to do about the service's own exceptions, by their names. */
  readonly remedies: Readonly<Record<string, string>>;
}

/** @returns `explain(thrown, operation)`, where `operation` is the API's name for the call */
export function createErrorExplainer(
  words: ServiceErrorTexts,
): (thrown: unknown, operation: string) => LandfallError {
  return (thrown, operation) => explainError(thrown, operation, words);
}

/** Says in landfall's words what went wrong with a call. The SDK has retried already what is worth it. */
function explainError(
  thrown: unknown,
  operation: string,
  { service, actions, unreachable, remedies }: ServiceErrorTexts,
): LandfallError {
  if (thrown instanceof LandfallError) return thrown;
  const error = asError(thrown);
  const words = describeSdkError(error);
  switch (classifyError(error)) {
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
        remedy: 'run again later: a run continues from the current state',
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

/** Whether an error of a call goes back to the service's own exception of that name. */
export function isServiceError(error: unknown, name: string): boolean {
  return error instanceof LandfallError && (error.cause as Partial<Error> | undefined)?.name === name;
}

/** What is known of an error that the SDK threw; only the first three are there for sure. */
export interface SdkError extends Error {
  /** Node's code of a failed connection. */
  readonly code?: string;
  /** Where a connection was to go, `host:port`; our own HTTP handler adds it. */
  readonly endpoint?: string;
  /** With a status on errors that the service answered with; the SDK counts attempts in it on others too. */
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** There once an answer came, of whatever kind. */
  readonly $response?: unknown;
}

type ErrorKind =
  'no-credentials' | 'refused' | 'throttled' | 'unreachable' | 'failing' | 'service' | 'unreadable' | 'other';

/** Errors of AWS's front door that say who may not come in, beside those about signatures. */
const ACCESS_ERRORS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'UnauthorizedOperationException',
  'UnrecognizedClientException',
]);

const NETWORK_ERRORS: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Sorts what the SDK throws by what the user can do about it. */
export function classifyError(error: SdkError): ErrorKind {
  const { name, code, endpoint, $response } = error;
  const status = statusOf(error);
  if (name === 'CredentialsProviderError') return 'no-credentials';
  if (ACCESS_ERRORS.has(name) || isSignatureError(error)) return 'refused';
  if (status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name))
    return 'throttled';
  if (name === 'TimeoutError' || endpoint !== undefined || NETWORK_ERRORS.has(code ?? ''))
    return 'unreachable';
  if (status !== undefined) return status >= 500 ? 'failing' : 'service';
  return $response === undefined ? 'other' : 'unreadable';
}

/**
 * What an error says, for a message of ours. What AWS says about a signature stays unsaid: it quotes the signed
 * headers, among them the session token. So does whatever else quotes them, a proxy's answer for one.
 */
function describeSdkError(error: SdkError): string {
  const { name, code, message } = error;
  if (isSignatureError(error) || quotesHeaders(message)) return name;
  const words = message.trim().replace(/\.$/, '');
  if (statusOf(error) === undefined) return code ?? (words === '' ? name : words);
  if (words === '' || words === name) return name;
  return name === 'Error' ? words : `${name}: ${words}`;
}

/** The HTTP status of an error that the service answered with. */
function statusOf({ $metadata }: SdkError): number | undefined {
  return $metadata?.httpStatusCode;
}

function quotesHeaders(message: string): boolean {
  return /x-amz-security-token|\bauthorization\b|AWS4-HMAC/i.test(message);
}

function isSignatureError({ name }: SdkError): boolean {
  return /Signature/.test(name);
}
