import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Phase, PHASES } from '../../src/core/desired.ts';
import { type Faults, findRunning, setFaults } from '../../src/local/index.ts';
import { type Kind, SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

// Random walks of a whole project on AWS MGN: waves that grow, shrink, go on and back, in bad weather, hour by hour.

const HOUR = 3_600_000;
const [, MGN] = SERVICES;
const VMS = ['p-payroll-web01', 'p-payroll-web02', 'p-ledger-web01', 'p-ledger-db01', 'awsscrum-lnx1'];
const WAVES = ['a', 'b'] as const;
const STORM: Faults = { throttling: 0.1, internalErrors: 0.03, lostReplies: 0.05, cutReplies: 0.03 };
const ALWAYS = [
  '--auto-approve',
  '--allow-empty',
  '--force=deletes,updates',
  ...['finalize', 'revert', 'change', 'cutover', 'disconnect'].flatMap((what) => [
    `--confirm-${what}=a`,
    `--confirm-${what}=b`,
  ]),
];

/** Exit codes of an apply that leaves changes blocked: it made none, or some. */
const BLOCKED: ReadonlySet<number> = new Set([3, 6]);

/** What git says for a while: each VM's wave and settings, each wave's phase, and how many hours pass under it. */
interface Stretch {
  readonly vms: readonly { readonly wave: (typeof WAVES)[number] | 'none'; readonly kind: Kind }[];
  readonly phases: readonly Phase[];
  readonly hours: number;
  readonly stormy: boolean;
  readonly failing: boolean;
}

const stretch: fc.Arbitrary<Stretch> = fc.record({
  vms: fc.array(
    fc.record({
      wave: fc.constantFrom('a' as const, 'a' as const, 'b' as const, 'none' as const),
      kind: fc.constantFrom<Kind[]>(12, 12, 24, 'other'),
    }),
    { minLength: VMS.length, maxLength: VMS.length },
  ),
  phases: fc.tuple(...WAVES.map(() => fc.constantFrom<Phase[]>(...PHASES.slice(0, 5), 'test', 'cutover'))),
  hours: fc.integer({ min: 1, max: 9 }),
  stormy: fc.boolean(),
  failing: fc.boolean(),
});

interface Outcome {
  readonly results: readonly { status: string; code?: string; message?: string; address: string }[];
  readonly summary: Record<string, number>;
}

describe('any walk on MGN', () => {
  let world: ScratchProject;
  afterEach(() => world.dispose());

  const folder = () => join(world.folder, '.landfall', 'local');

  function write({ vms, phases }: Stretch): void {
    WAVES.forEach((name, index) => {
      const members = VMS.flatMap((vm, at) => {
        const { wave, kind } = vms[at] ?? {};
        return wave === name ? [MGN.vm(vm, kind)] : [];
      });
      const spec = ['adopt: true', `phase: ${phases[index] ?? 'replicate'}`];
      // Each wave has its own applications.
      const text = MGN.wave(name, members, spec).replaceAll('app: another', `app: another-${name}`);
      world.write(`waves/${name}.yaml`, members.length > 0 ? text : text.replace('  vms:\n', '  vms: []\n'));
    });
  }

  async function apply(): Promise<Outcome & { code: number }> {
    const { code, stdout, stderr } = await world.run('apply', ...ALWAYS, '--format', 'json');
    expect(stderr).not.toContain('INTERNAL');
    expect(stdout).not.toContain('INTERNAL');
    const outcome = stdout === '' ? { results: [], summary: {} } : (JSON.parse(stdout) as Outcome);
    return { code, ...outcome };
  }

  async function walk(stretches: readonly Stretch[]): Promise<void> {
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    await world.serve({});
    await MGN.ready(world);
    for (const [index, one] of stretches.entries()) {
      write(one);
      const launchFailures = one.failing ? [{ server: '*web01' }] : [];
      for (let hour = 0; hour < one.hours; hour += 1) {
        await setFaults(folder(), { ...(one.stormy ? STORM : {}), launchFailures, seed: index * 100 + hour });
        const { code, results } = await apply();
        const notDone = results.filter(({ status }) => status !== 'done');
        // On a quiet day nothing fails: what the service would refuse is not asked of it.
        if (!one.stormy)
          expect({ code: BLOCKED.has(code) ? 0 : code, notDone }).toEqual({ code: 0, notDone: [] });
        world.now += HOUR;
      }
    }
    await setFaults(folder(), {});
    for (let round = 0; round < 30; round += 1) {
      await apply();
      world.now += HOUR;
    }
    const { stdout } = await world.run('plan', '--format', 'json', ...ALWAYS.slice(1));
    const { summary, changes, concerns } = JSON.parse(stdout) as {
      summary: Record<string, number>;
      concerns: { severity: string; address?: string }[];
      changes: { address: string; reason?: string; change: { actions: string[] }; blocked_by: string[] }[];
    };
    const left = changes.filter(
      ({ change, blocked_by: blocked }) => change.actions[0] !== 'no-op' && blocked.length === 0,
    );
    expect(left).toEqual([]);
    expect(summary).toMatchObject({ create: 0, update: 0, delete: 0, advance: 0, defer: 0 });
    const refused = new Set(
      concerns.filter(({ severity }) => severity === 'critical').map(({ address }) => address),
    );
    // What was let go of carries no mark of ours; what has been cut over by then cannot be taken back.
    const url = (await findRunning(folder()))?.url ?? '';
    const last = stretches.at(-1);
    for (const { name, owner } of await MGN.jobs(url)) {
      const wanted = last?.vms[VMS.indexOf(name)]?.wave;
      const ours = (wanted === 'a' || wanted === 'b') && !refused.has(`${wanted}/${name}`);
      if (ours || wanted === 'none') expect([name, owner !== undefined]).toEqual([name, ours]);
    }
  }

  it('comes to an end that nothing is left to do after, without a mistake on the way', async () => {
    const explore = process.env['EXPLORE'] === '1';
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { minLength: 2, maxLength: explore ? 5 : 3 }), async (stretches) => {
        try {
          await walk(stretches);
        } finally {
          await world.dispose();
        }
      }),
      explore
        ? { numRuns: 30, endOnFailure: true, interruptAfterTimeLimit: 500_000 }
        : { numRuns: 2, seed: 20_261_123, endOnFailure: true },
    );
  }, 600_000);
});
