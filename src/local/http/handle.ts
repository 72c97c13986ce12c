import type { IncomingMessage } from 'node:http';
import type { LocalClock } from '../clock.ts';
import type { Dice } from '../faults/dice.ts';
import type { Desk } from '../operations/desk.ts';
import { ServiceError } from '../operations/service-error.ts';
import { OPERATIONS } from '../operations/table.ts';
import { AMZ_JSON, failure, NO_SUCH_PAGE, success } from './answer.ts';
import type { Answer } from './answer.ts';
import { parseBody, readBody } from './body.ts';
import { sendHalf, sendNothing, sendWhole } from './send.ts';
import type { Reply } from './server.ts';
import { checkSignature } from './signature.ts';

/** The largest body the service takes. */
const BODY_LIMIT = 1 << 20;
const TARGET = /^AWSServerMigrationService_V2016_10_24\.(\w+)$/;

export interface ServiceOptions {
  readonly region: string | undefined;
  /** Real time, for latency. */
  readonly clock: LocalClock;
  /** What goes wrong on the wire. */
  readonly faults: { readonly dice: Dice; readonly latency: number };
  /** The desk at the present moment. */
  readonly desk: () => Desk;
}

/** Names the operation of a request of the API; undefined where it is not one. */
function operationOf({ method, url, headers }: IncomingMessage): string | undefined {
  const target = headers['x-amz-target'];
  const [contentType] = (headers['content-type'] ?? '').split(';');
  if (method !== 'POST' || url !== '/' || typeof target !== 'string') return undefined;
  if (contentType?.trim().toLowerCase() !== AMZ_JSON) return undefined;
  return TARGET.exec(target)?.[1] ?? '';
}

/** Answers a request of the API. Never rejects. */
export async function handle(request: IncomingMessage, options: ServiceOptions): Promise<Reply> {
  const name = operationOf(request);
  if (name === undefined) return { answer: NO_SUCH_PAGE, send: sendWhole };
  const { faults, clock } = options;
  const { throttled, failed, lost, cut } = faults.dice.throwFor(name);
  const due = faults.latency > 0 && new Promise<void>((resolve) => clock.setTimer(faults.latency, resolve));
  const answer = throttled ? THROTTLED : failed ? failure(undefined) : await answerTo(name, request, options);
  await due;
  const done = !throttled && !failed;
  return { answer, send: done && lost ? sendNothing : done && cut ? sendHalf : sendWhole };
}

const THROTTLED = failure(new ServiceError('ThrottlingException', 'Rate exceeded'));

async function answerTo(
  name: string,
  request: IncomingMessage,
  { region, desk }: ServiceOptions,
): Promise<Answer> {
  try {
    const run = OPERATIONS.get(name);
    if (run === undefined) throw new ServiceError('UnknownOperationException', 'The operation is not known.');
    checkSignature(request.headers, region);
    const body = parseBody(await readBody(request, BODY_LIMIT));
    return success(run(desk(), body));
  } catch (error) {
    return failure(error);
  }
}
