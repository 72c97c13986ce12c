import { describe, expect, it } from '@jest/globals';
import { findRunning, startLocalEndpoint } from '../../src/local/index.ts';
import { killed, useProcesses } from './processes.ts';
import { newFolder, onCleanup, raw, signed } from './support.ts';
import type { Body } from './support.ts';

async function ask(url: string, operation: string, input: object): Promise<Body> {
  return (await raw(url, { headers: signed(operation), body: JSON.stringify(input) })).body;
}

async function all(url: string): Promise<Map<string, string>> {
  const { replicationJobList = [] } = await ask(url, 'GetReplicationJobs', { maxResults: 1000 });
  return new Map(replicationJobList.map((job) => [job.serverId, job.replicationJobId]));
}

describe('a process that is killed', () => {
  const serve = useProcesses();

  it('S9.1 S9.2 S10.2 loses nothing it has acknowledged, and can be followed at once', async () => {
    const folder = newFolder();
    const acknowledged = new Map<string, string>();
    for (const after of [1, 30, 60]) {
      const { process, said } = await serve(folder);
      const url = said.url ?? '';
      expect(await all(url)).toEqual(new Map([...(await all(url)), ...acknowledged]));
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
    const jobs = await all(endpoint.url);
    for (const [serverId, id] of acknowledged) expect(jobs.get(serverId)).toBe(id);
  });

  it('S10.1 S10.3 is the only one of those that started together', async () => {
    const folder = newFolder();
    const started = await Promise.all(Array.from({ length: 4 }, () => serve(folder)));
    const winners = started.filter(({ said }) => said.url !== undefined);
    expect(winners).toHaveLength(1);
    const [winner] = winners;
    for (const { said } of started) {
      if (said.url !== undefined) continue;
      expect(said.code).toBe('HELD');
    }
    expect(await findRunning(folder)).toMatchObject({ url: winner?.said.url, pid: winner?.process.pid });
    await expect(startLocalEndpoint({ folder })).rejects.toThrow(`process ${winner?.process.pid ?? 0} at`);
  });
});
