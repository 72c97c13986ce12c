import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { loadInventory, resetState } from '../../src/local/index.ts';
import { faultsAfter, historyOf, kill, perform, steps } from './history.ts';
import type { Step } from './history.ts';
import { begin, DAY, HOUR, newFolder, restart, START } from './support.ts';
import type { TestEndpoint } from './support.ts';
import { tries } from '../setup/tries.ts';

/** The endpoint that finds what a kill of `test` would leave after `script`, with both brought to the same time. */
async function revive(test: TestEndpoint, script: readonly Step[]): Promise<TestEndpoint> {
  const after = await begin({ folder: kill(test), clock: test.clock, faults: faultsAfter(script) });
  // It may resume a little later than the other was.
  test.advance(after.endpoint.now() - test.endpoint.now());
  return after;
}

const filesOf = (folder: string, kind: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(kind))
    .map((name) => join(folder, name));

/** A closed folder with a job in it. */
async function written(): Promise<{ folder: string; clock: TestEndpoint['clock'] }> {
  const { folder, clock, create, endpoint } = await begin();
  await create();
  await endpoint.close();
  return { folder, clock };
}

describe('the state', () => {
  it('S9.1 writes every change before it is answered', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const test = await begin();
        await perform(test, script);
        const after = await revive(test, script);
        expect(await historyOf(after)).toEqual(await historyOf(test));
      }),
      tries(6),
    );
  });

  it('S9.1 continues unchanged after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (first, second) => {
        const test = await begin();
        await perform(test, first);
        const after = await revive(test, first);
        expect(await perform(after, second)).toEqual(await perform(test, second));
        expect(await historyOf(after)).toEqual(await historyOf(test));
      }),
      tries(5),
    );
  });

  it('S9.2 opens after a torn last write, without any part of it', async () => {
    const test = await begin();
    const first = await test.create({ seedReplicationTime: (START + DAY) / 1000 });
    const [journal = ''] = filesOf(test.folder, 'journal-');
    const size = statSync(journal).size;
    await test.ok('DeleteReplicationJob', { replicationJobId: first });
    const line = statSync(journal).size - size;
    expect(line).toBeGreaterThan(20);
    for (let torn = 0; torn <= line; torn += 7) {
      const after = await begin({ folder: kill(test, torn), clock: test.clock });
      expect((await after.job(first)).state).toBe(torn === 0 ? 'DELETING' : 'PENDING');
      await after.ok('DeleteReplicationJob', { replicationJobId: first });
      expect((await (await restart(after)).job(first)).state).toBe('DELETING');
    }
  });

  it('S9.2 opens after a new generation was half written', async () => {
    const test = await begin();
    await test.create();
    const folder = kill(test);
    writeFileSync(join(folder, 'inventory-2.jsonl'), '{"serverId":"s-0');
    writeFileSync(join(folder, 'journal-2.jsonl'), 'garbage\n');
    const after = await begin({ folder, clock: test.clock });
    expect(await historyOf(after)).toEqual(await historyOf(test));
    await after.endpoint.load('VM,VM ID,VI SDK UUID\nother,vm-1,AAAA\n');
    expect((await (await restart(after)).ok('GetServers')).serverList).toHaveLength(1);
  });

  it.each([
    ['a line of the journal', 'journal-', (bytes: Buffer) => bytes.fill('x', 20, 25)],
    ['an empty line', 'journal-', (bytes: Buffer) => Buffer.concat([Buffer.from('\n'), bytes])],
    ['the account', 'account-', (bytes: Buffer) => bytes.fill('9', 8, 9)],
    ['the end of the account', 'account-', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['a VM', 'inventory-', (bytes: Buffer) => bytes.fill('z', 100, 101)],
    ['the second half of the VMs', 'inventory-', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['the pointer', 'state.json', (bytes: Buffer) => bytes.subarray(0, 30)],
    ['all of the pointer', 'state.json', () => Buffer.from('null')],
    ['the format', 'state.json', () => Buffer.from('{"version":1}')],
    ['the file names', 'state.json', () => Buffer.from('{"format":"landfall-local","version":1}')],
  ])('S9.3 refuses a garbled state: %s', async (_, kind, garble) => {
    const { folder, clock } = await written();
    const [path = ''] = filesOf(folder, kind);
    writeFileSync(path, garble(readFileSync(path)));
    await expect(begin({ folder, clock })).rejects.toMatchObject({
      name: 'LocalError',
      code: 'BROKEN_STATE',
      remedy: expect.stringContaining('landfall local reset') as unknown,
    });
  });

  it('S9.3 refuses a state with a missing file', async () => {
    for (const kind of ['account-', 'inventory-']) {
      const { folder, clock } = await written();
      for (const path of filesOf(folder, kind)) rmSync(path);
      await expect(begin({ folder, clock })).rejects.toMatchObject({ code: 'BROKEN_STATE' });
    }
  });

  it('opens a state of version 2, whose file of the account has another name', async () => {
    const test = await begin();
    await test.create();
    const folder = kill(test);
    const pointer = join(folder, 'state.json');
    const text = readFileSync(pointer, 'utf8').replace('"version": 3', '"version": 2');
    expect(text).toContain('account-1.jsonl');
    writeFileSync(pointer, text.replace('"account":', '"world":').replace('account-1', 'world-1'));
    renameSync(join(folder, 'account-1.jsonl'), join(folder, 'world-1.jsonl'));
    expect(await historyOf(await begin({ folder, clock: test.clock }))).toEqual(await historyOf(test));
  });

  it('S9.3 refuses a state of a newer version', async () => {
    const { folder, clock } = await written();
    const path = join(folder, 'state.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"version": \d+/, '"version": 99'));
    await expect(begin({ folder, clock })).rejects.toMatchObject({
      code: 'BROKEN_STATE',
      message: expect.stringContaining('newer') as unknown,
    });
  });

  it('S9.3 releases a folder that it cannot open', async () => {
    const { folder, clock } = await written();
    const path = join(folder, 'state.json');
    const good = readFileSync(path);
    writeFileSync(path, '{');
    await expect(begin({ folder, clock })).rejects.toMatchObject({ code: 'BROKEN_STATE' });
    writeFileSync(path, good);
    expect((await (await begin({ folder, clock })).ok('GetReplicationJobs')).replicationJobList).toHaveLength(
      1,
    );
  });

  it('S9.8 refuses a folder with other files, and leaves it as it is', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    chmodSync(folder, 0o755);
    await expect(begin({ folder })).rejects.toMatchObject({ code: 'FOREIGN_FOLDER' });
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it('S9.4 can be reset, broken or not, with an endpoint or without', async () => {
    const fresh = (await historyOf(await begin())) as { servers: { serverList: unknown[] } };
    const expectFresh = async (test: TestEndpoint) => {
      const { servers, jobs } = (await historyOf(test)) as {
        servers: { serverList: unknown[] };
        jobs: unknown[];
      };
      expect(jobs).toEqual([]);
      expect(servers.serverList).toEqual(fresh.servers.serverList);
    };
    const { folder, clock } = await written();
    await resetState(folder);
    await expectFresh(await begin({ folder, clock }));
    for (const kind of ['state.json', 'journal-', 'account-', 'inventory-']) {
      const broken = await written();
      for (const path of filesOf(broken.folder, kind)) appendFileSync(path, 'garbage\n');
      await expect(begin(broken)).rejects.toMatchObject({ code: 'BROKEN_STATE' });
      await resetState(broken.folder);
      await expectFresh(await begin(broken));
    }
    const served = await begin();
    await served.create();
    await served.endpoint.load('VM,VM ID,VI SDK UUID\nother,vm-1,AAAA\n');
    served.advance(DAY);
    await resetState(served.folder);
    await expectFresh(served);
    expect(served.endpoint.now()).toBe(START);
    await expectFresh(await restart(served));
  });

  it('S9.5 is readable by its owner only', async () => {
    const folder = join(newFolder(), 'deep', 'down');
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    const test = await begin({ folder });
    await test.create();
    await test.endpoint.load('VM,VM ID,VI SDK UUID\nother,vm-1,AAAA\n');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names)
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('S9.6 does not change if it cannot be written', async () => {
    const test = await begin();
    const replicationJobId = await test.create({ seedReplicationTime: (START + DAY) / 1000 });
    const before = await historyOf(test);
    for (const path of filesOf(test.folder, 'lock-')) rmSync(path);
    const { status, body } = await test.call('DeleteReplicationJob', { replicationJobId });
    expect([status, body.__type]).toEqual([500, 'InternalError']);
    expect(await historyOf(test)).toEqual(before);
  });

  it('S9.6 keeps the old inventory if the new one cannot be written', async () => {
    const test = await begin();
    const id = await test.create();
    const before = await historyOf(test);
    mkdirSync(join(test.folder, 'account-2.jsonl'));
    await expect(loadInventory(test.folder, 'VM,VM ID,VI SDK UUID\nother,vm-1,AAAA\n')).rejects.toMatchObject(
      {
        code: 'UNWRITABLE',
      },
    );
    await expect(test.endpoint.reset()).rejects.toMatchObject({ code: 'UNWRITABLE' });
    expect(await historyOf(test)).toEqual(before);
    await test.ok('DeleteReplicationJob', { replicationJobId: id });
    expect((await (await restart(test)).job(id)).state).toBe('DELETING');
  });

  it('S9.6 reports a folder that cannot be created', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(begin({ folder: file })).rejects.toMatchObject({ code: 'UNWRITABLE' });
    await expect(begin({ folder: join(file, 'below') })).rejects.toMatchObject({ code: 'UNWRITABLE' });
  });

  /** An endpoint with so many jobs, and updates of so many characters. */
  async function updated(length: number, times: number, jobs = 52): Promise<TestEndpoint> {
    const test = await begin();
    const [first, ...others] = (await test.ok('GetServers', { maxResults: jobs })).serverList ?? [];
    const replicationJobId = await test.create({ serverId: first?.serverId, frequency: 24 });
    for (const { serverId } of others) await test.create({ serverId, frequency: 24 });
    await test.ok('ImportServerCatalog');
    test.advance(HOUR / 120);
    const description = 'x'.repeat(length);
    for (let count = 0; count < times; count += 1)
      await test.ok('UpdateReplicationJob', { replicationJobId, description });
    await test.ok('UpdateReplicationJob', { replicationJobId, description: 'short again' });
    return test;
  }

  async function expectSame(one: TestEndpoint, other: TestEndpoint): Promise<void> {
    for (const test of [one, other]) test.advance(95 * DAY);
    expect(await historyOf(other)).toEqual(await historyOf(one));
  }

  it('S9.7 is the same after a long journal was compacted at the start', async () => {
    const test = await updated(100_000, 12);
    const [journal = ''] = filesOf(test.folder, 'journal-');
    const before = await historyOf(test);
    const again = await restart(test);
    expect(existsSync(journal)).toBe(false);
    expect(await historyOf(again)).toEqual(before);
    await expectSame(await begin({ folder: kill(again), clock: test.clock }), again);
  });

  it('S9.7 is the same for any sequence of changes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (first, second) => {
        const test = await updated(100_000, 12, 3);
        await perform(test, first);
        const folded = await revive(test, first);
        const after = await revive(folded, first);
        test.advance(after.endpoint.now() - test.endpoint.now());
        expect(await historyOf(after)).toEqual(await historyOf(test));
        expect(await perform(after, second)).toEqual(await perform(test, second));
        for (const one of [test, after]) one.advance(5 * DAY);
        expect(await historyOf(after)).toEqual(await historyOf(test));
      }),
      tries(4),
    );
  });

  it('S9.7 still deletes a job that was paused before', async () => {
    const faults = { failures: [{ server: '*', stage: 'Uploading' as const }] };
    const test = await begin({ faults });
    const replicationJobId = await test.create({ frequency: 1 });
    test.advance(5 * HOUR);
    expect((await test.job(replicationJobId)).state).toBe('PAUSED_ON_FAILURE');
    const description = 'x'.repeat(1_000_000);
    for (let count = 0; count < 2; count += 1) {
      await test.ok('UpdateReplicationJob', { replicationJobId, description });
    }
    const folded = await restart(test, { faults });
    const after = await begin({ folder: kill(folded), clock: test.clock, faults });
    expect((await after.job(replicationJobId)).state).toBe('PAUSED_ON_FAILURE');
    after.advance(4 * DAY);
    expect((await after.job(replicationJobId)).state).toBe('DELETED');
  });

  it('S9.7 continues if the journal cannot be compacted', async () => {
    const test = await begin();
    const replicationJobId = await test.create();
    mkdirSync(join(test.folder, 'account-2.jsonl'));
    const description = 'x'.repeat(1_000_000);
    for (let count = 0; count < 36; count += 1) {
      await test.ok('UpdateReplicationJob', { replicationJobId, description });
    }
    const again = await restart(test);
    expect(await again.job(replicationJobId)).toMatchObject({ description });
  });

  it('S9.7 is the same after a long journal was compacted while it served', async () => {
    const test = await updated(1_000_000, 34);
    const [journal = ''] = filesOf(test.folder, 'journal-');
    expect(statSync(journal).size).toBeLessThan(10e6);
    await expectSame(await revive(test, []), test);
  });
});
