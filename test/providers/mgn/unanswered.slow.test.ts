import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../local/support.ts';
import {
  beginSteps,
  CUT_OVER,
  FINALIZED,
  READY_FOR_CUTOVER,
  type Steps,
  TESTED,
  verdictOn,
} from './steps.ts';

const VMS = ['awsscrum-lnx1', 'awsscrum-lnx2'];

/** How often each server has been launched or terminated by jobs of a kind. */
async function jobsOf(test: Steps, kind: string): Promise<readonly number[]> {
  const jobs = (await test.jobs()).filter(({ initiatedBy }) => initiatedBy === kind);
  const parts = jobs.flatMap(({ participatingServers = [] }) => participatingServers);
  return test.ids.map((id) => parts.filter(({ sourceServerID }) => sourceServerID === id).length);
}

const LAUNCHES = [
  ['StartTest', 'START_TEST', []],
  ['TerminateTargetInstances', 'TERMINATE', READY_FOR_CUTOVER],
  ['StartCutover', 'START_CUTOVER', CUT_OVER.slice(0, 3)],
] as const;
const FAULTS = ['lostReplies', 'cutReplies', 'internalErrors'] as const;

describe('a step whose call is not answered', () => {
  const cases = LAUNCHES.flatMap(([step, kind, before]) =>
    FAULTS.flatMap((fault) =>
      (fault === 'internalErrors' ? [0.5] : [1, 0.5]).map((rate) => ({ step, kind, before, fault, rate })),
    ),
  );

  it.each(cases)(
    '$step is taken once, whatever $fault at $rate',
    async ({ step, kind, before, fault, rate }) => {
      for (const seed of rate === 1 ? [1] : [1, 2, 3]) {
        const test = await beginSteps(VMS);
        await test.go(...before);
        test.endpoint.setFaults({ seed, [fault]: { rate, operations: [step] } });
        // One after the other, so that each throws the dice.
        for (const id of test.ids) {
          const results = await test.take(step, [id]);
          expect(results).toEqual([{ id, detail: expect.stringMatching(/^mgnjob-/) as unknown }]);
        }
        expect(await jobsOf(test, kind)).toEqual([1, 1]);
      }
    },
  );

  it.each([
    ['StartReplication', []],
    ['ChangeServerLifeCycleState READY_FOR_CUTOVER', TESTED],
    ['ChangeServerLifeCycleState READY_FOR_TEST', READY_FOR_CUTOVER],
    ['FinalizeCutover', CUT_OVER],
    ['MarkAsArchived', FINALIZED],
  ])('%s is looked for', async (step, before) => {
    for (const fault of ['lostReplies', 'cutReplies']) {
      for (const rate of [1, 0.5]) {
        const test = await beginSteps(VMS);
        if (step === 'StartReplication') {
          for (const sourceServerID of test.ids) await test.context.api.stopReplication({ sourceServerID });
        }
        await test.go(...before);
        test.endpoint.setFaults({ [fault]: { rate, operations: [step.split(' ')[0]] } });
        const results = await test.take(step);
        expect(results.flatMap(({ error }) => error ?? [])).toEqual([]);
      }
    }
  });

  it('is not taken again where nobody can see what came of it', async () => {
    const test = await beginSteps(VMS);
    await test.observed();
    test.endpoint.setFaults({
      lostReplies: { rate: 1, operations: ['StartTest', 'DescribeJobs', 'DescribeSourceServers'] },
    });
    const results = await test.take('StartTest');
    for (const { error } of results) {
      expect(error?.message).toContain('it is unknown whether StartTest has been executed');
      expect(error?.remedy).toContain('plan again');
    }
    test.endpoint.setFaults({});
    expect(await jobsOf(test, 'START_TEST')).toEqual([1, 1]);
    // The next plan sees it.
    expect((await test.observed()).map((job) => verdictOn('test', job).kind)).toEqual(['wait', 'wait']);
  });

  it('gives up after a while, and another run takes the step', async () => {
    const test = await beginSteps(VMS);
    await test.observed();
    test.endpoint.setFaults({ internalErrors: { rate: 1, operations: ['StartTest'] } });
    const results = await test.take('StartTest');
    expect(results.map(({ error }) => error?.code)).toEqual(['SERVICE_ERROR', 'SERVICE_ERROR']);
    expect(test.refusals).toHaveLength(6);
    test.endpoint.setFaults({});
    await test.go('StartTest');
    expect(await jobsOf(test, 'START_TEST')).toEqual([1, 1]);
  });

  it('does not take somebody else’s launch for its own', async () => {
    const test = await beginSteps(VMS);
    await test.observed();
    const [id = ''] = test.ids;
    await test.context.api.startTest({ sourceServerIDs: [id], tags: { 'landfall:project': 'other' } });
    const [result] = await test.take('StartTest', [id]);
    expect(result?.error?.message).toContain('being processed by a Job');
    expect(await jobsOf(test, 'START_TEST')).toEqual([1, 0]);
  });

  it('does not take an earlier launch of its own for the new one', async () => {
    const test = await beginSteps(VMS);
    await test.take('StartTest');
    test.advance(30 * MINUTE);
    await test.observed();
    test.endpoint.setFaults({ internalErrors: { rate: 0.5, operations: ['StartTest'] }, seed: 2 });
    await test.go('StartTest');
    expect(await jobsOf(test, 'START_TEST')).toEqual([2, 2]);
  });
});
