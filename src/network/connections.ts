import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import type { HttpProxyAgentOptions, HttpsProxyAgentOptions } from 'hpagent';
import { LandfallError } from '../core/error.ts';
import { type Destination, findProxy, portOf, type Proxy, proxyLabel, type Variables } from './proxies.ts';

/** How a run reaches other machines. */
export interface NetworkOptions {
  readonly env: Variables;
  /** Finds the file with certificates to trust beside those of Node, and the name of the setting; undefined: none. */
  readonly caBundle?: () => Promise<CaBundle | undefined>;
}

interface CaBundle {
  readonly file: string;
  /** `AWS_CA_BUNDLE`. */
  readonly setting: string;
}

/** What calls to one destination use. */
export interface Connection {
  readonly agent: HttpAgent;
  readonly proxy?: Proxy;
}

/** How long a connection may take, in milliseconds: nothing answers at an address that a firewall hides. */
export const CONNECT_TIMEOUT = 10_000;

/** The agents of one client, by destination. Without a proxy and a bundle they are those of Node, and nothing is loaded. */
export class Connections {
  readonly #network: NetworkOptions | undefined;
  readonly #options: AgentOptions;
  readonly #connectTimeout: number;
  readonly #known = new Map<string, Connection>();
  readonly #opening = new Map<string, Promise<Connection>>();
  readonly #agents: HttpAgent[] = [];
  #direct: { readonly http: HttpAgent; readonly https: HttpAgent } | undefined;
  #context: Promise<tls.SecureContext | undefined> | undefined;

  /**
   * @param network absent: only this machine is reached, so neither proxies nor certificates are looked for
   * @param connectTimeout how long a proxy may take to connect, in milliseconds
   */
  constructor(network: NetworkOptions | undefined, options: AgentOptions, connectTimeout: number) {
    this.#network = network;
    this.#options = options;
    this.#connectTimeout = connectTimeout;
  }

  /** Returns what calls to a destination use, if it is known. */
  known(to: Destination): Connection | undefined {
    return this.#known.get(keyOf(to));
  }

  /**
   * Finds out what calls to a destination use: the same for calls that begin at once.
   * @throws LandfallError USAGE for a proxy that is no URL; FILE_UNREADABLE for a bundle that is not there, or has no certificate
   */
  open(to: Destination): Promise<Connection> {
    const key = keyOf(to);
    const opening = this.#opening.get(key) ?? this.#create(to);
    this.#opening.set(key, opening);
    return opening;
  }

  async #create(to: Destination): Promise<Connection> {
    const secure = to.protocol === 'https:';
    const context = secure ? await this.#secureContext() : undefined;
    const proxy = this.#network && findProxy(to, this.#network.env);
    const connection: Connection = proxy
      ? { agent: await this.#proxyAgent(proxy, secure, context), proxy }
      : { agent: this.#directAgents(context)[secure ? 'https' : 'http'] };
    this.#known.set(keyOf(to), connection);
    return connection;
  }

  #directAgents(secureContext: tls.SecureContext | undefined) {
    this.#direct ??= {
      http: this.#own(new HttpAgent(this.#options)),
      https: this.#own(new HttpsAgent({ ...this.#options, ...(secureContext && { secureContext }) })),
    };
    return this.#direct;
  }

  async #proxyAgent(
    { url }: Proxy,
    secure: boolean,
    secureContext: tls.SecureContext | undefined,
  ): Promise<HttpAgent> {
    const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
    const bare = new URL(url);
    // Node takes the host of an IPv6 address without brackets.
    Object.defineProperty(bare, 'hostname', { value: url.hostname.replace(/^\[(.*)\]$/, '$1') });
    const options = {
      ...this.#options,
      proxy: bare,
      timeout: this.#connectTimeout,
      ...(secureContext && { secureContext, proxyRequestOptions: { secureContext } }),
    };
    // Its types do not declare `secureContext`, which it hands to Node.
    const given = options as HttpProxyAgentOptions & HttpsProxyAgentOptions;
    const agent = secure ? new HttpsProxyAgent(given) : new HttpProxyAgent(given);
    explainProxyErrors(agent, this.#connectTimeout);
    return this.#own(agent);
  }

  #own<Some extends HttpAgent>(agent: Some): Some {
    this.#agents.push(agent);
    return agent;
  }

  #secureContext(): Promise<tls.SecureContext | undefined> {
    return (this.#context ??= this.#createContext());
  }

  async #createContext(): Promise<tls.SecureContext | undefined> {
    const bundle = await this.#network?.caBundle?.();
    if (bundle === undefined) return undefined;
    const ca = [
      ...(await defaultCertificates(this.#network?.env ?? {})),
      ...(await readCertificates(bundle)),
    ];
    return tls.createSecureContext({ ca });
  }

  destroy(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

function keyOf(to: Destination): string {
  return `${to.protocol}//${to.hostname}:${portOf(to)}`;
}

type Connected = (error: Error | null, socket: Socket | undefined) => void;

/**
 * Marks the errors of a proxy: it does not answer, or refuses to connect (`proxyStatus`). A proxy that answers byte by byte
 * never exceeds the agent's own timeout, which counts from the latest byte, so the whole of its answer has a time too.
 */
function explainProxyErrors(agent: object, timeout: number): void {
  const proxied = agent as {
    createConnection: (options: object, callback: Connected) => void;
    proxyRequestOptions: object;
  };
  const requestOptions = proxied.proxyRequestOptions;
  const connect = proxied.createConnection.bind(agent);
  proxied.createConnection = (options, callback) => {
    let isOver = false;
    const end: Connected = (error, socket) => {
      if (isOver) {
        socket?.destroy();
        return;
      }
      isOver = true;
      clearTimeout(timer);
      callback(error === null ? null : proxyFailure(error), socket);
    };
    const abort = new AbortController();
    const timer = setTimeout(() => {
      end(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }), undefined);
      abort.abort();
    }, timeout);
    proxied.proxyRequestOptions = { ...requestOptions, signal: abort.signal };
    connect(options, end);
  };
}

function proxyFailure(error: Error): Error & ProxyFailure {
  const status = /^Bad response: (\d+)$/.exec(error.message)?.[1];
  const code =
    status === undefined ? ((error as NodeJS.ErrnoException).code ?? 'ETIMEDOUT') : 'PROXY_REFUSED';
  const failure: ProxyFailure = { code, proxyStatus: Number(status ?? 0) };
  return Object.assign(new Error(error.message, { cause: error }), failure);
}

interface ProxyFailure {
  readonly code: string;
  /** The status of the proxy's answer; 0: it did not answer. */
  readonly proxyStatus: number;
}

/** The certificates that Node trusts: its own, or the system's with Node's options for them, and NODE_EXTRA_CA_CERTS. */
async function defaultCertificates(env: Variables): Promise<readonly string[]> {
  // Node 22.15 and later.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => readonly string[] };
  if (getCACertificates) return getCACertificates('default');
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? '';
  // Node itself only warns where it cannot read the file.
  const text = extra === '' ? '' : await readFile(extra, 'utf8').catch(() => '');
  return [...tls.rootCertificates, ...certificatesIn(text)];
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
}

async function readCertificates({ file, setting }: CaBundle): Promise<readonly string[]> {
  const failed = (why: string): LandfallError =>
    new LandfallError('FILE_UNREADABLE', `${setting} names ${file}, ${why}`, {
      remedy: `set ${setting} to a PEM file with the certificate of the authority, or remove it`,
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw failed(`which cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`);
  }
  const certificates = certificatesIn(text);
  if (certificates.length === 0) throw failed('which has no certificate in PEM format');
  const { X509Certificate } = await import('node:crypto');
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      throw failed(`whose certificate ${index + 1} cannot be read`);
    }
  }
  return certificates;
}

/** What is known of a connection that failed. */
export interface ConnectionFailure {
  readonly code?: string | undefined;
  /** `host:port`. */
  readonly endpoint?: string | undefined;
  readonly proxy?: Proxy | undefined;
  readonly proxyStatus?: number | undefined;
}

/** Codes of Node and OpenSSL about the certificate of the other side, or its TLS. */
const CERTIFICATE_CODES =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|INVALID_CA|HOSTNAME_MISMATCH|CRL_|EPROTO)/;

/** Whether a connection failed for a reason that a second attempt does not change. Nothing was sent. */
export function isPermanentFailure({ code = '', proxyStatus }: ConnectionFailure): boolean {
  if (code === 'PROXY_REFUSED') return (proxyStatus ?? 0) < 500;
  return CERTIFICATE_CODES.test(code);
}

/** What failed, where not the endpoint itself did, and what to do; undefined: nothing more is known than the error says. */
export function explainFailure(
  { code = '', endpoint = 'AWS', proxy, proxyStatus }: ConnectionFailure,
  caSettings: string,
): { readonly message: string; readonly remedy: string } | undefined {
  const host = endpoint.replace(/:\d+$/, '');
  if (proxy !== undefined && proxyStatus !== undefined) {
    const label = `the proxy ${proxyLabel(proxy)}`;
    const direct = `or list ${host} in NO_PROXY if it can be reached without a proxy`;
    if (proxyStatus === 0) {
      return {
        message: `cannot reach ${label}, through which ${endpoint} is called: ${code}`,
        remedy: `check that the proxy runs, correct ${proxy.variable}, ${direct}`,
      };
    }
    if (proxyStatus === 407) {
      const given = proxy.url.username !== '' || proxy.url.password !== '';
      return {
        message: `cannot reach ${endpoint}: ${label} ${given ? 'does not accept the user and the password' : 'asks for a user and a password'} (status 407)`,
        remedy: `set ${proxy.variable} to http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded; the proxy must accept basic authentication`,
      };
    }
    const why = proxyStatus >= 500 ? 'cannot connect to it' : 'refuses to connect to it';
    return {
      message: `cannot reach ${endpoint}: ${label} ${why} (status ${proxyStatus})`,
      remedy: `have ${endpoint} allowed in the proxy, ${direct}`,
    };
  }
  if (!CERTIFICATE_CODES.test(code)) return undefined;
  const through = proxy === undefined ? '' : ` through the proxy ${proxyLabel(proxy)}`;
  return {
    message: `cannot reach ${endpoint}${through}: its certificate or TLS is not accepted: ${code}`,
    remedy: `if a proxy or a firewall inspects TLS, set ${caSettings} to a PEM file with the certificate of its authority; otherwise check the name of the endpoint and the clock of this machine`,
  };
}

/** Names the causes, beside the endpoint itself, for which nothing answers: the proxy in use, or that none is set. */
export function otherCauses({ proxy }: ConnectionFailure): string {
  return proxy === undefined
    ? 'if this network needs a proxy, set HTTPS_PROXY'
    : `check the proxy ${proxyLabel(proxy)}`;
}
