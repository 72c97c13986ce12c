import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Deadlines } from './deadlines.ts';
import { createGroups } from './in-step.ts';

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
const PATIENCE = 60_000;

/**
 * The SDK's HTTP handler for small requests and answers: nothing but what AWS JSON needs of node:http. The SDK's own
 * sets several timers and listeners a call, and leaves a timer behind that keeps the process alive after an error.
 * @param sockets connections at most, and so calls in flight: one more waits until a connection is free
 * @param patience how long a call may take once it has its connection, in milliseconds
 */
export function createHttpHandler(sockets: number, patience = PATIENCE) {
  const options = { keepAlive: true, maxSockets: sockets, scheduling: 'lifo' } as const;
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  const deadlines = new Deadlines(patience);
  const inStep = createGroups();
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
              inStep(() => {
                resolve({ response: { statusCode, headers, body: Buffer.concat(chunks) } });
              });
            });
          },
        );
        const fail = (error: NodeJS.ErrnoException): void => {
          deadlines.end(call);
          const { name, code, message } = error;
          // A new one, since the SDK hides what is no Error of its own realm, which Node's are not everywhere.
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
