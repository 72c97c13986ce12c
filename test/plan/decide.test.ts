import { describe, expect, it } from '@jest/globals';
import { hasChanges } from '../../src/core/plan.ts';
import type { FieldRule } from '../../src/core/provider.ts';
import { changeOf, job, planOf, raised, RULES, server, SETTINGS, short, traitsOf, vm } from './plan-input.ts';

/** Plans the one VM `web`, with these settings in git, against one job. */
function planJob(settings: typeof SETTINGS, observed: Partial<ReturnType<typeof job>> = {}, replace = false) {
  const plan = planOf({
    vms: [vm('web', { settings })],
    servers: ['web'],
    jobs: [job('web', observed)],
    input: { replace: (name) => replace && name === 'sdsc-01/web' },
  });
  return { plan, change: changeOf(plan, 'sdsc-01/web'), raised: raised(plan) };
}

describe('a VM without a job', () => {
  it('gets one with all of its settings', () => {
    const settings = { ...SETTINGS, seedReplicationTime: '2026-12-02T04:00:00Z' };
    const plan = planOf({ vms: [vm('web', { settings })], servers: ['web'] });
    expect(plan.changes).toEqual([
      {
        address: 'sdsc-01/web',
        target: 'production',
        wave: 'sdsc-01',
        action: 'create',
        serverId: 's-web',
        owner: { project: 'ucop', wave: 'sdsc-01' },
        settings,
        fields: [
          { field: 'frequency', after: 12 },
          { field: 'licenseType', after: 'BYOL' },
          { field: 'seedReplicationTime', after: '2026-12-02T04:00:00Z' },
        ],
        effects: [],
        activeBefore: false,
        blockedBy: [],
        place: { file: 'waves/sdsc-01.yaml', line: 9, column: 7 },
        facts: { stage: 'waiting' },
      },
    ]);
  });

  it.each<[string | undefined, readonly string[]]>([
    [undefined, ['starts when applied']],
    ['2026-12-01T18:00:01Z', []],
    ['2026-12-01T18:00:00Z', ['seed time 2026-12-01 18:00 UTC has passed: starts now']],
    ['2026-12-01T09:00:00-08:00', ['seed time 2026-12-01 17:00 UTC has passed: starts now']],
  ])('says when it starts: %s', (seedReplicationTime, effects) => {
    const settings = seedReplicationTime === undefined ? SETTINGS : { ...SETTINGS, seedReplicationTime };
    const plan = planOf({ vms: [vm('web', { settings })], servers: ['web'] });
    expect(plan.changes[0]?.effects).toEqual(effects);
  });

  it('may have had one: the job of another VM changes nothing', () => {
    const plan = planOf({ vms: [vm('web'), vm('db')], servers: ['web', 'db'], jobs: [job('db')] });
    expect(short(plan)).toEqual(['no-op sdsc-01/db', 'create sdsc-01/web']);
  });
});

describe('a job of ours', () => {
  it('stays as it is where nothing differs', () => {
    const { plan, change } = planJob(SETTINGS);
    expect(change).toMatchObject({ action: 'no-op', id: 'sms-job-web', fields: [], activeBefore: true });
    expect(hasChanges(plan)).toBe(false);
  });

  it('is updated field by field, sorted, and the update knows all that holds after it', () => {
    const { change } = planJob(
      { frequency: 24, roleName: 'landfall' },
      { settings: { frequency: 12, licenseType: 'AWS', description: 'by hand' } },
    );
    expect(change).toMatchObject({
      action: 'update',
      fields: [
        { field: 'frequency', before: 12, after: 24 },
        { field: 'roleName', before: 'sms', after: 'landfall' },
      ],
      settings: { frequency: 24, licenseType: 'AWS', description: 'by hand', roleName: 'landfall' },
    });
  });

  it('goes back to a default that git no longer overrides', () => {
    const { change } = planJob(SETTINGS, { settings: { ...SETTINGS, roleName: 'other' } });
    expect(change.fields).toEqual([{ field: 'roleName', before: 'other', after: 'sms' }]);
  });

  it('is not compared where git says nothing and there is no default', () => {
    expect(planJob({ licenseType: 'BYOL' }).change.action).toBe('no-op');
  });

  it('is not compared by what matters at creation only', () => {
    const settings = { ...SETTINGS, seedReplicationTime: '2027-01-01T00:00:00Z' };
    expect(planJob(settings).change.action).toBe('no-op');
  });

  it('says what cannot be changed, and changes the rest', () => {
    const { plan, change } = planJob({ frequency: 24, licenseType: 'Auto' });
    expect(change.fields).toEqual([{ field: 'frequency', before: 12, after: 24 }]);
    expect(change.settings).toEqual({ frequency: 24, licenseType: 'BYOL' });
    expect(plan.concerns).toMatchObject([
      { id: 'licence.auto-in-place', severity: 'warning', address: 'sdsc-01/web', remedy: 'replace the job' },
    ]);
  });

  it('loses a setting that the provider says has to go', () => {
    const rule: FieldRule = { name: 'kmsKeyId', change: 'update', compare: () => 'differs' };
    const plan = planOf({
      vms: [vm('web')],
      servers: ['web'],
      jobs: [job('web', { settings: { ...SETTINGS, kmsKeyId: 'alias/old' } })],
      input: { traits: new Map([['production', traitsOf([rule])]]) },
    });
    expect(changeOf(plan, 'sdsc-01/web').fields).toEqual([{ field: 'kmsKeyId', before: 'alias/old' }]);
    expect(changeOf(plan, 'sdsc-01/web').settings).toEqual(SETTINGS);
  });

  it('moves to another wave with its VM', () => {
    const { change } = planJob(SETTINGS, { owner: { project: 'ucop', wave: 'pilot' } });
    expect(change).toMatchObject({
      action: 'update',
      owner: { project: 'ucop', wave: 'sdsc-01' },
      fields: [{ field: 'owner', before: 'ucop/pilot', after: 'ucop/sdsc-01' }],
    });
    expect(change.settings).toEqual(SETTINGS);
  });

  it('is replaced where a field cannot change in place', () => {
    const { change, raised } = planJob({ runOnce: true, licenseType: 'Auto' });
    expect(change).toMatchObject({
      action: 'replace',
      id: 'sms-job-web',
      settings: { runOnce: true, licenseType: 'Auto' },
      fields: [{ field: 'runOnce', before: false, after: true, forcesReplace: true }],
      reason: 'runOnce cannot change in place',
      effects: ["the job's history ends; AMIs already made stay", 'starts when applied'],
      activeBefore: true,
    });
    expect(raised).toEqual([]);
  });

  it('is replaced because that is asked for', () => {
    const { change } = planJob(SETTINGS, {}, true);
    expect(change).toMatchObject({ action: 'replace', fields: [], reason: 'asked for with --replace' });
  });
});

describe('a job that needs attention', () => {
  it('that failed is said with the words of the service, and stays', () => {
    const { plan, change } = planJob(SETTINGS, { state: 'failed', statusMessage: 'ServerError: S3' });
    expect(change).toMatchObject({ action: 'no-op', activeBefore: false });
    expect(plan.concerns).toMatchObject([{ id: 'job.failed', severity: 'warning', address: 'sdsc-01/web' }]);
    expect(plan.concerns[0]?.message).toContain('ServerError: S3');
    expect(plan.concerns[0]?.remedy).toContain('landfall apply --replace sdsc-01/web');
  });

  it('that failed is replaced when a setting was mended, as the service changes nothing on it', () => {
    const { plan, change } = planJob({ ...SETTINGS, frequency: 24 }, { state: 'failed' });
    expect(change).toMatchObject({ action: 'replace', activeBefore: false });
    expect(change.reason).toBe('the job has failed, and a failed job cannot be changed');
    expect(plan.concerns).toEqual([]);
  });

  it('that failed keeps its marker when its VM moves to another wave', () => {
    const owner = { project: 'ucop', wave: 'elsewhere' };
    expect(planJob(SETTINGS, { state: 'failed', owner }).change.action).toBe('no-op');
  });

  it('that failed is replaced when that is asked for', () => {
    const asked = planJob(SETTINGS, { state: 'failed' }, true);
    expect(asked.change.action).toBe('replace');
    expect(asked.raised).toEqual([]);
  });

  it('that is paused is said with the time it has', () => {
    const { plan, change } = planJob(SETTINGS, { state: 'paused' });
    expect(change).toMatchObject({ action: 'no-op', activeBefore: true });
    expect(plan.concerns).toMatchObject([{ id: 'job.paused', severity: 'warning' }]);
    expect(plan.concerns[0]?.remedy).toContain('four days');
  });

  it.each(['pending', 'active', 'unknown'] as const)('that is %s is none', (state) => {
    expect(planJob(SETTINGS, { state })).toMatchObject({ change: { action: 'no-op' }, raised: [] });
  });

  it('quotes an address for the shell', () => {
    const plan = planOf({
      vms: [vm("the VM's")],
      servers: [server("the VM's")],
      jobs: [job("the VM's", { state: 'failed' })],
    });
    expect(plan.concerns[0]?.remedy).toContain(`--replace 'sdsc-01/the VM'\\''s'`);
  });
});

describe('a job that has completed', () => {
  const once = { runOnce: true, licenseType: 'BYOL' };
  const completed = { state: 'completed' as const, settings: once };

  it('is done if it was to run once, whatever else differs', () => {
    const { change, raised } = planJob({ ...once, roleName: 'other', licenseType: 'AWS' }, completed);
    expect(change).toMatchObject({ action: 'no-op', reason: 'completed', fields: [], activeBefore: false });
    expect(raised).toEqual([]);
  });

  it('is done even if a field differs that cannot change in place', () => {
    const plan = planOf({
      vms: [vm('web', { settings: { ...once, kmsKeyId: 'alias/new' } })],
      servers: ['web'],
      jobs: [job('web', completed)],
      input: {
        traits: new Map([['production', traitsOf([...RULES, { name: 'kmsKeyId', change: 'replace' }])]]),
      },
    });
    expect(short(plan)).toEqual(['no-op sdsc-01/web']);
  });

  it('is replaced if it is to repeat now', () => {
    const { change } = planJob(SETTINGS, completed);
    expect(change).toMatchObject({ action: 'replace', activeBefore: false });
  });

  it('runs once more if that is asked for', () => {
    expect(planJob(once, completed, true).change.action).toBe('replace');
  });

  it('is said to have ended if it was to repeat, and nothing on it is updated', () => {
    const { change, raised } = planJob({ ...SETTINGS, frequency: 24 }, { state: 'completed' });
    expect(change.action).toBe('no-op');
    expect(raised).toEqual(['job.ended sdsc-01/web']);
  });

  it('is replaced if it repeated and is to run once now', () => {
    expect(planJob(once, { state: 'completed' }).change.action).toBe('replace');
  });
});

describe('several jobs of one server', () => {
  const theirs = { owner: { project: 'other', wave: 'x' } };

  it.each<[string, readonly ReturnType<typeof job>[], string]>([
    [
      'an active job of ours before one of others',
      [job('web', { id: 'a', ...theirs }), job('web', { id: 'b' })],
      'b',
    ],
    [
      'an active job of ours before one that has failed',
      [job('web', { id: 'a', state: 'failed' }), job('web', { id: 'b' })],
      'b',
    ],
    [
      'an ended job of ours before an ended one of others',
      [job('web', { id: 'a', state: 'failed', ...theirs }), job('web', { id: 'b', state: 'failed' })],
      'b',
    ],
  ])('prefers %s', (_, jobs, id) => {
    const plan = planOf({ vms: [vm('web')], servers: ['web'], jobs });
    expect(changeOf(plan, 'sdsc-01/web').id).toBe(id);
    expect(short(plan)).toHaveLength(1);
  });

  it('stops at an active job of others before ended ones of ours', () => {
    const jobs = [job('web', { id: 'a', state: 'failed' }), job('web', { id: 'b', ...theirs })];
    const plan = planOf({ vms: [vm('web')], servers: ['web'], jobs });
    expect(short(plan)).toEqual([]);
    expect(raised(plan)).toEqual(['job.unmanaged sdsc-01/web']);
  });
});
