import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, restart, SECOND, START, VM } from './support.ts';
import type { TestEndpoint } from './support.ts';
import { historyOf, kill, perform, steps } from './history.ts';
import { tries } from '../setup/tries.ts';

const dateOf = async ({ call }: TestEndpoint) => Date.parse((await call('GetConnectors')).headers.date ?? '');

describe('time', () => {
  it('S8.1 passes as the real time does', async () => {
    const test = await begin();
    expect(await dateOf(test)).toBe(START);
    test.clock.pass(90 * SECOND);
    expect(await dateOf(test)).toBe(START + 90 * SECOND);
    const again = await restart(test);
    again.clock.pass(HOUR);
    expect(await dateOf(again)).toBe(START + HOUR + 90 * SECOND);
  });

  it('S8.1 keeps its offset while nobody serves it', async () => {
    const test = await begin();
    test.advance(DAY);
    await test.endpoint.close();
    test.clock.pass(HOUR);
    expect(await dateOf(await begin({ folder: test.folder, clock: test.clock }))).toBe(START + DAY + HOUR);
  });

  it('S8.1 passes faster on request, but only while it serves', async () => {
    const test = await begin({ speed: 3600 });
    const id = await test.create({ runOnce: true });
    test.clock.pass(4 * SECOND);
    expect(await dateOf(test)).toBe(START + 4 * HOUR);
    expect((await test.job(id)).state).toBe('COMPLETED');
    await test.endpoint.close();
    test.clock.pass(DAY);
    expect(await dateOf(await begin({ folder: test.folder, clock: test.clock }))).toBe(
      START + 4 * HOUR + DAY,
    );
  });

  it.each([0, -1, NaN, 1e7])('S8.1 does not pass at the speed %p', async (speed) => {
    await expect(begin({ speed })).rejects.toMatchObject({ code: 'BAD_TIME' });
  });

  it('S8.2 moves when told to', async () => {
    const test = await begin();
    expect(test.endpoint.advance(12 * HOUR)).toBe(START + 12 * HOUR);
    expect(test.endpoint.now()).toBe(START + 12 * HOUR);
    expect(await dateOf(test)).toBe(START + 12 * HOUR);
  });

  it.each([-1, NaN, Infinity, 1e15])('S8.2 does not advance by %p', async (milliseconds) => {
    const { endpoint } = await begin();
    expect(() => endpoint.advance(milliseconds)).toThrow('the time cannot advance by');
  });

  it('S8.2 comes to the same in one step or in many', async () => {
    const spans = fc.array(fc.integer({ min: 1, max: 10 * HOUR }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(spans, async (parts) => {
        const [one, many] = [await begin(), await begin()];
        for (const { create, endpoint } of [one, many]) {
          endpoint.setFaults({ failures: [{ server: 'awsscrum-lnx2', stage: 'Converting' }] });
          for (const server of (await one.ok('GetServers', { maxResults: 70 })).serverList ?? []) {
            await create({ serverId: server.serverId, frequency: 3 });
          }
        }
        one.advance(parts.reduce((a, b) => a + b));
        for (const part of parts) {
          many.advance(part);
          await many.ok('GetReplicationJobs', { maxResults: 1 });
        }
        expect(await historyOf(many)).toEqual(await historyOf(one));
      }),
      tries(2),
    );
  });

  it('S8.3 does not go back with the real clock', async () => {
    const test = await begin();
    test.clock.pass(HOUR);
    expect(await dateOf(test)).toBe(START + HOUR);
    test.clock.time = START;
    expect(await dateOf(test)).toBe(START + HOUR);
    expect(test.endpoint.advance(HOUR)).toBe(START + 2 * HOUR);
    expect(await dateOf(await restart(test))).toBeGreaterThanOrEqual(START + 2 * HOUR);
  });

  it('S8.3 does not go back over a kill, however fast it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 60, 3600),
        fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 6 }),
        async (speed, waits) => {
          const test = await begin({ speed });
          let seen = 0;
          for (const wait of waits) {
            test.clock.pass(wait);
            seen = await dateOf(test);
            expect(test.endpoint.now()).toBeGreaterThanOrEqual(seen);
            seen = test.endpoint.now();
          }
          const after = await begin({ folder: kill(test), clock: test.clock });
          expect(after.endpoint.now()).toBeGreaterThanOrEqual(seen);
          expect(after.endpoint.now() - seen).toBeLessThanOrEqual(2 * SECOND * speed);
        },
      ),
      tries(8),
    );
  });

  it('S8.4 is all that a history depends on, besides the commands', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const [one, other] = [await begin(), await begin()];
        for (const test of [one, other]) await perform(test, script);
        expect(await historyOf(other)).toEqual(await historyOf(one));
      }),
      tries(6),
    );
  });

  it('S8.4 gives a fresh state the ids of the founding document first', async () => {
    const { create, runs, advance } = await begin();
    const id = await create({ serverId: VM });
    advance(MINUTE);
    expect(id).toBe('sms-job-5691743f');
    expect((await runs(id)).at(-1)?.replicationRunId).toBe('sms-run-7a688d13');
  });
});
