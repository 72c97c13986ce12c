import { describe, expect, it } from '@jest/globals';
import { toAddress } from '../../src/core/names.ts';
import type { Plan } from '../../src/core/plan.ts';
import { changeOf, job, planOf, RULES, SETTINGS, short, traitsOf, unmarked, vm, wave } from './plan-input.ts';

const theirs = { owner: { project: 'other', wave: 'x' } };
const once = { runOnce: true, licenseType: 'BYOL' };

/** `target|wave active+starting-freed/limit …deferred` of each cap. */
function gauges({ capacity }: Plan): readonly string[] {
  return capacity.map(
    ({ target, wave: name = target, active, starting, freed, limit, deferred }) =>
      `${name} ${active}+${starting}-${freed}/${limit} …${deferred}`,
  );
}

describe('the cap of a target', () => {
  it('lets start what it has room for, in the order of addresses', () => {
    const plan = planOf({
      vms: ['c', 'a', 'b', 'd'].map((name) => vm(name)),
      servers: ['a', 'b', 'c', 'd'],
      jobs: [job('d')],
      limit: 3,
    });
    expect(short(plan)).toEqual([
      'create sdsc-01/a',
      'create sdsc-01/b',
      'defer sdsc-01/c',
      'no-op sdsc-01/d',
    ]);
    expect(gauges(plan)).toEqual(['production 1+2-0/3 …1']);
    expect(changeOf(plan, 'sdsc-01/c')).toMatchObject({
      reason: 'target production has 3 of 3 active replications, 2 of them starting now',
      effects: [],
      settings: SETTINGS,
      fields: [
        { field: 'frequency', after: 12 },
        { field: 'licenseType', after: 'BYOL' },
      ],
    });
  });

  it('gets no slot from a delete that leaves its VM replicating, and its wave does', () => {
    const parts = {
      vms: [vm('a'), vm('b', { wave: 'tail' })],
      waves: [wave('sdsc-01', 1), wave('tail')],
      servers: ['a', 'b', 'd'],
      jobs: [job('d')],
    };
    const traits = new Map([['production', { ...traitsOf(RULES), replicatesOn: () => true }]]);
    const plan = planOf({ ...parts, limit: 2, input: { traits } });
    expect(short(plan)).toEqual(['create sdsc-01/a', 'delete sdsc-01/d', 'defer tail/b']);
    expect(gauges(plan)).toEqual(['production 1+1-0/2 …1', 'sdsc-01 1+1-1/1 …0']);
    expect(changeOf(plan, 'sdsc-01/d')).toMatchObject({ activeBefore: true, replicatesOn: true });
    expect(gauges(planOf({ ...parts, limit: 2 }))).toEqual(['production 1+2-1/2 …0', 'sdsc-01 1+1-1/1 …0']);
  });

  it('counts every active job, ours or not, and none that has ended', () => {
    const jobs = [
      job('p', { ...theirs, state: 'paused' }),
      unmarked(job('q', { state: 'unknown' })),
      job('r', { ...theirs, state: 'failed' }),
      job('s', { ...theirs, state: 'completed' }),
    ];
    const plan = planOf({ vms: [vm('a')], servers: ['a'], jobs, limit: 2 });
    expect(short(plan)).toEqual(['defer sdsc-01/a']);
    expect(plan.changes[0]?.reason).toBe('target production has 2 of 2 active replications');
    expect(gauges(plan)).toEqual(['production 2+0-0/2 …1']);
  });

  it('starts nothing while more is active than it allows', () => {
    const jobs = ['p', 'q', 'r'].map((name) => job(name, theirs));
    const plan = planOf({
      vms: [vm('a'), vm('b', { settings: once })],
      servers: ['a', 'b'],
      jobs: [...jobs, job('b')],
      limit: 2,
    });
    expect(short(plan)).toEqual(['defer sdsc-01/a', 'defer sdsc-01/b']);
    expect(gauges(plan)).toEqual(['production 4+0-0/2 …2']);
  });

  it('gets room from a delete, but not from one that is blocked or of a job that has ended', () => {
    const parts = { vms: [vm('a')], servers: ['a'], jobs: [job('gone')], limit: 1 };
    expect(short(planOf(parts))).toEqual(['create sdsc-01/a', 'delete sdsc-01/gone']);
    expect(gauges(planOf(parts))).toEqual(['production 1+1-1/1 …0']);

    const blocked = planOf({ ...parts, vms: [vm('a'), vm('typo')] });
    expect(short(blocked)).toContain('defer sdsc-01/a');
    expect(gauges(blocked)).toEqual(['production 1+0-0/1 …1']);

    const ended = planOf({ ...parts, jobs: [job('gone', { state: 'failed' }), job('p', theirs)] });
    expect(short(ended)).toEqual(['defer sdsc-01/a', 'delete sdsc-01/gone']);
  });

  it('leaves a job that is replaced the slot it has', () => {
    const plan = planOf({
      vms: [vm('a'), vm('z', { settings: once })],
      servers: ['a', 'z'],
      jobs: [job('z')],
      limit: 1,
    });
    expect(short(plan)).toEqual(['defer sdsc-01/a', 'replace sdsc-01/z']);
    expect(gauges(plan)).toEqual(['production 1+1-1/1 …1']);
    expect(plan.changes[0]?.reason).toBe('target production has 1 of 1 active replications');
  });

  it('asks a slot for a job in place of one that has ended', () => {
    const parts = {
      vms: [vm('z', { settings: once })],
      servers: ['z'],
      jobs: [job('z', { state: 'failed' }), job('p', theirs)],
    };
    const deferred = planOf({ ...parts, limit: 1 });
    expect(deferred.changes).toMatchObject([{ action: 'defer', id: 'sms-job-z', settings: once }]);
    expect(gauges(deferred)).toEqual(['production 1+0-0/1 …1']);
    expect(gauges(planOf({ ...parts, limit: 2 }))).toEqual(['production 1+1-0/2 …0']);
  });

  it('is not used by a change that is blocked', () => {
    const plan = planOf({
      vms: [vm('a'), vm('b')],
      servers: ['a', 'b'],
      limit: 1,
      input: {
        concerns: [
          { id: 'licence.linux-aws', severity: 'critical', message: 'm', address: toAddress('sdsc-01/a') },
        ],
      },
    });
    expect(short(plan)).toEqual(['create sdsc-01/a blocked by licence.linux-aws', 'create sdsc-01/b']);
    expect(gauges(plan)).toEqual(['production 0+1-0/1 …0']);
  });

  it('may be nought', () => {
    expect(short(planOf({ vms: [vm('a')], servers: ['a'], limit: 0 }))).toEqual(['defer sdsc-01/a']);
  });
});

describe('the cap of a wave', () => {
  it('turns VMs down before they take anything from the target', () => {
    const vms = [vm('1', { wave: 'a' }), vm('2', { wave: 'a' }), vm('3', { wave: 'b' })];
    const plan = planOf({ vms, servers: ['1', '2', '3'], waves: [wave('b'), wave('a', 1)], limit: 2 });
    expect(short(plan)).toEqual(['create a/1', 'defer a/2', 'create b/3']);
    expect(changeOf(plan, 'a/2').reason).toBe(
      'wave a has 1 of 1 active replications, 1 of them starting now',
    );
    expect(gauges(plan)).toEqual(['production 0+2-0/2 …0', 'a 0+1-0/1 …1']);
  });

  it('is named where that of the target is full, too', () => {
    const plan = planOf({ vms: [vm('1')], servers: ['1'], waves: [wave('sdsc-01', 0)], limit: 0 });
    expect(gauges(plan)).toEqual(['production 0+0-0/0 …0', 'sdsc-01 0+0-0/0 …1']);
  });

  it('takes nothing from the wave for a VM that the target turns down', () => {
    const vms = [vm('1', { wave: 'a' }), vm('2', { wave: 'a' })];
    const plan = planOf({ vms, servers: ['1', '2'], waves: [wave('a', 2)], limit: 1 });
    expect(gauges(plan)).toEqual(['production 0+1-0/1 …1', 'a 0+1-0/2 …0']);
  });

  it("counts jobs with its marker, and others' jobs on its VMs, each once", () => {
    const vms = [vm('1', { wave: 'a' }), vm('2', { wave: 'a' }), vm('3', { wave: 'a' })];
    const jobs = [
      job('1', { owner: { project: 'ucop', wave: 'a' } }),
      job('2', theirs),
      job('gone', { owner: { project: 'ucop', wave: 'a' }, state: 'failed' }),
      job('x', { owner: { project: 'other', wave: 'a' } }),
    ];
    const plan = planOf({ vms, servers: ['1', '2', '3'], jobs, waves: [wave('a', 2)] });
    expect(short(plan)).toContain('defer a/3');
    expect(gauges(plan)).toEqual(['production 3+0-0/50 …0', 'a 2+0-0/2 …1']);
  });

  it('gets room from the delete of a job with its marker', () => {
    const plan = planOf({ vms: [vm('a')], servers: ['a'], jobs: [job('gone')], waves: [wave('sdsc-01', 1)] });
    expect(short(plan)).toEqual(['create sdsc-01/a', 'delete sdsc-01/gone']);
    expect(gauges(plan)).toEqual(['production 1+1-1/50 …0', 'sdsc-01 1+1-1/1 …0']);
  });

  it('counts a job on its way to another wave in both, until it has got there', () => {
    const plan = planOf({
      vms: [vm('1', { wave: 'b' }), vm('2', { wave: 'a' }), vm('3', { wave: 'b' })],
      servers: ['1', '2', '3'],
      jobs: [job('1', { owner: { project: 'ucop', wave: 'a' } })],
      waves: [wave('a', 1), wave('b', 1)],
    });
    expect(short(plan)).toEqual(['defer a/2', 'update b/1', 'defer b/3']);
    expect(gauges(plan)).toEqual(['production 1+0-0/50 …0', 'a 1+0-0/1 …1', 'b 1+0-0/1 …1']);
  });

  it('is shown for selected waves only, and counts everything all the same', () => {
    const plan = planOf({
      vms: [vm('1', { wave: 'a' }), vm('2', { wave: 'b' })],
      servers: ['1', '2'],
      jobs: [job('2', { owner: { project: 'ucop', wave: 'b' } })],
      waves: [wave('a', 1), wave('b', 1)],
      limit: 1,
      input: { selection: { wave: (name) => name === 'a' } },
    });
    expect(short(plan)).toEqual(['defer a/1']);
    expect(gauges(plan)).toEqual(['production 1+0-0/1 …1', 'a 0+0-0/1 …0']);
  });
});
