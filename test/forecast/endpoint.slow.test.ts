import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { loadInventory } from '../../src/local/index.ts';
import { ScratchProject } from '../cli/scratch-project.ts';

const MINUTE = 60_000;
/** Between two applies; the forecast assumes ten minutes. */
const TICK = 20 * MINUTE;
const PROJECTS = 20;
/** Each project has come to its end long before. */
const MOST_TICKS = 120;
const DAY = 24 * 60 * MINUTE;
/** What the manifests say of sizes, as a share of the size that is copied: provisioned sizes, or figures of long ago. */
const SIZE_SHARES = [0.2, 0.4, 2.5, 4];

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

interface RandomProject {
  /** Migrated first: the account has no other history. */
  readonly pilot: RandomWave;
  readonly waves: readonly RandomWave[];
  /** Puts the waves besides the pilot in git, or takes them out again. */
  readonly setWaves: (isThere: boolean) => void;
}

/** Writes a project of a pilot and two or three waves, whose VMs the endpoint has, with gates between the waves. */
async function writeProject(world: ScratchProject, seed: number): Promise<RandomProject> {
  const random = numbers((seed + 1) * 2_654_435_761);
  const service = seed % 4 === 3 ? 'mgn' : 'sms';
  const { settings, target, phases } = SERVICES[service];
  const share = SIZE_SHARES[random(SIZE_SHARES.length)] ?? 1;
  const rows: string[] = [];
  const texts = new Map<string, string>();
  const waveOf = (name: string, phase: string, size: number, more: string): RandomWave => {
    const vms = Array.from({ length: size }, (_, number) => {
      const vm = `${name}-vm${number + 1}`;
      const gib = 10 + random(50);
      rows.push(`${vm},vm-${rows.length + 1},A,vc,${gib * 1024},Red Hat Enterprise Linux 7 (64-bit)`);
      // Of some VMs the manifest does not know the size.
      return `{ name: ${vm}, os: rhel-7.3${random(4) === 0 ? '' : `, sizeGiB: ${gib * share}`} }`;
    });
    texts.set(
      name,
      `apiVersion: landfall/v1
kind: Wave
metadata: { name: ${name} }
spec:
  phase: ${phase}
${more}  defaults: ${settings}
  vms: [${vms.join(', ')}]
`,
    );
    return { name, phase };
  };
  const pilot = waveOf('pilot', 'cutover', 3, '');
  const waves = Array.from({ length: 2 + random(2) }, (_, index) => {
    const waits =
      index > 0 && random(2) === 0 ? `  dependsOn: [{ wave: w${index}, phase: replicate }]\n` : '';
    const more = `  priority: ${random(3)}\n${waits}`;
    return waveOf(`w${index + 1}`, phases[random(3)] ?? 'cutover', 1 + random(3), more);
  });
  world.write('waves/pilot.yaml', texts.get('pilot') ?? '');
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
  return {
    ...{ pilot, waves },
    setWaves: (isThere) => {
      for (const { name } of waves)
        if (isThere) world.write(`waves/${name}.yaml`, texts.get(name) ?? '');
        else world.remove(`waves/${name}.yaml`);
    },
  };
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

/** Applies until waves have got to their phases. Returns when each of them had. */
async function runToTheEnd(
  world: ScratchProject,
  waves: readonly RandomWave[],
  tick: number,
): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, number>();
  for (let ticks = 0; ticks < MOST_TICKS && ends.size < waves.length; ticks += 1) {
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
    world.now += tick;
  }
  return ends;
}

/** How long a wave takes from a start, and how long it takes at most by the forecasts, in milliseconds. */
interface Compared {
  readonly end: number;
  readonly bound: number;
  /** Before the account had any history. */
  readonly boundBefore: number;
}

/** Migrates the pilot of a project, and then its waves. */
async function compare(seed: number): Promise<readonly Compared[]> {
  const world = new ScratchProject();
  try {
    const { pilot, waves, setWaves } = await writeProject(world, seed);
    await world.serve({});
    const boundOf = ({ timestamp, waves: all }: Forecast, { name, phase }: RandomWave): number => {
      const found = all.find(({ wave }) => wave === name)?.phases.find((one) => one.phase === phase);
      // The endpoint has a clock of its own.
      return Date.parse(found?.end.bound ?? '') - Date.parse(timestamp);
    };
    const start = world.now;
    setWaves(true);
    const before = await json<Forecast>(world, 'forecast');
    setWaves(false);
    await runToTheEnd(world, [pilot], 60 * MINUTE);
    // Windows are as far away as at the start.
    world.now = start + Math.ceil((world.now - start) / DAY) * DAY;
    setWaves(true);
    const after = await json<Forecast>(world, 'forecast');
    const started = world.now;
    const ends = await runToTheEnd(world, waves, TICK);
    return waves.map((wave) => ({
      // It got there at some time since the look before.
      end: (ends.get(wave.name) ?? Infinity) - TICK - started,
      bound: boundOf(after, wave),
      boundBefore: boundOf(before, wave),
    }));
  } finally {
    await world.dispose();
  }
}

it('nine of ten waves end within the bound of their forecast, by the history of a pilot and not by sizes in git', async () => {
  const all: Compared[] = [];
  for (let seed = 0; seed < PROJECTS; seed += 1) all.push(...(await compare(seed)));
  const late = all.filter(({ end, bound }) => !(end <= bound));
  expect(late.length / all.length).toBeLessThanOrEqual(0.1);
  // A bound that everything meets by days would say nothing: without the history, most are hours off.
  const distance = (boundOf: (one: Compared) => number): number =>
    all.map((one) => Math.abs(boundOf(one) - one.end)).toSorted((a, b) => a - b)[
      Math.floor(all.length / 2)
    ] ?? 0;
  expect(distance(({ bound }) => bound)).toBeLessThan(3 * 60 * MINUTE);
  expect(distance(({ boundBefore }) => boundBefore)).toBeGreaterThan(6 * 60 * MINUTE);
}, 120_000);
