import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ServiceError } from '../errors.ts';

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const AMZ_JSON = 'application/x-amz-json-1.1';

export function jsonSuccess(output: object): Answer {
  return { status: 200, body: JSON.stringify(output) };
}

/** An error in the protocol's form. Anything that is not a ServiceError is a mistake of ours, and its text stays here. */
export function jsonError(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalError', 'An internal error occurred.', 500);
  return { status, body: JSON.stringify({ __type: code, message }), headers: { 'x-amzn-ErrorType': code } };
}

/** What AWS says to a request that is not of any protocol it knows. */
export const UNKNOWN_OPERATION: Answer = {
  status: 404,
  body: '<UnknownOperationException/>\n',
  contentType: 'application/xml',
};

/** An answer without a body, and without headers about one. */
const NO_CONTENT = 204;

/** @param now the endpoint's own time: clients correct their clocks by it */
function writeHead(response: ServerResponse, answer: Answer, now: number): void {
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

/** A way to deliver an answer, or not to. `now` is the endpoint's own time. */
export type Send = (response: ServerResponse, answer: Answer, now: number) => void;

export const sendWhole: Send = (response, answer, now) => {
  writeHead(response, answer, now);
  response.end(answer.body);
};

/** The change is made, and the client never learns of it. */
export const sendNothing: Send = (response) => {
  response.destroy();
};

/** The head promises the whole body, and the connection ends half-way through it. */
export const sendTruncated: Send = (response, answer, now) => {
  writeHead(response, answer, now);
  const body = Buffer.from(answer.body);
  response.write(body.subarray(0, body.length >> 1), () => {
    response.destroy();
  });
};
