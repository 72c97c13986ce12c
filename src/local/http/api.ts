import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { MgnQuotas } from '../mgn/quotas.ts';
import type { OperationContext } from '../sms/operations/context.ts';
import type { Answer } from './answer.ts';

/** The largest body that a service takes. */
export const SERVICE_BODY_LIMIT = 1 << 20;

/** What requests are answered with. */
export interface ApiContext {
  /** The only region whose signatures are accepted. */
  readonly region: string | undefined;
  readonly quotas: MgnQuotas;
  /** The context at the present moment. */
  readonly context: () => OperationContext;
}

/** The wire of one service. */
export interface ServiceApi {
  /** The operation that a request is for, empty where the service has none of that name; undefined for no request of this service. */
  operationOf(request: IncomingMessage): string | undefined;
  /** May throw anything; `failure` makes an answer of it. */
  answer(operation: string, request: IncomingMessage, backing: ApiContext): Promise<Answer>;
  /** An error in the service's form. Anything that is not a ServiceError is a mistake of ours, and its text stays here. */
  failure(error: unknown): Answer;
  readonly throttled: Answer;
}

const tooLarge = (limit: number) =>
  new ServiceError('RequestEntityTooLargeException', `Request body is larger than ${limit} bytes.`, 413);

/** Reads a body of up to `limit` bytes. A longer one is refused as soon as that is known, and never kept. */
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

/** A body as JSON: UTF-8, and an object. */
export function parseBody(body: Uint8Array): unknown {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Said below, in the service's words.
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
}
