import type { ErrorObject } from 'ajv';
import { invalidParameter, ServiceError } from '../errors.ts';
import { AMZ_JSON, jsonError, jsonSuccess } from '../http/answer.ts';
import { checkSignature, parseBody, readBody, SERVICE_BODY_LIMIT, type ServiceApi } from '../http/api.ts';
import { absentNulls, explainError, memberOf } from '../validation.ts';
import {
  deleteServerCatalog,
  disassociateConnector,
  getConnectors,
  getServers,
  importServerCatalog,
} from './operations/catalog.ts';
import {
  deleteConfiguration,
  generate,
  getAppValidationOutput,
  getConfiguration,
  importAppCatalog,
  notifyAppValidationOutput,
  putConfiguration,
} from './operations/app-settings.ts';
import {
  createApp,
  deleteApp,
  getApp,
  launchApp,
  listApps,
  startAppReplication,
  startOnDemandAppReplication,
  stopAppReplication,
  terminateApp,
  updateApp,
} from './operations/apps.ts';
import type { AppConfiguration } from './records.ts';
import type { Inputs, OperationContext } from './operations/context.ts';
import {
  createReplicationJob,
  deleteReplicationJob,
  getReplicationJobs,
  updateReplicationJob,
} from './operations/jobs.ts';
import { getReplicationRuns, startOnDemandReplicationRun } from './operations/runs.ts';
import { smsRequestValidators } from './request-validators.ts';

const TARGET_HEADER = /^AWSServerMigrationService_V2016_10_24\.(\w*)$/;

/** The protocol of SMS: JSON 1.1, with the operation in a header. */
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
    const signedFor = checkSignature(request.headers, 'sms', region);
    const body = parseBody(await readBody(request, SERVICE_BODY_LIMIT));
    return jsonSuccess(run({ ...context(signedFor), region: signedFor }, body));
  },
  failure: jsonError,
  throttled: jsonError(new ServiceError('ThrottlingException', 'Rate exceeded')),
};

/** Takes the parsed body of a request, and returns the body of the answer. Throws a ServiceError. */
type Operation = (context: OperationContext, body: object) => object;

function checkedOperation<K extends keyof Inputs>(
  name: K,
  run: (context: OperationContext, input: Inputs[K]) => object,
): [string, Operation] {
  return [name, (context, body) => run(context, inputOf(name, body) as Inputs[K])];
}

const appOperation = (
  name: string,
  run: (context: OperationContext, input: never) => object,
): [string, Operation] => [name, (context, body) => run(context, inputOf(name, body) as never)];

const ofConfiguration =
  (
    run: (what: AppConfiguration, context: OperationContext, input: never) => object,
    what: AppConfiguration,
  ): ((context: OperationContext, input: never) => object) =>
  (context, input) =>
    run(what, context, input);

/** All operations of the API. */
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
  appOperation('CreateApp', createApp),
  appOperation('DeleteApp', deleteApp),
  appOperation('DeleteAppLaunchConfiguration', ofConfiguration(deleteConfiguration, 'launch')),
  appOperation('DeleteAppReplicationConfiguration', ofConfiguration(deleteConfiguration, 'replication')),
  appOperation('DeleteAppValidationConfiguration', ofConfiguration(deleteConfiguration, 'validation')),
  appOperation('GenerateChangeSet', (context, input) => generate('changeset', context, input)),
  appOperation('GenerateTemplate', (context, input) => generate('template', context, input)),
  appOperation('GetApp', getApp),
  appOperation('GetAppLaunchConfiguration', ofConfiguration(getConfiguration, 'launch')),
  appOperation('GetAppReplicationConfiguration', ofConfiguration(getConfiguration, 'replication')),
  appOperation('GetAppValidationConfiguration', ofConfiguration(getConfiguration, 'validation')),
  appOperation('GetAppValidationOutput', getAppValidationOutput),
  appOperation('ImportAppCatalog', importAppCatalog),
  appOperation('LaunchApp', launchApp),
  appOperation('ListApps', listApps),
  appOperation('NotifyAppValidationOutput', notifyAppValidationOutput),
  appOperation('PutAppLaunchConfiguration', ofConfiguration(putConfiguration, 'launch')),
  appOperation('PutAppReplicationConfiguration', ofConfiguration(putConfiguration, 'replication')),
  appOperation('PutAppValidationConfiguration', ofConfiguration(putConfiguration, 'validation')),
  appOperation('StartAppReplication', startAppReplication),
  appOperation('StartOnDemandAppReplication', startOnDemandAppReplication),
  appOperation('StopAppReplication', stopAppReplication),
  appOperation('TerminateApp', terminateApp),
  appOperation('UpdateApp', updateApp),
]);

/** The longest part of a wrong value that an error message repeats, in characters. */
const MAX_QUOTED_LENGTH = 100;

/**
 * Checks the input of an operation. Unknown members and members that are null count as absent.
 * @throws ServiceError
 */
function inputOf(operation: string, body: object): object {
  const input = absentNulls(body);
  const types = smsRequestValidators.get(`${operation}.types`);
  const rules = smsRequestValidators.get(`${operation}.rules`);
  if (!types(input)) throw new ServiceError('SerializationException', typeErrorMessage(types.errors?.[0]));
  if (!rules(input)) throw ruleError(rules.errors?.[0]);
  return input;
}

function typeErrorMessage(error: ErrorObject | undefined): string {
  const { type = 'structure' } = (error?.params ?? {}) as { type?: string };
  return `${nameOf(error)} is not of type ${type}.`;
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
  const rule = error === undefined ? 'is not allowed' : explainError(error);
  return invalidParameter(`Value ${value} at '${nameOf(error)}' is invalid: it ${rule}.`);
}

const nameOf = (error: ErrorObject | undefined) => (error && memberOf(error)) || 'The request body';
