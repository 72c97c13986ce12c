import { ServiceError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import { checkSignature, type ServiceApi } from '../http/api.ts';
import { formOf, formOperation, XML } from '../http/forms.ts';
import { EC2_OPERATIONS } from './operations.ts';
import { xml } from './template-data.ts';

/**
 * EC2: the query protocol, with the operation in a form. It has what MGN uses of EC2: launch templates of source servers,
 * the instances that tests and cut-overs have launched, and the subnets that they are launched in.
 */
export const EC2_API: ServiceApi = {
  operationOf: (request) => formOperation(request, 'ec2'),
  async answer(operation, request, { region: only, context }) {
    const region = checkSignature(request.headers, 'ec2', only);
    const form = await formOf(request);
    const run = EC2_OPERATIONS.get(operation);
    if (run === undefined) {
      throw new ServiceError('InvalidAction', `The action ${operation} is not valid for this web service.`);
    }
    const content = run({ ...context(region), form, region });
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${content}</${operation}Response>\n`;
    return { status: 200, body, contentType: XML };
  },
  failure: ec2Error,
  get throttled() {
    return ec2Error(new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503));
  },
};

function ec2Error(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalError', 'An internal error occurred.', 500);
  const content = xml('Response', { Errors: { Error: { Code: code, Message: message } } });
  return { status, body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}\n`, contentType: XML };
}
