import { ServiceError } from '../operations/service-error.ts';
import { OPERATIONS } from '../operations/table.ts';
import { AMZ_JSON, failure, success } from './answer.ts';
import { BODY_LIMIT } from './api.ts';
import type { Api } from './api.ts';
import { parseBody, readBody } from './body.ts';
import { checkSignature } from './signature.ts';

const TARGET = /^AWSServerMigrationService_V2016_10_24\.(\w*)$/;

/** SMS: JSON 1.1, the operation in a header. */
export const SMS_API: Api = {
  operationOf({ method, url, headers }) {
    const target = headers['x-amz-target'];
    const [contentType] = (headers['content-type'] ?? '').split(';');
    if (method !== 'POST' || url !== '/' || typeof target !== 'string') return undefined;
    if (contentType?.trim().toLowerCase() !== AMZ_JSON) return undefined;
    return TARGET.exec(target)?.[1];
  },
  async answer(operation, request, { region, desk }) {
    const run = OPERATIONS.get(operation);
    if (run === undefined) throw new ServiceError('UnknownOperationException', 'The operation is not known.');
    checkSignature(request.headers, 'sms', region);
    const body = parseBody(await readBody(request, BODY_LIMIT));
    return success(run(desk(), body));
  },
  failure,
  throttled: failure(new ServiceError('ThrottlingException', 'Rate exceeded')),
};
