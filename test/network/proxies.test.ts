import { describe, expect, it } from '@jest/globals';
import { findProxy, proxyLabel } from '../../src/network/proxies.ts';

const SMS = { protocol: 'https:', hostname: 'sms.us-west-2.amazonaws.com' };
const P = 'http://proxy.corp:3128';

function proxyOf(
  env: Record<string, string>,
  to: Partial<typeof SMS> & { port?: number } = {},
): string | undefined {
  const proxy = findProxy({ ...SMS, ...to }, env);
  return proxy && `${proxy.url.href} ${proxy.variable}`;
}

describe('the proxy of a call', () => {
  it('is the one of its protocol, the name in lower case first, and else the one for all', () => {
    expect(proxyOf({})).toBeUndefined();
    expect(proxyOf({ HTTPS_PROXY: P })).toBe(`${P}/ HTTPS_PROXY`);
    expect(proxyOf({ HTTPS_PROXY: P, https_proxy: 'http://other' })).toBe('http://other/ https_proxy');
    expect(proxyOf({ HTTP_PROXY: P })).toBeUndefined();
    expect(proxyOf({ HTTP_PROXY: P }, { protocol: 'http:' })).toBe(`${P}/ HTTP_PROXY`);
    expect(proxyOf({ HTTPS_PROXY: '', ALL_PROXY: P })).toBe(`${P}/ ALL_PROXY`);
    expect(proxyOf({ https_proxy: 'proxy.corp:3128' })).toBe(`${P}/ https_proxy`);
  });

  it.each(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', 'LOCALHOST.'])(
    'is none for this machine: %s',
    (hostname) => {
      expect(proxyOf({ ALL_PROXY: P }, { hostname })).toBeUndefined();
    },
  );

  it.each([
    ['*', SMS.hostname],
    ['sms.us-west-2.amazonaws.com', SMS.hostname],
    ['.amazonaws.com', SMS.hostname],
    ['amazonaws.com', SMS.hostname],
    ['*.amazonaws.com', SMS.hostname],
    ['AMAZONAWS.com.', SMS.hostname],
    ['a, amazonaws.com ,b', SMS.hostname],
    ['a amazonaws.com', SMS.hostname],
    ['amazonaws.com:443', SMS.hostname],
    ['10.0.0.0/8', '10.20.30.40'],
    ['10.20.30.40', '10.20.30.40'],
    ['10.20.30.40:443', '10.20.30.40'],
    ['fd00::/8', '[fd00::1]'],
    ['fd00::1', '[fd00::1]'],
    ['[fd00::1]:443', '[fd00::1]'],
  ])('is none by NO_PROXY=%s for %s', (NO_PROXY, hostname) => {
    expect(proxyOf({ HTTPS_PROXY: P, NO_PROXY }, { hostname })).toBeUndefined();
    expect(proxyOf({ HTTPS_PROXY: P, no_proxy: NO_PROXY }, { hostname })).toBeUndefined();
  });

  it.each([
    ['', SMS.hostname],
    [',', SMS.hostname],
    ['.', SMS.hostname],
    ['s.com', SMS.hostname],
    ['zonaws.com', SMS.hostname],
    ['us-west-2.amazonaws.com:8443', SMS.hostname],
    ['sms', SMS.hostname],
    ['10.0.0.0/8', '11.0.0.1'],
    ['10.0.0.0/99', '10.0.0.1'],
    ['10.0.0.0/', '10.0.0.1'],
    ['0.0.1', '10.0.0.1'],
    ['0.0.0.0/0', SMS.hostname],
  ])('stays by NO_PROXY=%s for %s', (NO_PROXY, hostname) => {
    expect(proxyOf({ HTTPS_PROXY: P, NO_PROXY }, { hostname })).toBe(`${P}/ HTTPS_PROXY`);
  });

  it.each([
    'http://user:pass word@',
    'http://:3128',
    'socks5://user:secret@proxy:1080',
    'http://jo:100%secret@proxy:3128',
  ])('is refused where it is none, without its value: %s', (HTTPS_PROXY) => {
    let error: unknown;
    try {
      findProxy(SMS, { HTTPS_PROXY });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'USAGE' });
    const { message } = error as Error;
    expect(message).toContain('HTTPS_PROXY');
    expect(message).not.toMatch(/secret|pass word/);
  });

  it('is named without user and password', () => {
    const proxy = findProxy(SMS, { HTTPS_PROXY: 'http://jo:secret@proxy.corp:3128' });
    expect(proxy && proxyLabel(proxy)).toBe('http://proxy.corp:3128 (HTTPS_PROXY)');
  });
});
