import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { begin, newFolder, raw, restart, signed } from './support.ts';

const call = async (url: string, host: string, more: Record<string, string> = {}) =>
  raw(url, { headers: { ...signed('GetConnectors'), host, ...more }, body: '{}' });

describe('the endpoint as a test double', () => {
  it('S1.9 answers requests to the names it was told, and to no others', async () => {
    const { endpoint } = await begin({ allowedHosts: ['Landfall', '172.17.0.2'] });
    for (const host of ['landfall', 'LANDFALL:4566', '172.17.0.2:1', 'localhost'])
      expect([host, (await call(endpoint.url, host)).status]).toEqual([host, 200]);
    for (const host of ['landfall.example.com', 'xlandfall', '172.17.0.20', 'landfall@evil'])
      expect([host, (await call(endpoint.url, host)).status]).toEqual([host, 403]);
    expect((await call(endpoint.url, 'landfall', { origin: 'http://landfall' })).status).toBe(403);
  });

  it('S1.9 says how a name is allowed', async () => {
    const { endpoint } = await begin();
    expect((await call(endpoint.url, 'aws:4566')).body).toEqual({
      __type: 'AccessDeniedException',
      message:
        'This endpoint does not answer requests to the host name "aws". If the name is yours, start the endpoint with --allow-host aws.',
    });
    expect((await call(endpoint.url, 'a'.repeat(5000))).text.length).toBeLessThan(500);
  });

  it('S1.10 listens in all networks if the host is 0.0.0.0', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.internal === false && one.family === 'IPv4')?.address;
    const { endpoint } = await begin({ host: '0.0.0.0', ...(outside && { allowedHosts: [outside] }) });
    expect(endpoint.url).toBe(`http://127.0.0.1:${endpoint.port}`);
    for (const address of ['127.0.0.1', '127.0.0.2', ...(outside === undefined ? [] : [outside])]) {
      const status = address === '127.0.0.2' ? 403 : 200;
      expect((await call(`http://${address}:${endpoint.port}`, address)).status).toBe(status);
    }
  });

  it('S1.12 answers health checks without a signature, by any name, whatever the faults', async () => {
    const { endpoint } = await begin({ faults: { throttling: 1, internalErrors: 1 } });
    const health = async (method: string, path: string, headers: Record<string, string> = {}) =>
      raw(endpoint.url, { method, path, headers });
    const answer = await health('GET', '/health', { host: '10.1.2.3:4566' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(await health('HEAD', '/health')).toMatchObject({ status: 200, text: '' });
    expect((await health('GET', '/health', { origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await health('POST', '/health', { host: 'evil.example.com' })).status).toBe(403);
  });

  it('S9.9 keeps a state in memory, and writes only its lock', async () => {
    const folder = newFolder();
    const test = await begin({ folder, inMemory: true });
    const id = await test.create();
    test.advance(3_600_000);
    await test.endpoint.load('VM,VM ID,VI SDK UUID\nonly,vm-1,AAAA\n');
    expect((await test.job(id)).state).toBe('ACTIVE');
    expect(readdirSync(folder).filter((name) => !name.startsWith('lock-'))).toEqual([]);
    await test.endpoint.reset();
    expect((await test.ok('GetReplicationJobs')).replicationJobList).toEqual([]);
    await test.create();
    const next = await restart(test, { inMemory: true });
    expect((await next.ok('GetReplicationJobs')).replicationJobList).toEqual([]);
    await next.endpoint.close();
    expect(readdirSync(folder).filter((name) => !name.startsWith('lock-'))).toEqual([]);
  });
});
