import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = 'ghp_canary+token/of=the==pipeline';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string;
  readonly body: Record<string, unknown>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: unknown;
  /** Slashes as `\/`, as some servers write JSON. */
  readonly slashes?: true;
}

/** What goes wrong with a request: it is cut before it is done, or after, or gets another answer. */
export type Trouble = 'cut' | 'lost' | Reply | undefined;

/** What a fake of either platform is made of: a real server, and what a test has go wrong. */
export abstract class Fake {
  readonly seen: Seen[] = [];
  /** Asked of each request, in order. */
  trouble: (seen: Seen) => Trouble = () => undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => void response.destroy());
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get writes(): readonly Seen[] {
    return this.seen.filter(
      ({ method, body }) =>
        method !== 'GET' && !(typeof body['query'] === 'string' && body['query'].startsWith('query')),
    );
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  protected abstract answer(seen: Seen): Reply;

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.origin);
    const text = Buffer.concat(chunks).toString();
    const seen: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      token: (request.headers.authorization ?? '').replace(/^Bearer /, ''),
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    this.seen.push(seen);
    const trouble = this.trouble(seen);
    if (trouble === 'cut') return void response.destroy();
    const reply = typeof trouble === 'object' ? trouble : this.answer(seen);
    if (trouble === 'lost') return void response.destroy();
    const { status, headers = {}, data, slashes } = reply;
    const json = data === undefined ? '' : JSON.stringify(data);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(slashes ? json.replaceAll('/', '\\/') : json);
  }
}

/** Troubles for the first requests that fit, one each; then none. */
export function troubles(
  fits: (seen: Seen) => boolean,
  ...list: readonly Trouble[]
): (seen: Seen) => Trouble {
  const left = [...list];
  return (seen) => (fits(seen) ? left.shift() : undefined);
}
