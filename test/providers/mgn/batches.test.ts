import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallBatcher } from '../../../src/providers/mgn/batching.ts';

const deed = fc.record({
  // Turns of the event loop before it adds its ids, and after.
  before: fc.nat(5),
  after: fc.nat(3),
  adds: fc.subarray(['out', 'in'] as const),
  // Before it adds anything.
  fails: fc.boolean(),
  // The service refuses its id.
  refused: fc.boolean(),
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('batches', () => {
  it('end all deeds, with each id sent once, never more than 50 together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 140 }), fc.nat(3), async (deeds, slow) => {
        const batches = new CallBatcher();
        const sent: string[][] = [];
        const refused = new Set(deeds.flatMap((one, id) => (one.refused ? [String(id)] : [])));
        const send = (key: string) => async (ids: readonly string[]) => {
          sent.push(ids.map((id) => `${key}${id}`));
          await turns(slow);
          return new Map(ids.filter((id) => refused.has(id)).map((id) => [id, new Error(`refused ${id}`)]));
        };
        const outcomes = await Promise.allSettled(
          deeds.map(({ before, after, adds, fails }, id) =>
            batches.runTask(async () => {
              await turns(before);
              if (fails) throw new Error('failed');
              for (const key of adds) await batches.add(key, String(id), send(key));
              await turns(after);
            }),
          ),
        );
        const expected = deeds.map(({ adds, fails, refused: no }) =>
          fails || (no && adds.length > 0) ? 'rejected' : 'fulfilled',
        );
        expect(outcomes.map(({ status }) => status)).toEqual(expected);
        const all = sent.flat();
        expect(new Set(all).size).toBe(all.length);
        expect(Math.max(0, ...sent.map(({ length }) => length))).toBeLessThanOrEqual(50);
      }),
    );
  });

  it('of deeds that begin together make as few calls as 50 ids a call allow', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 210 }), fc.array(fc.nat(4)), async (count, waits) => {
        const batches = new CallBatcher();
        let calls = 0;
        const send = () => {
          calls += 1;
          return Promise.resolve(new Map<string, unknown>());
        };
        await Promise.all(
          Array.from({ length: count }, (_, id) =>
            batches.runTask(async () => {
              await turns(waits[id] ?? 0);
              await batches.add('in', String(id), send);
            }),
          ),
        );
        expect(calls).toBe(Math.ceil(count / 50));
      }),
    );
  });
});
