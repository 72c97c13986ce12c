import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MaintenanceWindow } from '../../src/core/desired.ts';
import { toAddress } from '../../src/core/names.ts';
import type { PhaseForecast } from '../../src/core/results/forecast.ts';
import { job, NOW, server, vm } from '../plan/plan-input.ts';
import { DAY, forecastOf, HOUR, phaseOf, waveOf } from './project.ts';

const PLACE = { file: 'landfall.yaml', line: 10, column: 3 };

function windowOf(more: Partial<MaintenanceWindow>): MaintenanceWindow {
  return {
    name: 'weekends',
    kind: 'allow',
    schedule: '0 22 * * 6',
    duration: 6 * HOUR,
    timeZone: 'UTC',
    phases: ['cutover'],
    waves: ['w1', 'w2'],
    strict: false,
    place: PLACE,
    ...more,
  };
}

describe('the forecast of a project', () => {
  it('is the same for the same input', () => {
    const waves = [
      waveOf('w1', [{}, {}]),
      waveOf('w2', [{}], { dependsOn: [{ wave: 'w1', phase: 'cutover' }] }),
    ];
    expect(forecastOf(waves)).toEqual(forecastOf(waves));
  });

  it('has a bound that is never before the median, and phases in order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ size: fc.integer({ min: 1, max: 500 }), wave: fc.integer({ min: 0, max: 2 }) }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        fc.integer({ min: 1, max: 5 }),
        (vms, limit) => {
          const waves = [0, 1, 2].map((index) =>
            waveOf(
              `w${index}`,
              vms.filter((one) => one.wave === index).map(({ size }) => ({ sizeGiB: size })),
            ),
          );
          for (const one of forecastOf(waves, { limit }).vms) {
            let before = NOW;
            for (const { start, end } of one.phases) {
              expect(end.bound ?? Infinity).toBeGreaterThanOrEqual(end.median ?? Infinity);
              if (start.median === undefined || end.median === undefined) continue;
              expect(start.median).toBeGreaterThanOrEqual(before);
              expect(end.median).toBeGreaterThanOrEqual(start.median);
              before = start.median;
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('says what each figure is from', () => {
    const result = forecastOf([waveOf('w1', [{}]), { ...waveOf('w2', []), vms: [] }]);
    expect(phaseOf(result, 'w1', 'replicate').source).toBe('size');
    const seeded = job('w1-1', {
      server: server('w1-1'),
      owner: { project: 'ucop', wave: 'w1' },
      settings: { frequency: 12, licenseType: 'BYOL', seedReplicationTime: '2026-12-01T00:00:00Z' },
      runs: [
        {
          id: 'r1',
          state: 'completed',
          type: 'automatic',
          amiId: 'ami-1',
          scheduledAt: NOW - 18 * HOUR,
          completedAt: NOW - 8 * HOUR,
        },
      ],
    });
    const unknown = vm('w1-3', { wave: 'w1' });
    const known = waveOf('w1', [{}, {}]);
    const later = forecastOf([{ ...known, vms: [...known.vms, unknown] }], { jobs: [seeded] });
    const [first, second] = later.vms;
    expect(first?.phases[0]?.source).toBe('observed');
    expect(second?.phases[0]?.source).toBe('history');
    // As long as the run that the account shows, for the same size.
    expect((second?.phases[0]?.end.median ?? 0) - NOW).toBeGreaterThan(8 * HOUR);
    // The time of others says little of a VM whose size is not known.
    const third = later.vms[2]?.phases[0];
    expect(third?.source).toBe('history');
    const spread = ({ end }: PhaseForecast): number => (end.bound ?? 0) - (end.median ?? 0);
    if (second?.phases[0] === undefined || third === undefined) throw new Error('no phases');
    expect(spread(third) / spread(second.phases[0])).toBeGreaterThan(1.5);
  });

  it('shares the bandwidth of a target among its active replications', () => {
    const alone = forecastOf([waveOf('w1', [{ sizeGiB: 500 }])], { bandwidthMbps: 100 });
    const both = forecastOf([waveOf('w1', [{ sizeGiB: 500 }, { sizeGiB: 500 }])], { bandwidthMbps: 100 });
    const duration = (result: typeof alone): number =>
      (phaseOf(result, 'w1', 'replicate').end.median ?? 0) - NOW;
    // 500 GiB over 100 Mbit/s are about 12 hours.
    expect(duration(alone) / HOUR).toBeGreaterThan(10);
    expect(duration(alone) / HOUR).toBeLessThan(15);
    expect(duration(both) / duration(alone)).toBeGreaterThan(1.7);
  });

  it('waits for windows and dependencies, and shows the opening that is met', () => {
    const waves = [waveOf('w1', [{}]), waveOf('w2', [{}], { dependsOn: [{ wave: 'w1', phase: 'cutover' }] })];
    const result = forecastOf(waves, { windows: [windowOf({})] });
    const opening = Date.parse('2026-12-05T22:00:00Z');
    expect(phaseOf(result, 'w1', 'cutover').start.median).toBe(opening);
    expect(result.waves[0]?.window).toMatchObject({ name: 'weekends', opensAt: opening, met: 'yes' });
    const [first, second] = ['w1', 'w2'].map((name) => phaseOf(result, name, 'cutover'));
    expect(second?.start.median ?? 0).toBeGreaterThanOrEqual(first?.end.median ?? Infinity);
  });

  it('shows the first moment at which both the time of a wave and the windows allow its cut-over', () => {
    const opening = Date.parse('2026-12-05T22:00:00Z');
    const own = (at: number) => {
      const cutover = { at, until: opening + 4 * HOUR, timeZone: 'UTC' };
      return forecastOf([waveOf('w1', [{}], { cutover })], { windows: [windowOf({})] }).waves[0]?.window;
    };
    expect(own(opening - 5 * HOUR)).toMatchObject({ opensAt: opening, closesAt: opening + 4 * HOUR });
    expect(own(opening + HOUR)).toMatchObject({ opensAt: opening + HOUR });
  });

  it('never ends what a suspended wave holds, and says so', () => {
    const suspended = forecastOf([waveOf('w1', [{}], { suspend: true })]);
    expect(suspended.waves[0]?.blocked).toEqual({ vms: 1, reason: 'wave w1 is suspended' });
    const circle = forecastOf([
      waveOf('w1', [{}], { dependsOn: [{ wave: 'w2', phase: 'cutover' }] }),
      waveOf('w2', [{}], { suspend: true }),
    ]);
    expect(circle.waves[0]?.blocked?.reason).toBe('waits for wave w2 to reach cutover, which it never does');
  });

  it('shows when a cap is full, and the limit that would do', () => {
    // VMs that stay cut over keep their slots until their 90 days end.
    const cutover = { at: NOW + 5 * DAY, until: NOW + 6 * DAY, timeZone: 'UTC' };
    const full = forecastOf([waveOf('w1', [{}, {}, {}], { cutover })], { limit: 2 });
    expect(full.caps).toMatchObject([{ target: 'production', limit: 2, full: [{ from: NOW }] }]);
    const cap = full.concerns.find(({ id }) => id === 'cap.too-small');
    expect(cap?.message).toContain('; 3 would do');
  });

  it('forecasts a wave to the phase that its cut-over needs in git', () => {
    const at = NOW + 4 * DAY;
    const result = forecastOf([
      waveOf('w1', [{}], {
        phase: 'replicate',
        cutover: { at, timeZone: 'America/Los_Angeles', finalizeAfter: 7 * DAY },
      }),
    ]);
    expect(result.waves[0]).toMatchObject({ phase: 'replicate', assumedPhase: 'finalize' });
    expect(phaseOf(result, 'w1', 'cutover').start.median).toBe(at);
    expect(phaseOf(result, 'w1', 'finalize').end.median ?? 0).toBeGreaterThan(at + 7 * DAY);
    expect(result.concerns).toEqual([]);
  });

  it('raises what looks wrong: a wave that is late, 90 days that end, a copy that is old', () => {
    const ids = (more: Parameters<typeof waveOf>[2], vms: Parameters<typeof waveOf>[1] = [{}]) =>
      forecastOf([waveOf('w1', vms, more)]).concerns.map(({ id }) => id);
    const cutover = (at: number) => ({ cutover: { at, until: at + 6 * HOUR, timeZone: 'UTC' } });
    expect(ids(cutover(NOW + HOUR))).toEqual(['window.unreachable']);
    expect(ids(cutover(NOW + 100 * DAY))).toEqual(['job.expires-before-cutover']);
    expect(ids(cutover(NOW + 10 * DAY), [{ settings: { runOnce: true } }])).toEqual(['stale.recovery-point']);
    expect(ids(cutover(NOW + 10 * DAY))).toEqual([]);
  });

  it('says of a wave that is ready in time what keeps it from its cut-over', () => {
    const at = NOW + 4 * DAY;
    const cutover = { at, until: at + 6 * HOUR, timeZone: 'UTC' };
    const never = windowOf({ schedule: '0 0 30 2 *' });
    const { concerns } = forecastOf([waveOf('w1', [{}], { cutover })], { windows: [never] });
    expect(concerns).toMatchObject([{ id: 'window.unreachable' }]);
    expect(concerns[0]?.message).toMatch(/^wave w1 is ready for its cut-over at .*: no window opens for it/);
    expect(concerns[0]?.message).not.toContain('later');
  });

  it('cuts over the VMs of a wave in the order of after', () => {
    const [one, two] = [toAddress('w1/w1-1'), toAddress('w1/w1-2')];
    const result = forecastOf([waveOf('w1', [{ sizeGiB: 1, after: [two] }, { sizeGiB: 400 }])]);
    const phase = (address: string) =>
      result.vms.find((each) => each.address === address)?.phases.find((each) => each.phase === 'cutover');
    expect(phase(one)?.start.median ?? 0).toBeGreaterThanOrEqual(phase(two)?.end.median ?? Infinity);
  });

  it('starts staggered replications in batches', () => {
    const result = forecastOf([waveOf('w1', [{}, {}, {}, {}], { stagger: { every: 2 * HOUR, batch: 2 } })]);
    const starts = result.vms.map(({ phases }) => (phases[0]?.start.median ?? 0) - NOW);
    expect(starts).toEqual([0, 0, 2 * HOUR, 2 * HOUR]);
  });
});
