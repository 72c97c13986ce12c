import { describe, expect, it } from '@jest/globals';
import { activeOrDueRun, daysLeft, lastEndedRun, nextRunAt } from '../../src/journey/vm-status.ts';
import { job, NOW } from '../plan/world.ts';
import { history, HOUR, run } from './runs.ts';

const DAY = 24 * HOUR;
const WEB = job('web');
const runsOf = (...runs: readonly ReturnType<typeof run>[]) => history(WEB, runs).runs;

describe('the run that is under way', () => {
  it('is the active one, or else one that is due', () => {
    const [active, due, coming] = [run('active', -1), run('pending', 0), run('pending', 1)];
    expect(activeOrDueRun(WEB, runsOf(active, due), NOW)).toBe(active);
    expect(activeOrDueRun(WEB, runsOf(due, coming), NOW)).toBe(due);
    expect(activeOrDueRun(WEB, runsOf(coming, run('completed', -3)), NOW)).toBeUndefined();
  });

  it.each(['paused', 'failed', 'completed'] as const)('is none that waits where the job is %s', (state) => {
    expect(activeOrDueRun(job('web', { state }), runsOf(run('pending', -1)), NOW)).toBeUndefined();
  });
});

describe('the last run', () => {
  it('is the latest that came to an end, good or bad', () => {
    const runs = runsOf(
      run('pending', 9),
      run('active', -1),
      run('missed', -2),
      run('failed', -3),
      run('completed', -9),
    );
    expect(lastEndedRun(runs)).toMatchObject({ state: 'failed' });
    expect(lastEndedRun(runsOf(run('deleted', -1)))).toBeUndefined();
  });
});

describe('the next run', () => {
  it('is the earliest still to come, by the runs or by the job', () => {
    expect(nextRunAt(WEB, runsOf(run('pending', 9), run('pending', 3), run('pending', -1)), NOW)).toBe(
      NOW + 3 * HOUR,
    );
    expect(nextRunAt(job('web', { nextRunAt: NOW + HOUR }), [], NOW)).toBe(NOW + HOUR);
    expect(nextRunAt(job('web', { nextRunAt: NOW }), [], NOW)).toBeUndefined();
  });

  it('does not come where the job is paused or over', () => {
    for (const state of ['paused', 'failed', 'completed'] as const) {
      expect(
        nextRunAt(job('web', { state, nextRunAt: NOW + HOUR }), runsOf(run('pending', 1)), NOW),
      ).toBeUndefined();
    }
  });
});

describe('the days left of 90', () => {
  const left = (hours: number, at = NOW) =>
    daysLeft(WEB, runsOf(run('pending', 1), run('completed', hours)), at);

  it('count from the first run, the last day included', () => {
    expect(left(0)).toBe(90);
    expect(left(-1)).toBe(90);
    expect(left(-24)).toBe(89);
    expect(left(-89 * 24)).toBe(1);
    expect(left(0, NOW + 90 * DAY)).toBe(0);
    expect(left(0, NOW + 400 * DAY)).toBe(0);
  });

  it('count from a run that failed or is active, but not from one that was missed or is to come', () => {
    expect(daysLeft(WEB, runsOf(run('completed', -24), run('failed', -48)), NOW)).toBe(88);
    expect(daysLeft(WEB, runsOf(run('active', -1), run('missed', -100), run('deleted', -100)), NOW)).toBe(90);
    expect(daysLeft(WEB, runsOf(run('pending', 1)), NOW)).toBeUndefined();
  });

  it('are none of a job that is over', () => {
    expect(daysLeft(job('web', { state: 'completed' }), runsOf(run('completed', -1)), NOW)).toBeUndefined();
    expect(daysLeft(job('web', { state: 'paused' }), runsOf(run('failed', -1)), NOW)).toBe(90);
  });
});
