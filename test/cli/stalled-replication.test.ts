import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { onCleanup } from '../local/support.ts';
import { type FrontDoor, openFrontDoor } from '../providers/mgn/front-door.ts';
import { tries } from '../setup/tries.ts';
import { askMgn } from './jobs-of.ts';
import { ScratchProject } from './scratch-project.ts';
import { SERVICES } from './services.ts';

const MINUTE = 60_000;
const [, MGN] = SERVICES;
const STALLED = { stalls: [{ server: '*', error: 'SNAPSHOTS_FAILURE', message: 'vCenter refuses' }] };

interface Server {
  readonly sourceServerID: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly dataReplicationInfo?: {
    readonly dataReplicationState?: string;
    readonly lastSnapshotDateTime?: string;
  };
}

/** A project with one VM that replicates, whose calls are written down. */
async function replicating(): Promise<{
  world: ScratchProject;
  door: FrontDoor;
  read: () => Promise<Server>;
}> {
  const world = new ScratchProject();
  onCleanup(() => world.dispose());
  await world.useSmallInventory();
  await world.serve({});
  const door = await openFrontDoor(world.url);
  world.write('landfall.yaml', MGN.project().replace('endpoint: local', `endpoint: ${door.url}`));
  world.write('waves/w1.yaml', MGN.wave('w1', [MGN.vm('awsscrum-lnx1')], ['phase: replicate']));
  world.env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
  await MGN.ready(world);
  await world.run('apply', '--auto-approve');
  return {
    ...{ world, door },
    async read() {
      const { items } = await askMgn<{ items: readonly Server[] }>(world.url, 'DescribeSourceServers', {});
      const server = items.find(({ tags }) => tags['landfall:project'] !== undefined);
      if (server === undefined) throw new Error('no server of the project');
      return server;
    },
  };
}

const retriesIn = ({ calls }: FrontDoor): number =>
  calls.filter(({ operation }) => operation === 'RetryDataReplication').length;

const stateOf = ({ dataReplicationInfo }: Server): string => dataReplicationInfo?.dataReplicationState ?? '';

describe('a stalled replication', () => {
  it('is retried as often as --max-attempts says, and then left to a person, whose retry is followed by others', async () => {
    const { world, door, read } = await replicating();
    world.setFaults(STALLED);
    const apply = async (...more: string[]) => {
      world.now += 60 * MINUTE;
      const { stdout } = await world.run('apply', '--auto-approve', ...more);
      return stdout.replace(/\s+/g, ' ');
    };
    expect(await apply()).toMatch(/RetryDataReplication.*retry 1 of 3|retry 1 of 3/);
    // A retry takes a while: the next run waits for it, and does not spend another.
    const soon = await world.run('apply', '--auto-approve');
    expect([soon.code, retriesIn(door)]).toEqual([0, 1]);
    await apply();
    await apply();
    const stuck = await apply();
    expect(stuck).toContain('job.stuck');
    expect(stuck).toMatch(/3 retries have not helped: snapshots failure: vCenter refuses/);
    expect([retriesIn(door), (await read()).tags['landfall:retries']]).toEqual([
      3,
      expect.stringMatching(/^3, last 2026-/),
    ]);
    expect((await world.run('status')).stdout).toContain('fix the cause of the stall');
    expect(await apply('--max-attempts', '4')).toContain('retry 4 of 4');

    world.now += 60 * MINUTE;
    expect(stateOf(await read())).toBe('STALLED');
    world.setFaults({});
    const { sourceServerID } = await read();
    await askMgn(world.url, 'RetryDataReplication', { sourceServerID });
    world.now += 24 * 60 * MINUTE;
    expect(await apply()).toMatch(/[Nn]o changes|nothing to do/);
    // It has gone on: the count starts again.
    world.setFaults(STALLED);
    world.now += 24 * 60 * MINUTE;
    expect(await apply()).toContain('retry 1 of 3');
    expect((await read()).tags['landfall:retries']).toMatch(/^1, last/);
  });

  it('is not retried with --max-attempts 0', async () => {
    const { world, door } = await replicating();
    world.setFaults(STALLED);
    world.now += 60 * MINUTE;
    const { stdout } = await world.run('apply', '--auto-approve', '--max-attempts', '0');
    expect(stdout).toContain('aws mgn retry-data-replication');
    expect(retriesIn(door)).toBe(0);
  });

  it('counts a retry whose reply is lost', async () => {
    const { world, door, read } = await replicating();
    world.setFaults({ ...STALLED, lostReplies: { rate: 1, operations: ['RetryDataReplication'] } });
    world.now += 60 * MINUTE;
    expect((await world.run('apply', '--auto-approve')).code).toBe(6);
    expect([retriesIn(door), (await read()).tags['landfall:retries']]).toEqual([
      1,
      expect.stringMatching(/^1, /),
    ]);
  });

  it('is retried within bounds, a pause is never resumed, and all is well once the cause is gone, whatever people do', async () => {
    const deed = fc.constantFrom(
      ...(['PauseReplication', 'ResumeReplication', 'StopReplication', 'RetryDataReplication'] as const),
      ...(['DisconnectFromService', 'break', 'break', 'mend', 'hours', 'apply', 'apply', 'apply'] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 6, maxLength: 16 }), async (deeds) => {
        const { world, door, read } = await replicating();
        const byHand = async (operation: string): Promise<void> => {
          const { sourceServerID } = await read();
          await askMgn(world.url, operation, { sourceServerID }).catch(() => undefined);
        };
        let retries = 0;
        let lastRetry = -Infinity;
        const apply = async (): Promise<void> => {
          const before = await read();
          if (Date.parse(before.dataReplicationInfo?.lastSnapshotDateTime ?? '') > lastRetry) retries = 0;
          const calls = retriesIn(door);
          const { stdout } = await world.run('apply', '--auto-approve');
          const made = retriesIn(door) - calls;
          if (stateOf(before) !== 'STALLED') expect(made).toBe(0);
          if (stateOf(before) === 'PAUSED') expect(stdout).toContain('job.paused');
          retries += made;
          if (made > 0) lastRetry = world.now;
          expect(retries).toBeLessThanOrEqual(3);
        };
        for (const one of deeds) {
          world.now += 11 * MINUTE;
          if (one === 'break') world.setFaults(STALLED);
          else if (one === 'mend') world.setFaults({});
          else if (one === 'hours') world.now += 5 * 60 * MINUTE;
          else if (one === 'apply') await apply();
          else await byHand(one);
        }
        world.setFaults({});
        await byHand('ResumeReplication');
        for (let turn = 0; turn < 3; turn += 1) {
          await apply();
          world.now += 12 * 60 * MINUTE;
        }
        if (stateOf(await read()) === 'STALLED') await byHand('RetryDataReplication');
        world.now += 12 * 60 * MINUTE;
        const { code, stdout } = await world.run('plan');
        const isGone = stateOf(await read()) === 'DISCONNECTED';
        expect([code, stdout]).toEqual(
          isGone
            ? [3, expect.stringContaining('phase.disconnected')]
            : [0, expect.stringMatching(/[Nn]o changes|nothing to do/)],
        );
        const forbidden = [
          'ResumeReplication',
          'StopReplication',
          'PauseReplication',
          'DisconnectFromService',
        ];
        expect(door.calls.filter(({ operation }) => forbidden.includes(operation))).toEqual([]);
      }),
      tries(5),
    );
  }, 300_000);
});
