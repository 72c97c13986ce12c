import { afterEach, describe, expect, it } from '@jest/globals';
import { useProgram } from './processes.ts';
import { CREDENTIALS, type Relayed, relayedWorld } from './relayed.ts';
import { BY_NAME, type Kind, type Mark, type Service, type ThereJob } from './services.ts';

/** How many processes are killed on each service; `npm run test:kill` kills more. */
const KILLS = Number(process.env['KILLS'] ?? 10);
/** Worlds side by side. */
const WORLDS = 2;
const SEED = 20_261_123;

/** VMs of the built-in inventory whose names nobody shares. */
const VMS = ['payroll', 'ledger'].flatMap((app) =>
  ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `p-${app}-${part}`),
);
/** VMs that others replicate. */
const OTHERS: Readonly<Record<string, Mark>> = {
  'p-budget-web01': 'nothing',
  'p-budget-web02': 'their words',
  'p-budget-app01': 'the marker of another project',
  'p-budget-app02': 'half of our marker',
};
const ALWAYS = ['--auto-approve', '--allow-empty', '--force=deletes,updates'];

/** Numbers from 0 up to 1, the same each time (the generator known as mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When a process dies: as the nth call leaves it, when that has been done, or when it has been answered. */
interface Moment {
  readonly call: number;
  readonly when: 'before' | 'after' | 'answered';
}

describe.each(BY_NAME)('an apply that is killed on %s', (_, service) => {
  const start = useProgram();
  const open: Relayed[] = [];
  const environment = { ...process.env };
  afterEach(async () => {
    process.env = { ...environment };
    for (const relayed of open.splice(0)) await relayed.dispose();
  });

  /**
   * Starts an apply and kills it; resolves once all it had sent has been dealt with.
   * @returns whether it was killed: it may have come to its end before
   */
  async function killedApply({ world, relay }: Relayed, { call, when }: Moment): Promise<boolean> {
    const { process: child, ended } = start(world.folder, ['apply', ...ALWAYS], CREDENTIALS);
    let calls = 0;
    let doomed: object | undefined;
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
      return false;
    };
    relay.watch = {
      async before(request) {
        calls += 1;
        if (calls !== call) return true;
        doomed = request;
        return when === 'before' ? kill() : true;
      },
      after: (request) => (request === doomed && when === 'after' ? kill() : true),
      answered(request) {
        if (request === doomed) child.kill('SIGKILL');
      },
    };
    const { code, signal } = await ended;
    expect({ code, signal }).toEqual(
      signal === null ? { code: 0, signal } : { code: null, signal: 'SIGKILL' },
    );
    await relay.idle();
    relay.watch = {};
    return signal !== null;
  }

  /** Plans, and counts the calls that it takes to look. */
  async function deeds({ world, relay }: Relayed): Promise<{ looks: number; actions: readonly string[] }> {
    let looks = 0;
    relay.watch = {
      before() {
        looks += 1;
        return true;
      },
    };
    const { stdout } = await world.run('plan', '--format', 'json', ...ALWAYS.slice(1));
    relay.watch = {};
    const { changes } = JSON.parse(stdout) as { changes: { change: { actions: string[] } }[] };
    const actions = changes.flatMap(({ change }) => change.actions);
    return { looks, actions: actions.filter((action) => action !== 'no-op') };
  }

  /** Each VM that is wanted, with its settings. */
  function draw(random: () => number): ReadonlyMap<string, Kind> {
    const kinds = [12, 24, 'other', undefined, undefined] as const;
    const drawn = VMS.map((name) => [name, kinds[Math.floor(random() * kinds.length)]] as const);
    return new Map(drawn.flatMap(([name, kind]) => (kind === undefined ? [] : [[name, kind] as const])));
  }

  async function killAgainAndAgain(relayed: Relayed, kills: number, seed: number): Promise<void> {
    const random = dice(seed);
    const { world, relay, url } = relayed;
    for (const [name, mark] of Object.entries(OTHERS)) await service.replicate(url, world, name, mark);
    const others = await service.jobs(url);
    expect(others.map(({ name }) => name).toSorted()).toEqual(Object.keys(OTHERS).toSorted());

    let before: ReadonlyMap<string, ThereJob> = new Map();
    let wanted: ReadonlyMap<string, Kind> = new Map();
    for (let count = 0; count < kills;) {
      const was = wanted;
      wanted = draw(random);
      world.write('waves/a.yaml', waveOf(service, wanted));
      const { looks, actions } = await deeds(relayed);
      if (actions.length === 0) continue;
      const all = actions.reduce((sum, action) => sum + (service.calls[action] ?? 1), looks);
      const call = 1 + Math.floor(random() * all);
      const whens = ['before', 'after', 'answered'] as const;
      const when = whens[Math.floor(random() * whens.length)] ?? 'before';
      if (await killedApply(relayed, { call, when })) count += 1;

      const rerun = await world.run('apply', ...ALWAYS);
      expect(rerun).toMatchObject({ code: 0 });
      expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });

      const living = await service.jobs(url);
      expect(living.filter(({ name }) => name in OTHERS)).toEqual(others);
      const ours = living.filter(({ owner }) => owner === 'ucop/a');
      const now = new Map(ours.map((job) => [job.name, job]));
      expect(ours).toHaveLength(now.size);
      expect(living).toHaveLength(new Set(living.map(({ serverId }) => serverId)).size);
      expect([...now].map(([name, { kind }]) => [name, kind]).toSorted()).toEqual(
        [...wanted].map(([name, kind]) => [name, String(kind)]).toSorted(),
      );
      for (const [name, kind] of wanted) {
        // A job that only stays or is updated is never recreated.
        const isRecreated = service.replaces && (kind === 'other') !== (was.get(name) === 'other');
        if (was.has(name) && !isRecreated) expect(now.get(name)?.id).toBe(before.get(name)?.id);
      }
      before = now;
    }
    expect(relay.watch).toEqual({});
  }

  it(
    `leaves nothing that a plain second apply does not put right, ${KILLS} times`,
    async () => {
      Object.assign(process.env, CREDENTIALS);
      const worlds = await Promise.all(Array.from({ length: WORLDS }, () => relayedWorld(4, service)));
      open.push(...worlds);
      await Promise.all(
        worlds.map((relayed, index) => killAgainAndAgain(relayed, KILLS / WORLDS, SEED + index)),
      );
    },
    10_000 + KILLS * 6_000,
  );
});

/** A wave of those VMs; where others may have let go of one of them, it is taken over again. */
function waveOf({ wave, vm, releases }: Service, wanted: ReadonlyMap<string, Kind>): string {
  const vms = [...wanted].map(([name, kind]) => vm(name, kind));
  return wave('a', vms, releases ? ['adopt: true'] : []);
}
