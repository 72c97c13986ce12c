import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, livingJobs, type WireJob } from './jobs-of.ts';
import { useProgram } from './processes.ts';
import { CREDENTIALS, type Relayed, relayedWorld } from './relayed.ts';
import { wave } from './world.ts';

/** How many processes are killed; `npm run test:kill` kills more. */
const KILLS = Number(process.env['KILLS'] ?? 20);
/** Worlds side by side. */
const WORLDS = 2;
const SEED = 20_261_123;

/** VMs of the built-in inventory whose names nobody shares. */
const VMS = ['payroll', 'ledger'].flatMap((app) =>
  ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `p-${app}-${part}`),
);
/** VMs that others replicate, by what their jobs say: nothing, or another project's marker, or half of ours. */
const OTHERS = new Map([
  ['p-budget-web01', undefined],
  ['p-budget-web02', 'by hand'],
  ['p-budget-app01', '[landfall:other/a]'],
  ['p-budget-app02', '[landfall:ucop/a] and more'],
]);
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

describe('an apply that is killed', () => {
  const start = useProgram();
  const open: Relayed[] = [];
  const environment = { ...process.env };
  afterEach(async () => {
    process.env = { ...environment };
    for (const relayed of open.splice(0)) await relayed.dispose();
  });

  /** Starts an apply and kills it; resolves once all it had sent has been dealt with. */
  async function killedApply({ world, relay }: Relayed, { call, when }: Moment): Promise<void> {
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
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    await relay.idle();
    relay.watch = {};
  }

  /** Each VM that is wanted, with its settings. */
  function draw(random: () => number): ReadonlyMap<string, string> {
    const kinds = ['frequency: 12', 'frequency: 24', 'runOnce: true', undefined, undefined];
    const drawn = VMS.map((name) => [name, kinds[Math.floor(random() * kinds.length)]] as const);
    return new Map(drawn.flatMap(([name, kind]) => (kind === undefined ? [] : [[name, kind] as const])));
  }

  async function killAgainAndAgain(relayed: Relayed, kills: number, seed: number): Promise<void> {
    const random = dice(seed);
    const { world, relay, url } = relayed;
    const { serverList } = await ask<{
      serverList: { serverId: string; vmServer: { vmName: string } }[];
    }>(url, 'GetServers', { maxResults: 1000 });
    const ids = new Map(serverList.map(({ serverId, vmServer }) => [vmServer.vmName, serverId]));
    for (const [name, description] of OTHERS) {
      const seedReplicationTime = world.now / 1000;
      await ask(url, 'CreateReplicationJob', {
        serverId: ids.get(name),
        frequency: 6,
        seedReplicationTime,
        description,
      });
    }
    const others = await livingJobs(url);
    expect(others).toHaveLength(OTHERS.size);
    const foreign = new Set(others.map(({ serverId }) => serverId));

    let before: ReadonlyMap<string, WireJob> = new Map();
    let wanted: ReadonlyMap<string, string> = new Map();
    for (let count = 0; count < kills;) {
      const was = wanted;
      wanted = draw(random);
      world.write(
        'waves/a.yaml',
        wave(
          'a',
          [...wanted].map(([name, kind]) => `{ name: ${name}, ${kind} }`),
        ).replace('  defaults: { frequency: 12 }\n', ''),
      );
      const { changes } = JSON.parse(
        (await world.run('plan', '--format', 'json', ...ALWAYS.slice(1))).stdout,
      ) as { changes: { change: { actions: string[] } }[] };
      const deeds = changes.flatMap(({ change }) => change.actions).filter((action) => action !== 'no-op');
      if (deeds.length === 0) continue;
      count += 1;
      // Three calls to look, and one a deed. The process that got its last answer may end before it is killed.
      const call = 1 + Math.floor(random() * (3 + deeds.length));
      const whens = ['before', 'after', ...(call < 3 + deeds.length ? (['answered'] as const) : [])] as const;
      const when = whens[Math.floor(random() * whens.length)] ?? 'before';
      await killedApply(relayed, { call, when });

      const rerun = await world.run('apply', ...ALWAYS);
      expect(rerun).toMatchObject({ code: 0 });
      expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });

      const living = await livingJobs(url);
      expect(living.filter(({ serverId }) => foreign.has(serverId))).toEqual(others);
      const ours = living.filter(({ serverId }) => !foreign.has(serverId));
      const now = new Map(ours.map((job) => [job.serverId, job]));
      expect(ours).toHaveLength(now.size);
      expect([...now.keys()].toSorted()).toEqual([...wanted.keys()].map((name) => ids.get(name)).toSorted());
      for (const [name, kind] of wanted) {
        const id = ids.get(name) ?? '';
        const { frequency, runOnce, replicationJobId } = now.get(id) ?? {};
        expect(runOnce === true ? 'runOnce: true' : `frequency: ${frequency ?? 0}`).toBe(kind);
        // A job that only stays or is updated is never made anew.
        const stays = (kind === 'runOnce: true') === (was.get(name) === 'runOnce: true') && was.has(name);
        if (stays) expect(replicationJobId).toBe(before.get(id)?.replicationJobId);
      }
      before = now;
    }
    expect(relay.watch).toEqual({});
  }

  it(
    `leaves nothing that a plain second apply does not put right, ${KILLS} times`,
    async () => {
      Object.assign(process.env, CREDENTIALS);
      const worlds = await Promise.all(Array.from({ length: WORLDS }, () => relayedWorld()));
      open.push(...worlds);
      await Promise.all(
        worlds.map((relayed, index) => killAgainAndAgain(relayed, KILLS / WORLDS, SEED + index)),
      );
    },
    10_000 + KILLS * 3_000,
  );
});
