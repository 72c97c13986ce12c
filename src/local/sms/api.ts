import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { invalidParameter, ServiceError } from '../errors.ts';
import { AMZ_JSON, jsonError, jsonSuccess } from '../http/answer.ts';
import { parseBody, readBody, SERVICE_BODY_LIMIT, type ServiceApi } from '../http/api.ts';
import { checkSignature } from '../http/signature.ts';
import {
  deleteServerCatalog,
  disassociateConnector,
  getConnectors,
  getServers,
  importServerCatalog,
} from './operations/catalog.ts';
import type { Inputs, OperationContext } from './operations/context.ts';
import {
  createReplicationJob,
  deleteReplicationJob,
  getReplicationJobs,
  updateReplicationJob,
} from './operations/jobs.ts';
import { getReplicationRuns, startOnDemandReplicationRun } from './operations/runs.ts';

const TARGET_HEADER = /^AWSServerMigrationService_V2016_10_24\.(\w*)$/;

/** SMS: JSON 1.1, the operation in a header. */
export const SMS_API: ServiceApi = {
  operationOf({ method, url, headers }) {
    const target = headers['x-amz-target'];
    const [contentType] = (headers['content-type'] ?? '').split(';');
    if (method !== 'POST' || url !== '/' || typeof target !== 'string') return undefined;
    if (contentType?.trim().toLowerCase() !== AMZ_JSON) return undefined;
    return TARGET_HEADER.exec(target)?.[1];
  },
  async answer(operation, request, { region, context }) {
    const run = SMS_OPERATIONS.get(operation);
    if (run === undefined) throw new ServiceError('UnknownOperationException', 'The operation is not known.');
    checkSignature(request.headers, 'sms', region);
    const body = parseBody(await readBody(request, SERVICE_BODY_LIMIT));
    return jsonSuccess(run(context(), body));
  },
  failure: jsonError,
  throttled: jsonError(new ServiceError('ThrottlingException', 'Rate exceeded')),
};

/** Takes the parsed body of a request, returns the body of the answer. Throws a ServiceError. */
type Operation = (context: OperationContext, body: unknown) => object;

function checkedOperation<K extends keyof Inputs>(
  name: K,
  run: (context: OperationContext, input: Inputs[K]) => object,
): [string, Operation] {
  const check = inputOf(name);
  return [name, (context, body) => run(context, check(body))];
}

/** Every operation of the API that has to do with replication jobs. */
const SMS_OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  checkedOperation('CreateReplicationJob', createReplicationJob),
  checkedOperation('DeleteReplicationJob', deleteReplicationJob),
  checkedOperation('DeleteServerCatalog', deleteServerCatalog),
  checkedOperation('DisassociateConnector', disassociateConnector),
  checkedOperation('GetConnectors', getConnectors),
  checkedOperation('GetReplicationJobs', getReplicationJobs),
  checkedOperation('GetReplicationRuns', getReplicationRuns),
  checkedOperation('GetServers', getServers),
  checkedOperation('ImportServerCatalog', importServerCatalog),
  checkedOperation('StartOnDemandReplicationRun', startOnDemandReplicationRun),
  checkedOperation('UpdateReplicationJob', updateReplicationJob),
]);

/** What is checked while a body is read (`types`), and what the operation checks afterwards (`rules`). */
type Schemas = Readonly<Record<keyof Inputs, { readonly types: object; readonly rules: object }>>;

interface Checks<T> {
  readonly types: ValidateFunction<T>;
  readonly rules: ValidateFunction<T>;
}

/** Longest part of a wrong value that an error message repeats. */
const MAX_QUOTED_LENGTH = 100;

const ajv = new Ajv({ strictTypes: false, strictRequired: false, verbose: true });
const schemas = JSON.parse(readFileSync(new URL('./requests.json', import.meta.url), 'utf8')) as Schemas;

/**
 * The check of an operation's input. It takes any JSON value and returns it as the input it is,
 * or throws the error the service has for it. Members that are unknown or null count as absent.
 */
function inputOf<K extends keyof Inputs>(operation: K): (body: unknown) => Inputs[K] {
  let compiled: Checks<Inputs[K]> | undefined;
  return (body) => {
    compiled ??= compile(operation);
    dropNulls(body);
    const { types, rules } = compiled;
    if (!types(body)) throw new ServiceError('SerializationException', typeErrorMessage(types.errors?.[0]));
    if (!rules(body)) throw ruleError(rules.errors?.[0]);
    return body;
  };
}

function compile<K extends keyof Inputs>(operation: K): Checks<Inputs[K]> {
  const { types, rules } = schemas[operation];
  return { types: ajv.compile<Inputs[K]>(types), rules: ajv.compile<Inputs[K]>(rules) };
}

function dropNulls(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [key, value] of Object.entries(body)) if (value === null) Reflect.deleteProperty(body, key);
}

function typeErrorMessage(error: ErrorObject | undefined): string {
  const { type = 'structure' } = (error?.params ?? {}) as { type?: string };
  return `${memberOf(error)} is not of type ${type}.`;
}

function ruleError(error: ErrorObject | undefined): ServiceError {
  if (error?.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return new ServiceError(
      'MissingRequiredParameterException',
      `Missing required parameter ${missingProperty}.`,
    );
  }
  const value = JSON.stringify(error?.data).slice(0, MAX_QUOTED_LENGTH);
  const { allowedValues } = (error?.params ?? {}) as { allowedValues?: readonly string[] };
  const rule = allowedValues === undefined ? error?.message : `must be one of ${allowedValues.join(', ')}`;
  return invalidParameter(
    `Value ${value} at '${memberOf(error)}' is invalid: it ${rule ?? 'is not allowed'}.`,
  );
}

function memberOf(error: ErrorObject | undefined): string {
  const path = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  return path === '' ? 'The request body' : path;
}
