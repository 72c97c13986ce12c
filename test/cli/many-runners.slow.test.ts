import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { useProgram } from './processes.ts';
import { ScratchProject, wave } from './scratch-project.ts';

const REGIONS = { west: 'us-west-2', east: 'us-east-1', north: 'us-west-1', south: 'eu-west-1' };
const TARGETS = Object.keys(REGIONS);
const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets:
${Object.entries(REGIONS)
  .map(([name, region]) => `  ${name}: { provider: sms, region: ${region}, endpoint: local }\n`)
  .join('')}`;
const DAY = 24 * 3_600_000;
const vms = (...names: string[]): string[] => names.map((name) => `{ name: ${name} }`);

async function openWorld(): Promise<ScratchProject> {
  const world = new ScratchProject({
    'landfall.yaml': PROJECT,
    'waves/west.yaml': wave('first', vms('awsscrum-lnx1', 'p-payroll-web01'), ['target: west']),
    'waves/east.yaml': wave('second', vms('awsscrum-lnx2'), ['target: east', 'dependsOn: [first]']),
    'waves/north.yaml': wave('third', vms('typo-1', 'p-payroll-web02'), ['target: north']),
    'waves/south.yaml': wave('fourth', vms('p-ledger-web01'), ['target: south']),
    'plans/.keep': '',
  });
  // Its clock is that of the test: all processes plan at the same time.
  await world.serve({});
  return world;
}

describe('a process for each target, all at the same time', () => {
  const start = useProgram();
  let world: ScratchProject;
  beforeAll(async () => {
    world = await openWorld();
    opened.push(world);
    await plan(TARGETS);
  });
  const opened: ScratchProject[] = [];
  afterAll(async () => {
    for (const each of opened) await each.dispose();
  });
  beforeEach(() => {
    for (const [name, text] of Object.entries(saved)) world.write(name, text);
  });

  const saved: Record<string, string> = {};
  const run = (...argv: readonly string[]) => start(world.folder, argv).ended;
  async function plan(targets: readonly string[]): Promise<void> {
    await Promise.all(targets.map((name) => run('plan', '--target', name, '--out', `plans/${name}.plan`)));
    for (const name of targets) saved[`plans/${name}.plan`] = world.read(`plans/${name}.plan`);
  }

  it('makes the same plan as one process', async () => {
    for (const format of ['json', 'text']) {
      const [merged, whole] = await Promise.all([
        run('merge', 'plans', '--format', format),
        run('plan', '--format', format),
      ]);
      expect([merged.stdout, merged.stderr, merged.code]).toEqual([whole.stdout, '', whole.code]);
      expect(merged.stdout).toContain('waits for first: 2 of 2 not replicating');
    }
  });

  it('names the target of a process that was killed, and a file that was cut off', async () => {
    world.remove('plans/south.plan');
    const killed = start(world.folder, ['plan', '--target', 'south', '--out', 'plans/south.plan']);
    killed.process.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    world.write('plans/west.plan', (saved['plans/west.plan'] ?? '').slice(0, -500));
    const merged = await run('merge', 'plans', '--format', 'json');
    expect(merged.code).toBe(1);
    expect(merged.stderr).toContain('plan file plans/west.plan is incomplete or not JSON');
    const { errors, targets } = JSON.parse(merged.stdout) as { errors: object; targets: object };
    expect(targets).toMatchObject([{ name: 'east' }, { name: 'north' }]);
    expect(errors).toMatchObject([
      { target: 'south', code: 'PLAN_MISSING' },
      { target: 'west', code: 'PLAN_MISSING' },
    ]);
  });

  it('goes on with the second stage only once the first one has been carried out, whatever happens to its process', async () => {
    const own = await openWorld();
    opened.push(own);
    const runIn = (...argv: readonly string[]) => start(own.folder, argv).ended;
    const { targets } = JSON.parse((await runIn('targets', '--format', 'json')).stdout) as {
      targets: readonly { name: string; stage: number }[];
    };
    expect(targets.map(({ name, stage }) => [name, stage])).toEqual([
      ['north', 1],
      ['south', 1],
      ['west', 1],
      ['east', 2],
    ]);

    const killed = start(own.folder, ['apply', '--target', 'west', '--auto-approve', '--verbose']);
    await killed.says('observed west');
    killed.process.kill('SIGKILL');
    await killed.ended;
    const second = ['--target', 'east', '--auto-approve'];
    const held = await runIn('apply', ...second);
    expect([held.code, held.stderr, held.stdout]).toEqual([
      0,
      '',
      expect.stringContaining('waits for first: 2 of 2 not replicating'),
    ]);

    expect((await runIn('apply', '--target', 'west', '--auto-approve')).code).toBe(0);
    own.now += DAY;
    const done = await runIn('apply', ...second);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('1 created')]);
  });
});
