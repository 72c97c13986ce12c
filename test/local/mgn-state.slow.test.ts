import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resetState } from '../../src/local/index.ts';
import { kill } from './history.ts';
import { beginMgn, LINUX, type MgnTest, readyForTest, refusal, talkToMgn, TEMPLATE } from './mgn.ts';
import { begin, DAY, HOUR, MINUTE, restart, START } from './support.ts';
import { linuxes } from './jobs.ts';
import { tries } from '../setup/tries.ts';

/** One thing that a client, or time, does; numbers choose among what there is. */
type Step = readonly [operation: string, a: number, b: number];

const SERVER_CALLS = [
  'StartReplication',
  'StartReplication',
  'StopReplication',
  'PauseReplication',
  'ResumeReplication',
  'RetryDataReplication',
  'DisconnectFromService',
  'FinalizeCutover',
  'MarkAsArchived',
  'DeleteSourceServer',
];
const JOB_CALLS = ['StartTest', 'StartTest', 'StartCutover', 'TerminateTargetInstances'];
const OTHERS = [
  'CreateApplication',
  'CreateWave',
  'AssociateSourceServers',
  'DisassociateSourceServers',
  'AssociateApplications',
  'ArchiveApplication',
  'UpdateApplication',
  'DeleteApplication',
  'TagResource',
  'ChangeServerLifeCycleState',
  'UpdateReplicationConfiguration',
  'UpdateLaunchConfiguration',
  'DeleteJob',
  'load',
];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...SERVER_CALLS) },
    { weight: 3, arbitrary: fc.constantFrom(...JOB_CALLS) },
    { weight: 3, arbitrary: fc.constantFrom(...OTHERS) },
    { weight: 5, arbitrary: fc.constant('advance') },
  ),
  fc.nat(20),
  fc.nat(20),
);
const steps = fc.array(step, { minLength: 1, maxLength: 30 });
const KEYS = ['a', 'b'].map((key) => `arn:aws:kms:us-west-2:000000000000:key/${key}`);
const SIZES = [
  { gigabytes: 2 },
  { gigabytes: 30 },
  { gigabytes: 400 },
  { os: 'Microsoft Windows 10 (64-bit)' },
];

async function ready(): Promise<MgnTest> {
  const test = await beginMgn({
    faults: { launchFailures: [{ server: 'vm1' }], stalls: [{ server: 'vm2' }] },
  });
  await test.endpoint.load(linuxes(SIZES));
  return test;
}

/** Performs the steps; some are refused, and that is part of a history. Resolves to the answers. */
async function perform(test: MgnTest, script: readonly Step[]): Promise<string[]> {
  const answers: string[] = [];
  const ids = async (operation: string, member: string) => {
    const { items = [] } = (await test.post(operation)).body;
    return items.map((item) => String((item as Record<string, unknown>)[member]));
  };
  const pick = (from: readonly string[], at: number) => from[at % Math.max(1, from.length)] ?? 'none';
  for (const [operation, a, b] of script) {
    if (operation === 'advance') {
      test.advance(a * b * 10 * MINUTE);
      continue;
    }
    if (operation === 'load') {
      await test.endpoint.load(linuxes(SIZES.slice(0, 2 + (a % 3))));
      continue;
    }
    const servers = await ids('DescribeSourceServers', 'sourceServerID');
    const [sourceServerID, other] = [pick(servers, a), pick(servers, b)];
    const applicationID = pick(await ids('ListApplications', 'applicationID'), b);
    const waveID = pick(await ids('ListWaves', 'waveID'), b);
    const input = {
      sourceServerID,
      sourceServerIDs: [...new Set([sourceServerID, other])],
      applicationID,
      applicationIDs: [applicationID],
      waveID,
      name: `n${b}`,
      tags: { a: String(b) },
      jobID: pick(await ids('DescribeJobs', 'jobID'), b),
      lifeCycle: { state: b % 2 === 0 ? 'READY_FOR_TEST' : 'READY_FOR_CUTOVER' },
      ...(operation === 'UpdateReplicationConfiguration'
        ? { ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: KEYS[b % 2] }
        : {}),
      ...(operation === 'UpdateLaunchConfiguration' ? { licensing: { osByol: b % 2 === 0 } } : {}),
    };
    const arn = encodeURIComponent(`arn:aws:mgn:us-west-2:000000000000:source-server/${sourceServerID}`);
    const path = operation === 'TagResource' ? { path: `/tags/${arn}` } : {};
    const { status, text } = await test.post(operation, input, path);
    expect(status).toBeLessThan(500);
    answers.push(`${operation} ${status} ${text}`);
  }
  return answers;
}

/** All that an endpoint tells of MGN. */
async function historyOf(test: MgnTest): Promise<object[]> {
  const lists = ['DescribeSourceServers', 'DescribeJobs', 'ListApplications', 'ListWaves'];
  const all: object[] = [];
  for (const list of lists) all.push((await test.post(list, { maxResults: 1000 })).body);
  const [servers, jobs] = all as { items: { sourceServerID: string; jobID: string }[] }[];
  for (const { sourceServerID } of servers?.items ?? []) {
    all.push((await test.post('GetLaunchConfiguration', { sourceServerID })).body);
    all.push((await test.post('GetReplicationConfiguration', { sourceServerID })).body);
  }
  for (const { jobID } of jobs?.items ?? [])
    all.push((await test.post('DescribeJobLogItems', { jobID })).body);
  return all;
}

/** The endpoint that finds what a kill of `test` would leave, with both brought to the same time. */
async function revive(test: MgnTest): Promise<MgnTest> {
  const faults = { launchFailures: [{ server: 'vm1' }], stalls: [{ server: 'vm2' }] };
  const after = talkToMgn(await begin({ folder: kill(test), clock: test.clock, faults }));
  test.advance(after.endpoint.now() - test.endpoint.now());
  return after;
}

const stateText = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

describe('the state of MGN', () => {
  it('S24.5 is on disk before the answer, and continues unchanged after a kill', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (first, second) => {
        const test = await ready();
        await perform(test, first);
        const after = await revive(test);
        expect(await historyOf(after)).toEqual(await historyOf(test));
        expect(await perform(after, second)).toEqual(await perform(test, second));
        expect(await historyOf(after)).toEqual(await historyOf(test));
      }),
      tries(10),
    );
  });

  it('S24.5 is the same from a snapshot as from the journal', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (first, second) => {
        const test = await ready();
        await perform(test, first);
        const journal = await revive(test);
        // Loading the same VMs again folds the journal into a snapshot.
        for (const one of [test, journal]) await one.endpoint.load(linuxes(SIZES));
        const folded = await revive(test);
        const time = folded.endpoint.now();
        for (const one of [test, journal]) one.advance(time - one.endpoint.now());
        expect(await perform(folded, second)).toEqual(await perform(journal, second));
        expect(await historyOf(folded)).toEqual(await historyOf(journal));
      }),
      tries(6),
    );
  });

  it('S24.6 one long step has the same result as many short ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 1, max: 5 * 24 }),
        fc.integer({ min: 1, max: 40 }),
        async (script, hours, parts) => {
          const [one, other] = [await ready(), await ready()];
          expect(await perform(one, script)).toEqual(await perform(other, script));
          one.advance(hours * HOUR);
          for (let part = 0; part < parts; part += 1) {
            const from = Math.floor((hours * HOUR * part) / parts);
            other.advance(Math.floor((hours * HOUR * (part + 1)) / parts) - from);
            await other.post('DescribeSourceServers');
          }
          expect(await historyOf(one)).toEqual(await historyOf(other));
        },
      ),
      tries(6),
    );
  });

  it('S24.6 passes at the endpoint’s speed', async () => {
    const test = talkToMgn(await begin({ speed: 3600, mgn: { initialized: true } }));
    await test.post('CreateReplicationConfigurationTemplate', TEMPLATE);
    const sourceServerID = await test.id(LINUX);
    await test.post('StartReplication', { sourceServerID });
    test.clock.pass(24_000);
    expect((await test.server(LINUX)).lifeCycle?.state).toBe('READY_FOR_TEST');
  });

  it('S24.7 is gone after a reset', async () => {
    const test = await beginMgn();
    await readyForTest(test, LINUX);
    await resetState(test.folder);
    expect(await refusal(test.server(LINUX))).toBe('UninitializedAccountException');
    const after = talkToMgn(await restart(test));
    expect(await refusal(after.server(LINUX))).toBe('UninitializedAccountException');
    await after.post('InitializeService');
    expect((await after.server(LINUX)).lifeCycle?.state).toBe('DISCOVERED');
    expect(after.endpoint.now()).toBe(START);
  });

  it('S24.9 writes nothing if it was never initialised', async () => {
    const test = talkToMgn(await begin());
    await test.post('ListWaves');
    await test.create();
    await test.endpoint.load(linuxes([{}]));
    await test.create({ serverId: (await test.ok('GetServers')).serverList?.[0]?.serverId });
    expect(stateText(test.folder)).not.toMatch(/mgn/i);
    expect((await test.ok('GetReplicationJobs')).replicationJobList).toHaveLength(2);
  });

  it('S24.9 does not appear in the answers of the other service', async () => {
    const [plain, both] = [await begin(), await beginMgn()];
    await readyForTest(both, LINUX);
    plain.advance(DAY);
    for (const test of [plain, both]) await test.create();
    for (const operation of ['GetServers', 'GetReplicationJobs', 'GetConnectors']) {
      expect(await both.ok(operation, { maxResults: 1000 })).toEqual(
        await plain.ok(operation, { maxResults: 1000 }),
      );
    }
    expect((await both.server(LINUX)).lifeCycle?.state).toBe('READY_FOR_TEST');
  });
});
