import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Faults } from '../../src/local/index.ts';
import { HOUR, newFolder } from './support.ts';
import type { TestEndpoint } from './support.ts';

/** One thing that a client, or time, does to an endpoint. Numbers choose among the servers and jobs there are. */
export type Step =
  | {
      readonly do: 'create';
      readonly server: number;
      readonly frequency?: number;
      readonly licenseType?: string;
    }
  | { readonly do: 'update'; readonly job: number; readonly frequency: number; readonly next?: number }
  | { readonly do: 'delete' | 'run'; readonly job: number }
  | { readonly do: 'catalog'; readonly operation: string }
  | { readonly do: 'fail'; readonly server: string }
  | { readonly do: 'disassociate' }
  | { readonly do: 'advance'; readonly hours: number };

const number = fc.nat(60);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      server: number,
      frequency: fc.integer({ min: 1, max: 24 }),
    }),
  },
  fc.record({
    do: fc.constant('create' as const),
    server: number,
    licenseType: fc.constantFrom('AWS', 'BYOL'),
  }),
  fc.record({ do: fc.constant('update' as const), job: number, frequency: fc.integer({ min: 1, max: 24 }) }),
  fc.record({
    do: fc.constant('update' as const),
    job: number,
    frequency: fc.integer({ min: 1, max: 24 }),
    next: fc.integer({ min: -5, max: 50 }),
  }),
  fc.record({ do: fc.constantFrom('delete' as const, 'run' as const), job: number }),
  fc.record({
    do: fc.constant('catalog' as const),
    operation: fc.constantFrom('ImportServerCatalog', 'DeleteServerCatalog'),
  }),
  fc.record({ do: fc.constant('fail' as const), server: fc.constantFrom('p-*', '*0?', '*') }),
  fc.record({ do: fc.constant('disassociate' as const) }),
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('advance' as const), hours: fc.integer({ min: 0, max: 300 }) }),
  },
);

export const steps = fc.array(step, { minLength: 1, maxLength: 25 });

const faultsOf = (server: string): Faults => ({ failures: [{ server, stage: 'Uploading' }] });

/** What is to go wrong after the steps: an endpoint has to be told so again when it starts. */
export function faultsAfter(script: readonly Step[]): Faults {
  const last = script.findLast((one) => one.do === 'fail');
  return last === undefined ? {} : faultsOf(last.server);
}

/** Performs the steps; some are refused, and that is part of a history. Resolves to the answers' bodies. */
export async function perform(test: TestEndpoint, script: readonly Step[]): Promise<string[]> {
  const answers: string[] = [];
  const servers = (await test.ok('GetServers', { maxResults: 61 })).serverList ?? [];
  const call = async (operation: string, input: object) => {
    answers.push((await test.call(operation, input)).text);
  };
  const jobAt = async (index: number) => {
    const { replicationJobList: jobs = [] } = await test.ok('GetReplicationJobs', { maxResults: 1000 });
    return jobs[index % Math.max(1, jobs.length)]?.replicationJobId ?? 'none';
  };
  for (const one of script) {
    const now = test.endpoint.now() / 1000;
    switch (one.do) {
      case 'create': {
        const { server, frequency, licenseType } = one;
        const schedule = frequency === undefined ? { runOnce: true } : { frequency };
        await call('CreateReplicationJob', {
          serverId: servers[server]?.serverId,
          seedReplicationTime: now + server,
          licenseType,
          ...schedule,
        });
        break;
      }
      case 'update': {
        const nextReplicationRunStartTime = one.next === undefined ? undefined : now + one.next * 3600;
        const replicationJobId = await jobAt(one.job);
        await call('UpdateReplicationJob', {
          replicationJobId,
          frequency: one.frequency,
          nextReplicationRunStartTime,
        });
        break;
      }
      case 'delete':
        await call('DeleteReplicationJob', { replicationJobId: await jobAt(one.job) });
        break;
      case 'run':
        await call('StartOnDemandReplicationRun', { replicationJobId: await jobAt(one.job) });
        break;
      case 'catalog':
        await call(one.operation, {});
        break;
      case 'fail':
        test.endpoint.setFaults(faultsOf(one.server));
        break;
      case 'disassociate': {
        const [connector] = (await test.ok('GetConnectors')).connectorList ?? [];
        await call('DisassociateConnector', { connectorId: connector?.connectorId ?? 'none' });
        break;
      }
      case 'advance':
        test.advance(one.hours * HOUR);
    }
  }
  return answers;
}

/** All that an endpoint tells, apart from page tokens. */
export async function historyOf(test: TestEndpoint): Promise<object> {
  const servers = await test.ok('GetServers', { maxResults: 1000 });
  const connectors = await test.ok('GetConnectors', { maxResults: 1000 });
  const { replicationJobList: jobs = [] } = await test.ok('GetReplicationJobs', { maxResults: 1000 });
  const runs = await Promise.all(jobs.map(async ({ replicationJobId }) => test.runs(replicationJobId)));
  return { servers, connectors, jobs, runs };
}

/** What a `kill -9` at this moment would leave: a copy of the folder, its last line of the journal torn if `torn` says so. */
export function kill({ folder }: TestEndpoint, torn = 0): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  for (const name of readdirSync(copy)) {
    if (name.startsWith('lock-')) rmSync(join(copy, name));
    if (!name.startsWith('journal-')) continue;
    const bytes = readFileSync(join(copy, name));
    writeFileSync(join(copy, name), bytes.subarray(0, Math.max(0, bytes.length - torn)));
  }
  return copy;
}
