import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batchSteps } from '../../src/apply/execute.ts';
import { applyPlan } from '../../src/apply/index.ts';
import type { ApplyOutcome } from '../../src/core/apply-result.ts';
import { LandfallError } from '../../src/core/error.ts';
import type { Change } from '../../src/core/plan.ts';
import type { Provider } from '../../src/core/provider.ts';
import { change, FakeAccount, planOf } from './account.ts';

const step = (name: string, of: string, wave: string) => change(name, { action: 'advance', step: of, wave });

describe('batches of steps', () => {
  it('hold each step of each wave together, and nothing else', () => {
    const changes = [
      step('a', 'StartTest', 'w2'),
      step('b', 'StartCutover', 'w1'),
      step('c', 'StartTest', 'w1'),
      step('e', 'StartTest', 'w2'),
      step('f', 'StartTest', 'w1'),
    ];
    const batches = batchSteps(changes, 200).map((batch) => batch.map(({ serverId }) => serverId));
    expect(batches).toEqual([['s-b'], ['s-c', 's-f'], ['s-a', 's-e']]);
  });

  it('are as few as the service’s calls have room for', () => {
    const names = fc.constantFrom('StartTest', 'StartCutover', 'MarkAsArchived');
    const steps = fc.array(fc.tuple(names, fc.constantFrom('w1', 'w2')), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 7 }), (taken, size) => {
        const changes = taken.map(([of, wave], index) => step(`${index}`, of, wave));
        const batches = batchSteps(changes, size);
        expect(new Set(batches.flat())).toEqual(new Set(changes));
        expect(batches.flat()).toHaveLength(changes.length);
        const counts = new Map<string, number>();
        for (const [of, wave] of taken) counts.set(`${of}/${wave}`, (counts.get(`${of}/${wave}`) ?? 0) + 1);
        const fewest = [...counts.values()].reduce((sum, count) => sum + Math.ceil(count / size), 0);
        expect(batches).toHaveLength(fewest);
        for (const batch of batches) {
          expect(new Set(batch.map((one) => `${one.step}/${one.wave}`)).size).toBe(1);
          expect(batch.length).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});

describe('applying steps', () => {
  function apply(changes: readonly Change[], takeSteps: Provider['takeSteps']): Promise<ApplyOutcome> {
    const account = Object.assign(new FakeAccount(), { takeSteps });
    return applyPlan(planOf(changes), {
      providers: new Map([['t', account]]),
      batches: new Map([['t', 200]]),
      concurrency: new Map([['t', 4]]),
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      reporter: { started: () => undefined, ended: () => undefined },
    });
  }
  const changes = ['a', 'b', 'c'].map((name) => step(name, 'StartTest', 'w'));

  it('gives each VM a result of its own', async () => {
    const error = new LandfallError('SERVICE_ERROR', 'a job processes it', { remedy: 'plan again' });
    const { results } = await apply(changes, (_, requests) =>
      Promise.resolve(
        requests.map(({ id }) => (id === 'job-b' ? { id, error } : { id, detail: 'mgnjob-1' })),
      ),
    );
    expect(results).toMatchObject([
      { status: 'done', id: 'job-a', detail: 'mgnjob-1' },
      { status: 'failed', code: 'SERVICE_ERROR', message: 'a job processes it', remedy: 'plan again' },
      { status: 'done', id: 'job-c', detail: 'mgnjob-1' },
    ]);
  });

  it('fails for all VMs of a call that throws, and for one that nothing is said of', async () => {
    const thrown = await apply(changes, () => Promise.reject(new Error('no way')));
    expect(thrown.results).toMatchObject(Array(3).fill({ status: 'failed', message: 'no way' }));
    const silent = await apply(changes, () => Promise.resolve([{ id: 'job-a' }]));
    expect(silent.results.map(({ status }) => status)).toEqual(['done', 'failed', 'failed']);
  });
});
