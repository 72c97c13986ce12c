import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  advanceTime,
  findRunning,
  loadInventory,
  openLocalEndpoint,
  resetState,
  setFaults,
  startLocalEndpoint,
} from '../../src/local/index.ts';
import { begin, DAY, HOUR, newFolder, onCleanup, raw, signed, START } from './support.ts';
import type { Answer } from './support.ts';

const CSV = 'VM,VM ID,VI SDK UUID\nother,vm-1,AAAA\n';

interface LockFile {
  readonly token: string;
  readonly url: string;
}

function lockOf(folder: string): LockFile {
  const [name = ''] = readdirSync(folder).filter((one) => one.startsWith('lock-'));
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as LockFile;
}

/** What a killed process leaves: a lock that names an address. */
function leaveLock(folder: string, url: string): void {
  const lock = { url, pid: 4242, since: '2018-11-07T17:48:00.000Z', token: 'left' };
  writeFileSync(join(folder, 'lock-7.json'), JSON.stringify(lock));
}

async function listening(server: {
  listen(port: number, host: string, then: () => void): unknown;
  address(): unknown;
  close(): unknown;
}): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onCleanup(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('one process a folder', () => {
  it('S10.1 the error names the process, address and start of the first endpoint', async () => {
    const folder = newFolder();
    const first = await begin({ folder, pid: 4242 });
    const since = new Date(START).toISOString();
    await expect(startLocalEndpoint({ folder })).rejects.toMatchObject({
      code: 'HELD',
      message: `${folder} is served by process 4242 at ${first.endpoint.url} since ${since}`,
      remedy: `use the endpoint at ${first.endpoint.url}, or stop process 4242`,
    });
    expect(await findRunning(folder)).toEqual({ url: first.endpoint.url, pid: 4242, since });
    expect((await first.ok('GetServers')).serverList).toHaveLength(50);
  });

  it('S10.9 requests wait until the state is open', async () => {
    const { endpoint, folder, clock } = await begin();
    const { port, url } = endpoint;
    await endpoint.close();
    const starting = startLocalEndpoint({ folder, clock, port });
    const ask = () => raw(url, { headers: signed('GetConnectors'), body: '{}' });
    let answer: Answer | undefined;
    while (answer === undefined) answer = await ask().catch(() => undefined);
    const started = await starting;
    onCleanup(() => started.close());
    expect([answer.status, answer.body.connectorList?.length]).toEqual([200, 2]);
  });

  it('S10.1 another endpoint can start after the first was closed', async () => {
    const { folder, endpoint } = await begin();
    await endpoint.close();
    expect(await findRunning(folder)).toBeUndefined();
    for (let time = 0; time < 4; time += 1) await (await begin({ folder })).endpoint.close();
    expect(readdirSync(folder).filter((name) => name.includes('lock')).length).toBeLessThanOrEqual(2);
  });

  it('S10.8 sends no request to an address outside 127.0.0.1', async () => {
    let asked = 0;
    const stranger = createServer((_, response) => {
      asked += 1;
      response.end('{"landfall":"local"}');
    });
    const { port } = new URL(await listening(stranger));
    for (const url of [`http://localhost:${port}`, `http://127.0.0.1:${port}@127.0.0.1:${port}`, 'x']) {
      const folder = newFolder();
      leaveLock(folder, url);
      expect(await findRunning(folder)).toBeUndefined();
      await begin({ folder });
    }
    expect(asked).toBe(0);
  });

  it('S10.2 takes over the lock of a dead process', async () => {
    const folder = newFolder();
    const gone = createServer();
    const url = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    leaveLock(folder, url);
    expect(await findRunning(folder)).toBeUndefined();
    await begin({ folder });
  });

  it('S10.2 takes over if another program has the port', async () => {
    const folder = newFolder();
    const stranger = createServer((_, response) => response.end('{"hello":"there"}'));
    leaveLock(folder, await listening(stranger));
    await (await begin({ folder })).endpoint.close();
    const other = await begin();
    leaveLock(folder, other.endpoint.url);
    await begin({ folder });
  });

  it('S10.2 takes over a lock file that no endpoint wrote', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock-3.json'), '{"url"');
    await begin({ folder });
  });

  it('S10.2 does not take over from an endpoint that does not answer in time', async () => {
    const folder = newFolder();
    leaveLock(
      folder,
      await listening(
        createSocketServer((socket) => {
          onCleanup(() => {
            socket.destroy();
          });
        }),
      ),
    );
    await expect(startLocalEndpoint({ folder })).rejects.toMatchObject({
      code: 'HELD',
      message: expect.stringContaining('does not answer') as unknown,
    });
  });

  it('S10.3 only one of several concurrent starts succeeds', async () => {
    for (const lock of [false, true]) {
      const folder = newFolder();
      if (lock) leaveLock(folder, 'http://127.0.0.1:1');
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => startLocalEndpoint({ folder })),
      );
      const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      for (const endpoint of started) onCleanup(() => endpoint.close());
      const refusals = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(started).toHaveLength(1);
      for (const reason of refusals) expect(reason).toMatchObject({ code: 'HELD' });
      expect((await findRunning(folder))?.url).toBe(started[0]?.url);
    }
  });

  it('S10.4 control calls reach the endpoint that serves the folder', async () => {
    const { folder, ok, endpoint, create } = await begin();
    expect(await advanceTime(folder, HOUR)).toEqual({ now: START + HOUR });
    expect(endpoint.now()).toBe(START + HOUR);
    expect(await loadInventory(folder, CSV)).toEqual({ loaded: 1, skipped: [] });
    expect((await ok('GetServers')).serverList).toHaveLength(1);
    await setFaults(folder, { throttling: 1 });
    await expect(ok('GetServers')).rejects.toThrow('ThrottlingException');
    await setFaults(folder, {});
    await resetState(folder);
    await create();
    expect(endpoint.now()).toBe(START);
  });

  it('S10.4 control calls pass on errors', async () => {
    const { folder } = await begin();
    await expect(loadInventory(folder, 'VM\n')).rejects.toMatchObject({
      name: 'LocalError',
      code: 'BAD_INVENTORY',
      line: 1,
      column: 1,
    });
    await expect(advanceTime(folder, -1)).rejects.toMatchObject({ code: 'BAD_TIME' });
    await expect(setFaults(folder, { latency: -1 })).rejects.toMatchObject({ code: 'BAD_FAULTS' });
    await expect(setFaults(newFolder(), {})).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  it('S10.4 advance, load and reset also work without a running endpoint', async () => {
    const folder = newFolder();
    const { now } = await advanceTime(folder, DAY);
    expect((await advanceTime(folder, DAY)).now).toBeGreaterThanOrEqual(now + DAY);
    expect((await loadInventory(folder, CSV)).loaded).toBe(1);
    const after = await begin({ folder });
    expect(after.endpoint.now()).toBeGreaterThan(START);
    expect((await after.ok('GetServers')).serverList).toHaveLength(1);
  });

  it('S10.5 close waits for the programs that use the endpoint', async () => {
    const folder = newFolder();
    const own = await openLocalEndpoint({ folder });
    const guests = [await openLocalEndpoint({ folder }), await openLocalEndpoint({ folder })];
    expect(guests.map(({ url }) => url)).toEqual([own.url, own.url]);
    let closed = false;
    const closing = own.close().then(() => {
      closed = true;
    });
    for (const guest of guests) {
      await raw(own.url, { method: 'GET' });
      expect(closed).toBe(false);
      await guest.close();
    }
    await closing;
    const next = await openLocalEndpoint({ folder });
    expect(next.url).not.toBe(own.url);
    await next.close();
  });

  it('S10.5 serves programs that open it at the same moment', async () => {
    const folder = newFolder();
    const open = await Promise.all(Array.from({ length: 6 }, () => openLocalEndpoint({ folder })));
    expect(new Set(open.map(({ url }) => url)).size).toBe(1);
    await Promise.all(open.map((one) => one.close()));
    expect(await findRunning(folder)).toBeUndefined();
  });

  it('S10.6 refuses control requests without the token', async () => {
    const { endpoint, folder } = await begin();
    const { token } = lockOf(folder);
    const post = (path: string, headers: Record<string, string>, method = 'POST') =>
      raw(endpoint.url, { method, path, headers, ...(method === 'POST' ? { body: '1000' } : {}) });
    for (const name of ['ping', 'advance', 'load', 'reset', 'faults', 'visit', 'nothing']) {
      for (const wrong of ['', 'x', `${token}x`, token.slice(1)]) {
        expect((await post(`/_landfall/${name}`, { 'x-landfall-token': wrong })).status).toBe(403);
      }
    }
    const good = { 'x-landfall-token': token };
    expect((await post('/_landfall/advance', good, 'GET')).status).toBe(403);
    expect((await post('/_landfall/advance', { ...good, origin: 'http://evil.example.com' })).status).toBe(
      403,
    );
    expect((await post('/_landfall/advance', { ...good, host: 'evil.example.com' })).status).toBe(403);
    expect((await post('/_landfall/toString', good)).status).toBe(404);
    expect(endpoint.now()).toBe(START);
    expect((await post('/_landfall/advance', good)).status).toBe(200);
    expect(endpoint.now()).toBe(START + 1000);
  });

  it('S10.7 does not write after another process has taken over', async () => {
    const loser = await begin();
    leaveLock(loser.folder, 'http://127.0.0.1:1');
    const winner = await begin({ folder: loser.folder });
    const id = await winner.create();
    const { status } = await loser.call('DeleteServerCatalog');
    expect(status).toBe(500);
    await loser.endpoint.close();
    await winner.endpoint.close();
    expect((await (await begin({ folder: loser.folder })).job(id)).state).toBe('ACTIVE');
  });
});
