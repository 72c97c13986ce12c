import { BlockList, isIP } from 'node:net';
import { LandfallError } from '../core/error.ts';

/** Variables of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where a call goes, as the SDK writes it: `https:`, `sms.us-west-2.amazonaws.com`; without a port, that of the protocol. */
export interface Destination {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
}

export interface Proxy {
  /** May contain a user and a password: never print it. */
  readonly url: URL;
  /** The variable that names the proxy. */
  readonly variable: string;
}

/** Names a proxy without user and password: `http://proxy.corp:3128 (HTTPS_PROXY)`. */
export function proxyLabel({ url: { protocol, host }, variable }: Proxy): string {
  return `${protocol}//${host} (${variable})`;
}

/** The port of a destination. */
export function portOf({ protocol, port }: Destination): number {
  return port ?? (protocol === 'https:' ? 443 : 80);
}

/**
 * Finds the proxy for a call: `https_proxy` or `http_proxy`, by the protocol of the call, or else `all_proxy`. The name in
 * lower case comes first, and an empty value counts as none (curl manual, "Environment"; Python urllib `getproxies`, which
 * the AWS CLI uses). This machine is never reached through a proxy.
 * @throws LandfallError USAGE if the variable is no URL of an HTTP proxy
 */
export function findProxy(to: Destination, env: Variables): Proxy | undefined {
  const name = to.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const variable = [name, name.toUpperCase(), 'all_proxy', 'ALL_PROXY'].find(
    (one) => (env[one] ?? '').trim() !== '',
  );
  if (variable === undefined || isThisMachine(to.hostname)) return undefined;
  const exceptions = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  if (isException(to, exceptions)) return undefined;
  return { url: parseProxy(env[variable] ?? '', variable), variable };
}

function parseProxy(text: string, variable: string): URL {
  const value = text.trim();
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const remedy = `set ${variable} to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special characters in user and password percent-encoded`;
  // The value is not quoted: it may contain a password.
  if (url === undefined || url.hostname === '' || !isDecodable(url.username + url.password)) {
    throw new LandfallError('USAGE', `the value of ${variable} is not the URL of a proxy`, { remedy });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new LandfallError(
      'USAGE',
      `${variable} names a proxy of the kind ${url.protocol}//, which is not supported`,
      { remedy: `${remedy}; or list hosts that are reached without a proxy in NO_PROXY` },
    );
  }
  return url;
}

/** Whether every percent sign begins an encoded character: in a password as it is typed it may not. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The host in lower case, without the brackets of an IPv6 address and without a dot at the end. */
function hostOf({ hostname }: Pick<Destination, 'hostname'>): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** Whether a host, or `host:port`, is the loopback interface. */
export function isThisMachine(hostname = ''): boolean {
  const host = hostOf({ hostname: hostname.replace(/^([^:]*|\[.*\]):\d+$/, '$1') });
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) !== 0 && LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Whether a call is to go without a proxy by the value of `NO_PROXY`: names between commas or spaces, of hosts or domains, with or
 * without a dot or `*.` in front, each with an optional port; addresses and ranges (`10.0.0.0/8`); `*` for all. A name stands for its
 * subdomains too, as in curl and in Python's urllib.
 */
function isException(to: Destination, value: string): boolean {
  const host = hostOf(to);
  return value
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry.toLowerCase(), host, portOf(to)));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(entry, host);
  const [, name = '', only] = /^(\[.*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  const plain = hostOf({ hostname: name }).replace(/^\*?\.+/, '');
  if (plain === '') return false;
  return host === plain || (isIP(host) === 0 && host.endsWith(`.${plain}`));
}

function isInRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(hostOf({ hostname: network }));
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits)) return false;
  if (Number(bits) > (family === 6 ? 128 : 32)) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(hostOf({ hostname: network }), Number(bits), type);
  return list.check(host, type);
}
