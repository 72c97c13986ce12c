import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ApplyOptions, applyPlan } from '../../src/apply/index.ts';
import type { ApplyOutcome } from '../../src/core/apply-result.ts';
import type { Action, Change, Plan } from '../../src/core/plan.ts';
import { change, FakeAccount, planOf } from './account.ts';

function apply(plan: Plan, account: FakeAccount, more: Partial<ApplyOptions> = {}): Promise<ApplyOutcome> {
  return applyPlan(plan, {
    providers: new Map([['t', account]]),
    concurrency: new Map([['t', 4]]),
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    reporter: { started: () => undefined, ended: () => undefined },
    ...more,
  });
}

const statuses = ({ results }: ApplyOutcome) => results.map(({ status }) => status);

const HOUR = 3_600_000;

describe('applyPlan', () => {
  it('deletes before it updates, and updates before it creates', async () => {
    const account = new FakeAccount();
    const plan = planOf([
      change('a'),
      change('b', {
        action: 'update',
        fields: [
          { field: 'frequency', before: 24, after: 12 },
          { field: 'owner', after: 'p/w' },
        ],
      }),
      change('c', { action: 'replace' }),
      change('d', { action: 'delete' }),
      change('e', { action: 'no-op' }),
      change('f', { action: 'defer' }),
    ]);
    const outcome = await apply(plan, account, { concurrency: new Map([['t', 1]]) });
    expect(account.calls).toEqual([
      'delete job-d',
      'update job-b {"frequency":12} and the marker',
      'delete job-c',
      'create s-c',
      'create s-a',
    ]);
    expect(outcome.results.map((result) => [result.change.address, result.status])).toEqual([
      ['w/a', 'done'],
      ['w/b', 'done'],
      ['w/c', 'done'],
      ['w/d', 'done'],
    ]);
    expect(outcome.results[0]).toMatchObject({ id: 'job-a' });
  });

  it('does not run what a concern blocks', async () => {
    const account = new FakeAccount();
    const outcome = await apply(planOf([change('a', { blockedBy: ['licence.linux-aws'] })]), account);
    expect(account.calls).toEqual([]);
    expect(outcome.results).toEqual([]);
  });

  it('carries out nothing at all where a guard refuses the run', async () => {
    const account = new FakeAccount();
    const refused = planOf([
      change('a'),
      change('b', { action: 'delete' }),
      change('c', { action: 'no-op' }),
    ]);
    const concerns = [{ id: 'guard.max-deletes', severity: 'critical', message: 'too many' }] as const;
    const outcome = await apply({ ...refused, concerns }, account);
    expect(account.calls).toEqual([]);
    expect(outcome.results).toMatchObject([
      { status: 'not-tried', reason: 'a guard refuses the run' },
      { status: 'not-tried', reason: 'a guard refuses the run' },
    ]);
  });

  it('carries on after a failure that is unrelated', async () => {
    const account = new FakeAccount();
    account.fails = (call) => call === 'create s-a';
    const outcome = await apply(planOf([change('a'), change('b')]), account);
    expect(outcome.results).toMatchObject([
      { status: 'failed', code: 'SERVICE_ERROR', message: 'no create s-a', remedy: 'wait' },
      { status: 'done' },
    ]);
  });

  it('says that the old job is gone when its replacement fails', async () => {
    const account = new FakeAccount();
    account.fails = (call) => call === 'create s-a';
    const outcome = await apply(planOf([change('a', { action: 'replace' })]), account);
    expect(outcome.results).toMatchObject([
      {
        status: 'failed',
        message: 'job-a was deleted, but its replacement could not be created: no create s-a',
      },
    ]);
  });

  it('gives the slot of a delete to a create only once the delete has succeeded', async () => {
    const plan = planOf([change('a'), change('d', { action: 'delete' })], [{ limit: 1, active: 1 }]);
    expect(statuses(await apply(plan, new FakeAccount()))).toEqual(['done', 'done']);

    const account = new FakeAccount();
    account.fails = (call) => call.startsWith('delete');
    const outcome = await apply(plan, account);
    expect(outcome.results).toMatchObject([
      { status: 'not-tried', reason: 'it needed a freed slot, but deleting w/d failed' },
      { status: 'failed' },
    ]);
  });

  it('holds the cap of a wave as it holds the target’s', async () => {
    const plan = planOf([change('a'), change('b')], [{ limit: 9 }, { wave: 'w', limit: 1 }]);
    const outcome = await apply(plan, new FakeAccount());
    expect(outcome.results).toMatchObject([
      { status: 'done' },
      { status: 'not-tried', reason: 'wave w has 1 of 1 active replications, 1 of them starting now' },
    ]);
  });

  it('names one failed delete and counts the others', async () => {
    const account = new FakeAccount();
    account.fails = (call) => call.startsWith('delete');
    const deletes = ['d', 'e', 'f'].map((name) => change(name, { action: 'delete' }));
    const outcome = await apply(planOf([change('a'), ...deletes], [{ limit: 1, active: 3 }]), account);
    expect(outcome.results[0]).toMatchObject({
      reason: 'it needed a freed slot, but deleting w/d and 2 more failed',
    });
  });

  it('gets no slot of the target from a delete that leaves its VM replicating, and one of its wave', async () => {
    const released = change('d', { action: 'delete', replicatesOn: true });
    const ofTarget = planOf([change('a'), released], [{ limit: 1, active: 1 }]);
    expect(statuses(await apply(ofTarget, new FakeAccount()))).toEqual(['not-tried', 'done']);
    const ofWave = planOf(
      [change('a'), released],
      [
        { limit: 2, active: 1 },
        { wave: 'w', limit: 1, active: 1 },
      ],
    );
    expect(statuses(await apply(ofWave, new FakeAccount()))).toEqual(['done', 'done']);
  });

  it('gets no slot from the delete of a job that was not active', async () => {
    const plan = planOf(
      [change('a'), change('d', { action: 'delete', activeBefore: false })],
      [{ limit: 1, active: 1 }],
    );
    expect(statuses(await apply(plan, new FakeAccount()))).toEqual(['not-tried', 'done']);
  });

  it('replaces an active job in its own slot, but not where more is active than the cap allows', async () => {
    const replace = [change('a', { action: 'replace' })];
    expect(statuses(await apply(planOf(replace, [{ limit: 1, active: 1 }]), new FakeAccount()))).toEqual([
      'done',
    ]);
    expect(statuses(await apply(planOf(replace, [{ limit: 1, active: 2 }]), new FakeAccount()))).toEqual([
      'not-tried',
    ]);
    const ended = [change('a', { action: 'replace', activeBefore: false })];
    expect(statuses(await apply(planOf(ended, [{ limit: 1, active: 1 }]), new FakeAccount()))).toEqual([
      'not-tried',
    ]);
  });

  it('tells when each change starts and how it ends', async () => {
    const events: string[] = [];
    const account = new FakeAccount();
    account.fails = (call) => call === 'create s-b';
    let now = 0;
    const plan = planOf(['a', 'b', 'c'].map((name) => change(name)));
    const outcome = await apply(plan, account, {
      concurrency: new Map([['t', 1]]),
      maxFailures: 1,
      clock: { now: () => (now += 5), sleep: () => Promise.resolve() },
      reporter: {
        started: ({ address }) => events.push(`${address} started`),
        ended: ({ change: { address }, status }) => events.push(`${address} ${status}`),
      },
    });
    expect(events).toEqual(['w/a started', 'w/a done', 'w/b started', 'w/b failed', 'w/c not-tried']);
    expect(outcome.results.map((result) => 'milliseconds' in result && result.milliseconds)).toEqual([
      5,
      5,
      false,
    ]);
    expect(outcome.milliseconds).toBe(25);
  });

  it('starts jobs in their turns after a plan that is an hour old, if their windows are open then', async () => {
    const account = new FakeAccount();
    const closesAt = 2 * HOUR;
    const seedAt = (at: number) => ({ seed: { setting: 'seedReplicationTime', at } });
    const plan = planOf([
      change('a', { closesAt }),
      change('b', { closesAt, ...seedAt(HOUR / 2) }),
      change('c', { closesAt, ...seedAt(HOUR) }),
      change('d', seedAt(HOUR)),
    ]);
    const outcome = await apply(plan, account, { timeOf: () => HOUR });
    expect(statuses(outcome)).toEqual(['done', 'done', 'not-tried', 'done']);
    expect(outcome.results[2]).toMatchObject({
      reason: 'its window shuts at 1970-01-01 02:00 UTC, before its turn',
    });
    expect(account.starts).toEqual([undefined, '1970-01-01T01:30:00Z', '1970-01-01T02:00:00Z']);
  });

  it('reports a mistake of ours as one', async () => {
    const account = new FakeAccount();
    account.fails = () => {
      throw new TypeError('a mistake');
    };
    const outcome = await apply(planOf([change('a')]), account);
    expect(outcome.results).toMatchObject([{ status: 'failed', code: 'INTERNAL' }]);
  });

  it('stops starting after as many failures as it was told', async () => {
    const account = new FakeAccount();
    account.fails = () => true;
    const plan = planOf(['a', 'b', 'c', 'd'].map((name) => change(name)));
    const outcome = await apply(plan, account, { maxFailures: 2, concurrency: new Map([['t', 1]]) });
    expect(statuses(outcome)).toEqual(['failed', 'failed', 'not-tried', 'not-tried']);
    expect(outcome.results[3]).toMatchObject({
      reason: 'the run stopped after 2 failures (--max-failures 2)',
    });
  });

  it('lets what is in flight finish when it is interrupted, and starts nothing more', async () => {
    const account = new FakeAccount();
    const stop = new AbortController();
    const plan = planOf(['a', 'b', 'c'].map((name) => change(name)));
    const outcome = await apply(plan, account, {
      signal: stop.signal,
      concurrency: new Map([['t', 1]]),
      reporter: {
        started: () => {
          stop.abort();
        },
        ended: () => undefined,
      },
    });
    expect(statuses(outcome)).toEqual(['done', 'not-tried', 'not-tried']);
    expect(outcome.interrupted).toBe(true);
  });

  /** A plan as the planner makes them: its creates fit the caps if all of its deletes succeed. */
  const worlds = fc
    .record({
      changes: fc.array(
        fc.record({
          action: fc.constantFrom<Action>('create', 'update', 'replace', 'delete'),
          wave: fc.constantFrom('v', 'w'),
          active: fc.boolean(),
        }),
        { maxLength: 40 },
      ),
      others: fc.nat({ max: 5 }),
      spare: fc.nat({ max: 3 }),
      concurrency: fc.integer({ min: 1, max: 8 }),
      failing: fc.func(fc.boolean()),
    })
    .map(({ changes: drawn, others, spare, ...world }) => {
      const changes = drawn.map(({ action, wave, active }, index) =>
        change(`${wave}-${index}`, { action, wave, activeBefore: action !== 'create' && active }),
      );
      const cap = (of: readonly Change[], more: object) => {
        const active = of.filter(({ activeBefore }) => activeBefore).length + others;
        const freed = of.filter(({ action, activeBefore }) => action === 'delete' && activeBefore).length;
        const starting = of.filter(
          ({ action, activeBefore }) => action === 'create' || (action === 'replace' && !activeBefore),
        ).length;
        return { active, limit: active - freed + starting + spare, ...more };
      };
      const ofWave = changes.filter(({ wave }) => wave === 'w');
      return { ...world, changes, caps: [cap(changes, {}), cap(ofWave, { wave: 'w' })], others };
    });

  it('keeps every cap and has one result a change, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ changes, caps, others, failing, concurrency }) => {
        const account = new FakeAccount();
        account.fails = failing;
        for (const { id, activeBefore } of changes)
          if (id !== undefined && activeBefore) account.active.add(id);
        let mostInWave = 0;
        const reporter = {
          started: () => undefined,
          ended: () => {
            const inWave = [...account.active].filter((id) => id.startsWith('job-w')).length;
            mostInWave = Math.max(mostInWave, inWave);
          },
        };

        const outcome = await apply(planOf(changes, caps), account, {
          concurrency: new Map([['t', concurrency]]),
          reporter,
        });

        expect(outcome.results.map((result) => result.change)).toEqual(changes);
        expect(account.mostInFlight).toBeLessThanOrEqual(concurrency);
        const [whole = 0, wave = 0] = caps.map(({ limit, active }) => Math.max(limit, active));
        expect(account.mostActive + others).toBeLessThanOrEqual(whole);
        expect(mostInWave + others).toBeLessThanOrEqual(wave);
      }),
    );
  });

  it('does everything that it is not kept from', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ changes, caps, concurrency }) => {
        const outcome = await apply(planOf(changes, caps), new FakeAccount(), {
          concurrency: new Map([['t', concurrency]]),
        });
        expect(statuses(outcome)).toEqual(changes.map(() => 'done'));
      }),
    );
  });

  it('starts nothing once it is told to stop, nor after too many failures', async () => {
    const stops = fc.record({ after: fc.nat({ max: 20 }), maxFailures: fc.integer({ min: 1, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(
        worlds,
        stops,
        async ({ changes, caps, failing, concurrency }, { after, maxFailures }) => {
          const account = new FakeAccount();
          account.fails = failing;
          const stop = new AbortController();
          let started = 0;
          let startedTooLate = 0;
          let failures = 0;
          const outcome = await apply(planOf(changes, caps), account, {
            concurrency: new Map([['t', concurrency]]),
            signal: stop.signal,
            maxFailures,
            reporter: {
              started: () => {
                if (stop.signal.aborted || failures >= maxFailures) startedTooLate += 1;
                if ((started += 1) > after) stop.abort();
              },
              ended: ({ status }) => {
                if (status === 'failed') failures += 1;
              },
            },
          });
          expect(startedTooLate).toBe(0);
          expect(outcome.results).toHaveLength(changes.length);
          expect(statuses(outcome).filter((status) => status !== 'not-tried')).toHaveLength(started);
          expect(outcome.interrupted).toBe(stop.signal.aborted);
        },
      ),
    );
  });
});
