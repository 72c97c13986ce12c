import { describe, expect, it } from '@jest/globals';
import type { DesiredWave, MaintenanceWindow } from '../../../src/core/desired.ts';
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
  readonly windows?: readonly MaintenanceWindow[];
  /** The own start of each VM. */
  readonly seeds?: readonly string[];
}

function plan({ waves, vms, jobs = [], limit = 50, isMgn = false, windows = [], seeds = [] }: World) {
  const all = Object.entries(vms)
    .flatMap(([of, names]) => names.map((name) => [of, name] as const))
    .map(([of, name], index) => {
      const seed = seeds[index];
      const settings = seed === undefined ? {} : { settings: { frequency: 12, seedReplicationTime: seed } };
      return vm(name, { wave: of, ...settings });
    });
  const input = planInput({
    ...{ waves, vms: all, jobs, limit },
    servers: all.map(({ reference }) => server(reference.name ?? '')),
    input: {
      traits: new Map([['production', isMgn ? mgnTraits : traitsOf(RULES)]]),
      makeGates: (made) => gatesOf(made, { openWindows, display: displayInZone }),
    },
  });
  return planProject({ ...input, desired: { ...input.desired, windows } });
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
    expect(changes[2]?.effects).toEqual(['starts 15 min after it is applied: wave w starts 2 in 15 min']);
    expect(changes[2]?.fields.map(({ field }) => field)).not.toContain('seedReplicationTime');
  });

  it('counts the starts that the account shows', () => {
    const jobs = [job('v1', { owner: { project: 'ucop', wave: 'w' }, startsAt: NOW - 5 * MINUTE })];
    const { changes } = plan({ waves, vms, jobs });
    const seeds = changes.slice(1).map(({ seed }) => (seed === undefined ? 0 : (seed.at - NOW) / MINUTE));
    expect(seeds).toEqual([0, 10, 15, 25]);
    const effects = changes.slice(2).map((change) => change.effects[0]?.replace(/: .*$/, ''));
    expect(effects).toEqual([
      'starts 2026-12-01 18:10 UTC',
      'starts 15 min after it is applied',
      'starts 2026-12-01 18:25 UTC',
    ]);
  });

  describe('in a window', () => {
    /** Opens at 18:00, which is NOW. */
    const nights: MaintenanceWindow = {
      ...{ name: 'nights', kind: 'allow', schedule: '0 18 * * *', duration: 20 * MINUTE, timeZone: 'UTC' },
      ...{ phases: ['replicate'], waves: ['w', 'x'], strict: false },
      place: { file: 'landfall.yaml', line: 1, column: 1 },
    };
    const tomorrow = NOW + 24 * 60 * MINUTE;

    it('starts none after it has shut, and leaves the slots to others', () => {
      const all = { ...vms, x: ['x1', 'x2'] };
      const { changes, capacity } = plan({
        ...{ waves: [{ ...wave('w'), priority: 9, stagger: { every, batch: 2 } }, wave('x')], vms: all },
        ...{ windows: [nights], limit: 6 },
      });
      expect(changes.map(({ action, opensAt }) => [action, opensAt])).toEqual([
        ...[0, 1, 2, 3].map(() => ['create', undefined]),
        ['defer', tomorrow],
        ...[0, 1].map(() => ['create', undefined]),
      ]);
      expect(changes[4]?.reason).toBe(
        'wave w starts 2 in 15 min; when its turn comes, window nights opens 2026-12-02 18:00 UTC',
      );
      expect(capacity[0]).toMatchObject({ starting: 6, deferred: 0 });
    });

    it('asks of a job with a start of its own whether it is open then', () => {
      const seeds = ['2026-12-01T18:10:00Z', '2026-12-01T19:00:00Z', '2026-12-02T18:10:00Z'];
      const { changes } = plan({
        waves: [wave('w')],
        vms: { w: ['v1', 'v2', 'v3'] },
        windows: [nights],
        seeds,
      });
      expect(changes.map(({ action, opensAt }) => [action, opensAt])).toEqual([
        ['create', undefined],
        ['defer', tomorrow],
        ['create', undefined],
      ]);
    });
  });

  it('starts a batch where a start cannot be set, and defers the others until their turn', () => {
    const { changes, capacity } = plan({ waves, vms, isMgn: true });
    expect(changes.map(({ action, opensAt }) => [action, opensAt])).toEqual([
      ...[0, 1].map(() => ['create', undefined]),
      ...[2, 3, 4].map(() => ['defer', NOW + every]),
    ]);
    expect(changes[2]?.reason).toBe('wave w starts 2 in 15 min: its turn comes later');
    expect(capacity[0]?.starting).toBe(2);
  });
});
