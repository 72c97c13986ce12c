import { describe, expect, it } from '@jest/globals';
import { changeOf, job, planOf, raised, short, vm, wave } from './plan-input.ts';

const PROTECTED = { ...wave('sdsc-01'), protect: true };
const ONCE = { runOnce: true };

describe('protect: true', () => {
  it('refuses to replace the job of a VM, and lets it be updated', () => {
    const vms = [
      vm('a', { protect: true, settings: ONCE }),
      vm('b', { protect: true, settings: { frequency: 24, licenseType: 'BYOL' } }),
      vm('c', { settings: ONCE }),
    ];
    const plan = planOf({ vms, servers: ['a', 'b', 'c'], jobs: ['a', 'b', 'c'].map((name) => job(name)) });
    expect(short(plan)).toEqual([
      'replace sdsc-01/a blocked by protect.refused',
      'update sdsc-01/b',
      'replace sdsc-01/c',
    ]);
    expect(plan.concerns).toMatchObject([
      {
        id: 'protect.refused',
        severity: 'critical',
        address: 'sdsc-01/a',
        message:
          'replication job sms-job-a of sdsc-01/a is protected and would be replaced: runOnce cannot change in place',
      },
    ]);
  });

  it('refuses a replace that is asked for by name', () => {
    const input = { replace: (text: string) => text === 'a' };
    const plan = planOf({ vms: [vm('a', { protect: true })], servers: ['a'], jobs: [job('a')], input });
    expect(short(plan)).toEqual(['replace sdsc-01/a blocked by protect.refused']);
  });

  it('takes no slot for what it refuses', () => {
    const vms = [vm('a', { protect: true, settings: ONCE }), vm('b')];
    const plan = planOf({ vms, servers: ['a', 'b'], jobs: [job('a', { state: 'failed' })], limit: 1 });
    expect(short(plan)).toEqual(['replace sdsc-01/a blocked by protect.refused', 'create sdsc-01/b']);
  });

  it('on a wave refuses the deletes of jobs that were in it, and says so once', () => {
    const jobs = ['a', 'b', 'c'].map((name) => job(name));
    const plan = planOf({ waves: [PROTECTED], vms: [vm('a')], servers: ['a', 'b', 'c'], jobs });
    expect(short(plan)).toEqual([
      'no-op sdsc-01/a',
      'delete sdsc-01/b blocked by protect.refused',
      'delete sdsc-01/c blocked by protect.refused',
    ]);
    expect(plan.concerns).toMatchObject([
      {
        message: '2 deletes are refused, as wave "sdsc-01" is protected: sdsc-01/b, sdsc-01/c',
        place: PROTECTED.place,
      },
    ]);
  });

  it('on a wave that has gone protects no longer', () => {
    const jobs = [job('a'), job('b', { owner: { project: 'ucop', wave: 'gone' } })];
    const plan = planOf({ waves: [PROTECTED], vms: [vm('a')], servers: ['a', 'b'], jobs });
    expect(short(plan)).toEqual(['delete gone/b', 'no-op sdsc-01/a']);
  });

  it('on a wave holds when the run is narrowed, and when the wave has moved to another target', () => {
    const parts = { vms: [vm('a')], servers: ['a', 'b'], jobs: [job('a'), job('b')] };
    const narrowed = planOf({
      ...parts,
      waves: [PROTECTED],
      input: { selection: { vm: (text) => text === 'b' } },
    });
    const moved = planOf({ ...parts, waves: [{ ...PROTECTED, target: 'elsewhere' }] });
    for (const plan of [narrowed, moved]) {
      expect(changeOf(plan, 'sdsc-01/b').blockedBy).toEqual(['protect.refused']);
      expect(raised(plan)).toEqual(['protect.refused']);
    }
  });

  it('stands beside other refusals of the same delete', () => {
    const plan = planOf({ waves: [PROTECTED], vms: [vm('typo')], servers: ['b'], jobs: [job('b')] });
    expect(changeOf(plan, 'sdsc-01/b').blockedBy).toEqual(['delete.unresolved', 'protect.refused']);
  });
});
