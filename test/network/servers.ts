import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProxy, type ProxyServer } from 'proxy';

/** A proxy on this machine, and the destinations that it was asked to connect to. */
export interface TestProxy {
  readonly port: number;
  readonly connects: string[];
  close(): Promise<void>;
}

/**
 * Opens a proxy.
 * @param credentials `user:password` that it asks for; absent: none
 * @param refusal the status with which it refuses every connection; absent: it refuses none
 */
export async function openProxy({
  credentials,
  refusal,
}: { credentials?: string; refusal?: number } = {}): Promise<TestProxy> {
  const connects: string[] = [];
  const server = createServer();
  server.on('connect', ({ url = '' }, socket) => {
    connects.push(url);
    if (refusal !== undefined) socket.end(`HTTP/1.1 ${refusal} Refused\r\n\r\n`);
  });
  if (refusal === undefined) {
    const proxy: ProxyServer = createProxy(server);
    const expected = `Basic ${Buffer.from(credentials ?? '').toString('base64')}`;
    if (credentials !== undefined)
      proxy.authenticate = ({ headers }) => headers['proxy-authorization'] === expected;
  }
  return { connects, ...(await listen(server)) };
}

/** Opens a TLS server with a certificate of `AUTHORITY` for `*.test` names, which hands every request on to an HTTP server. */
export function openTlsServer(port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createTlsServer({ cert: CERTIFICATE, key: KEY }, (incoming, outgoing) => {
    const { method, url } = incoming;
    // The built-in endpoint answers to names of this machine only.
    const headers = { ...incoming.headers, host: `127.0.0.1:${port}` };
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  return listen(server);
}

async function listen(server: Server): Promise<{ readonly port: number; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The response of AWS STS to AssumeRole. */
export const ASSUMED =
  '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>of-the-role</SecretAccessKey><SessionToken>token-of-the-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>';

/** A certificate authority that signs nothing but the certificate below. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUdPwwcBvht6LBqkmj9D2+ifMYpDMwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI5MDk1OTAwWhgPMjEy
NjExMDUwOTU5MDBaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEC5UALb1k+JSx4iRtu27rbsysYKvUaxcbcL7qf60m
iBBjNYcPUSJzsEU/GzyKjxjJit8EI9aiuskGRYUrI/56wKNTMFEwHQYDVR0OBBYE
FCRfOb/nbbaoGFt7lLtWn6U+bE4nMB8GA1UdIwQYMBaAFCRfOb/nbbaoGFt7lLtW
n6U+bE4nMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALUwUvv3
Lv8/u0N/mwUifz2q86fNGgbDmKwTX7LoOY/jAiEA7gX/WhP4tXTIUzvIBBKTsjET
Kv6wHOdrIp+HI0GW6eo=
-----END CERTIFICATE-----
`;

/** Of sms.test, s3.test, gitlab.test and sts.test. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVigAwIBAgIUGHp/oyI9k1hJ4apsFoUU84nFrH0wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI5MDk1OTAwWhgPMjEy
NjExMDUwOTU5MDBaMBExDzANBgNVBAMMBnNlcnZlcjBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABBRccWRvT+H5ryUl4m1y7zjC+rKoVgNS56qrw02vws6DU/VE37d7
AO49hkYAyPVBKfXHQhzRjbJBZAVUgOmQrLajgYMwgYAwPgYDVR0RBDcwNYIIc21z
LnRlc3SCCSouczMudGVzdIIHczMudGVzdIILZ2l0bGFiLnRlc3SCCHN0cy50ZXN0
MB0GA1UdDgQWBBTf21AiRX2Yzg3/oyACLwsHBlCK8jAfBgNVHSMEGDAWgBQkXzm/
5222qBhbe5S7Vp+lPmxOJzAKBggqhkjOPQQDAgNHADBEAiA0ROEyMDy5Z8RDqMtW
5j9MY1rq9ZA495Okzz35KpWrAAIgN12IULNHBLoiMavNbfK7+6MGPh/48IG5UJRW
MlVKJL4=
-----END CERTIFICATE-----
`;

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPR0yZEpPYipi3i+j
MILsnKHlK+53wUgL3d8Sh9e7sOGhRANCAAQUXHFkb0/h+a8lJeJtcu84wvqyqFYD
Uueqq8NNr8LOg1P1RN+3ewDuPYZGAMj1QSn1x0Ic0Y2yQWQFVIDpkKy2
-----END PRIVATE KEY-----
`;
