import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ServiceError } from '../operations/service-error.ts';

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const AMZ_JSON = 'application/x-amz-json-1.1';

export function success(output: object): Answer {
  return { status: 200, body: JSON.stringify(output) };
}

/** An error in the protocol's form. Anything that is not a ServiceError is a mistake of ours, and its text stays here. */
export function failure(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalError', 'An internal error occurred.', 500);
  return { status, body: JSON.stringify({ __type: code, message }), headers: { 'x-amzn-ErrorType': code } };
}

/** What AWS says to a request that is not of any protocol it knows. */
export const NO_SUCH_PAGE: Answer = {
  status: 404,
  body: '<UnknownOperationException/>\n',
  contentType: 'application/xml',
};

/** An answer without a body, and without headers about one. */
const NO_CONTENT = 204;

/** @param now the endpoint's own time: clients correct their clocks by it */
export function writeHead(response: ServerResponse, answer: Answer, now: number): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'x-amzn-RequestId': randomUUID(),
    ...(answer.status === NO_CONTENT
      ? {}
      : {
          'Content-Type': answer.contentType ?? AMZ_JSON,
          'Content-Length': Buffer.byteLength(answer.body),
        }),
    Date: new Date(now).toUTCString(),
  });
}
