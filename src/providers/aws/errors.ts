import { LandfallError } from '../../core/error.ts';
import { hideSecrets } from '../../core/text.ts';
import {
  type ConnectionFailure,
  explainFailure,
  isPermanentFailure,
  otherCauses,
} from '../../network/connections.ts';
import { isThisMachine } from '../../network/proxies.ts';

/** The texts for errors of a service. */
interface ServiceErrorTexts {
  readonly service: string;
  /** The IAM actions that its calls need. */
  readonly actions: string;
  /** What to do if the endpoint does not answer. */
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

/** Turns an error of the SDK into a LandfallError. The SDK has already retried where that helps. */
function explainError(
  thrown: unknown,
  operation: string,
  { service, actions, unreachable, remedies }: ServiceErrorTexts,
): LandfallError {
  if (thrown instanceof LandfallError) return thrown;
  const error = asError(thrown);
  const description = describeSdkError(error);
  switch (classifyError(error)) {
    case 'no-credentials':
      return new LandfallError('CREDENTIALS_MISSING', `no AWS credentials were found: ${description}`, {
        remedy:
          'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`',
        cause: error,
      });
    case 'refused':
      return new LandfallError(
        'CREDENTIALS_REFUSED',
        `the credentials were refused for ${operation}: ${description}`,
        {
          remedy: `renew them if they have expired, and check that they allow ${actions} and that the clock of this machine is correct`,
          cause: error,
        },
      );
    case 'throttled':
      return new LandfallError('THROTTLED', `the service kept throttling ${operation}: ${description}`, {
        source: 'service',
        remedy: 'lower limits.apiRequests of the target, or run again later',
        cause: error,
      });
    case 'unreachable': {
      const { message, remedy } = explainFailure(error, 'AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS') ?? {
        message: `cannot reach ${error.endpoint ?? 'AWS'}: ${description}`,
        remedy: isThisMachine(error.endpoint) ? unreachable : `${unreachable}; ${otherCauses(error)}`,
      };
      return new LandfallError('ENDPOINT_UNREACHABLE', message, { source: 'service', remedy, cause: error });
    }
    case 'failing':
      return new LandfallError('SERVICE_ERROR', `the service kept failing on ${operation}: ${description}`, {
        source: 'service',
        remedy: 'run again later: a run continues from the current state',
        cause: error,
      });
    case 'unreadable': {
      const isUnknown = isOutcomeUnknown(error) && !READ_OPERATIONS.test(operation);
      const response = isUnknown
        ? `it is unknown whether ${operation} was executed: its response`
        : `the response to ${operation}`;
      const check = `check that the endpoint of the target provides the API of ${service}, and that no proxy or sign-in page of the network answers in its place`;
      return new LandfallError('SERVICE_ERROR', `${response} cannot be read: ${description}`, {
        source: 'service',
        remedy: isUnknown ? `${check}; then plan again: the plan shows what was done` : check,
        cause: error,
      });
    }
    case 'service': {
      const remedy = remedies[error.name];
      return new LandfallError('SERVICE_ERROR', `the service refused ${operation}: ${description}`, {
        source: 'service',
        cause: error,
        ...(remedy !== undefined && { remedy }),
      });
    }
    case 'other':
      return new LandfallError('INTERNAL', `cannot send ${operation}: ${description}`, {
        source: 'landfall',
        cause: error,
      });
  }
}

/** Returns what was thrown as an error. Does not use `instanceof`: errors of Node itself may be of another realm. */
export function asError(thrown: unknown): SdkError {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown
    ? (thrown as SdkError)
    : new Error(String(thrown));
}

/** Whether the cause of an error is the service's exception of that name. */
export function isServiceError(error: unknown, name: string): boolean {
  return error instanceof LandfallError && (error.cause as Partial<Error> | undefined)?.name === name;
}

/** An error that the SDK threw. */
export interface SdkError extends Error, ConnectionFailure {
  /** Has a status on errors that the service returned; on others the SDK counts attempts in it. */
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    /** The SDK has found that the machine's clock is wrong, and counts from the service's time from now on. */
    readonly clockSkewCorrected?: boolean;
  };
  /** Present once any response came. */
  readonly $response?: { readonly statusCode?: number };
}

type ErrorKind =
  'no-credentials' | 'refused' | 'throttled' | 'unreachable' | 'failing' | 'service' | 'unreadable' | 'other';

/** Errors of AWS about credentials and permissions, apart from those about signatures. */
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

/** Classifies an error of the SDK by what the user can do about it. */
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

/** Operations that change nothing. */
const READ_OPERATIONS = /^(Get|List|Describe)/;

/** Errors of connections that were never made, so that the call was not executed. */
export const NOT_SENT: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/**
 * Whether an error leaves open whether the call was executed: the reply was lost or cannot be read, or the service failed
 * during the call. An unreadable response with an error status is a refusal of whoever sent it.
 */
export function isOutcomeUnknown(error: SdkError): boolean {
  const kind = classifyError(error);
  // If no connection was made, the call was not executed.
  const isUnsent =
    NOT_SENT.has(error.code ?? '') || error.proxyStatus !== undefined || isPermanentFailure(error);
  if (kind === 'unreachable') return !isUnsent;
  if (kind === 'unreadable') return error.name === 'ResponseLimitError' || isUnreadableSuccess(error);
  return kind === 'failing';
}

/** Whether a response with a status of success could not be read, as the page of a proxy. */
export function isUnreadableSuccess({ $response, $metadata }: Partial<SdkError>): boolean {
  const status = $response?.statusCode ?? 0;
  return $metadata?.httpStatusCode === undefined && status >= 200 && status < 300;
}

/**
 * Describes an error for a message of landfall. Leaves out messages that quote request headers, as those about signatures
 * and those of some proxies do: one of the headers is the session token.
 */
function describeSdkError(error: SdkError): string {
  const { name, code } = error;
  const message = hideSecrets(error.message);
  if (isSignatureError(error) || quotesHeaders(message)) return name;
  const text = message.trim().replace(/\.$/, '');
  if (statusOf(error) === undefined) return code ?? (text === '' ? name : text);
  if (text === '' || text === name) return name;
  return name === 'Error' ? text : `${name}: ${text}`;
}

/** Returns the HTTP status of an error that the service returned. */
function statusOf({ $metadata }: SdkError): number | undefined {
  return $metadata?.httpStatusCode;
}

function quotesHeaders(message: string): boolean {
  return /x-amz-security-token|\bauthorization\b|AWS4-HMAC/i.test(message);
}

function isSignatureError({ name }: SdkError): boolean {
  return /Signature/.test(name);
}
