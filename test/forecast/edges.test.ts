import { describe, expect, it } from '@jest/globals';
import { forecast } from '../../src/forecast/index.ts';
import { withValues } from '../../src/forecast/what-if.ts';
import { job, NOW, planInput, server, target } from '../plan/plan-input.ts';
import { DAY, forecastOf, HOUR, inputOf, phaseOf, waveOf } from './project.ts';

/** A job of wave w1 whose latest image is of so long ago, at an interval of 12 hours. */
function replicated(age: number) {
  return job('w1-1', {
    server: server('w1-1'),
    owner: { project: 'ucop', wave: 'w1' },
    settings: { frequency: 12, licenseType: 'BYOL', seedReplicationTime: '2026-11-01T00:00:00Z' },
    latestAmiId: 'ami-1',
    runs: [
      {
        ...{ id: 'r1', state: 'completed', type: 'automatic', amiId: 'ami-1' },
        ...{ scheduledAt: NOW - age - 2 * HOUR, completedAt: NOW - age },
      },
    ],
  });
}

describe('the concern about old data at the cut-over', () => {
  const idsOf = (age: number, at: number) =>
    forecastOf([waveOf('w1', [{}], { cutover: { at, timeZone: 'UTC' } })], {
      jobs: [replicated(age)],
    }).concerns.map(({ id }) => id);

  it('is raised for a VM whose latest recovery point is older than its schedule allows', () => {
    expect(idsOf(30 * HOUR, NOW + 2 * DAY)).toEqual(['stale.recovery-point']);
    expect(idsOf(2 * HOUR, NOW + 2 * DAY)).toEqual([]);
    // A cut-over that comes within a day of the point is none of old data.
    expect(idsOf(15 * HOUR, NOW + 2 * HOUR)).toEqual([]);
  });
});

describe('a forecast of little', () => {
  it('of no VM, or of no wave, is empty', () => {
    const none = forecastOf([]);
    expect([none.waves, none.vms, none.caps, none.concerns]).toEqual([[], [], [], []]);
    const empty = forecastOf([waveOf('w1', [])]);
    expect([empty.waves, empty.vms, empty.concerns]).toEqual([[], [], []]);
  });

  it('of waves that are finalized says that all is reached', () => {
    const past = [{ ...replicated(5 * DAY), finalizedAmi: 'ami-1' }];
    const found = forecastOf([waveOf('w1', [{}], { phase: 'finalize' })], { observed: { pastJobs: past } });
    expect(found.waves[0]?.phases.map(({ source }) => source)).toEqual(['observed', 'observed', 'observed']);
    expect([found.waves[0]?.blocked, found.concerns, found.caps]).toEqual([undefined, [], []]);
  });

  it('of an account that could not be read says so for each of its waves', () => {
    const input = inputOf([waveOf('w1', [{}, {}])]);
    const found = forecast({ ...input, observed: new Map() });
    expect(found.waves[0]?.blocked).toEqual({ vms: 2, reason: 'target production was not read' });
  });
});

describe('other values of a forecast', () => {
  const { desired } = planInput({
    waves: [
      waveOf('w1', [], { cutover: { at: NOW, until: NOW + HOUR, timeZone: 'America/Los_Angeles' } }).wave,
    ],
  });
  const waveWith = (...values: readonly string[]) => withValues(desired, values).waves[0];

  it('are set, each in its place, and the manifests stay as they are', () => {
    expect(waveWith('waves.w1.limits.activeReplications=20')?.limits).toEqual({ activeReplications: 20 });
    expect(waveWith('waves.w1.priority=-3')?.priority).toBe(-3);
    expect(waveWith('waves.w1.suspend=true', 'waves.w1.suspend=false')?.suspend).toBeUndefined();
    expect(waveWith('waves.w1.suspend=true')?.suspend).toBe(true);
    const limits = withValues(desired, ['targets.production.limits.bandwidthMbps=900']).targets[0]?.limits;
    expect(limits).toEqual({ ...target().limits, bandwidthMbps: 900 });
    expect(desired.waves[0]?.priority).toBeUndefined();
  });

  it('of a time are read in the zone of the wave, which keeps its duration', () => {
    const at = Date.parse('2026-12-06T06:00:00Z');
    expect(waveWith('waves.w1.cutover.at=2026-12-05T22:00:00')?.cutover).toEqual({
      ...{ at, until: at + HOUR, timeZone: 'America/Los_Angeles' },
    });
    // An earlier phase is meant: the time of the cut-over would override it.
    expect(waveWith('waves.w1.phase=replicate')).toMatchObject({ phase: 'replicate' });
    expect(waveWith('waves.w1.phase=replicate')?.cutover).toBeUndefined();
    expect(waveWith('waves.w1.phase=finalize')?.cutover?.at).toBe(NOW);
  });

  it.each([
    ['waves.w2.priority=1', 'names no wave of the project'],
    ['waves.w1.prioritty=1', 'has "prioritty", which cannot be set'],
    ['waves.w1.priority=high', 'has the value "high"'],
    ['waves.w1.priority=0x10', 'has the value "0x10"'],
    ['waves.w1.limits.activeReplications=0', 'has the value "0"'],
    ['waves.w1.phase=done', 'has "done", which cannot be set'],
    ['waves.w1.cutover.at=tomorrow', 'has no time of America/Los_Angeles'],
    ['targets.prod.limits.activeJobs=1', 'names no target of the project'],
    ['w1.priority=1', 'is no value to set'],
  ])('are refused where they cannot be: %s', (value, message) => {
    expect(() => withValues(desired, [value])).toThrow(message);
  });

  it('are refused where validate refuses them: a phase that the service does not have', () => {
    const phasesOn = () => ({ title: 'SMS', unsupportedPhases: { test: 'write replicate or cutover' } });
    const set = (phase: string) => withValues(desired, [`waves.w1.phase=${phase}`], phasesOn);
    expect(() => set('test')).toThrow('phase "test" is not supported on SMS');
    expect(set('cutover').waves[0]?.phase).toBe('cutover');
  });

  it('change the forecast: a higher cap lets waves replicate earlier', () => {
    const waves = ['w1', 'w2'].map((name) => waveOf(name, [{}, {}], { phase: 'replicate' }));
    const [before, after] = [[], ['targets.production.limits.activeReplications=4']].map((values) => {
      const input = inputOf(waves, { limit: 2 });
      return forecast({ ...input, desired: withValues(input.desired, values) });
    });
    const end = (found: typeof before) => found && phaseOf(found, 'w2', 'replicate').end.median;
    // The first slots get free once the 90 days are over.
    expect(end(before) ?? 0).toBeGreaterThan(NOW + 89 * DAY);
    expect(end(after) ?? Infinity).toBeLessThan(NOW + DAY);
  });
});
