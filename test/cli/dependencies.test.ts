import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchProject, wave } from './scratch-project.ts';

const HOUR = 3_600_000;
const CUT_OVER = 'advance StartOnDemandReplicationRun';

/** A wave `web` that depends on a wave `db` without a phase; both replicate. */
describe('a dependency without a phase', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    setPhases('replicate', 'replicate');
  });
  afterEach(() => world.dispose());

  function setPhases(db: string, web: string): void {
    world.write('waves/db.yaml', wave('db', ['{ name: awsscrum-lnx1 }'], [`phase: ${db}`]));
    world.write(
      'waves/web.yaml',
      wave('web', ['{ name: awsscrum-lnx2 }'], [`phase: ${web}`, 'dependsOn: [db]']),
    );
  }

  /** What a plan does with each wave, or why it waits. */
  async function plan(): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await world.run('plan', '--format', 'json');
    const { changes } = JSON.parse(stdout) as {
      changes: { wave: string; step?: string; reason?: string; change: { actions: string[] } }[];
    };
    return Object.fromEntries(
      changes.map(({ wave: name, step, reason, change: { actions } }) => [
        name,
        actions[0] === 'defer' ? `defer ${reason ?? ''}` : [actions[0], step].filter(Boolean).join(' '),
      ]),
    );
  }

  async function applyAndWait(): Promise<void> {
    const { code, stderr } = await world.run('apply', '--auto-approve');
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    world.now += 5 * HOUR;
  }

  it('is on the phase of the wave that waits, whatever the phase of the other is in git', async () => {
    expect(await plan()).toEqual({ db: 'create', web: 'defer waits for db: 1 of 1 not replicating' });
    await applyAndWait();
    expect(await plan()).toMatchObject({ web: 'create' });
    await applyAndWait();

    // The dependant goes on alone: nothing takes the other wave to its phase.
    setPhases('replicate', 'cutover');
    expect(await plan()).toEqual({
      db: 'no-op',
      web: 'defer waits for db: 1 of 1 not cut over, its phase is replicate, before cutover',
    });
    setPhases('cutover', 'cutover');
    expect(await plan()).toEqual({ db: CUT_OVER, web: 'defer waits for db: 1 of 1 not cut over' });
    await applyAndWait();
    expect(await plan()).toMatchObject({ web: CUT_OVER });

    // Its phase goes back in git, and on again.
    setPhases('replicate', 'cutover');
    expect(await plan()).toMatchObject({
      web: 'defer waits for db: its phase is replicate, before cutover',
    });
    setPhases('finalize', 'cutover');
    expect(await plan()).toMatchObject({ web: CUT_OVER });
  });
});
