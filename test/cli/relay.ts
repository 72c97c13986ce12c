import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call on its way. */
interface Call {
  readonly operation: string;
  /** What the caller sent, as JSON. */
  readonly input: string;
}

/** A call that the endpoint has done, or refused. */
interface AnsweredCall extends Call {
  /** The status of HTTP. */
  readonly status: number;
}

/** What a test may do to a call on its way; what it returns is awaited. */
export interface Watch {
  /** Before the endpoint gets to see it. `false`: it never does, and the connection is cut. */
  before?(call: Call): Promise<boolean> | boolean;
  /** When the endpoint has done it, and the caller does not know yet. `false`: the connection is cut. */
  after?(call: AnsweredCall): Promise<boolean> | boolean;
  /** When the answer is on its way. */
  answered?(call: Call): void;
}

/** A server that hands calls on to an endpoint, and lets a test say when. */
export class Relay {
  watch: Watch = {};
  readonly #server: Server;
  readonly #endpoint: string;
  readonly #inFlight = new Set<Promise<void>>();

  static async open(endpoint: string): Promise<Relay> {
    const relay = new Relay(endpoint);
    await new Promise<void>((resolve) => {
      relay.#server.listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  private constructor(endpoint: string) {
    this.#endpoint = endpoint;
    this.#server = createServer((request, response) => {
      const call = this.#pass(request, response)
        .catch(() => void response.destroy())
        .finally(() => this.#inFlight.delete(call));
      this.#inFlight.add(call);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the endpoint has dealt with all that came. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers: sent, url = '/' } = request;
    // AWS SMS names the operation in a header, AWS MGN in the path.
    const operation =
      sent['x-amz-target'] === undefined ? url.slice(1) : String(sent['x-amz-target']).split('.')[1];
    const body = await whole(request);
    const passing: Call = { operation: operation ?? '', input: body.toString() };
    if ((await this.watch.before?.(passing)) === false) return void response.destroy();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method, headers } = request;
      httpRequest(new URL(url, this.#endpoint), { method, headers, agent: false }, resolve)
        .on('error', reject)
        .end(body);
    });
    const text = await whole(answer);
    const { statusCode: status = 500 } = answer;
    if ((await this.watch.after?.({ ...passing, status })) === false) return void response.destroy();
    response.writeHead(status, answer.headers);
    response.end(text);
    this.watch.answered?.(passing);
  }
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
