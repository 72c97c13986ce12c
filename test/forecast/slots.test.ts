import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DesiredVm, Phase } from '../../src/core/desired.ts';
import { planProject } from '../../src/plan/index.ts';
import { gatesOf } from '../../src/plan/schedule/gates.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { openWindows } from '../../src/schedule/windows.ts';
import { displayInZone } from '../../src/schedule/zones.ts';
import { job, NOW, planInput, server, vm } from '../plan/plan-input.ts';
import { tries } from '../setup/tries.ts';
import { forecastOf, waveOf } from './project.ts';

interface RandomWave {
  readonly size: number;
  readonly priority: number;
  readonly depends: readonly (readonly [number, Phase])[];
  readonly limit: number | undefined;
  readonly active: number;
  readonly isChained: boolean;
}

const projects = fc.record({
  waves: fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      priority: fc.integer({ min: 0, max: 2 }),
      depends: fc.array(fc.tuple(fc.nat(3), fc.constantFrom<Phase>('replicate', 'test', 'cutover')), {
        maxLength: 2,
      }),
      limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 1 }),
      active: fc.nat(2),
      isChained: fc.boolean(),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  room: fc.nat(3),
});

/** Waves with their VMs, some of which replicate already. */
function build(waves: readonly RandomWave[]) {
  return waves.map(({ size, priority, depends, limit, isChained }, index) => {
    const name = `w${index}`;
    const vms = Array.from({ length: size }, (_, number): Partial<DesiredVm> => {
      const after = vm(`${name}-${number + 2}`, { wave: name }).address;
      return { settings: {}, ...(isChained && number + 1 < size && { after: [after] }) };
    });
    return waveOf(name, vms, {
      ...{ phase: 'cutover', priority },
      dependsOn: depends
        .filter(([other]) => other < index)
        .map(([other, phase]) => ({ wave: `w${other}`, phase })),
      ...(limit !== undefined && { limits: { activeReplications: limit } }),
    });
  });
}

it('the forecast gives its first slots to the VMs that a plan starts', () => {
  const seen = { creates: 0, reserved: 0 };
  fc.assert(
    fc.property(projects, ({ waves: random, room }) => {
      // A wave that is larger than the cap is completed in parts: then no slot is kept for it.
      const limit = Math.max(...random.map(({ size }) => size)) + room;
      const waves = build(random);
      const vms = waves.flatMap((one) => one.vms);
      const jobs = waves.flatMap((one, index) =>
        one.vms.slice(0, random[index]?.active).map(({ reference: { name = '' }, wave }) =>
          job(name, {
            ...{ owner: { project: 'ucop', wave }, settings: {}, lag: 0, startsAt: NOW },
            facts: { lifecycle: 'NOT_READY' },
          }),
        ),
      );
      const traits = new Map([['production', mgnTraits]]);
      const plan = planProject(
        planInput({
          ...{ vms, waves: waves.map(({ wave }) => wave), jobs, limit },
          servers: vms.map(({ reference }) => server(reference.name ?? '')),
          input: {
            traits,
            makeGates: (input) => gatesOf(input, { openWindows, display: displayInZone }),
          },
        }),
      );
      const found = forecastOf(waves, { jobs, limit, input: { traits } });
      const planned = plan.changes.flatMap(({ action, address }) => (action === 'create' ? [address] : []));
      seen.creates += planned.length;
      seen.reserved += plan.changes.filter(({ reason }) => reason?.startsWith('its slot is for')).length;
      const active = new Set(jobs.map(({ server: { name = '' } }) => name));
      const started = found.vms
        .filter(({ address, phases }) => {
          const isActive = active.has(address.split('/')[1] ?? '');
          return !isActive && phases[0]?.start.median === NOW;
        })
        .map(({ address }) => address);
      expect(started.toSorted()).toEqual(planned.toSorted());
    }),
    tries(150),
  );
  // Both kinds are among the cases.
  expect(seen.creates).toBeGreaterThan(100);
  expect(seen.reserved).toBeGreaterThan(10);
});
