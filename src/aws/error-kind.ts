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

export type ErrorKind =
  'no-credentials' | 'refused' | 'throttled' | 'unreachable' | 'failing' | 'service' | 'unreadable' | 'other';

/** Errors of AWS's front door that say who may not come in, beside those about signatures. */
const REFUSED: ReadonlySet<string> = new Set([
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

const NETWORK: ReadonlySet<string> = new Set([
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
export function kindOf(error: SdkError): ErrorKind {
  const { name, code, endpoint, $response } = error;
  const status = statusOf(error);
  if (name === 'CredentialsProviderError') return 'no-credentials';
  if (REFUSED.has(name) || isAboutSignature(error)) return 'refused';
  if (status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name))
    return 'throttled';
  if (name === 'TimeoutError' || endpoint !== undefined || NETWORK.has(code ?? '')) return 'unreachable';
  if (status !== undefined) return status >= 500 ? 'failing' : 'service';
  return $response === undefined ? 'other' : 'unreadable';
}

/**
 * What an error says, for a message of ours. What AWS says about a signature stays unsaid: it quotes the signed
 * headers, among them the session token. So does whatever else quotes them, a proxy's answer for one.
 */
export function said(error: SdkError): string {
  const { name, code, message } = error;
  if (isAboutSignature(error) || quotesHeaders(message)) return name;
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

function isAboutSignature({ name }: SdkError): boolean {
  return /Signature/.test(name);
}
