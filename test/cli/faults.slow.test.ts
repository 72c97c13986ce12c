import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Faults } from '../../src/local/index.ts';
import { findRunning, setFaults } from '../../src/local/index.ts';
import { BY_NAME, type Kind, type Service, type ThereJob } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

/** VMs of the built-in inventory whose names nobody shares. */
const VMS = ['payroll', 'ledger', 'budget']
  .flatMap((app) =>
    ['p-#-web01', 'p-#-web02', 'p-#-app01', 'p-#-app02', 'p-#-db01'].map((name) => name.replace('#', app)),
  )
  .concat(
    ['hcm', 'benefits'].flatMap((app) =>
      ['web01', 'web02', 'web03', 'app01', 'app02'].map((part) => `p-${app}-${part}`),
    ),
    ['payroll', 'ledger', 'budget', 'hcm', 'benefits'].map((app) => `q-${app}-web01`),
  );

const STORM: Faults = { throttling: 0.3, internalErrors: 0.05, lostReplies: 0.05, cutReplies: 0.05 };

interface OutcomeJson {
  readonly results: readonly {
    address: string;
    status: string;
    actions: string[];
    id?: string;
    message?: string;
  }[];
}

let world: ScratchProject;
let service: Service;
afterEach(async () => {
  await world.dispose();
});

const vms = (names: readonly string[], kind?: Kind) => names.map((name) => service.vm(name, kind));

/** A project with all VMs in one wave, on an endpoint that goes wrong once the account is ready. */
async function begin(of: Service, faults: Faults = {}, more = ''): Promise<void> {
  service = of;
  world = new ScratchProject({ 'landfall.yaml': of.project(more), 'waves/a.yaml': of.wave('a', vms(VMS)) });
  await world.serve({});
  await of.ready(world);
  await setFaults(folder(), faults);
}

const folder = () => join(world.folder, '.landfall', 'local');
const url = async () => (await findRunning(folder()))?.url ?? '';

async function apply(...flags: string[]): Promise<OutcomeJson & { code: number; stderr: string }> {
  const { code, stdout, stderr } = await world.run('apply', '--auto-approve', '--format', 'json', ...flags);
  return { code, stderr, ...(JSON.parse(stdout) as OutcomeJson) };
}

/** Our jobs, on a quiet wire; no server has two. */
async function jobs(): Promise<ReadonlyMap<string, ThereJob>> {
  await setFaults(folder(), {});
  // What is released stays where it is, as nobody's.
  const living = (await service.jobs(await url())).filter(({ owner }) => owner !== undefined);
  const byId = new Map(living.map((job) => [job.id, job]));
  expect(new Set(living.map(({ serverId }) => serverId)).size).toBe(living.length);
  return byId;
}

/** Holds what an apply said against what there is. */
function expectTrue({ results }: OutcomeJson, there: ReadonlyMap<string, ThereJob>): void {
  for (const { actions, status, id = '' } of results) {
    const creates = actions.includes('create');
    if (status === 'done') expect([id, there.has(id)]).toEqual([id, creates || actions[0] === 'update']);
  }
}

/**
 * Applies in a storm until all is done. Which request meets which fate depends on which comes first, so that once in
 * a long while a call uses up its tries: it is said to have failed, and the next apply makes it good.
 */
async function weather(faults: Faults, ...flags: string[]): Promise<ReadonlyMap<string, ThereJob>> {
  for (let round = 1; ; round += 1) {
    await setFaults(folder(), { ...faults, seed: (faults.seed ?? 0) + round });
    const outcome = await apply(...flags);
    const there = await jobs();
    expectTrue(outcome, there);
    if (outcome.code === 0) return there;
    expect([outcome.code, round < 3]).toEqual([6, true]);
    expect(outcome.results.filter(({ status }) => status === 'failed').length).toBeLessThan(3);
  }
}

describe.each(BY_NAME)('an apply in a storm on %s', (_, of) => {
  it.each([1, 2, 3])(
    'creates, updates, replaces and deletes each job exactly once (seed %i)',
    async (seed) => {
      await begin(of);
      const first = await weather({ ...STORM, seed });
      expect(first.size).toBe(VMS.length);
      expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });

      world.write(
        'waves/a.yaml',
        of.wave('a', [
          ...vms(VMS.slice(0, 10)),
          ...vms(VMS.slice(10, 18), 24),
          ...vms(VMS.slice(18, 24), 'other'),
        ]),
      );
      const second = await weather({ ...STORM, seed: seed + 100 }, '--force=deletes,updates');
      expect(second.size).toBe(24);
      const kinds = [...second.values()].map(({ kind }) => kind).toSorted();
      expect(kinds).toEqual([
        ...Array<string>(10).fill('12'),
        ...Array<string>(8).fill('24'),
        ...Array<string>(6).fill('other'),
      ]);
      expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
    },
  );

  it('reports as failed only what is not there, or says that it does not know', async () => {
    // So bad that some calls fail for good.
    const operations = [of.create];
    await begin(of, {
      seed: 5,
      throttling: { rate: 0.9, operations },
      lostReplies: { rate: 0.5, operations },
    });
    const outcome = await apply();
    expect(outcome).toMatchObject({ code: 6 });
    const there = await jobs();
    expectTrue(outcome, there);
    const done = outcome.results.filter(({ status }) => status === 'done');
    const failed = outcome.results.filter(({ status }) => status === 'failed');
    expect(done.length).toBeGreaterThan(0);
    expect(failed.length).toBeGreaterThan(0);
    expect(done.map(({ id }) => id).toSorted()).toEqual([...there.keys()].toSorted());

    expect(await apply()).toMatchObject({ code: 0 });
    expect((await jobs()).size).toBe(VMS.length);
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  it('knows every job whose reply was lost for its own', async () => {
    await begin(of, { lostReplies: { rate: 1, operations: [of.create] } });
    const outcome = await apply();
    expect(outcome).toMatchObject({ code: 0 });
    const there = await jobs();
    expect(outcome.results.map(({ id }) => id).toSorted()).toEqual([...there.keys()].toSorted());
  });

  it('stops starting after --max-failures, and says what it has not tried', async () => {
    await begin(of, { throttling: { rate: 1, operations: [of.create] } }, ', limits: { apiRequests: 2 }');
    const outcome = await apply('--max-failures', '3');
    expect(outcome).toMatchObject({ code: 6 });
    const having = (wanted: string) => outcome.results.filter(({ status }) => status === wanted);
    // What was in flight beside the third failure ends in its own way.
    expect(having('failed').length).toBeGreaterThanOrEqual(3);
    expect(having('failed').length).toBeLessThanOrEqual(4);
    expect(having('not-tried')).toHaveLength(VMS.length - having('failed').length);
    expect(having('not-tried')[0]).toMatchObject({
      reason: expect.stringContaining('--max-failures 3') as unknown,
    });
    expect((await jobs()).size).toBe(0);
  });
});
