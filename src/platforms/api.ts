import { LandfallError } from '../core/error.ts';
import { rememberSecrets } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import { createHttpHandler, type WireResponse } from '../network/http-handler.ts';
import type { Variables } from '../network/proxies.ts';
import { type PlatformLabels, refusedError, retry, retryAdvice, unreachableError } from './errors.ts';
import { field, PlatformCallError, textOf } from './platform.ts';

/** Milliseconds until a call without an answer fails; a slow answer with many comments takes seconds. */
const TIMEOUT = 60_000;
/** Connections at once: calls are made one after the other, but for the hiding of comments. */
const SOCKETS = 4;
const MAX_REDIRECTS = 3;
/** A shorter password is also a part of other words, and is hidden only together with its user. */
const MIN_PASSWORD = 8;
const MAX_PAGES = 1000;
/** The longest answer, in bytes; a page of 100 comments has at most 26 MB. */
const MAX_BODY_BYTES = 32 * 2 ** 20;
/** The longest list, in bytes. */
const MAX_LIST_BYTES = 256 * 2 ** 20;

export interface ApiOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly words: PlatformLabels;
  readonly clock: Clock;
  /** The variables that name proxies. */
  readonly env: Variables;
  /** Logs each call; the lines never contain the token. */
  readonly log: (line: string) => void;
}

/** The headers of an answer, by lower-case name. */
interface AnswerHeaders {
  get(name: string): string | null;
}

interface Answer {
  readonly headers: AnswerHeaders;
  readonly bytes: number;
  readonly data: unknown;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** Sends JSON over HTTP with a token. The token goes to one origin only, and never into a message. */
export class Api {
  readonly #options: ApiOptions;
  readonly #http: ReturnType<typeof createHttpHandler>;
  readonly #authorization: string;
  /** The token, and of `user:password` the password too, in the forms that a server may repeat. */
  readonly #secrets: readonly string[];

  constructor(options: ApiOptions) {
    this.#options = options;
    const { token } = options;
    // Passwords of apps, and personal access tokens of Azure DevOps, are given as `user:password` (RFC 7617).
    const password = token.slice(token.indexOf(':') + 1);
    const basic = Buffer.from(token).toString('base64');
    this.#authorization = password === token ? `Bearer ${token}` : `Basic ${basic}`;
    this.#secrets = [...new Set([token, basic, password])].filter(
      (secret) => secret === token || secret.length >= MIN_PASSWORD,
    );
    rememberSecrets(...this.#secrets);
    this.#http = createHttpHandler({
      sockets: SOCKETS,
      timeout: TIMEOUT,
      maxBytes: MAX_BODY_BYTES,
      network: { env: options.env },
    });
  }

  /** Makes a call, and repeats it after transient errors: for calls that may be made twice. */
  async call(method: Method, path: string, body?: object): Promise<unknown> {
    const { data } = await this.#retried(method, this.#at(path), body);
    return data;
  }

  /** Makes a call once. */
  async callOnce(method: Method, path: string, body?: object): Promise<unknown> {
    const { data } = await this.#try(method, this.#at(path), body);
    return data;
  }

  /**
   * Reads all items of a list, from every page: `Link: …; rel="next"` (RFC 8288), GitLab's `x-next-page`, or the address
   * in `next` beside the list (Bitbucket).
   * @param name the key of the list in each page; absent: a page is the list
   */
  async pages(path: string, name?: string): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    const seen = new Set<string>();
    let bytes = 0;
    for (let url: URL | undefined = this.#at(path); url !== undefined;) {
      seen.add(url.href);
      const answer: Answer = await this.#retried('GET', url);
      const list = name === undefined ? answer.data : field(answer.data, name);
      if (!Array.isArray(list)) throw this.unexpectedAnswer();
      items.push(...(list as readonly unknown[]));
      bytes += answer.bytes;
      url = this.#next(answer, url);
      if (url !== undefined && seen.has(url.href)) throw this.#limitError('names the same next page twice');
      if (url !== undefined && seen.size >= MAX_PAGES) {
        throw this.#limitError(`has a list of more than ${MAX_PAGES} pages`);
      }
      if (bytes > MAX_LIST_BYTES)
        throw this.#limitError(`has a list of more than ${megabytes(MAX_LIST_BYTES)}`);
    }
    return items;
  }

  /** Repeats an operation of several calls after transient errors, as single calls are repeated. */
  retry<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    return retry(this.#options.clock, this.#options.log, attempt);
  }

  #at(path: string): URL {
    return new URL(/^https?:/.test(path) ? path : this.#options.url + path);
  }

  #retried(method: Method, url: URL, body?: object): Promise<Answer> {
    return this.retry(() => this.#try(method, url, body));
  }

  async #try(method: Method, url: URL, body?: object): Promise<Answer> {
    const { words, clock, log } = this.#options;
    let at = url;
    for (let redirects = 0; ; redirects += 1) {
      const { statusCode: status, headers: all, body: bytes } = await this.#send(method, at, body);
      const headers: AnswerHeaders = { get: (name) => [all[name] ?? []].flat().join(', ') || null };
      const text = Buffer.from(bytes).toString('utf8');
      log(`${method} ${this.#scrub(at.pathname)}: ${status}`);
      const location = headers.get('location');
      if (status >= 300 && status < 400 && location !== null) {
        if (redirects === MAX_REDIRECTS) throw this.unexpectedAnswer();
        at = this.#sameOrigin(location, at);
        continue;
      }
      const data = this.#parse(text);
      // Azure DevOps answers a token that it does not accept with a page for signing in, and status 203.
      if (status === 203) throw refusedError(words, 401, '', { isTransient: false });
      if (status >= 200 && status < 300) {
        if (data === undefined && text !== '') throw this.unexpectedAnswer();
        return { headers, data, bytes: text.length };
      }
      const reason = messageOf(data);
      throw refusedError(words, status, reason, retryAdvice(status, headers, reason, clock.now()));
    }
  }

  async #send(method: Method, url: URL, body?: object): Promise<WireResponse> {
    const { headers, words } = this.#options;
    const { protocol, hostname, port, pathname, search } = url;
    try {
      const { response } = await this.#http.handle({
        method,
        protocol,
        // Node takes an IPv6 address without brackets.
        hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
        ...(port !== '' && { port: Number(port) }),
        path: pathname + search,
        headers: {
          ...headers,
          authorization: this.#authorization,
          'user-agent': 'landfall',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return response;
    } catch (error) {
      if (error instanceof LandfallError) throw error;
      if ((error as Error).name === 'ResponseLimitError')
        throw this.#limitError(`sends an answer of more than ${megabytes(MAX_BODY_BYTES)}`);
      throw unreachableError(words, url.host, error);
    }
  }

  #limitError(what: string): PlatformCallError {
    const { words, url } = this.#options;
    return new PlatformCallError('PLATFORM_ERROR', `${words.name} at ${url} ${what}`, {
      remedy: `check ${words.apiFrom}: something else than the API of ${words.name} may answer there`,
    });
  }

  /** Removes the token from an answer: a server that echoes it must not get it into an error, a log or a result. */
  #parse(text: string): unknown {
    try {
      return JSON.parse(text, (_, value: unknown) =>
        typeof value === 'string' ? this.#scrub(value) : value,
      ) as unknown;
    } catch {
      return undefined;
    }
  }

  #scrub(text: string): string {
    return this.#secrets
      .flatMap((secret) => [secret, encodeURIComponent(secret)])
      .reduce((scrubbed, secret) => scrubbed.replaceAll(secret, '***'), text);
  }

  /** @throws PlatformCallError if the token would go to another origin */
  #sameOrigin(location: string, from: URL): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
    if (to?.origin === from.origin && to.username === '') return to;
    const where = this.#scrub(to?.origin ?? 'nowhere');
    throw new PlatformCallError(
      'PLATFORM_ERROR',
      `${this.#options.words.name} at ${from.origin} redirects the call to ${where}, which does not get the token`,
      { remedy: 'give the address of its API with --api-url' },
    );
  }

  #next({ headers, data }: Answer, from: URL): URL | undefined {
    const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(headers.get('link') ?? '')?.[1];
    const next = link ?? (textOf(field(data, 'next')) || undefined);
    if (next !== undefined) return this.#sameOrigin(next, from);
    const page = headers.get('x-next-page') ?? '';
    if (!/^\d+$/.test(page)) return undefined;
    const url = new URL(from);
    url.searchParams.set('page', page);
    return url;
  }

  /** Returns the error for an answer that is not an answer of the API. */
  unexpectedAnswer(): PlatformCallError {
    const { words, url } = this.#options;
    return new PlatformCallError(
      'PLATFORM_ERROR',
      `${url} does not answer as the API of ${words.name} does`,
      {
        remedy: `check ${words.apiFrom}`,
      },
    );
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}

/** Reads the error message of a platform: text, within `error` on Bitbucket, or JSON where GitLab reports fields. */
function messageOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, error } = data as { message?: unknown; error?: unknown };
  const text = message ?? field(error, 'message') ?? error ?? '';
  return (typeof text === 'string' ? text : JSON.stringify(text)).slice(0, 500);
}
