import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errnoOf, LocalError, ServiceError } from '../errors.ts';
import { type Answer, jsonError, type Send, sendWhole } from './answer.ts';

/** The loopback interface: no other machine can reach the endpoint. */
const HOST = '127.0.0.1';
/** Longer than clients keep idle connections: otherwise a client could send a request on a connection that just closes. */
const KEEP_ALIVE_TIMEOUT = 65_000;
/** The longest time that a request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT = 60_000;
/** How long the server waits for requests in progress when it closes, in milliseconds. */
const SHUTDOWN_TIMEOUT = 2000;

export interface Reply {
  readonly answer: Answer;
  readonly send: Send;
}

export interface EndpointHandler {
  /** Never rejects. */
  reply(request: IncomingMessage): Promise<Reply>;
  /** The time for the header `Date` of answers. Never throws. */
  now(): number;
}

export interface Listener {
  readonly port: number;
  readonly url: string;
  /** Waits for the requests in progress, then closes. */
  close(): Promise<void>;
}

/** @throws LocalError PORT_TAKEN */
export async function listen(handler: EndpointHandler, port: number): Promise<Listener> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      void respond(handler, request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = errnoOf(cause) === 'EADDRINUSE';
      const message = inUse
        ? `port ${port} of ${HOST} is in use by another program`
        : `cannot listen on port ${port} of ${HOST}: ${cause.message}`;
      const remedy = 'give another --port, or leave --port out to use a free one';
      reject(new LocalError('PORT_TAKEN', message, remedy, { cause }));
    });
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { port: actual, url: `http://${HOST}:${actual}`, close: async () => closeServer(server) };
}

async function respond(
  handler: EndpointHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { answer, send } = isAllowedRequest(request)
    ? await handler.reply(request)
    : { answer: FORBIDDEN, send: sendWhole };
  send(response, answer, handler.now());
}

const FORBIDDEN = jsonError(new ServiceError('AccessDeniedException', 'Not for this endpoint.', 403));

/** Refuses requests under any name but a loopback one (DNS rebinding), and requests of web pages, which have an Origin. */
function isAllowedRequest({ headers }: IncomingMessage): boolean {
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return ['127.0.0.1', 'localhost', '[::1]'].includes(host) && headers.origin === undefined;
}

async function closeServer(server: Server): Promise<void> {
  const grace = setTimeout(() => {
    server.closeAllConnections();
  }, SHUTDOWN_TIMEOUT);
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  clearTimeout(grace);
}
