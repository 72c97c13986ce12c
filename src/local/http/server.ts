import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errnoOf, LocalError, ServiceError } from '../errors.ts';
import { type Answer, HEALTH, jsonError, type Send, sendWhole } from './answer.ts';

/** The loopback interface, by whose address all programs of this machine reach the endpoint. */
const LOOPBACK = '127.0.0.1';
/** The names in the header `Host` of requests from this machine. */
const LOOPBACK_NAMES = [LOOPBACK, 'localhost', '[::1]'];
/** The longest part of a host name that an error message repeats, in characters. */
const MAX_QUOTED_HOST = 100;
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

/** Where the endpoint listens, and for whom. */
export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number;
  /** 127.0.0.1: no other machine can reach the endpoint. 0.0.0.0: each machine in a network of this one can. */
  readonly host: '127.0.0.1' | '0.0.0.0';
  /** Names in the header `Host`, without ports, that are allowed besides the loopback names. */
  readonly allowedHosts: readonly string[];
}

/** @throws LocalError PORT_TAKEN */
export async function listen(
  handler: EndpointHandler,
  { port, host, allowedHosts }: ListenOptions,
): Promise<Listener> {
  const allowed = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((name) => name.toLowerCase())]);
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      void respond(handler, allowed, request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = errnoOf(cause) === 'EADDRINUSE';
      const message = inUse
        ? `port ${port} of ${host} is in use by another program`
        : `cannot listen on port ${port} of ${host}: ${cause.message}`;
      const remedy = 'give another --port, or leave --port out to use a free one';
      reject(new LocalError('PORT_TAKEN', message, remedy, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { port: actual, url: `http://${LOOPBACK}:${actual}`, close: async () => closeServer(server) };
}

async function respond(
  handler: EndpointHandler,
  allowed: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = refusalOf(request, allowed);
  const reply = answer === undefined ? await handler.reply(request) : { answer, send: sendWhole };
  reply.send(response, reply.answer, handler.now());
}

const forbidden = (message: string): Answer =>
  jsonError(new ServiceError('AccessDeniedException', message, 403));

/**
 * Refuses requests of web pages, which have an Origin, and requests under any name that is not allowed (DNS rebinding).
 * Health checks may use any name: those of orchestrators use the address of the container.
 */
function refusalOf(request: IncomingMessage, allowed: ReadonlySet<string>): Answer | undefined {
  const { headers } = request;
  if (headers.origin !== undefined) return forbidden('This endpoint does not answer web pages.');
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (allowed.has(host) || isHealthRequest(request)) return undefined;
  const shown = host.slice(0, MAX_QUOTED_HOST);
  return forbidden(
    `This endpoint does not answer requests to the host name ${JSON.stringify(shown)}. If the name is yours, start the endpoint with --allow-host ${shown}.`,
  );
}

const isHealthRequest = ({ method = '', url = '' }: IncomingMessage): boolean =>
  url.split('?', 1)[0] === '/health' && ['GET', 'HEAD'].includes(method);

/** Returns the answer to a health check, which needs no signature and no simulated fault applies to. */
export const healthAnswer = (request: IncomingMessage): Answer | undefined =>
  isHealthRequest(request) ? HEALTH : undefined;

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
