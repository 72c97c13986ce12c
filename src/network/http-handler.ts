import { request as httpRequest, type IncomingMessage, maxHeaderSize } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { hideSecrets, rememberSecrets } from '../core/text.ts';
import { CONNECT_TIMEOUT, Connections, type NetworkOptions } from './connections.ts';
import { portOf } from './proxies.ts';

/** The part of the SDK's request that AWS JSON and REST-JSON use. */
export interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * Joins the body of a response, and hides what it quotes of the credentials of its request: nothing that is read from it
 * can say them, also if it is shortened.
 */
function withoutSecrets(chunks: readonly Buffer[], headers: WireRequest['headers']): Buffer {
  const { authorization = '', 'x-amz-security-token': token = '' } = headers;
  const keyId = /Credential=([^/,\s]+)/.exec(authorization)?.[1] ?? '';
  const signature = /Signature=(\w+)/.exec(authorization)?.[1] ?? '';
  rememberSecrets(keyId, token);
  const body = Buffer.concat(chunks);
  const forms = [keyId, signature, token].flatMap((secret) =>
    secret.length < 8 ? [] : [secret, encodeURIComponent(secret), secret.replaceAll('/', '\\/')],
  );
  if (![...forms, ...QUOTED_HEADERS].some((text) => body.includes(text))) return body;
  return Buffer.from(hideSecrets(body.toString('utf8'), signature === '' ? [] : [signature]));
}

/** Texts in a response that quotes a signed request. */
const QUOTED_HEADERS = ['AWS4-HMAC', 'ignature=', 'ignature:', 'Amz-S', 'amz-s', 'AMZ-S'] as const;

type ResponseStart = Partial<Pick<IncomingMessage, 'statusCode' | 'headers'>>;

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

/** How long a call may take, in milliseconds. The slowest calls list a page. */
const CALL_TIMEOUT = 60_000;

/** The longest body of a response, in bytes. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** A response that exceeds a limit of this program. It has been received in part, so the call may have been executed. */
class ResponseLimitError extends Error {
  override readonly name = 'ResponseLimitError';
  /** What the SDK puts into errors of reading a response. */
  readonly $response: { readonly statusCode: number; readonly headers: IncomingMessage['headers'] };

  /** @param limit what is too large, and the limit */
  constructor(limit: string, statusCode = 0, headers: IncomingMessage['headers'] = {}) {
    super(limit);
    this.$response = { statusCode, headers };
  }
}

function formatBytes(bytes: number): string {
  return bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Math.floor(bytes / 2 ** 10)} KiB`;
}

interface HandlerOptions {
  /** The most connections to a host, and so the most calls in flight; further calls wait for a free connection. */
  readonly sockets: number;
  /** How long a call may take once it has a connection, until its response is complete, in milliseconds. */
  readonly timeout?: number | undefined;
  /** The longest body of a response, in bytes: a page of 1,000 items of MGN has up to 20 MB. */
  readonly maxBytes?: number | undefined;
  /** Absent: only this machine is reached. */
  readonly network?: NetworkOptions | undefined;
}

/**
 * Creates an HTTP handler of the SDK for small requests and responses. The SDK's own handler sets several timers and
 * listeners for each call, and after an error one of its timers keeps the process alive.
 * An error of a connection has the destination in `endpoint`, and the proxy, if there is one, in `proxy`.
 */
export function createHttpHandler({
  sockets,
  timeout = CALL_TIMEOUT,
  maxBytes = MAX_BODY_BYTES,
  network,
}: HandlerOptions) {
  const connectTimeout = Math.min(timeout, CONNECT_TIMEOUT);
  const agentOptions = { keepAlive: true, maxSockets: sockets, scheduling: 'lifo' } as const;
  const connections = new Connections(network, agentOptions, connectTimeout);
  const deadlines = new Deadlines(timeout);
  const connecting = new Deadlines(connectTimeout);
  const runInBatch = createTurnBatcher();
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: WireRequest): Promise<{ response: WireResponse }> {
      const { agent, proxy } = connections.known(request) ?? (await connections.open(request));
      const { hostname, port, method, headers, body } = request;
      const path = request.path + queryString(request.query);
      const secure = request.protocol === 'https:';
      return new Promise((resolve, reject) => {
        const call = (secure ? httpsRequest : httpRequest)(
          { host: hostname, port, path, method, headers, agent },
          (answer) => {
            const chunks: Buffer[] = [];
            let size = 0;
            answer.on('data', (chunk: Buffer) => {
              chunks.push(chunk);
              size += chunk.length;
              if (size > maxBytes) failAtLimit(`its body is longer than ${formatBytes(maxBytes)}`, answer);
            });
            answer.on('error', fail);
            answer.on('end', () => {
              deadlines.end(call);
              const { statusCode = 0, headers } = answer;
              runInBatch(() => {
                resolve({ response: { statusCode, headers, body: withoutSecrets(chunks, request.headers) } });
              });
            });
          },
        );
        const failAtLimit = (limit: string, { statusCode, headers }: ResponseStart = {}): void => {
          deadlines.end(call);
          reject(new ResponseLimitError(limit, statusCode, headers));
          call.destroy();
        };
        const fail = (error: NodeJS.ErrnoException): void => {
          connecting.end(call);
          deadlines.end(call);
          const { name, code, message, proxyStatus } = error as NodeJS.ErrnoException & {
            proxyStatus?: number;
          };
          if (code === 'HPE_HEADER_OVERFLOW') {
            failAtLimit(`its headers are longer than ${formatBytes(maxHeaderSize)}`);
            return;
          }
          // A new error, since the SDK hides errors of another realm, and those of Node may be such.
          const ours = new Error(message, { cause: error });
          const endpoint = `${hostname}:${portOf(request)}`;
          const where = {
            endpoint,
            ...(proxy && { proxy }),
            ...(proxyStatus !== undefined && { proxyStatus }),
          };
          reject(Object.assign(ours, { name, ...where, ...(code !== undefined && { code }) }));
        };
        call.on('error', fail);
        call.on('socket', (socket) => {
          if (!socket.connecting) {
            deadlines.begin(call);
            return;
          }
          connecting.begin(call);
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            connecting.end(call);
            deadlines.begin(call);
          });
        });
        call.end(body);
      });
    },
    destroy(): void {
      connections.destroy();
    },
  };
}

/** Encodes a query as the signature requires: percent-encoded, spaces too. */
function queryString(query: WireRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A call in flight. */
interface PendingCall {
  destroy(error: Error): unknown;
}

/**
 * Ends calls that take too long, with one timer for all of them: a timer for each call would cost as much processor time
 * as node:http needs for the call.
 */
export class Deadlines {
  readonly #timeout: number;
  /** Calls in flight, oldest first, and when they began. */
  readonly #calls = new Map<PendingCall, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout how long a call may take, in milliseconds; it may end up to a quarter of this later */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  begin(call: PendingCall): void {
    this.#calls.set(call, performance.now());
    // The connection keeps the process alive; the timer need not.
    this.#timer ??= setInterval(() => {
      this.#sweep();
    }, this.#timeout / 4).unref();
  }

  end(call: PendingCall): void {
    this.#calls.delete(call);
  }

  #sweep(): void {
    const latest = performance.now() - this.#timeout;
    for (const [call, began] of this.#calls) {
      if (began > latest) break;
      this.#calls.delete(call);
      // The SDK recognises a timeout by its name, and tries again.
      call.destroy(
        Object.assign(new Error(`no answer for ${this.#timeout / 1000} s`), { name: 'TimeoutError' }),
      );
    }
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * Returns a function that runs callbacks of the same turn of the event loop together, in groups of `size`. A response
 * runs so much code that its instructions are no longer in the processor's cache for the next one: groups of eight take
 * a fifth less time. Larger groups gain nothing, and delay the first callback.
 */
export function createTurnBatcher(size = 8): (callback: () => void) => void {
  let group: (() => void)[] = [];
  function run(): void {
    const callbacks = group;
    group = [];
    for (const callback of callbacks) callback();
  }
  return (callback) => {
    const count = group.push(callback);
    if (count === size) run();
    else if (count === 1) setImmediate(run);
  };
}
