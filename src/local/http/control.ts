import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LocalError } from '../error.ts';
import type { Answer } from './answer.ts';
import { readBody } from './body.ts';
import { CONTROL, TOKEN_HEADER } from './control-client.ts';
import type { Guests } from './guests.ts';
import { sendWhole } from './send.ts';
import type { Reply } from './server.ts';

/** A large datacentre's export is some tens of megabytes. */
const BODY_LIMIT = 512 << 20;

/** What the control paths do: takes the body, returns what goes back as JSON. */
export type Controls = Readonly<Record<string, (body: Buffer) => Promise<object> | object>>;

export interface ControlOptions {
  readonly token: string;
  readonly controls: Controls;
  readonly guests: Guests;
}

export const isControl = ({ url = '' }: IncomingMessage) => url.startsWith(CONTROL);

/** Answers a control request. Without the token of the lock file, it gives nothing away. */
export async function control(request: IncomingMessage, options: ControlOptions): Promise<Reply> {
  const { token, controls, guests } = options;
  const { url = '', method, headers } = request;
  const name = url.slice(CONTROL.length);
  if (method !== 'POST' || !sameToken(headers[TOKEN_HEADER], token)) {
    return { answer: json(403, { error: 'forbidden' }), send: sendWhole };
  }
  const answer = await carryOut(request, controls, name);
  return { answer, send: name === 'visit' && answer.status === 200 ? guests.admit.bind(guests) : sendWhole };
}

async function carryOut(request: IncomingMessage, controls: Controls, name: string): Promise<Answer> {
  const run = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (run === undefined) return json(404, { error: 'no such control' });
  try {
    return json(200, await run(await readBody(request, BODY_LIMIT)));
  } catch (error) {
    if (!(error instanceof LocalError)) return json(500, { error: 'internal error' });
    const { code, message, remedy, line, column } = error;
    return json(400, { code, message, remedy, line, column });
  }
}

function sameToken(given: string | string[] | undefined, token: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function json(status: number, body: object): Answer {
  return { status, body: JSON.stringify(body), contentType: 'application/json' };
}
