import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ServiceError } from '../errors.ts';

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const AMZ_JSON = 'application/x-amz-json-1.1';

export function jsonSuccess(output: object): Answer {
  return { status: 200, body: JSON.stringify(output) };
}

/** Formats an error of JSON 1.1. The text of an error that is not a ServiceError is not sent: it is a bug. */
export function jsonError(error: unknown): Answer {
  const { code, message, status } =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalError', 'An internal error occurred.', 500);
  return { status, body: JSON.stringify({ __type: code, message }), headers: { 'x-amzn-ErrorType': code } };
}

/**
 * Answers a request that no simulated service takes: as JSON to clients that name their operation in `x-amz-target`, and
 * otherwise as AWS answers a request of an unknown protocol. The header names the error for clients of REST services.
 */
export function unknownOperation(target: string | string[] | undefined): Answer {
  const code = 'UnknownOperationException';
  if (typeof target === 'string' && target !== '')
    return jsonError(new ServiceError(code, 'This endpoint does not simulate this service.', 404));
  const headers = { 'x-amzn-ErrorType': code };
  return { status: 404, body: `<${code}/>\n`, contentType: 'application/xml', headers };
}

/** The answer to a health check: the services, with the versions of their APIs. It says nothing of the state. */
export const HEALTH: Answer = {
  status: 200,
  body: `${JSON.stringify({ status: 'ok', services: { sms: '2016-10-24', mgn: '2020-02-26', ec2: '2016-11-15' } })}\n`,
  contentType: 'application/json',
};

/** The status of an answer without a body and without the headers of one. */
const NO_CONTENT = 204;

/** @param now the virtual time for the header `Date`, by which clients correct their clocks */
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

/** Sends an answer, a part of it or nothing. `now` is the virtual time. */
export type Send = (response: ServerResponse, answer: Answer, now: number) => void;

export const sendWhole: Send = (response, answer, now) => {
  writeHead(response, answer, now);
  response.end(answer.body);
};

/** Closes the connection without an answer. The change was made. */
export const sendNothing: Send = (response) => {
  response.destroy();
};

/** Sends the head and the first half of the body, and closes the connection. */
export const sendTruncated: Send = (response, answer, now) => {
  writeHead(response, answer, now);
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.write(body.subarray(0, body.length >> 1), () => {
    response.destroy();
  });
};
