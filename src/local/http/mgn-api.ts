import type { IncomingMessage } from 'node:http';
import { callMgn } from '../mgn/operations/call.ts';
import { unparsable } from '../mgn/operations/errors.ts';
import { FORMS } from '../mgn/operations/validate.ts';
import { ServiceError } from '../operations/service-error.ts';
import type { Answer } from './answer.ts';
import { BODY_LIMIT } from './api.ts';
import type { Api } from './api.ts';
import { parseBody, readBody } from './body.ts';
import { checkSignature } from './signature.ts';

const JSON_TYPE = 'application/json';
const TAGS = '/tags/';

/** MGN: REST and JSON, the operation in the path. */
export const MGN_API: Api = {
  operationOf({ method = '', url = '', headers }) {
    const path = pathOf(url);
    if (headers['x-amz-target'] !== undefined || path === '/') return undefined;
    return ROUTES.get(`${method} ${path.startsWith(TAGS) ? TAGS : path}`) ?? '';
  },
  async answer(operation, request, { region, quotas, desk }) {
    // An unknown path is answered before anything else is looked at, as API Gateway does.
    if (operation === '')
      throw refused('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const signedFor = signatureOf(request, region);
    const input = { ...(await bodyOf(request)), ...parametersOf(request) };
    const { status, output } = callMgn(operation, input, desk(), { region: signedFor, quotas });
    return { status, body: status === 204 ? '' : JSON.stringify(output), contentType: JSON_TYPE };
  },
  failure,
  throttled: failure(new ServiceError('ThrottlingException', 'Rate exceeded', 429)),
};

const ROUTES: ReadonlyMap<string, string> = new Map(
  [...FORMS].map(([name, { method = 'POST', path = `/${name}` }]) => [`${method} ${path}`, name]),
);

const pathOf = (url: string) => url.split('?', 1)[0] ?? '';

const refused = (code: string, message: string) => new ServiceError(code, message, 403);

/** Signatures are checked before the service sees a request, and refused with 403. */
function signatureOf({ headers }: IncomingMessage, region: string | undefined): string {
  try {
    return checkSignature(headers, 'mgn', region);
  } catch (error) {
    throw error instanceof ServiceError ? refused(error.code, error.message) : error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<object> {
  const body = await readBody(request, BODY_LIMIT);
  if (body.length === 0 || request.method === 'GET' || request.method === 'DELETE') return {};
  try {
    return parseBody(body) as object;
  } catch {
    throw unparsable('The request body is not a JSON object.');
  }
}

/** Members that stand in the path and the query. */
function parametersOf({ url = '', method }: IncomingMessage): object {
  const path = pathOf(url);
  const query = new URLSearchParams(url.slice(path.length + 1));
  if (path.startsWith(TAGS)) {
    const resourceArn = decode(path.slice(TAGS.length));
    return method === 'DELETE' && query.has('tagKeys')
      ? { resourceArn, tagKeys: query.getAll('tagKeys') }
      : { resourceArn };
  }
  if (method !== 'GET') return {};
  const [maxResults, nextToken] = [query.get('maxResults'), query.get('nextToken')];
  return {
    maxResults: maxResults !== null && /^-?\d{1,9}$/.test(maxResults) ? Number(maxResults) : maxResults,
    nextToken,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unparsable('The path is not percent-encoded UTF-8.');
  }
}

function failure(error: unknown): Answer {
  const { code, message, status, details } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalServerException', 'An internal error occurred.', 500);
  return {
    status,
    body: JSON.stringify({ message, ...details }),
    contentType: JSON_TYPE,
    headers: { 'x-amzn-errortype': code },
  };
}
