import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider } from '../../../src/core/provider.ts';
import { createSmsProvider, type SmsProviderOptions } from '../../../src/providers/sms/index.ts';
import { FakeClock } from './mocked.ts';

export interface WireCall {
  readonly operation: string;
  readonly input: unknown;
  readonly headers: IncomingMessage['headers'];
}

/** Answers one call; what it returns is the answer's body, unless it has answered itself. */
type Responder = (call: WireCall, response: ServerResponse) => unknown;

/** A real server on loopback, as the service's front door, that answers as a test likes. */
export class Wire {
  readonly calls: WireCall[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly #server: Server;
  readonly #providers: Provider[] = [];

  static async open(respond: Responder): Promise<Wire> {
    const wire = new Wire(respond);
    await new Promise<void>((resolve) => {
      wire.#server.listen(0, '127.0.0.1', resolve);
    });
    return wire;
  }

  private constructor(respond: Responder) {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response, respond);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  provider(options: Partial<SmsProviderOptions> = {}): Provider {
    const provider = createSmsProvider({
      region: 'us-west-2',
      endpoint: this.url,
      local: true,
      sessionName: 'landfall-ucop',
      apiRequests: 4,
      clock: new FakeClock(),
      ...options,
    });
    this.#providers.push(provider);
    return provider;
  }

  async close(): Promise<void> {
    for (const provider of this.#providers) provider.close();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, respond: Responder): Promise<void> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { headers } = request;
    const call = {
      operation: String(headers['x-amz-target']).split('.')[1] ?? '',
      input: JSON.parse(body) as unknown,
      headers,
    };
    this.calls.push(call);
    const output = await respond(call, response);
    this.inFlight -= 1;
    if (!response.writableEnded && !response.destroyed) response.end(JSON.stringify(output ?? {}));
  }
}

/** Sends an error as the service does. */
export function refuse(response: ServerResponse, type: string, status = 400, message = 'Because.'): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify({ __type: type, message }));
}
