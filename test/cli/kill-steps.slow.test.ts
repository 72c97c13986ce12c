import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { askMgn } from './jobs-of.ts';
import { useProgram } from './processes.ts';
import { CREDENTIALS, type Relayed, relayedWorld } from './relayed.ts';
import { SERVICES } from './services.ts';

const HOUR = 3_600_000;
const [, MGN] = SERVICES;
const VMS = ['awsscrum-lnx1', 'awsscrum-lnx2'];
const CONFIRMED = ['--auto-approve', '--confirm-finalize', 'a', '--confirm-revert', 'a'];

describe('an apply that is killed on its way through the phases of MGN', () => {
  const start = useProgram();
  const environment = { ...process.env };
  let relayed: Relayed;
  beforeEach(async () => {
    Object.assign(process.env, CREDENTIALS);
    relayed = await relayedWorld(4, MGN);
    setPhase('replicate');
    expect(await relayed.world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    relayed.world.now += 12 * HOUR;
  });
  afterEach(async () => {
    process.env = { ...environment };
    await relayed.dispose();
  });

  function setPhase(phase: string): void {
    const vms = VMS.map((name) => MGN.vm(name));
    relayed.world.write('waves/a.yaml', MGN.wave('a', vms, [`phase: ${phase}`]));
  }

  /** Starts an apply, and kills it once a call of that operation has been carried out and before it is answered. */
  async function killedAt(operation: string): Promise<void> {
    const { world, relay } = relayed;
    const { process: child, ended } = start(world.folder, ['apply', ...CONFIRMED], CREDENTIALS);
    relay.watch = {
      async after(call) {
        if (call.operation !== operation) return true;
        child.kill('SIGKILL');
        await ended;
        return false;
      },
    };
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    await relay.idle();
    relay.watch = {};
    world.now += HOUR;
  }

  it('does nothing twice', async () => {
    const { world, url } = relayed;
    // On the way to a cut-over AWS MGN ends the instance of a test itself; only phase `ready` terminates it.
    for (const [phase, operation] of [
      ['ready', 'StartTest'],
      ['ready', 'ChangeServerLifeCycleState'],
      ['ready', 'TerminateTargetInstances'],
      ['archive', 'StartCutover'],
      ['archive', 'FinalizeCutover'],
      ['archive', 'MarkAsArchived'],
    ] as const) {
      setPhase(phase);
      await killedAt(operation);
      // The rest of the same step, where it takes a call for each server.
      const left = await world.run('plan', '--format', 'json', ...CONFIRMED.slice(1));
      const { changes } = JSON.parse(left.stdout) as { changes: { step?: string }[] };
      const same = changes.filter(({ step }) => step?.split(' ')[0] === operation);
      // Where both were archived, their application and wave may be left.
      if (operation !== 'MarkAsArchived') expect(same.length).toBeLessThan(VMS.length);
      if (same.length > 0) {
        expect(await world.run('apply', ...CONFIRMED)).toMatchObject({ code: 0 });
        world.now += HOUR;
      }
    }
    for (let round = 0; round < 4; round += 1) {
      expect(await world.run('apply', ...CONFIRMED)).toMatchObject({ code: 0 });
      world.now += HOUR;
    }
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
    interface Job {
      readonly initiatedBy: string;
      readonly participatingServers: readonly { readonly sourceServerID: string }[];
    }
    const { items } = await askMgn<{ items: Job[] }>(url, 'DescribeJobs', {});
    // A server that is ahead of the other has jobs of its own; no server has two of a kind.
    const deeds = items.flatMap(({ initiatedBy, participatingServers }) =>
      participatingServers.map(({ sourceServerID }) => `${initiatedBy} ${sourceServerID}`),
    );
    expect(deeds).toHaveLength(new Set(deeds).size);
    expect(deeds.map((deed) => deed.split(' ')[0]).toSorted()).toEqual([
      'START_CUTOVER',
      'START_CUTOVER',
      'START_TEST',
      'START_TEST',
      'TERMINATE',
      'TERMINATE',
    ]);
  });
});
