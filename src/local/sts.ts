import { randomUUID } from 'node:crypto';
import { xml } from './ec2/template-data.ts';
import { ServiceError } from './errors.ts';
import type { Answer } from './http/answer.ts';
import { checkSignature, type ServiceApi } from './http/api.ts';
import { formOperation, XML } from './http/forms.ts';
import { ACCOUNT, partitionOf } from './mgn/operations/context.ts';

/**
 * What many tools ask of STS before anything else: GetCallerIdentity. Forms for any other service are answered in their
 * protocol too, so that their clients can name the error.
 */
export const STS_API: ServiceApi = {
  operationOf: (request) => formOperation(request),
  async answer(operation, { headers }, { region: only }) {
    if (operation !== 'GetCallerIdentity' || headers.authorization?.includes('/sts/aws4_request') !== true)
      throw new ServiceError(
        'UnknownOperationException',
        `This endpoint does not simulate ${operation === '' ? 'a form without Action' : operation}.`,
        404,
      );
    const Arn = `arn:${partitionOf(checkSignature(headers, 'sts', only))}:iam::${ACCOUNT}:user/local`;
    const content = {
      GetCallerIdentityResult: { Arn, UserId: 'AIDALOCAL', Account: ACCOUNT },
      ResponseMetadata: { RequestId: randomUUID() },
    };
    const body = xml('GetCallerIdentityResponse', content);
    return Promise.resolve({ status: 200, body: `${body}\n`, contentType: XML });
  },
  failure: queryError,
  get throttled() {
    return queryError(new ServiceError('Throttling', 'Rate exceeded'));
  },
};

/** Formats an error of the query protocol. The text of an error that is not a ServiceError is not sent: it is a bug. */
function queryError(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalFailure', 'An internal error occurred.', 500);
  const Type = status >= 500 ? 'Receiver' : 'Sender';
  const content = { Error: { Type, Code: code, Message: message }, RequestId: randomUUID() };
  return { status, body: `${xml('ErrorResponse', content)}\n`, contentType: XML };
}
