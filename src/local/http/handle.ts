import type { IncomingMessage } from 'node:http';
import type { LocalClock } from '../clock.ts';
import type { Dice } from '../faults/dice.ts';
import { NO_SUCH_PAGE } from './answer.ts';
import type { Api, Backing } from './api.ts';
import { MGN_API } from './mgn-api.ts';
import { sendHalf, sendNothing, sendWhole } from './send.ts';
import type { Reply } from './server.ts';
import { SMS_API } from './sms-api.ts';

export interface ServiceOptions extends Backing {
  /** Real time, for latency. */
  readonly clock: LocalClock;
  /** What goes wrong on the wire. */
  readonly faults: { readonly dice: Dice; readonly latency: number };
}

/** Answers a request of one of the services. Never rejects. */
export async function handle(request: IncomingMessage, options: ServiceOptions): Promise<Reply> {
  for (const api of [SMS_API, MGN_API]) {
    const operation = api.operationOf(request);
    if (operation !== undefined) return reply(api, operation, request, options);
  }
  return { answer: NO_SUCH_PAGE, send: sendWhole };
}

async function reply(
  api: Api,
  operation: string,
  request: IncomingMessage,
  options: ServiceOptions,
): Promise<Reply> {
  const { faults, clock } = options;
  const { throttled, failed, lost, cut } = faults.dice.throwFor(operation);
  const due = faults.latency > 0 && new Promise<void>((resolve) => clock.setTimer(faults.latency, resolve));
  const answer = throttled
    ? api.throttled
    : failed
      ? api.failure(undefined)
      : await api.answer(operation, request, options).catch((error: unknown) => api.failure(error));
  await due;
  const done = !throttled && !failed;
  return { answer, send: done && lost ? sendNothing : done && cut ? sendHalf : sendWhole };
}
