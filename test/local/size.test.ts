import { describe, expect, it } from '@jest/globals';
import { Inventory, type Machine } from '../../src/local/sms/simulation/records.ts';
import { Simulation } from '../../src/local/sms/simulation/simulation.ts';
import { createWorld } from '../../src/local/sms/simulation/world.ts';
import { activateGeneration, writeGeneration } from '../../src/local/storage/generation.ts';
import { next, useProcesses } from './processes.ts';
import { DAY, HOUR, newFolder, raw, signed } from './support.ts';

const COUNT = 100_000;

/** A folder with as many servers and jobs, whose first runs are spread over a day. */
function largeFolder(now: number): string {
  const machines = Array.from({ length: COUNT }, (_, index): Machine => {
    const serverId = `s-${(index * 7919).toString(16).padStart(8, '0')}`;
    const name = `p-app${index % 400}-web${index}`;
    const path = `/Datacenters/SDSC/vm/Production/Application ${index % 400}/${name}`;
    const managerId = '8DA3177D-A94E-4989-80E0-EE8A8A2E9586';
    const os = 'Red Hat Enterprise Linux 7 (64-bit)';
    return {
      serverId,
      vmId: `vm-${index}`,
      name,
      path,
      managerId,
      managerName: 'p-sdsc-vcenter1.xxxx.xxx',
      os,
      gigabytes: 80,
    };
  });
  const connector = {
    connectorId: 'c-415fef98f4c66c487',
    managerId: machines[0]?.managerId ?? '',
    managerName: 'p',
    ipAddress: '10.0.0.1',
    macAddress: '00:50:56:00:00:01',
    associatedOn: now,
  };
  const simulation = new Simulation(createWorld(new Inventory(machines), [connector], now - 2 * HOUR, 'key'));
  machines.forEach(({ serverId }, index) => {
    const seedAt = now - 2 * HOUR + (index * DAY) / COUNT;
    const settings = { frequency: 12, description: `moving [landfall:ucop/wave-${index % 100}]` };
    simulation.execute({ do: 'create', serverId, seedAt, runOnce: false, settings });
  });
  const folder = newFolder();
  activateGeneration(folder, writeGeneration(folder, simulation.world, 0, undefined, false));
  return folder;
}

describe('100,000 servers and jobs', () => {
  const serve = useProcesses();

  it('S14.1 S14.2 are answered fast, in little memory', async () => {
    const { process, said } = await serve(largeFolder(Date.now()));
    const url = said.url ?? '';
    const call = async (operation: string, input: object) => {
      const started = performance.now();
      const { status, text } = await raw(url, { headers: signed(operation), body: JSON.stringify(input) });
      expect([operation, status, status === 200 ? '' : text]).toEqual([operation, 200, '']);
      return performance.now() - started;
    };
    const job = 'sms-job-5691743f';
    const requests: [string, (round: number) => object][] = [
      ['GetServers', () => ({ maxResults: 1000 })],
      [
        'GetServers',
        () => ({
          vmServerAddressList: [{ vmManagerId: '8DA3177D-A94E-4989-80E0-EE8A8A2E9586', vmId: 'vm-77777' }],
        }),
      ],
      ['GetReplicationJobs', () => ({ maxResults: 1000 })],
      ['GetReplicationJobs', () => ({ replicationJobId: job })],
      ['GetReplicationRuns', () => ({ replicationJobId: job })],
      ['GetConnectors', () => ({})],
      ['UpdateReplicationJob', (round) => ({ replicationJobId: job, frequency: 1 + round })],
      ['ImportServerCatalog', () => ({})],
    ];
    for (const [operation, input] of requests) {
      const times: number[] = [];
      for (let round = 0; round < 15; round += 1) times.push(await call(operation, input(round)));
      times.sort((a, b) => a - b);
      expect([operation, Math.max(50, times[7] ?? Infinity)]).toEqual([operation, 50]);
    }
    process.send('memory');
    expect((await next(process)).rss).toBeLessThan(600e6);
  }, 120_000);
});
