import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LocalError } from '../errors.ts';
import { type Answer, sendWhole } from './answer.ts';
import { readBody } from './api.ts';
import { CONTROL_PATH, TOKEN_HEADER } from './control-client.ts';
import type { Reply } from './server.ts';

/** The largest body of a control request, in bytes. The export of a large data centre has some tens of megabytes. */
const CONTROL_BODY_LIMIT = 512 << 20;

/** The actions of the control paths, by name. Each takes the body and the query of a request, and returns the answer. */
export type ControlActions = Readonly<
  Record<string, (body: Buffer, query: URLSearchParams) => Promise<object> | object>
>;

interface ControlOptions {
  readonly token: string;
  readonly controls: ControlActions;
  readonly sessions: ClientSessions;
}

export const isControlRequest = ({ url = '' }: IncomingMessage) => url.startsWith(CONTROL_PATH);

/** Answers a control request. Without the token of the lock file, the answer does not even tell which paths exist. */
export async function answerControlRequest(
  request: IncomingMessage,
  options: ControlOptions,
): Promise<Reply> {
  const { token, controls, sessions } = options;
  const { url = '', method, headers } = request;
  const [name = '', query = ''] = url.slice(CONTROL_PATH.length).split('?');
  if (method !== 'POST' || !sameToken(headers[TOKEN_HEADER], token)) {
    return { answer: jsonAnswer(403, { error: 'forbidden' }), send: sendWhole };
  }
  const answer = await runControlAction(request, controls, name, new URLSearchParams(query));
  return {
    answer,
    send: name === 'visit' && answer.status === 200 ? sessions.accept.bind(sessions) : sendWhole,
  };
}

async function runControlAction(
  request: IncomingMessage,
  controls: ControlActions,
  name: string,
  query: URLSearchParams,
): Promise<Answer> {
  const run = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (run === undefined) return jsonAnswer(404, { error: 'no such control' });
  try {
    return jsonAnswer(200, await run(await readBody(request, CONTROL_BODY_LIMIT), query));
  } catch (error) {
    if (!(error instanceof LocalError)) return jsonAnswer(500, { error: 'internal error' });
    const { code, message, remedy, line, column, path } = error;
    return jsonAnswer(400, { code, message, remedy, line, column, path });
  }
}

function sameToken(given: string | string[] | undefined, token: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function jsonAnswer(status: number, body: object): Answer {
  return { status, body: JSON.stringify(body), contentType: 'application/json' };
}

/**
 * The programs that use an endpoint which another program started. Each keeps a request open, whose connection ends with
 * the program. The endpoint runs until the last connection has ended.
 */
export class ClientSessions {
  readonly #connections = new Set<ServerResponse>();
  #onEnd: (() => void)[] = [];
  #closed = false;

  /** Sends the head of the answer and keeps the connection open. Refuses programs that come after `waitForEnd`. */
  accept(response: ServerResponse): void {
    if (this.#closed) {
      response.writeHead(409).end();
      return;
    }
    this.#connections.add(response);
    response.once('close', () => {
      this.#connections.delete(response);
      for (const callback of this.#onEnd.splice(0)) callback();
    });
    response.writeHead(200);
    response.flushHeaders();
  }

  /** Resolves when the last connection has ended; later ones are refused. */
  async waitForEnd(): Promise<void> {
    while (this.#connections.size > 0) await new Promise<void>((resolve) => this.#onEnd.push(resolve));
    this.#closed = true;
  }
}
