// Runs projects to their end on the built-in endpoint, and looks at the calls that reach it.
import { describe, expect, it } from '@jest/globals';
import type { Faults } from '../../src/local/index.ts';
import { CREDENTIALS } from './relayed.ts';
import { Relay } from './relay.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
/** Each project has come to its end long before. */
const MOST_TICKS = 60;
/** The hours of UTC in which cut-overs may begin. */
const WINDOW = { from: 4, until: 16 };
const WAVES = [1, 2, 3];

/** Calls that are not sent, fail, or are carried out without an answer, and so are sent again. */
function badConnection(operations: readonly string[]): Faults {
  const some = { rate: 0.15, operations };
  return { throttling: some, internalErrors: some, lostReplies: some };
}

const SERVICES = {
  sms: {
    settings: 'defaults: { frequency: 12 }',
    mgn: '',
    begins: {
      CreateReplicationJob: 'replicate',
      StartOnDemandReplicationRun: 'cutover',
      DeleteReplicationJob: 'finalize',
    },
    failures: (servers: readonly string[]): Faults => ({
      failures: servers.map((server) => ({ server, stage: 'Uploading' })),
    }),
    hours: 2,
  },
  mgn: {
    settings: 'defaults: {}',
    mgn: ', mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }',
    begins: {
      StartReplication: 'replicate',
      StartTest: 'test',
      StartCutover: 'cutover',
      FinalizeCutover: 'finalize',
    },
    failures: (servers: readonly string[]): Faults => ({
      launchFailures: servers.map((server) => ({ server })),
    }),
    hours: 1,
  },
} as const;

const PHASES = ['replicate', 'test', 'cutover', 'finalize'];
const REPLICATES = ['replicating', 'testing', 'ready-for-cutover', 'cutting-over', 'cut-over', 'finalized'];
const REACHED: Readonly<Record<string, readonly string[]>> = {
  replicate: REPLICATES,
  test: REPLICATES.slice(1),
  cutover: REPLICATES.slice(4),
  finalize: REPLICATES.slice(5),
};

interface Vm {
  readonly name: string;
  readonly wave: string;
  /** A VM that goes first. */
  readonly after?: string;
}

/** A wave that depends on the one before it. */
interface Wave {
  readonly name: string;
  readonly vms: readonly Vm[];
  readonly dependsOn?: { readonly wave: string; readonly phase: string };
}

/** Three waves of one to three VMs; in some of them, each VM goes after the one before it. */
function wavesOf(seed: number): readonly Wave[] {
  return WAVES.map((number, index): Wave => {
    const name = `w${number}`;
    const isChained = seed % 2 === index % 2;
    const vms = Array.from({ length: 1 + ((seed + number) % 3) }, (_, vm): Vm => ({
      ...{ wave: name, name: `${name}-v${vm + 1}` },
      ...(isChained && vm > 0 && { after: `${name}-v${vm}` }),
    }));
    const phase = (seed + index) % 2 === 0 ? 'replicate' : 'cutover';
    return { name, vms, ...(index > 0 && { dependsOn: { wave: `w${index}`, phase } }) };
  });
}

function writeWave(
  world: ScratchProject,
  { name, vms, dependsOn }: Wave,
  settings: string,
  phase: string,
): void {
  const lines = vms.map(
    (vm) =>
      `    - { name: ${vm.name}, os: rhel-7.3${vm.after === undefined ? '' : `, after: [${vm.after}]`} }`,
  );
  const depends = dependsOn && `  dependsOn: [{ wave: ${dependsOn.wave}, phase: ${dependsOn.phase} }]\n`;
  world.write(
    `waves/${name}.yaml`,
    `apiVersion: landfall/v1
kind: Wave
metadata: { name: ${name} }
spec:
  phase: ${phase}
  # The later a wave, the sooner it would get a slot.
  priority: ${name.slice(1)}
${depends ?? ''}  ${settings}
  vms:
${lines.join('\n')}
`,
  );
}

/** An endpoint with the VMs of the waves, behind a relay. */
async function openWorld(service: keyof typeof SERVICES, limit: number) {
  const world = new ScratchProject();
  world.env = { ...CREDENTIALS };
  world.now = Date.parse('2026-11-23T04:00:00Z');
  const rows = WAVES.flatMap((wave) =>
    [1, 2, 3].map(
      (vm) => `w${wave}-v${vm},vm-${wave}${vm},A,vc,${(vm + 1) * 1024},Red Hat Enterprise Linux 7 (64-bit)`,
    ),
  );
  const header = 'VM,VM ID,VI SDK UUID,VI SDK Server,In Use MiB,OS according to the configuration file';
  await world.loadInventory(`${[header, ...rows].join('\n')}\n`);
  await world.serve({});
  const relay = await Relay.open(world.url);
  const { from, until } = WINDOW;
  world.write(
    'landfall.yaml',
    `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets:
  local: { provider: ${service}, region: us-west-2, endpoint: '${relay.url}', limits: { activeReplications: ${limit} }${SERVICES[service].mgn} }
windows:
  - { name: days, schedule: '0 ${from} * * *', duration: ${until - from}h, timeZone: UTC, phases: [cutover] }
`,
  );
  return { world, relay };
}

interface StatusVm {
  readonly address: string;
  readonly stage: string;
  readonly server_id?: string;
  readonly job?: { readonly id: string };
}

async function statusOf(world: ScratchProject): Promise<readonly StatusVm[]> {
  const { stdout } = await world.run('status', '--format', 'json', '--quiet');
  return (JSON.parse(stdout) as { readonly vms: readonly StatusVm[] }).vms;
}

/** What was wrong with a call that begins a phase of a VM, by the stages before the apply. */
function problemsOf(
  waves: readonly Wave[],
  { name, wave, after }: Vm,
  phase: string,
  stages: ReadonlyMap<string, string>,
): readonly string[] {
  const isThere = (vm: string, wanted: string): boolean =>
    REACHED[wanted]?.includes(stages.get(vm) ?? '') === true;
  const { dependsOn } = waves.find((one) => one.name === wave) ?? {};
  const isHeld = dependsOn !== undefined && PHASES.indexOf(dependsOn.phase) <= PHASES.indexOf(phase);
  const others = isHeld ? (waves.find((one) => one.name === dependsOn.wave)?.vms ?? []) : [];
  const missing = others.filter((vm) => !isThere(vm.name, dependsOn?.phase ?? '')).map((vm) => vm.name);
  if (phase !== 'replicate' && after !== undefined && !isThere(after, phase)) missing.push(after);
  return missing.map((other) => `${phase} of ${name} before ${other}`);
}

/** Runs a project to its end. Returns what was wrong on the way, and how far the VMs have come. */
async function migrate(service: keyof typeof SERVICES, seed: number) {
  const { settings, begins: named, failures, hours } = SERVICES[service];
  const begins: Readonly<Record<string, string>> = named;
  const waves = wavesOf(seed);
  const vms = waves.flatMap((wave) => wave.vms);
  // A wave is finalized once all of its VMs are cut over, and keeps its slots until then. There is room for a VM of another.
  const limit = Math.max(...waves.map((wave) => wave.vms.length)) + 1;
  const { world, relay } = await openWorld(service, limit);
  try {
    for (const wave of waves) writeWave(world, wave, settings, 'cutover');
    await world.run(
      ...(service === 'mgn' ? ['mgn', 'init', 'local', '--auto-approve'] : ['catalog', 'import', '--wait']),
    );
    let status: readonly StatusVm[] = [];
    let stages: ReadonlyMap<string, string> = new Map();
    const meantBy = (input: string): readonly Vm[] =>
      vms.filter(({ name }) =>
        status.some(
          ({ address, server_id: server, job }) =>
            address.endsWith(`/${name}`) &&
            [server, job?.id].some((id) => id !== undefined && input.includes(`"${id}"`)),
        ),
      );
    const problems: string[] = [];
    const begun = new Map<string, number>();
    // What the service does for these VMs fails until the next tick.
    const failing = new Set<string>();
    const tried = new Set<string>();
    let faults = seed;
    const setFaults = (): void => {
      // The same seed would give each call after it the same fate.
      world.setFaults({
        seed: (faults += 1),
        ...badConnection(Object.keys(begins)),
        ...failures([...failing]),
      });
    };
    const active = new Set<string>();
    let mostActive = 0;
    relay.watch = {
      before({ operation, input }) {
        const phase = begins[operation];
        if (phase === undefined) return true;
        const meant = meantBy(input);
        begun.set(phase, (begun.get(phase) ?? 0) + meant.length);
        if (meant.length === 0) problems.push(`${phase} of an unknown server: ${input}`);
        const hour = new Date(world.now).getUTCHours();
        if (phase === 'cutover' && (hour < WINDOW.from || hour >= WINDOW.until))
          problems.push(`${phase} at ${hour}:00`);
        for (const vm of meant) {
          problems.push(...problemsOf(waves, vm, phase, stages));
          if (phase === 'replicate') active.add(vm.name);
          if (vm.wave === 'w1' && !tried.has(`${phase} ${vm.name}`)) failing.add(vm.name);
          tried.add(`${phase} ${vm.name}`);
        }
        setFaults();
        if (active.size > limit) problems.push(`${[...active].join(', ')} replicate: more than ${limit}`);
        mostActive = Math.max(mostActive, active.size);
        return true;
      },
      after({ operation, input, status: code }) {
        if (begins[operation] === 'finalize' && code === 200)
          for (const { name } of meantBy(input)) active.delete(name);
        return true;
      },
    };
    for (let tick = 0; tick < MOST_TICKS; tick += 1) {
      // Time passes as unevenly as people and pipelines come back.
      if (tick > 0) world.now += hours * (1 + ((tick + seed) % 2)) * HOUR;
      status = await statusOf(world);
      stages = new Map(status.map(({ address, stage }) => [address.split('/')[1] ?? '', stage]));
      if (vms.every(({ name }) => stages.get(name) === 'finalized')) break;
      active.clear();
      for (const [name, stage] of stages) if (!['waiting', 'finalized'].includes(stage)) active.add(name);
      for (const wave of waves)
        if (wave.vms.every(({ name }) => REACHED['cutover']?.includes(stages.get(name) ?? '') === true))
          writeWave(world, wave, settings, 'finalize');
      failing.clear();
      setFaults();
      const confirmed = waves.flatMap(({ name }) => [
        `--confirm-finalize=${name}`,
        ...(service === 'mgn' ? [`--confirm-revert=${name}`] : []),
      ]);
      const { code, stdout, stderr } = await world.run('apply', '--auto-approve', ...confirmed);
      // What a fault keeps back is reported, and the next run tries it again.
      if (code !== 0 && code !== 6) throw new Error(`apply: ${code} ${stderr} ${stdout}`);
    }
    const missing = vms
      .filter(({ name }) => stages.get(name) !== 'finalized')
      .map(({ name }) => `${name} ${stages.get(name)}`);
    return { problems, missing, begun, of: vms.length, limit, mostActive };
  } finally {
    await relay.close();
    await world.dispose();
  }
}

describe.each(['sms', 'mgn'] as const)('the calls of a project on %s', (service) => {
  it.each([0, 1])(
    'go in order, in their windows and under the cap, and take each VM to its phase, also after failures: %d',
    async (seed) => {
      const { problems, missing, begun, of, limit, mostActive } = await migrate(service, seed);
      expect(problems).toEqual([]);
      expect(missing).toEqual([]);
      expect(mostActive).toBe(limit);
      expect(limit).toBeLessThan(of);
      for (const phase of Object.values(SERVICES[service].begins))
        expect(begun.get(phase)).toBeGreaterThanOrEqual(of);
      // What failed was begun again.
      expect(begun.get('cutover')).toBeGreaterThan(of);
    },
    120_000,
  );
});
