import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SimVm } from '../../src/forecast/position.ts';
import { simulateAll } from '../../src/forecast/runs.ts';
import { forecastSeries } from '../../src/forecast/series.ts';
import { job, NOW } from '../plan/plan-input.ts';
import { tries } from '../setup/tries.ts';
import { inputOf, waveOf } from './project.ts';

const projects = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  active: fc.nat(3),
  others: fc.nat(2),
  limit: fc.integer({ min: 3, max: 8 }),
  goal: fc.constantFrom('replicate' as const, 'cutover' as const),
});

function withoutSizeOf({ sizeGiB, ...vm }: SimVm): SimVm {
  expect(sizeGiB).toBeGreaterThan(0);
  return vm;
}

describe('a forecast over time', () => {
  it('counts what is active under the cap, and what is left until nothing more happens', () => {
    fc.assert(
      fc.property(projects, ({ sizes, active, others, limit, goal }) => {
        const waves = sizes.map((size, index) =>
          waveOf(`w${index}`, Array(size).fill({ settings: {} }), { phase: index === 0 ? goal : 'cutover' }),
        );
        const names = waves.flatMap(({ vms }) =>
          vms.map(({ reference, wave }) => ({ name: reference.name ?? '', wave })),
        );
        const mine = names
          .slice(0, Math.min(active, limit - others))
          .map(({ name, wave }) =>
            job(name, { owner: { project: 'ucop', wave }, settings: {}, startsAt: NOW }),
          );
        const theirs = Array.from({ length: others }, (_, index) =>
          job(`other-${index}`, { owner: { project: 'theirs', wave: 'x' } }),
        );
        const simulations = simulateAll(inputOf(waves, { jobs: [...mine, ...theirs], limit }));
        const { times, capacity, left, withoutCutover } = forecastSeries(simulations);
        const { model, nominal } = simulations;

        expect(times[0]).toBe(NOW);
        expect(times.length).toBeLessThanOrEqual(52);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const [first] = capacity;
        const { peaks, ...of } = first ?? { peaks: [] };
        expect(of).toEqual({ target: 'production', limit, others });
        // Nothing is above the cap, and a cap that was ever full with all waiting is met.
        expect(Math.max(...peaks)).toBeLessThanOrEqual(limit);
        for (const [index, peak] of peaks.entries()) {
          const at = times[index] ?? 0;
          const there = [...model.vms.keys()].filter((vm) => {
            const start = model.vms[vm]?.isActive === true ? NOW : (nominal.start[vm * 6] ?? Infinity);
            return start <= at && at < (nominal.freed[vm] ?? Infinity);
          });
          expect(peak).toBeGreaterThanOrEqual(there.length + others);
        }
        for (const { vms, gib } of left) {
          expect(vms.median[0]).toBe(names.length);
          expect(gib.median[0]).toBe(names.length * 100);
          for (const series of [vms.median, vms.bound, gib.median, gib.bound])
            expect(series).toEqual(series.toSorted((a, b) => b - a));
          expect(vms.bound.every((value, index) => value >= (vms.median[index] ?? 0))).toBe(true);
          expect(gib.median).toEqual(vms.median.map((value) => value * 100));
        }
        const stays = goal === 'cutover' ? 0 : (sizes[0] ?? 0);
        expect(withoutCutover).toBe(stays);
        expect(left.find(({ phase }) => phase === 'replicate')?.vms.median.at(-1)).toBe(0);
        expect(left.find(({ phase }) => phase === 'cutover')?.vms.median.at(-1)).toBe(stays);
      }),
      tries(40),
    );
  });

  it('counts only the waves that are asked for, and sizes that are known', () => {
    const waves = [waveOf('a', [{}, { sizeGiB: 50 }]), waveOf('b', [{}])];
    const simulations = simulateAll(inputOf(waves, {}));
    const { left } = forecastSeries(simulations, (wave) => wave === 'a');
    expect(left.map(({ vms, gib }) => [vms.median[0], gib.median[0]])).toEqual([
      [2, 150],
      [2, 150],
    ]);
    const unsized = { ...simulations.model, vms: simulations.model.vms.map((vm) => withoutSizeOf(vm)) };
    expect(forecastSeries({ ...simulations, model: unsized }).withoutSize).toBe(3);
  });
});
