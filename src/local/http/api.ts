import type { IncomingMessage } from 'node:http';
import type { MgnQuotas } from '../mgn/quotas.ts';
import type { Desk } from '../operations/desk.ts';
import type { Answer } from './answer.ts';

/** The largest body that a service takes. */
export const BODY_LIMIT = 1 << 20;

/** What requests are answered with. */
export interface Backing {
  /** The only region whose signatures are accepted. */
  readonly region: string | undefined;
  readonly quotas: MgnQuotas;
  /** The desk at the present moment. */
  readonly desk: () => Desk;
}

/** The wire of one service. */
export interface Api {
  /** The operation that a request is for, empty where the service has none of that name; undefined for no request of this service. */
  operationOf(request: IncomingMessage): string | undefined;
  /** May throw anything; `failure` makes an answer of it. */
  answer(operation: string, request: IncomingMessage, backing: Backing): Promise<Answer>;
  /** An error in the service's form. Anything that is not a ServiceError is a mistake of ours, and its text stays here. */
  failure(error: unknown): Answer;
  readonly throttled: Answer;
}
