import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { loadInventory } from '../../src/local/index.ts';
import { ScratchProject } from '../cli/scratch-project.ts';

const MINUTE = 60_000;
/** Between two applies; the forecast assumes ten minutes. */
const TICK = 20 * MINUTE;
const PROJECTS = 20;
/** Each project has come to its end long before. */
const MOST_TICKS = 40;

const SERVICES = {
  sms: {
    settings: '{ frequency: 12 }',
    target: '{ provider: sms, region: us-west-2, endpoint: local, limits: { activeReplications: LIMIT } }',
    phases: ['replicate', 'cutover', 'cutover'],
  },
  mgn: {
    settings: '{}',
    target:
      '{ provider: mgn, region: us-west-2, endpoint: local, limits: { activeReplications: LIMIT }, mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } } }',
    phases: ['replicate', 'test', 'cutover'],
  },
} as const;

/** How far a stage is, for each phase that the projects use. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  replicate: ['replicating', 'testing', 'ready-for-cutover', 'cutting-over', 'cut-over'],
  test: ['testing', 'ready-for-cutover', 'cutting-over', 'cut-over'],
  cutover: ['cut-over'],
};

/** Numbers that look random, the same in each run of the test. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface RandomWave {
  readonly name: string;
  readonly phase: string;
}

/** Writes a project of two or three waves, whose VMs the endpoint has, with gates between them. */
async function writeProject(world: ScratchProject, seed: number): Promise<readonly RandomWave[]> {
  const random = numbers((seed + 1) * 2_654_435_761);
  const service = seed % 4 === 3 ? 'mgn' : 'sms';
  const { settings, target, phases } = SERVICES[service];
  const rows: string[] = [];
  const waves = Array.from({ length: 2 + random(2) }, (_, index) => {
    const name = `w${index + 1}`;
    const phase = phases[random(3)] ?? 'cutover';
    const vms = Array.from({ length: 1 + random(3) }, (__, number) => {
      const vm = `${name}-vm${number + 1}`;
      const size = 2 + random(10);
      rows.push(`${vm},vm-${rows.length + 1},A,vc,${size * 1024},Red Hat Enterprise Linux 7 (64-bit)`);
      // Of some VMs the manifest does not know the size.
      return `{ name: ${vm}, os: rhel-7.3${random(4) === 0 ? '' : `, sizeGiB: ${size}`} }`;
    });
    const waits =
      index > 0 && random(2) === 0 ? `  dependsOn: [{ wave: w${index}, phase: replicate }]\n` : '';
    const text = `apiVersion: landfall/v1
kind: Wave
metadata: { name: ${name} }
spec:
  phase: ${phase}
  priority: ${random(3)}
${waits}  defaults: ${settings}
  vms: [${vms.join(', ')}]
`;
    world.write(`waves/${name}.yaml`, text);
    return { name, phase };
  });
  const window = `windows:
  - { name: half-days, schedule: '0 4 * * *', duration: 12h, timeZone: UTC, phases: [cutover] }
`;
  world.write(
    'landfall.yaml',
    `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets:
  local: ${target.replace('LIMIT', String(rows.length))}
${random(2) === 0 ? window : ''}`,
  );
  const header = 'VM,VM ID,VI SDK UUID,VI SDK Server,In Use MiB,OS according to the configuration file';
  const clock = { now: () => world.now, setTimer: () => () => undefined };
  await loadInventory(join(world.folder, '.landfall', 'local'), `${[header, ...rows].join('\n')}\n`, clock);
  if (service === 'mgn') await world.run('mgn', 'init', 'local', '--auto-approve');
  else await world.run('catalog', 'import', '--wait');
  return waves;
}

async function json<T>(world: ScratchProject, ...argv: readonly string[]): Promise<T> {
  const { stdout, stderr } = await world.run(...argv, '--format', 'json', '--quiet');
  if (stdout === '') throw new Error(`${argv.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

interface Forecast {
  readonly timestamp: string;
  readonly waves: readonly {
    readonly wave: string;
    readonly phases: readonly { readonly phase: string; readonly end: { readonly bound: string | null } }[];
  }[];
}
interface Status {
  readonly vms: readonly {
    readonly wave: string;
    readonly stage: string;
    readonly next: { readonly text: string };
  }[];
}

/** Runs a project to its end. Returns for each wave, from its start, the bound of its forecast, and when it had got there. */
async function runToTheEnd(
  seed: number,
): Promise<readonly { readonly wave: string; readonly bound: number; readonly end: number }[]> {
  const world = new ScratchProject();
  try {
    const waves = await writeProject(world, seed);
    await world.serve({});
    const forecast = await json<Forecast>(world, 'forecast');
    // The endpoint has a clock of its own.
    const [start, started] = [Date.parse(forecast.timestamp), world.now];
    const ends = new Map<string, number>();
    for (let tick = 0; tick < MOST_TICKS && ends.size < waves.length; tick += 1) {
      const { vms } = await json<Status>(world, 'status');
      for (const { name, phase } of waves) {
        const isThere = vms
          .filter(({ wave }) => wave === name)
          .every((vm) => REACHED[phase]?.includes(vm.stage));
        if (isThere && !ends.has(name)) ends.set(name, world.now);
      }
      const confirmed = waves.map(({ name }) => `--confirm-revert=${name}`);
      // The end of a test asks for a confirmation.
      if (vms.some(({ next }) => next.text.startsWith('apply')))
        await world.run('apply', '--auto-approve', '--quiet', ...confirmed);
      world.now += TICK;
    }
    return waves.map(({ name, phase }) => {
      const found = forecast.waves
        .find(({ wave }) => wave === name)
        ?.phases.find((one) => one.phase === phase);
      return {
        wave: `${seed} ${name} ${phase}`,
        bound: Date.parse(found?.end.bound ?? '') - start,
        // It got there at some time since the look before.
        end: (ends.get(name) ?? Infinity) - TICK - started,
      };
    });
  } finally {
    await world.dispose();
  }
}

it('nine of ten waves end within the bound of their forecast on the built-in endpoint', async () => {
  const all = [];
  for (let seed = 0; seed < PROJECTS; seed += 1) all.push(...(await runToTheEnd(seed)));
  const late = all.filter(({ bound, end }) => !(end <= bound));
  expect(late.length / all.length).toBeLessThanOrEqual(0.1);
  // A bound that everything meets by days would say nothing.
  const spare = all.map(({ bound, end }) => bound - end).toSorted((a, b) => a - b);
  expect(spare[Math.floor(spare.length / 2)]).toBeLessThan(12 * 60 * MINUTE);
}, 120_000);
