import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { MgnQuotas } from '../mgn/quotas.ts';
import type { Command, SimulatedAccount } from '../simulation/simulation.ts';
import type { Spelling } from '../sms/operations/context.ts';
import type { Answer } from './answer.ts';

/** The largest body that a service accepts, in bytes. */
export const SERVICE_BODY_LIMIT = 1 << 20;

/** The state that the operations of both services read, and the only function that changes it. */
export interface ServiceContext {
  readonly account: SimulatedAccount;
  readonly spell: Spelling;
  commit(command: Command): void;
}

/** What a service needs to answer a request. */
export interface ApiContext {
  /** The only region whose signatures are accepted. */
  readonly region: string | undefined;
  readonly quotas: MgnQuotas;
  /** Returns the state of a region at the current time. */
  readonly context: (region: string) => ServiceContext;
}

/** The protocol of one service. */
export interface ServiceApi {
  /**
   * Names the operation of a request. Returns an empty name for an operation that the service does not have, and nothing
   * for a request of another service.
   */
  operationOf(request: IncomingMessage): string | undefined | Promise<string | undefined>;
  /** Answers a request. Callers turn whatever it throws into an answer with `failure`. */
  answer(operation: string, request: IncomingMessage, context: ApiContext): Promise<Answer>;
  /** Formats an error as the service does. The text of an error that is not a ServiceError is not sent: it is a bug. */
  failure(error: unknown): Answer;
  readonly throttled: Answer;
}

const tooLarge = (limit: number) =>
  new ServiceError('RequestEntityTooLargeException', `Request body is larger than ${limit} bytes.`, 413);

/** Reads a body of up to `limit` bytes. A longer body is refused as soon as its length is known, and is not kept. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(tooLarge(limit));
    });
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('close', () => {
      // Also a request that has been read is closed. An error would cost as much time as the rest of its reading.
      if (!request.complete)
        reject(new ServiceError('RequestAborted', 'The connection was closed before the request ended.'));
    });
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses a body as a JSON object in UTF-8. */
export function parseBody(body: Uint8Array): object {
  try {
    const parsed: unknown = JSON.parse(utf8.decode(body));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // The error follows below.
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
}

const incomplete = (message: string) => new ServiceError('IncompleteSignatureException', message);
const refused = (message: string) => new ServiceError('InvalidSignatureException', message);

/** The form of a region: `us-west-2`, `us-gov-east-1`, … */
const REGION = /^(?=.{1,40}$)[a-z]{2,}(-[a-z]+)+-\d+$/;

export const isRegion = (name: string) => REGION.test(name);

/**
 * Checks the form of a Signature Version 4. It does not check the secret, which the endpoint does not know, nor the age,
 * because the endpoint's time is not the client's.
 * @param service the service of the request
 * @param region the only region that is accepted; undefined: any region
 * @returns the region of the request
 */
export function checkSignature(
  headers: IncomingHttpHeaders,
  service: string,
  region: string | undefined,
): string {
  const { authorization } = headers;
  if (authorization === undefined || authorization === '') {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [, rest] = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(authorization) ?? [];
  if (rest === undefined) throw incomplete(`Unsupported authorization algorithm.`);
  const parts = new Map(rest.split(/\s*,\s*/).map((part) => splitOnce(part)));
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) => {
    const value = parts.get(name);
    if (value === undefined) throw incomplete(`Authorization header requires '${name}' parameter.`);
    return value;
  });
  const signedFor = checkScope(credential ?? '', dateOf(headers), service, region);
  checkSignedHeaders(signedHeaders ?? '');
  if (!/^[0-9a-f]{64}$/.test(signature ?? '')) throw incomplete('Signature is not 64 hexadecimal digits.');
  return signedFor;
}

function splitOnce(part: string): [string, string] {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
}

/** Returns the date of the request, `YYYYMMDD`. */
function dateOf(headers: IncomingHttpHeaders): string {
  const stamp = headers['x-amz-date'];
  if (typeof stamp !== 'string')
    throw incomplete("Authorization header requires existence of an 'X-Amz-Date' header.");
  if (!/^\d{8}T\d{6}Z$/.test(stamp)) throw incomplete("Date must be in ISO-8601 'basic format'.");
  return stamp.slice(0, 8);
}

function checkScope(credential: string, today: string, expected: string, only: string | undefined): string {
  const scope = credential.split('/');
  if (scope.length < 5) throw incomplete('Credential must have at least 5 slash-delimited elements.');
  const [date, region = '', service, terminator] = scope.slice(-4);
  if (terminator !== 'aws4_request') {
    throw refused("Credential should be scoped with a valid terminator: 'aws4_request'.");
  }
  if (service !== expected) throw refused(`Credential should be scoped to correct service: '${expected}'.`);
  if (only === undefined ? !REGION.test(region) : region !== only) {
    throw refused(`Credential should be scoped to a valid region${only === undefined ? '' : `: '${only}'`}.`);
  }
  if (date !== today) throw refused('Date in Credential scope does not match YYYYMMDD of X-Amz-Date.');
  return region;
}

function checkSignedHeaders(list: string): void {
  const names = list.split(';');
  if (!names.includes('host')) throw refused("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  if (!names.includes('x-amz-date'))
    throw refused("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
}
