import { describe, expect, it } from '@jest/globals';
import { findRunning, startLocalEndpoint } from '../../src/local/index.ts';
import { signedForMgn, TEMPLATE } from './mgn.ts';
import { killed, serve } from './processes.ts';
import { begin, newFolder, onCleanup, raw, signed } from './support.ts';
import type { Body } from './support.ts';

async function ask(url: string, operation: string, input: object): Promise<Body> {
  return (await raw(url, { headers: signed(operation), body: JSON.stringify(input) })).body;
}

async function jobsById(url: string): Promise<Map<string, string>> {
  const { replicationJobList = [] } = await ask(url, 'GetReplicationJobs', { maxResults: 1000 });
  return new Map(replicationJobList.map((job) => [job.serverId, job.replicationJobId]));
}

describe('a process that is killed', () => {
  it('S9.1 S9.2 S10.2 loses no acknowledged change, and its folder can be used at once', async () => {
    const folder = newFolder();
    const acknowledged = new Map<string, string>();
    for (const after of [1, 30, 60]) {
      const { process, started } = await serve(folder);
      const url = started.url ?? '';
      expect(await jobsById(url)).toEqual(new Map([...(await jobsById(url)), ...acknowledged]));
      const { serverList = [] } = await ask(url, 'GetServers', { maxResults: 1000 });
      const free = serverList.filter(({ replicationJobId }) => replicationJobId === undefined);
      let answers = 0;
      const creating = Array.from({ length: 10 }, async () => {
        for (let server = free.pop(); server !== undefined; server = free.pop()) {
          const { serverId } = server;
          const input = { serverId, seedReplicationTime: 4e9, frequency: 1 };
          const { replicationJobId = '' } = await ask(url, 'CreateReplicationJob', input);
          acknowledged.set(serverId, replicationJobId);
          answers += 1;
          if (answers === after) await killed(process);
        }
      });
      await Promise.allSettled(creating);
      expect(answers).toBeGreaterThanOrEqual(after);
      expect(await findRunning(folder)).toBeUndefined();
    }
    const endpoint = await startLocalEndpoint({ folder });
    onCleanup(() => endpoint.close());
    const jobs = await jobsById(endpoint.url);
    for (const [serverId, id] of acknowledged) expect(jobs.get(serverId)).toBe(id);
  });

  it('S10.1 S10.3 only one of the processes that start together gets the folder', async () => {
    const folder = newFolder();
    const all = await Promise.all(Array.from({ length: 4 }, () => serve(folder)));
    const winners = all.filter(({ started }) => started.url !== undefined);
    expect(winners).toHaveLength(1);
    const [winner] = winners;
    for (const { started } of all) {
      if (started.url !== undefined) continue;
      expect(started.code).toBe('HELD');
    }
    expect(await findRunning(folder)).toMatchObject({ url: winner?.started.url, pid: winner?.process.pid });
    await expect(startLocalEndpoint({ folder })).rejects.toThrow(`process ${winner?.process.pid ?? 0} at`);
  });

  it('S24.5 survives a process that is killed', async () => {
    const folder = newFolder();
    const { process, started } = await serve(folder);
    const post = async (operation: string, input: object, url = started.url ?? '') =>
      raw(url, { path: `/${operation}`, headers: signedForMgn(), body: JSON.stringify(input) });
    await post('InitializeService', {});
    await post('CreateReplicationConfigurationTemplate', TEMPLATE);
    const acknowledged: string[] = [];
    const creating = Array.from({ length: 5 }, async (_, line) => {
      for (let index = 0; ; index += 1) {
        const { text } = await post('CreateWave', { name: `w${line}-${index}` });
        acknowledged.push((JSON.parse(text) as { waveID: string }).waveID);
        if (acknowledged.length === 60) await killed(process);
      }
    });
    await Promise.allSettled(creating);
    expect(acknowledged.length).toBeGreaterThanOrEqual(60);
    const after = await begin({ folder });
    const { text } = await post('ListWaves', { maxResults: 1000 }, after.endpoint.url);
    for (const id of acknowledged) expect(text).toContain(id);
  });
});
