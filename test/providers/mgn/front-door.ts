import { createServer, request as call, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onCleanup } from '../../local/support.ts';

export interface Passed {
  /** `StartReplication`; `TagResource` and `UntagResource` too, whose paths hold an ARN. */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Stands before an endpoint, writes down what comes, and can let calls go unanswered. */
export interface FrontDoor {
  readonly url: string;
  readonly calls: Passed[];
  inFlight: number;
  mostInFlight: number;
  /** Calls to let through, counted from now; later ones find nobody at home. */
  closeAfter(count: number): void;
  /** The call of that number (0 is the next one) is carried out, and its answer lost. */
  loseAnswerOf(number: number): void;
}

const TAG_OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'ListTagsForResource',
  POST: 'TagResource',
  DELETE: 'UntagResource',
};

/** Opens a front door; it is closed after the test. */
export async function openFrontDoor(behind: string): Promise<FrontDoor> {
  let left = Infinity;
  let losing = -1;
  const server = createServer((request, response) => {
    left -= 1;
    losing -= 1;
    if (left < 0) {
      request.socket.destroy();
      return;
    }
    void pass(request, response, losing === -1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  const door: FrontDoor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    inFlight: 0,
    mostInFlight: 0,
    closeAfter(count) {
      left = count;
    },
    loseAnswerOf(number) {
      losing = number;
    },
  };

  async function pass(request: IncomingMessage, response: ServerResponse, lose: boolean): Promise<void> {
    door.inFlight += 1;
    door.mostInFlight = Math.max(door.mostInFlight, door.inFlight);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = 'POST', url: path = '/', headers } = request;
    const tags = path.startsWith('/tags/') ? TAG_OPERATIONS[method] : undefined;
    // Calls to EC2 are forms.
    const form = path === '/' ? Object.fromEntries(new URLSearchParams(body.toString())) : undefined;
    door.calls.push({
      operation: form?.['Action'] ?? tags ?? path.slice(1).split('?')[0] ?? '',
      body: form ?? (body.length === 0 ? {} : (JSON.parse(body.toString()) as Passed['body'])),
    });
    const onward = call(behind + path, { method, headers }, (answer) => {
      answer.on('close', () => {
        // One that was cut short behind us is cut short before us.
        if (!answer.complete) request.socket.destroy();
      });
      if (lose) {
        answer.resume();
        request.socket.destroy();
      } else {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }
    });
    onward.on('close', () => {
      door.inFlight -= 1;
    });
    onward.on('error', () => {
      request.socket.destroy();
    });
    onward.end(body);
  }
  return door;
}

/** The calls of one operation. */
export function callsOf(door: FrontDoor, operation: string): readonly Passed['body'][] {
  return door.calls.filter((passed) => passed.operation === operation).map(({ body }) => body);
}
