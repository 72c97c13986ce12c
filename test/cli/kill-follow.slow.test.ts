import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, askMgn } from './jobs-of.ts';
import { useProgram } from './processes.ts';
import { CREDENTIALS, type Relayed, relayedWorld } from './relayed.ts';
import { BY_NAME } from './services.ts';

/** How many runs are killed on each service; `npm run test:kill` kills more. */
const KILLS = Number(process.env['KILLS'] ?? 20) / 2;
const HOUR = 3_600_000;
/** The first call of an observation. */
const LOOKS = new Set(['GetServers', 'DescribeSourceServers']);
/** VMs of the built-in inventory whose names nobody shares. */
const NAMES = [
  'payroll',
  'ledger',
  'budget',
  'portal',
  'finaid',
  'search',
  'hcm',
  'apply',
  'benefits',
  'transcript',
].flatMap((app) => ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `p-${app}-${part}`));
/** Most calls of a run before it is killed; a wave takes many times as many. */
const MAX_CALLS = 25;

/** Numbers from 0 up to 1, the same each time (a linear congruence). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What was launched or started for good, each time that it was, by the server. */
async function launchesOf(service: 'sms' | 'mgn', url: string): Promise<readonly string[]> {
  if (service === 'sms') {
    const { replicationJobList: jobs } = await ask<{
      replicationJobList: { replicationJobId: string; serverId: string }[];
    }>(url, 'GetReplicationJobs', { maxResults: 1000 });
    const runs = await Promise.all(
      jobs.map(async ({ replicationJobId, serverId }) => {
        const { replicationRunList } = await ask<{ replicationRunList: { type: string }[] }>(
          url,
          'GetReplicationRuns',
          { replicationJobId, maxResults: 1000 },
        );
        return replicationRunList.filter(({ type }) => /on.?demand/i.test(type)).map(() => `run ${serverId}`);
      }),
    );
    return [...jobs.map(({ serverId }) => `job ${serverId}`), ...runs.flat()];
  }
  const { items } = await askMgn<{
    items: { initiatedBy: string; participatingServers: { sourceServerID: string }[] }[];
  }>(url, 'DescribeJobs', { maxResults: 1000 });
  return items.flatMap(({ initiatedBy, participatingServers }) =>
    participatingServers.map(({ sourceServerID }) => `${initiatedBy} ${sourceServerID}`),
  );
}

describe.each(BY_NAME)('an apply that follows its VMs and is killed on %s', (name, service) => {
  const start = useProgram();
  const environment = { ...process.env };
  let relayed: Relayed;
  beforeEach(async () => {
    Object.assign(process.env, CREDENTIALS);
    relayed = await relayedWorld(4, service);
  });
  afterEach(async () => {
    process.env = { ...environment };
    await relayed.dispose();
  });

  it(
    `is continued by the next one, which launches nothing twice, ${KILLS} times`,
    async () => {
      const { world, relay, url } = relayed;
      const random = dice(name === 'sms' ? 4 : 9);
      const vms: string[] = [];
      let kills = 0;
      /** Follows until the end, or until it is killed before or after some call. Returns whether it came to the end. */
      const follow = async (wave: string): Promise<boolean> => {
        const confirmed = ['--confirm-finalize', wave, '--confirm-revert', wave, '--force=destroys'];
        const argv = ['apply', '--follow', '--auto-approve', '--interval', '20ms', ...confirmed];
        const doomed = kills < KILLS ? 1 + Math.floor(random() * MAX_CALLS) : Infinity;
        const isAfter = random() < 0.5;
        const { process: child, ended } = start(world.folder, argv, CREDENTIALS);
        let calls = 0;
        let last: object | undefined;
        const kill = async (): Promise<boolean> => {
          child.kill('SIGKILL');
          await ended;
          return false;
        };
        relay.watch = {
          before(call) {
            if (LOOKS.has(call.operation)) world.now += HOUR;
            calls += 1;
            if (calls !== doomed) return true;
            last = call;
            return isAfter ? true : kill();
          },
          after: (call) => (call === last && isAfter ? kill() : true),
        };
        const { code, signal, stdout, stderr } = await ended;
        await relay.idle();
        relay.watch = {};
        if (signal !== null) {
          kills += 1;
          return false;
        }
        expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
        return true;
      };

      for (let count = 1; kills < KILLS || count === 1; count += 1) {
        const wave = `w${count}`;
        const names = NAMES.slice(vms.length, vms.length + 2);
        expect(names).toHaveLength(2);
        vms.push(...names);
        for (const phase of ['cutover', 'finalize']) {
          const text = service.wave(
            wave,
            names.map((each) => service.vm(each)),
            [`phase: ${phase}`],
          );
          world.write(`waves/${wave}.yaml`, text);
          while (!(await follow(wave)));
        }
      }
      expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
      const launches = await launchesOf(name, url);
      expect(launches.toSorted()).toEqual([...new Set(launches)].toSorted());
      expect(launches).toHaveLength(vms.length * 2);
    },
    30_000 + KILLS * 6_000,
  );
});
