import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LocalError, ServiceError } from '../errors.ts';
import { type Answer, jsonError, type Send, sendWhole } from './answer.ts';

/** Loopback only, whatever happens: nothing outside this machine can reach the endpoint. */
const HOST = '127.0.0.1';
/** Longer than clients keep idle connections: the server closing one just as it is used again looks like a fault. */
const KEEP_ALIVE_TIMEOUT = 65_000;
/** Time for a request to come in. */
const REQUEST_TIMEOUT = 60_000;
/** Time for requests in flight to end when the server closes. */
const SHUTDOWN_TIMEOUT = 2000;

export interface Reply {
  readonly answer: Answer;
  readonly send: Send;
}

export interface EndpointHandler {
  /** Never rejects. */
  reply(request: IncomingMessage): Promise<Reply>;
  /** The time that answers carry; never throws. */
  now(): number;
}

export interface Listener {
  readonly port: number;
  readonly url: string;
  /** Lets requests in flight end, then closes. */
  close(): Promise<void>;
}

/** @throws LocalError PORT_TAKEN */
export async function listen(site: EndpointHandler, port: number): Promise<Listener> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      void respond(site, request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `cannot listen on port ${port} of ${HOST}: ${cause.message}`;
      reject(
        new LocalError('PORT_TAKEN', message, 'choose another port, or none for any free one', { cause }),
      );
    });
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { port: actual, url: `http://${HOST}:${actual}`, close: async () => closeServer(server) };
}

async function respond(
  site: EndpointHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { answer, send } = isAllowedRequest(request)
    ? await site.reply(request)
    : { answer: FORBIDDEN, send: sendWhole };
  send(response, answer, site.now());
}

const FORBIDDEN = jsonError(new ServiceError('AccessDeniedException', 'Not for this endpoint.', 403));

/** Not under a name that was made to point here, and not from a web page's script. */
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
