import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batchSteps } from '../../src/apply/execute.ts';
import { toAddress, toServerId } from '../../src/core/names.ts';
import type { Change } from '../../src/core/plan.ts';
import type { ProviderTraits } from '../../src/core/provider.ts';
import { applyJobQuotas } from '../../src/plan/caps.ts';
import type { TargetInput } from '../../src/plan/input.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { observe, target } from './plan-input.ts';

const traits: ProviderTraits = mgnTraits;

/** A target with room for so many jobs and servers in them, of which some are running. */
function input(activeJobs: number, serversInJobs: number, jobs = 0, servers = 0): TargetInput {
  const one = target();
  return {
    target: { ...one, provider: 'mgn', limits: { ...one.limits, activeJobs, serversInJobs } },
    traits,
    observed: observe({ jobsRunning: { jobs, servers } }),
  } as unknown as TargetInput;
}

function step(name: string, of: string, wave = 'w1'): Change {
  return {
    address: toAddress(`${wave}/${name}`),
    target: 'production',
    wave,
    action: 'advance',
    step: of,
    id: `s-${name}`,
    serverId: toServerId(`s-${name}`),
    owner: { project: 'ucop', wave },
    settings: {},
    fields: [],
    effects: ['launches a test instance'],
    remaining: [],
    activeBefore: true,
    blockedBy: [],
  };
}

const tests = (count: number, wave = 'w1') =>
  Array.from({ length: count }, (_, index) => step(`${index}`, 'StartTest', wave));

describe('the quotas of jobs', () => {
  it('let the servers of a wave share a job', () => {
    const { changes, capacity } = applyJobQuotas(input(1, 200), tests(200));
    expect(changes.every(({ action }) => action === 'advance')).toBe(true);
    expect(capacity).toEqual([
      { target: 'production', of: 'jobs', limit: 1, active: 0, freed: 0, starting: 1, deferred: 0 },
      {
        target: 'production',
        of: 'servers-in-jobs',
        limit: 200,
        active: 0,
        freed: 0,
        starting: 200,
        deferred: 0,
      },
    ]);
  });

  it('defer what another wave would need a job for, and say why', () => {
    const { changes, capacity } = applyJobQuotas(input(20, 200, 19, 30), [...tests(2), ...tests(2, 'w2')]);
    expect(changes.map(({ action }) => action)).toEqual(['advance', 'advance', 'defer', 'defer']);
    expect(changes[2]).toMatchObject({
      step: 'StartTest',
      reason: 'target production has 20 of 20 jobs of the service, 1 of them starting now',
      effects: [],
    });
    expect(capacity[0]).toMatchObject({ active: 19, starting: 1, deferred: 2 });
  });

  it('defer servers that have no room in jobs', () => {
    const { changes } = applyJobQuotas(input(20, 200, 1, 197), tests(5));
    expect(changes.map(({ action }) => action)).toEqual(['advance', 'advance', 'advance', 'defer', 'defer']);
    expect(changes[4]?.reason).toBe(
      'target production has 200 of 200 servers in jobs, 3 of them starting now',
    );
  });

  it('have those wait that failed before, and no others', () => {
    const steps = [...tests(3), ...tests(2, 'w2')];
    const failed = new Set(['w1/0', 'w1/2']);
    const servers = applyJobQuotas(input(20, 3), steps, failed).changes;
    expect(servers.map(({ action }) => action)).toEqual(['defer', 'advance', 'defer', 'advance', 'advance']);
    const jobs = applyJobQuotas(input(1, 200), steps, new Set(['w1/0', 'w1/1', 'w1/2'])).changes;
    expect(jobs.map(({ action }) => action)).toEqual(['defer', 'defer', 'defer', 'advance', 'advance']);
    expect(jobs.map(({ address }) => address)).toEqual(steps.map(({ address }) => address));
  });

  it('leave steps alone that make no job', () => {
    const steps = [step('a', 'FinalizeCutover'), { ...step('b', 'StartTest'), blockedBy: ['x'] }];
    expect(applyJobQuotas(input(0, 0), steps)).toEqual({ changes: steps, capacity: [] });
  });

  it('are never passed by the calls that apply makes', () => {
    const kinds = fc.constantFrom('StartTest', 'StartCutover', 'TerminateTargetInstances', 'MarkAsArchived');
    const steps = fc.array(fc.tuple(kinds, fc.constantFrom('w1', 'w2', 'w3')), { maxLength: 60 });
    const few = fc.integer({ min: 0, max: 5 });
    const some = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(steps, few, some, few, some, (wanted, jobs, servers, running, busy) => {
        const changes = wanted.map(([of, wave], index) => step(`${index}`, of, wave));
        const capped = applyJobQuotas(input(jobs, servers, running, busy), changes).changes;
        const taken = capped.filter((change) => change.action === 'advance');
        const calls = batchSteps(taken, traits.phases.batch).filter(
          ([{ step }]) => traits.phases.makesJob?.(step) === true,
        );
        expect(calls.length).toBeLessThanOrEqual(Math.max(0, jobs - running));
        expect(calls.flat().length).toBeLessThanOrEqual(Math.max(0, servers - busy));
      }),
    );
  });
});
