import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../errors.ts';

const incomplete = (message: string) => new ServiceError('IncompleteSignatureException', message);
const refused = (message: string) => new ServiceError('InvalidSignatureException', message);

/** The form of a region: `us-west-2`, `us-gov-east-1`, … */
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

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
