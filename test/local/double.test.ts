import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { begin, newFolder, raw, restart, signed, VM } from './support.ts';

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

  it.each([true, false])('S9.10 has a state for each region (in memory: %j)', async (inMemory) => {
    const test = await begin({ inMemory });
    const inRegion = async (region: string, operation: string, input: object = {}) =>
      (
        await raw(test.endpoint.url, {
          headers: signed(operation, region),
          body: JSON.stringify(input),
        })
      ).body;
    const jobs = async (region: string) =>
      (await inRegion(region, 'GetReplicationJobs')).replicationJobList?.map(({ state }) => state);
    await test.create();
    await inRegion('us-west-2', 'DisassociateConnector', { connectorId: 'c-415fef98f4c66c487' });
    test.advance(3_600_000);
    expect([await jobs('eu-west-1'), await jobs('us-west-2')]).toEqual([[], ['ACTIVE']]);
    expect((await inRegion('eu-west-1', 'GetConnectors')).connectorList).toHaveLength(2);
    expect((await inRegion('us-west-2', 'GetConnectors')).connectorList).toHaveLength(1);
    const seedReplicationTime = test.endpoint.now() / 1000;
    const create = { serverId: VM, frequency: 12, seedReplicationTime };
    await inRegion('eu-west-1', 'CreateReplicationJob', create);
    test.advance(86_400_000);
    const { nextToken = '' } = await inRegion('us-west-2', 'GetServers');
    expect((await inRegion('eu-west-1', 'GetServers', { nextToken })).__type).toBe(
      'InvalidParameterException',
    );
    const seen = [await jobs('eu-west-1'), await jobs('us-west-2')];
    expect(seen).toEqual([['ACTIVE'], ['ACTIVE']]);
    if (!inMemory) {
      const before = test.endpoint.now();
      await test.endpoint.close();
      const again = await restart(test);
      const jobOf = async (region: string) =>
        (await raw(again.endpoint.url, { headers: signed('GetReplicationJobs', region), body: '{}' })).body
          .replicationJobList?.length;
      expect([await jobOf('eu-west-1'), await jobOf('us-west-2'), await jobOf('ap-south-1')]).toEqual([
        1, 1, 0,
      ]);
      expect(again.endpoint.now()).toBe(before);
      await again.endpoint.reset();
      expect([await jobOf('eu-west-1'), await jobOf('us-west-2')]).toEqual([0, 0]);
      return;
    }
    await test.endpoint.load('VM,VM ID,VI SDK UUID\nonly,vm-1,AAAA\n');
    expect((await inRegion('eu-west-1', 'GetServers')).serverList).toHaveLength(1);
    await test.endpoint.reset();
    expect([await jobs('eu-west-1'), await jobs('us-west-2')]).toEqual([[], []]);
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
