import { ChangeServerLifeCycleStateCommand, StartTestCommand } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Phase, PHASES } from '../../../src/core/desired.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import { HOUR } from '../../local/support.ts';
import { linuxes } from '../../local/jobs.ts';
import {
  beginSteps,
  CUT_OVER,
  FINALIZED,
  READY_FOR_CUTOVER,
  type Steps,
  TESTED,
  verdictOn,
} from './steps.ts';
import { tries } from '../../setup/tries.ts';

const VMS = ['awsscrum-lnx1', 'awsscrum-lnx2', 'awsscrum-win1'];

/** Applies again and again until every server is where its wave is to be; each VM takes exactly the steps promised. */
async function follow(test: Steps, phase: Phase): Promise<void> {
  const taken = new Map<string, string[]>();
  const promised = new Map<string, string[]>();
  for (let turn = 0; turn < 40; turn += 1) {
    const jobs = await test.observed();
    const steps = new Map<string, string[]>();
    let open = 0;
    for (const job of jobs) {
      const verdict = verdictOn(phase, job);
      const past = taken.get(job.id) ?? [];
      const still =
        verdict.kind === 'step'
          ? [verdict.step, ...verdict.remaining]
          : verdict.kind === 'wait'
            ? verdict.remaining
            : [];
      const all = [...past, ...still];
      expect(promised.get(job.id) ?? all).toEqual(all);
      promised.set(job.id, all);
      if (verdict.kind === 'step') {
        steps.set(verdict.step, [...(steps.get(verdict.step) ?? []), job.id]);
        taken.set(job.id, [...past, verdict.step]);
      }
      if (verdict.kind === 'refused') throw new Error(verdict.message);
      if (verdict.kind !== 'reached') open += 1;
    }
    if (open === 0) return;
    const results = await Promise.all([...steps].map(([step, ids]) => test.take(step, ids)));
    expect(results.flat().flatMap(({ error }) => error ?? [])).toEqual([]);
    test.advance(HOUR);
  }
  throw new Error(`phase ${phase} is not reached`);
}

const facts = (jobs: readonly ObservedJob[], name: string) => jobs.map((job) => job.facts?.[name]);

describe('the steps of MGN', () => {
  it('lead through all phases and back, without a step that the service refuses', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Phase[]>('replicate', 'test', 'ready', 'cutover'), { maxLength: 3 }),
        fc.constantFrom(...PHASES),
        async (detours, end) => {
          const test = await beginSteps(VMS);
          for (const phase of [...detours, end]) await follow(test, phase);
          expect(test.refusals).toEqual([]);
        },
      ),
      tries(5),
    );
  }, 120_000);

  it('lead there from wherever people have left the servers', async () => {
    for (const left of [[], TESTED, READY_FOR_CUTOVER, CUT_OVER.slice(0, 3), CUT_OVER]) {
      for (const phase of PHASES) {
        const test = await beginSteps(VMS.slice(0, 1));
        await test.go(...left);
        await follow(test, phase);
        expect(test.refusals).toEqual([]);
      }
    }
  }, 120_000);

  it('share one job, which carries the owner’s tags', async () => {
    const test = await beginSteps(VMS);
    const results = await test.take('StartTest');
    const jobs = await test.jobs();
    expect(jobs).toHaveLength(1);
    expect(results).toEqual(test.ids.map((id) => ({ id, detail: jobs[0]?.jobID })));
    expect(jobs[0]?.tags).toEqual({ 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' });
    expect(results[0]?.detail).toMatch(/^mgnjob-\w{17}$/);
  });

  it('name the instance that a finalized server leaves', async () => {
    const test = await beginSteps(VMS);
    await test.go(...CUT_OVER);
    const instances = facts(await test.observed(), 'instance');
    const results = await test.take('FinalizeCutover');
    expect(results.map(({ detail }) => detail).toSorted()).toEqual(instances.toSorted());
    expect(new Set(instances).size).toBe(3);
  });

  it('begin the replication of a stopped server again', async () => {
    const test = await beginSteps(VMS.slice(0, 1));
    await test.context.api.stopReplication({ sourceServerID: test.ids[0] });
    await follow(test, 'test');
    expect(facts(await test.observed(), 'lifecycle')).toEqual(['TESTING']);
  });

  it('launch again what has failed to launch, and say so', async () => {
    const test = await beginSteps(VMS.slice(0, 1), {
      faults: { launchFailures: [{ server: '*', message: 'no room in the subnet' }] },
    });
    await test.go('StartTest');
    const [failed] = await test.observed();
    const verdict = failed === undefined ? undefined : verdictOn('test', failed);
    expect(verdict).toMatchObject({ step: 'StartTest', failure: { id: 'phase.launch-failed' } });
    expect(verdict?.kind === 'step' && verdict.failure?.message).toContain('no room in the subnet');
    test.endpoint.setFaults({});
    await follow(test, 'finalize');
  });

  it('fail for a server that has moved on, and for no other', async () => {
    const vms = Array.from({ length: 200 }, (_, index) => ({ gigabytes: 1 + (index % 3) }));
    const names = vms.map((_, index) => `vm${index}`);
    const mgn = { quotas: { replicatingServers: 200 } };
    const test = await beginSteps(names, { inventory: linuxes(vms), mgn });
    const [first = '', second = '', ...others] = test.ids;
    await test.client.send(new StartTestCommand({ sourceServerIDs: [first, second] }));
    test.advance(HOUR);
    const forward = { state: 'READY_FOR_CUTOVER' } as const;
    await test.client.send(
      new ChangeServerLifeCycleStateCommand({ sourceServerID: first, lifeCycle: forward }),
    );
    // The second is processed by a job of somebody else.
    await test.client.send(new StartTestCommand({ sourceServerIDs: [second] }));

    const results = await test.take('StartTest');
    const wrong = results.filter(({ error }) => error !== undefined);
    expect(wrong.map(({ id }) => id).toSorted()).toEqual([first, second].toSorted());
    for (const { error } of wrong)
      expect(error).toMatchObject({
        code: 'SERVICE_ERROR',
        remedy: expect.stringContaining('plan again') as unknown,
      });
    const [job] = await test.jobs();
    expect(job?.participatingServers?.map(({ sourceServerID }) => sourceServerID)).toEqual(others);
    expect(results).toHaveLength(200);
  });

  it.each([
    ['StartCutover', TESTED],
    ['TerminateTargetInstances', TESTED],
    ['ChangeServerLifeCycleState READY_FOR_CUTOVER', FINALIZED],
    ['ChangeServerLifeCycleState READY_FOR_TEST', FINALIZED],
    ['FinalizeCutover', READY_FOR_CUTOVER],
    ['MarkAsArchived', CUT_OVER],
  ])('say why %s is refused after %j', async (step, before) => {
    const test = await beginSteps(VMS.slice(0, 1));
    await test.go(...before);
    const [id = ''] = test.ids;
    const [result] = await test.take(step);
    const error = result?.error;
    expect(error).toMatchObject({
      code: 'SERVICE_ERROR',
      remedy: expect.stringContaining('plan again') as unknown,
    });
    expect(error?.message).toContain(id);
    expect(error?.message).toContain(step.split(' ')[0]);
  });

  it('fail together where a quota is full', async () => {
    const mgn = { quotas: { activeJobs: 0 } };
    const test = await beginSteps(VMS, { mgn });
    const results = await test.take('StartTest');
    expect(results.map(({ id, error }) => [id, error?.message.includes('ServiceQuotaExceeded')])).toEqual(
      test.ids.map((id) => [id, true]),
    );
  });
});
