import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** As much of the SDK's request as AWS JSON and REST-JSON use. */
interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

interface WireResponse {
  readonly statusCode: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

/** The slowest calls list a page. */
const CALL_TIMEOUT = 60_000;

/**
 * The SDK's HTTP handler for small requests and answers: nothing but what AWS JSON needs of node:http. The SDK's own
 * sets several timers and listeners a call, and leaves a timer behind that keeps the process alive after an error.
 * @param sockets connections at most, and so calls in flight: one more waits until a connection is free
 * @param timeout how long a call may take once it has its connection, in milliseconds
 */
export function createHttpHandler(sockets: number, timeout = CALL_TIMEOUT) {
  const options = { keepAlive: true, maxSockets: sockets, scheduling: 'lifo' } as const;
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  const deadlines = new Deadlines(timeout);
  const runInBatch = createTurnBatcher();
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle(request: WireRequest): Promise<{ response: WireResponse }> {
      const { hostname, port, method, headers, body } = request;
      const path = request.path + queryString(request.query);
      const secure = request.protocol === 'https:';
      return new Promise((resolve, reject) => {
        const call = (secure ? httpsRequest : httpRequest)(
          { host: hostname, port, path, method, headers, agent: secure ? https : http },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('error', fail);
            answer.on('end', () => {
              deadlines.end(call);
              const { statusCode = 0, headers } = answer;
              runInBatch(() => {
                resolve({ response: { statusCode, headers, body: Buffer.concat(chunks) } });
              });
            });
          },
        );
        const fail = (error: NodeJS.ErrnoException): void => {
          deadlines.end(call);
          const { name, code, message } = error;
          // A new error, since the SDK hides errors of another realm, which those of Node may be.
          const ours = new Error(message, { cause: error });
          const endpoint = `${hostname}:${port ?? (secure ? 443 : 80)}`;
          reject(Object.assign(ours, { name, endpoint, ...(code !== undefined && { code }) }));
        };
        call.on('error', fail);
        call.on('socket', () => {
          deadlines.begin(call);
        });
        call.end(body);
      });
    },
    destroy(): void {
      http.destroy();
      https.destroy();
    },
  };
}

/** A query as the signature has it: percent-encoded, spaces too. */
function queryString(query: WireRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Something that can be ended. */
interface PendingCall {
  destroy(error: Error): unknown;
}

/**
 * Ends calls that take too long, by one timer for all of them: a timer for each would cost as much as node:http itself
 * does for a call.
 */
export class Deadlines {
  readonly #timeout: number;
  /** Calls in flight, oldest first, and when they began. */
  readonly #calls = new Map<PendingCall, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout how long a call may take, in milliseconds; the check may come a quarter later */
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
      // The SDK knows a timeout by its name, and tries again.
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
 * Returns a function that runs callbacks of the same turn of the event loop together, in groups. The code between an
 * answer and the next request is so long that the processor's caches are cold for each single call: eight in a group
 * take a fifth less time. Larger groups gain nothing, and the first call would wait for the last.
 */
export function createTurnBatcher(size = 8): (goOn: () => void) => void {
  let group: (() => void)[] = [];
  function go(): void {
    const together = group;
    group = [];
    for (const goOn of together) goOn();
  }
  return (goOn) => {
    const count = group.push(goOn);
    if (count === size) go();
    else if (count === 1) setImmediate(go);
  };
}
