import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as the fake understood it. */
export interface S3Call {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  /** The host of the URL; the bucket is in front of it unless it stands in the path. */
  readonly host: string;
  readonly headers: IncomingMessage['headers'];
  /** Counts the calls of the same method, from 1. */
  readonly nth: number;
}

/**
 * What is to go wrong with a call: an error that is answered in its place, or a reply that is lost once the call has
 * been carried out.
 */
export type Fault =
  { readonly status: number; readonly code: string; readonly message?: string } | 'lost-reply' | undefined;

const FORBIDDEN = { status: 403, code: 'AccessDenied' };

/** As much of S3 as a lock needs, over HTTP: PutObject with If-None-Match, Get, Head, Delete with If-Match. */
export class FakeS3 {
  readonly buckets = new Map<string, Map<string, Buffer>>([['locks', new Map()]]);
  readonly calls: S3Call[] = [];
  fault: (call: S3Call) => Fault = () => undefined;
  /** Called once a call has been carried out, before it is answered. */
  after: (call: S3Call) => Promise<void> | void = () => undefined;
  /** Stores that pass over conditions, or refuse them as not implemented. */
  conditions: 'kept' | 'ignored' | 'not-implemented' | 'no-delete' = 'kept';
  readonly #server: Server;

  static async open(): Promise<FakeS3> {
    const fake = new FakeS3();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What stands at a key of the bucket `locks`. */
  get(key: string): string | undefined {
    return this.buckets.get('locks')?.get(key)?.toString('utf8');
  }

  set(key: string, text: string): void {
    this.buckets.get('locks')?.set(key, Buffer.from(text));
  }

  delete(key: string): void {
    this.buckets.get('locks')?.delete(key);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', headers } = request;
    const call = { method, headers, ...this.#objectOf(request), nth: this.#count(method) };
    this.calls.push(call);
    const fault = this.fault(call);
    if (typeof fault === 'object') {
      refuse(response, method, fault);
      return;
    }
    const signed = /^AWS4-HMAC-SHA256 /.test(headers.authorization ?? '');
    const answer = signed ? this.#carryOut(call, headers, Buffer.concat(chunks)) : FORBIDDEN;
    await this.after(call);
    if (fault === 'lost-reply') return void response.destroy();
    if ('code' in answer) {
      refuse(response, method, answer);
      return;
    }
    response.writeHead(answer.status, { ...answer.headers, 'x-amz-request-id': 'TEST' });
    response.end(method === 'HEAD' ? undefined : answer.body);
  }

  #objectOf({ url = '/', headers }: IncomingMessage): { bucket: string; key: string; host: string } {
    const { pathname, hostname } = new URL(url, `http://${headers.host ?? ''}`);
    const path = decodeURIComponent(pathname).slice(1).split('/');
    const isAddress = hostname === '127.0.0.1';
    const [bucket = ''] = isAddress ? path : hostname.split('.');
    const key = isAddress ? path.slice(1) : path;
    return { bucket, key: key.join('/'), host: hostname };
  }

  #count(method: string): number {
    return this.calls.filter((call) => call.method === method).length + 1;
  }

  #carryOut(
    { method, bucket, key }: S3Call,
    headers: IncomingMessage['headers'],
    body: Buffer,
  ): { status: number; code: string } | { status: number; headers?: Record<string, string>; body?: Buffer } {
    const objects = this.buckets.get(bucket);
    if (objects === undefined) return { status: 404, code: 'NoSuchBucket' };
    const there = objects.get(key);
    const [unless, only] = [headers['if-none-match'], headers['if-match']];
    const checkDocuments = this.conditions !== 'ignored';
    if (this.conditions === 'not-implemented' && (unless ?? only) !== undefined)
      return { status: 501, code: 'NotImplemented' };
    if (method === 'PUT') {
      if (checkDocuments && unless === '*' && there !== undefined)
        return { status: 412, code: 'PreconditionFailed' };
      objects.set(key, body);
      return { status: 200, headers: { etag: etagOf(body) } };
    }
    if (method === 'DELETE') {
      if (this.conditions === 'no-delete' && only !== undefined)
        return { status: 501, code: 'NotImplemented' };
      if (checkDocuments && only !== undefined) {
        if (there === undefined) return { status: 404, code: 'NoSuchKey' };
        if (only !== etagOf(there)) return { status: 412, code: 'PreconditionFailed' };
      }
      objects.delete(key);
      return { status: 204 };
    }
    if (there === undefined) return { status: 404, code: 'NoSuchKey' };
    return {
      status: 200,
      headers: { etag: etagOf(there), 'content-length': `${there.length}` },
      body: there,
    };
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function refuse(
  response: ServerResponse,
  method: string,
  { status, code, message = code }: { status: number; code: string; message?: string },
): void {
  response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'TEST' });
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.end(method === 'HEAD' ? undefined : xml);
}
