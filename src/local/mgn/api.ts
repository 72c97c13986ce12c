import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import {
  checkSignature,
  parseBody,
  readBody,
  SERVICE_BODY_LIMIT,
  type ServiceApi,
  type ServiceContext,
} from '../http/api.ts';
import type { MgnCommand } from './commands.ts';
import { invalidRequest, uninitialized, unparsableRequest } from './operations/errors.ts';
import { MGN_OPERATIONS, type Operation } from './operations/registry.ts';
import { REQUEST_FORMS } from './operations/request-forms.ts';
import { inputOf } from './operations/validate.ts';
import type { MgnQuotas } from './quotas.ts';

const JSON_TYPE = 'application/json';
const TAGS = '/tags/';

/** MGN: REST and JSON, the operation in the path. */
export const MGN_API: ServiceApi = {
  operationOf({ method = '', url = '', headers }) {
    const path = pathOf(url);
    if (headers['x-amz-target'] !== undefined || path === '/') return undefined;
    return ROUTES.get(`${method} ${path.startsWith(TAGS) ? TAGS : path}`) ?? '';
  },
  async answer(operation, request, { region, quotas, context }) {
    if (operation === '') {
      const path = pathOf(request.url ?? '').slice(0, 200);
      const message = `This endpoint does not simulate ${request.method ?? ''} ${path}.`;
      throw new ServiceError('UnknownOperationException', message, 404);
    }
    const signedFor = signatureOf(request, region);
    const input = { ...(await bodyOf(request)), ...parametersOf(request) };
    // Before the state is read, which must not change until the operation has run.
    const run = await operationNamed(operation);
    const { status, output } = callMgnOperation(operation, run, input, context(signedFor), {
      region: signedFor,
      quotas,
    });
    return { status, body: status === 204 ? '' : JSON.stringify(output), contentType: JSON_TYPE };
  },
  failure: mgnError,
  throttled: mgnError(new ServiceError('ThrottlingException', 'Rate exceeded', 429)),
};

const ROUTES: ReadonlyMap<string, string> = new Map(
  [...REQUEST_FORMS].map(([name, { method = 'POST', path = `/${name}` }]) => [`${method} ${path}`, name]),
);

const pathOf = (url: string) => url.split('?', 1)[0] ?? '';

const forbidden = (code: string, message: string) => new ServiceError(code, message, 403);

/** Checks the signature before the service reads the request; a wrong one is refused with HTTP 403. */
function signatureOf({ headers }: IncomingMessage, region: string | undefined): string {
  try {
    return checkSignature(headers, 'mgn', region);
  } catch (error) {
    throw error instanceof ServiceError ? forbidden(error.code, error.message) : error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<object> {
  const body = await readBody(request, SERVICE_BODY_LIMIT);
  if (body.length === 0 || request.method === 'GET' || request.method === 'DELETE') return {};
  try {
    return parseBody(body);
  } catch {
    throw unparsableRequest('The request body is not a JSON object.');
  }
}

/** Reads the members of a request that are in its path and its query. */
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
    throw unparsableRequest('The path is not percent-encoded UTF-8.');
  }
}

function mgnError(error: unknown): Answer {
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

/** Finds an operation; those on imports and exports are loaded when one of them is first called. */
async function operationNamed(name: string): Promise<Operation | undefined> {
  if (!/^(Start|List)(Import|Export)/.test(name)) return MGN_OPERATIONS.get(name);
  const { TRANSFER_OPERATIONS } = await import('./operations/transfers.ts');
  return TRANSFER_OPERATIONS.get(name);
}

/** Runs an operation of MGN. */
function callMgnOperation(
  operation: string,
  run: Operation | undefined,
  body: object,
  service: ServiceContext,
  { region, quotas }: { readonly region: string; readonly quotas: MgnQuotas },
): { readonly status: number; readonly output: object } {
  const { account } = service;
  const input = inputOf(operation, body);
  const { status = 200 } = REQUEST_FORMS.get(operation) ?? {};
  if (operation === 'InitializeService') {
    if (account.mgn === undefined) service.commit({ do: 'mgn', mgn: { do: 'initialize' } });
    return { status, output: {} };
  }
  const { mgn } = account;
  if (mgn === undefined) throw uninitialized();
  if (run === undefined) throw invalidRequest(`There is no operation ${operation}.`);
  const context = {
    account,
    mgn,
    quotas,
    region,
    commit: (command: MgnCommand) => {
      service.commit({ do: 'mgn', mgn: command });
    },
  };
  return { status, output: run(context, input) };
}
