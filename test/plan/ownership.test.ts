import { describe, expect, it } from '@jest/globals';
import { changeOf, job, planOf, raised, SETTINGS, short, unmarked, vm } from './plan-input.ts';

const theirs = job('web', { owner: { project: 'other', wave: 'x' } });
const nobodys = unmarked(job('web'));

/** Plans the one VM `web` against a job that is not ours. */
function planAgainst(existing: ReturnType<typeof job>, adopt: boolean, settings = SETTINGS, replace = false) {
  const vms = [vm('web', { adopt, settings })];
  return planOf({ vms, servers: ['web'], jobs: [existing], input: { replace: () => replace } });
}

describe('a job that is not ours', () => {
  it.each([
    ['nobody owns', nobodys, false, 'no project owns', 'adopt: true'],
    ['another project owns', theirs, false, 'of project "other"', 'one of the two projects'],
    ['another project owns, adopt or not', theirs, true, 'of project "other"', 'never takes over'],
    [
      'nobody owns and has completed',
      { ...nobodys, state: 'completed' as const },
      true,
      'completed',
      'delete',
    ],
  ])('is refused if %s', (_, existing, adopt, message, remedy) => {
    const plan = planAgainst(existing, adopt);
    expect(short(plan)).toEqual([]);
    expect(plan.concerns).toMatchObject([
      { id: 'job.unmanaged', severity: 'critical', address: 'sdsc-01/web' },
    ]);
    expect(plan.concerns[0]?.message).toContain('sms-job-web');
    expect(plan.concerns[0]?.message).toContain(message);
    expect(plan.concerns[0]?.remedy).toContain(remedy);
  });

  it('is counted, whoever it is for', () => {
    const jobs = [theirs, unmarked(job('stray')), job('ours')];
    const plan = planOf({ vms: [vm('ours')], servers: ['ours', 'web', 'stray'], jobs });
    expect(plan.targets[0]?.jobs).toEqual({ managed: 1, others: 2 });
    expect(short(plan)).toEqual(['no-op sdsc-01/ours']);
  });
});

describe('adoption', () => {
  it('writes the marker and whatever differs', () => {
    const plan = planAgainst(nobodys, true, { ...SETTINGS, frequency: 24 });
    expect(changeOf(plan, 'sdsc-01/web')).toMatchObject({
      action: 'update',
      id: 'sms-job-web',
      owner: { project: 'ucop', wave: 'sdsc-01' },
      fields: [
        { field: 'frequency', before: 12, after: 24 },
        { field: 'owner', after: 'ucop/sdsc-01' },
      ],
      activeBefore: true,
    });
    expect(changeOf(plan, 'sdsc-01/web').settings).toEqual({ frequency: 24, licenseType: 'BYOL' });
    expect(raised(plan)).toEqual([]);
  });

  it('tells what is wrong with the job it takes over', () => {
    expect(raised(planAgainst({ ...nobodys, state: 'paused' }, true))).toEqual(['job.paused sdsc-01/web']);
  });

  it.each(['completed', 'failed'] as const)(
    'is refused for a job that has %s: it cannot be changed',
    (state) => {
      const plan = planAgainst({ ...nobodys, state }, true);
      expect(raised(plan)).toEqual(['job.unmanaged sdsc-01/web']);
      expect(plan.summary).toMatchObject({ update: 0, blocked: 1 });
    },
  );

  it.each([
    ['a field cannot change in place', { ...SETTINGS, runOnce: true }, false],
    ['a replace is asked for', SETTINGS, true],
  ])('deletes nothing that was not ours before, though %s', (_, settings, replace) => {
    const change = changeOf(planAgainst(nobodys, true, settings, replace), 'sdsc-01/web');
    expect(change).toMatchObject({ action: 'update', fields: [{ field: 'owner', after: 'ucop/sdsc-01' }] });
  });

  it('says that the next plan replaces the job', () => {
    const plan = planAgainst({ ...nobodys, state: 'paused' }, true, { runOnce: true });
    expect(raised(plan)).toEqual(['job.paused sdsc-01/web']);
    expect(changeOf(plan, 'sdsc-01/web').effects).toEqual([
      'the next plan replaces the job: runOnce cannot change in place',
    ]);
  });
});
