import { CallFailed } from './call-failed.ts';
import type { Waiting } from './waits.ts';

/** How a platform and its things are called when something goes wrong. */
export interface Words {
  readonly name: string;
  /** `pull request 7 of ucop/waves`. */
  readonly request: string;
  /** The variable that the token is from. */
  readonly tokenFrom: string;
  /** The flag or variable that the API's address is from. */
  readonly apiFrom: string;
  /** What the token must be allowed to do. */
  readonly permission: string;
}

/** An answer that is no success, in words that say what to do. */
export function refusal(words: Words, status: number, said: string, waiting: Waiting): CallFailed {
  const { name, request, tokenFrom, permission } = words;
  const quote = said === '' ? '' : ` (${said})`;
  const failed = (what: string, remedy: string): CallFailed =>
    new CallFailed('PLATFORM_REFUSED', what + quote, { status, remedy });
  if (waiting.passes) {
    const code = status < 500 && status !== 408 ? 'THROTTLED' : 'PLATFORM_ERROR';
    return new CallFailed(code, `${name} answers with status ${status}${quote}`, {
      status,
      ...waiting,
      remedy: 'run it again in a while',
    });
  }
  switch (status) {
    case 401:
      return failed(
        `${name} does not know the token in ${tokenFrom}`,
        `give ${tokenFrom} a token that has not expired: ${permission}`,
      );
    case 403:
      return failed(`${name} does not let the token in ${tokenFrom} do this on ${request}`, permission);
    case 404:
      return failed(
        `${name} has no ${request}, or does not show it to the token in ${tokenFrom}`,
        `check --repo and --number; ${permission}`,
      );
    default:
      return failed(`${name} answers with status ${status}`, `check ${words.apiFrom}, --repo and --number`);
  }
}

/** Codes of Node and OpenSSL for an address that does not become right by waiting. */
const FINAL = /^(ENOTFOUND|ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_INVALID)/;

/** A call without an answer. Of what was thrown only the code is told: its words may quote headers. */
export function unreachable({ name, apiFrom }: Words, host: string, thrown: unknown): CallFailed {
  const { code, name: kind } = innermost(thrown);
  const reason = code ?? (kind === 'TimeoutError' ? 'no answer in a minute' : 'the connection broke');
  const passes = code === undefined || !FINAL.test(code);
  const remedy = passes
    ? `check the network and ${apiFrom}`
    : `check ${apiFrom}; for a certificate of your own, set NODE_EXTRA_CA_CERTS`;
  return new CallFailed('PLATFORM_UNREACHABLE', `${name} cannot be reached at ${host}: ${reason}`, {
    passes,
    remedy,
  });
}

/** Fetch wraps what went wrong once or twice. */
function innermost(thrown: unknown): { readonly code: string | undefined; readonly name: string } {
  if (!(thrown instanceof Error)) return { code: undefined, name: '' };
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string') return { code, name: thrown.name };
  return thrown.cause instanceof Error ? innermost(thrown.cause) : { code: undefined, name: thrown.name };
}
