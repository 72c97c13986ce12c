import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LandfallError } from '../../../src/core/error.ts';
import { HOUR } from '../../local/support.ts';
import { beginSteps, group, type Steps, verdictOn } from './steps.ts';

const VMS = ['awsscrum-lnx1', 'awsscrum-lnx2', 'awsscrum-win1'];
const RATES = fc.constantFrom(0, 0.1, 0.3);

/** One run of landfall: it looks, and takes the steps that can be taken. Whatever fails is left to the next. */
async function run(test: Steps): Promise<'there' | 'not yet'> {
  const jobs = await test.observed().catch((error: unknown) => {
    if (!(error instanceof LandfallError)) throw error;
    return undefined;
  });
  if (jobs === undefined) return 'not yet';
  const verdicts = jobs.map((job) => ({ id: job.id, verdict: verdictOn('archive', job) }));
  const steps = new Map<string, string[]>();
  for (const { id, verdict } of verdicts) {
    expect(verdict.kind).not.toBe('refused');
    if (verdict.kind === 'step') steps.set(verdict.step, [...(steps.get(verdict.step) ?? []), id]);
  }
  for (const [step, ids] of steps) await test.take(step, ids);
  return verdicts.every(({ verdict }) => verdict.kind === 'reached') ? 'there' : 'not yet';
}

describe('a service that fails and loses replies all the time', () => {
  it('gets every server to the archive, each launched once as a test and once as a cut-over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(1000),
          throttling: RATES,
          internalErrors: RATES,
          lostReplies: RATES,
          cutReplies: RATES,
        }),
        async (faults) => {
          const test = await beginSteps(VMS);
          await group(test, 'sdsc-01', { web: [0, 1], db: [2] });
          test.endpoint.setFaults(faults);
          let turns = 0;
          while ((await run(test)) === 'not yet') {
            expect(++turns).toBeLessThan(60);
            test.advance(HOUR);
          }
          test.endpoint.setFaults({});
          const launched = (await test.jobs()).flatMap(({ initiatedBy = '', participatingServers = [] }) =>
            participatingServers.map(({ sourceServerID = '' }) => `${initiatedBy} ${sourceServerID}`),
          );
          const once = test.ids.flatMap((id) =>
            // AWS MGN ends the instance of the test itself, before it launches that of the cut-over.
            ['START_TEST', 'START_CUTOVER'].map((kind) => `${kind} ${id}`),
          );
          expect(launched.toSorted()).toEqual(once.toSorted());
        },
      ),
      { numRuns: 6 },
    );
    // The SDK slows down for real while it is throttled.
  }, 300_000);
});
