import { describe, expect, it } from '@jest/globals';
import { Inventory, type Machine } from '../../src/local/simulation/account.ts';
import { Simulation } from '../../src/local/simulation/simulation.ts';
import { createSmsAccount } from '../../src/local/sms/simulation/account.ts';
import { activateGeneration, writeGeneration } from '../../src/local/storage/generation.ts';
import { signedForMgn, TEMPLATE } from './mgn.ts';
import { type Served, serve } from './processes.ts';
import { DAY, HOUR, MANAGER, newFolder, raw, signed } from './support.ts';

const COUNT = 100_000;

const machines = Array.from({ length: COUNT }, (_, index): Machine => {
  const name = `p-app${index % 400}-web${index}`;
  return {
    serverId: `s-${(index * 7919).toString(16).padStart(8, '0')}`,
    vmId: `vm-${index}`,
    name,
    path: `/Datacenters/SDSC/vm/Production/Application ${index % 400}/${name}`,
    managerId: MANAGER,
    managerName: 'p-sdsc-vcenter1.xxxx.xxx',
    os: 'Red Hat Enterprise Linux 7 (64-bit)',
    gigabytes: 80,
  };
});

const connector = {
  connectorId: 'c-415fef98f4c66c487',
  managerId: MANAGER,
  managerName: 'p',
  ipAddress: '10.0.0.1',
  macAddress: '00:50:56:00:00:01',
};

/** Serves these servers from a process of its own, in the state that `prepare` leaves. */
async function serveLarge(prepare: (simulation: Simulation, now: number) => void): Promise<Served> {
  const now = Date.now();
  const start = now - 2 * HOUR;
  const account = createSmsAccount(
    new Inventory(machines),
    [{ ...connector, associatedOn: now }],
    start,
    'key',
  );
  const simulation = new Simulation(account);
  prepare(simulation, now);
  const folder = newFolder();
  activateGeneration(folder, writeGeneration(folder, simulation.account, 0, undefined, false));
  return serve(folder);
}

/** The requests of a test: an operation, and its input in the given round. */
type Requests = readonly (readonly [operation: string, input: (round: number) => object])[];

/** Sends each request in three rounds; the last one, with its work done once by the others, must take few steps. */
async function expectFewSteps(
  { measure }: Served,
  requests: Requests,
  send: (operation: string, input: object) => Promise<unknown>,
): Promise<void> {
  for (const [operation, input] of requests) {
    for (const round of [0, 1]) await send(operation, input(round));
    await measure('steps');
    await send(operation, input(2));
    const steps = await measure('steps');
    expect([operation, Math.max(steps, COUNT)]).toEqual([operation, COUNT]);
    expect([operation, steps > 10]).toEqual([operation, true]);
  }
}

describe('with 100,000 servers', () => {
  it('S14.1 S14.2 and as many jobs, no request reads all of them, and memory stays small', async () => {
    const served = await serveLarge((simulation, now) => {
      machines.forEach(({ serverId }, index) => {
        const seedAt = now - 2 * HOUR + (index * DAY) / COUNT;
        const settings = { frequency: 12, description: `moving [landfall:ucop/wave-${index % 100}]` };
        simulation.execute({ do: 'create', serverId, seedAt, runOnce: false, settings });
      });
    });
    const { url = '' } = served.started;
    const send = async (operation: string, input: object) => {
      const { status, text } = await raw(url, { headers: signed(operation), body: JSON.stringify(input) });
      expect([operation, status, status === 200 ? '' : text]).toEqual([operation, 200, '']);
    };
    const replicationJobId = 'sms-job-5691743f';
    const requests: Requests = [
      ['GetServers', () => ({ maxResults: 1000 })],
      ['GetServers', () => ({ vmServerAddressList: [{ vmManagerId: MANAGER, vmId: 'vm-77777' }] })],
      ['GetReplicationJobs', () => ({ maxResults: 1000 })],
      ['GetReplicationJobs', () => ({ replicationJobId })],
      ['GetReplicationRuns', () => ({ replicationJobId })],
      ['GetConnectors', () => ({})],
      ['UpdateReplicationJob', (round) => ({ replicationJobId, frequency: 1 + round })],
      ['ImportServerCatalog', () => ({})],
    ];
    await expectFewSteps(served, requests, send);
    expect(await served.measure('memory')).toBeLessThan(600e6);
  }, 120_000);

  it('S24.8 no request of MGN reads all of them', async () => {
    const served = await serveLarge((simulation) => {
      simulation.execute({ do: 'mgn', mgn: { do: 'initialize' } });
    });
    const { url = '' } = served.started;
    const send = async (operation: string, input: object) => {
      const path = `/${operation}`;
      const { status, text } = await raw(url, { path, headers: signedForMgn(), body: JSON.stringify(input) });
      expect([operation, status < 300]).toEqual([operation, true]);
      return text;
    };
    await send('CreateReplicationConfigurationTemplate', TEMPLATE);
    const { items, nextToken } = JSON.parse(await send('DescribeSourceServers', { maxResults: 1000 })) as {
      items: { sourceServerID: string }[];
      nextToken: string;
    };
    const id = (index: number) => items[index]?.sourceServerID;
    const { applicationID } = JSON.parse(await send('CreateApplication', { name: 'a' })) as {
      applicationID: string;
    };
    await expectFewSteps(
      served,
      [
        ['DescribeSourceServers', () => ({ maxResults: 100, nextToken })],
        ['DescribeSourceServers', (round) => ({ filters: { sourceServerIDs: [id(round)] } })],
        ['StartReplication', (round) => ({ sourceServerID: id(round) })],
        ['DescribeSourceServers', () => ({ filters: { lifeCycleStates: ['NOT_READY'] } })],
        ['UpdateLaunchConfiguration', (round) => ({ sourceServerID: id(round + 20), copyTags: false })],
        ['AssociateSourceServers', (round) => ({ applicationID, sourceServerIDs: [id(round + 40)] })],
        ['ListApplications', () => ({})],
        ['DescribeJobs', () => ({})],
      ],
      send,
    );
  }, 120_000);
});
