import { describe, expect, it } from '@jest/globals';
import type { DesiredWave } from '../../../src/core/desired.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import { planProject } from '../../../src/plan/index.ts';
import { gatesOf } from '../../../src/plan/schedule/gates.ts';
import { openWindows } from '../../../src/schedule/windows.ts';
import { displayInZone } from '../../../src/schedule/zones.ts';
import { mgnTraits } from '../../../src/providers/mgn/traits.ts';
import { job, NOW, planInput, RULES, server, traitsOf, vm, wave } from '../plan-input.ts';

const MINUTE = 60_000;

interface World {
  readonly waves: readonly DesiredWave[];
  /** Names of VMs by wave. */
  readonly vms: Readonly<Record<string, readonly string[]>>;
  readonly jobs?: readonly ObservedJob[];
  readonly limit?: number;
  readonly isMgn?: boolean;
}

function plan({ waves, vms, jobs = [], limit = 50, isMgn = false }: World) {
  const all = Object.entries(vms).flatMap(([of, names]) => names.map((name) => vm(name, { wave: of })));
  return planProject(
    planInput({
      ...{ waves, vms: all, jobs, limit },
      servers: all.map(({ reference }) => server(reference.name ?? '')),
      input: {
        traits: new Map([['production', isMgn ? mgnTraits : traitsOf(RULES)]]),
        makeGates: (input) => gatesOf(input, { openWindows, display: displayInZone }),
      },
    }),
  );
}

/** The addresses of the VMs that start now. */
function starting(world: World): readonly string[] {
  return plan(world).changes.flatMap(({ action, address }) => (action === 'create' ? [address] : []));
}

describe('slots of a cap', () => {
  const vms = { a: ['a1', 'a2', 'a3'], b: ['b1', 'b2'], c: ['c1', 'c2', 'c3'] };

  it('go to one VM of each wave that has none, then by priority', () => {
    const waves = [wave('a'), wave('b'), { ...wave('c'), priority: 5 }];
    expect(starting({ waves, vms, limit: 2 })).toEqual(['b/b1', 'c/c1']);
    expect(starting({ waves, vms, limit: 5 })).toEqual(['a/a1', 'b/b1', 'c/c1', 'c/c2', 'c/c3']);
  });

  it('go to the wave with the fewest VMs left, then by name, where priorities are the same', () => {
    const waves = [wave('a'), wave('b'), wave('c')];
    expect(starting({ waves, vms, limit: 4 })).toEqual(['a/a1', 'b/b1', 'b/b2', 'c/c1']);
    expect(starting({ waves, vms, limit: 5 })).toEqual(['a/a1', 'a/a2', 'b/b1', 'b/b2', 'c/c1']);
  });

  it('a wave that replicates does not keep one of a lower priority from its first slot', () => {
    const waves = [{ ...wave('a'), priority: 9 }, wave('b')];
    const jobs = [job('a1', { owner: { project: 'ucop', wave: 'a' } })];
    expect(starting({ waves, vms: { a: vms.a, b: vms.b }, jobs, limit: 2 })).toEqual(['b/b1']);
  });
});

describe('a wave that is staggered', () => {
  const every = 15 * MINUTE;
  const waves = [{ ...wave('w'), stagger: { every, batch: 2 } }];
  const vms = { w: ['v1', 'v2', 'v3', 'v4', 'v5'] };

  it('creates all jobs where they can start later, and spreads their starts', () => {
    const { changes } = plan({ waves, vms });
    const starts = changes.map(({ seed }) => (seed === undefined ? 0 : (seed.at - NOW) / MINUTE));
    expect(starts).toEqual([0, 0, 15, 15, 30]);
    expect(changes[2]?.effects).toEqual(['starts 2026-12-01 18:15 UTC: wave w starts 2 in 15 min']);
    expect(changes[2]?.fields.map(({ field }) => field)).not.toContain('seedReplicationTime');
  });

  it('counts the starts that the account shows', () => {
    const jobs = [job('v1', { owner: { project: 'ucop', wave: 'w' }, startsAt: NOW - 5 * MINUTE })];
    const { changes } = plan({ waves, vms, jobs });
    const seeds = changes.slice(1).map(({ seed }) => (seed === undefined ? 0 : (seed.at - NOW) / MINUTE));
    expect(seeds).toEqual([0, 10, 15, 25]);
  });

  it('starts a batch where a start cannot be set, and defers the others until their turn', () => {
    const { changes, capacity } = plan({ waves, vms, isMgn: true });
    expect(changes.map(({ action, opensAt }) => [action, opensAt])).toEqual([
      ...[0, 1].map(() => ['create', undefined]),
      ...[2, 3, 4].map(() => ['defer', NOW + every]),
    ]);
    expect(changes[2]?.reason).toBe('starts 2026-12-01 18:15 UTC, in 15 min 0 s: wave w starts 2 in 15 min');
    expect(capacity[0]?.starting).toBe(2);
  });
});
