import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { MgnQuotas } from '../mgn/quotas.ts';
import type { Command, SimulatedAccount } from '../simulation/simulation.ts';
import type { Spelling } from '../sms/operations/context.ts';
import type { Answer } from './answer.ts';

/** The largest body that a service accepts, in bytes. */
export const SERVICE_BODY_LIMIT = 1 << 20;

/** The state that the operations of both services read, and the only function that changes it. */
export interface ServiceContext {
  readonly account: SimulatedAccount;
  readonly spell: Spelling;
  commit(command: Command): void;
}

/** What a service needs to answer a request. */
export interface ApiContext {
  /** The only region whose signatures are accepted. */
  readonly region: string | undefined;
  readonly quotas: MgnQuotas;
  /** Returns the state at the current time. */
  readonly context: () => ServiceContext;
}

/** The protocol of one service. */
export interface ServiceApi {
  /**
   * Names the operation of a request. Returns an empty name for an operation that the service does not have, and nothing
   * for a request of another service.
   */
  operationOf(request: IncomingMessage): string | undefined;
  /** Answers a request. Callers turn whatever it throws into an answer with `failure`. */
  answer(operation: string, request: IncomingMessage, context: ApiContext): Promise<Answer>;
  /** Formats an error as the service does. The text of an error that is not a ServiceError is not sent: it is a bug. */
  failure(error: unknown): Answer;
  readonly throttled: Answer;
}

const tooLarge = (limit: number) =>
  new ServiceError('RequestEntityTooLargeException', `Request body is larger than ${limit} bytes.`, 413);

/** Reads a body of up to `limit` bytes. A longer body is refused as soon as its length is known, and is not kept. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(tooLarge(limit));
    });
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('close', () => {
      reject(new ServiceError('RequestAborted', 'The connection was closed before the request ended.'));
    });
  });
}

/** Parses a body as a JSON object in UTF-8. */
export function parseBody(body: Uint8Array): object {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // The error follows below.
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
}
