import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const VMS = ['{ name: awsscrum-lnx1 }', '{ name: awsscrum-lnx2 }'];

interface PlanJson {
  readonly changes: {
    address: string;
    step?: string;
    remaining?: string[];
    reason?: string;
    blocked_by: string[];
    change: { actions: string[] };
  }[];
  readonly summary: Record<string, number>;
}

describe('a wave on SMS', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject();
    setPhase('replicate');
    await world.run('apply', '--auto-approve');
  });
  afterEach(async () => {
    await world.dispose();
  });

  function setPhase(phase: string, vms: readonly string[] = VMS): void {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', vms, [`phase: ${phase}`]));
  }

  async function plan(...argv: readonly string[]): Promise<PlanJson & { code: number }> {
    const { code, stdout } = await world.run('plan', '--format', 'json', ...argv);
    return { code, ...(JSON.parse(stdout) as PlanJson) };
  }

  async function steps(...argv: readonly string[]): Promise<string[]> {
    const { changes } = await plan(...argv);
    return changes.map(({ change, step, reason }) =>
      [change.actions[0], step, reason].filter((word) => word !== undefined).join(' '),
    );
  }

  async function apply(
    ...argv: readonly string[]
  ): Promise<{ code: number; summary: Record<string, number> }> {
    const { code, stdout } = await world.run('apply', '--auto-approve', '--format', 'json', ...argv);
    return { code, ...(JSON.parse(stdout) as { summary: Record<string, number> }) };
  }

  it('waits for its first replication, cuts over once, and is finalized when that is confirmed', async () => {
    setPhase('cutover');
    expect(await steps()).toEqual(
      Array(2).fill('defer StartOnDemandReplicationRun waits for the first replication'),
    );
    expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 0 } });

    world.now += 5 * HOUR;
    expect(await steps()).toEqual(Array(2).fill('advance StartOnDemandReplicationRun'));
    expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 2 } });
    const runs = await world.run('runs', 'awsscrum-lnx1');
    expect(runs.stdout).toContain('cut-over [landfall:ucop/sdsc-01]');

    // Level-triggered: the run is not started twice.
    expect(await steps()).toEqual(
      Array(2).fill('defer waits for the last replication, which is in progress'),
    );
    expect(await plan('--detailed-exitcode')).toMatchObject({ code: 7, summary: { defer: 2 } });
    expect(await plan()).toMatchObject({ code: 0 });
    world.now += 5 * HOUR;
    expect(await plan('--detailed-exitcode')).toMatchObject({ code: 0, summary: { no_op: 2 } });

    // The AMI may be the only copy of a VM whose source is switched off.
    setPhase('cutover', VMS.slice(0, 1));
    const removed = await plan();
    expect(removed).toMatchObject({ code: 3, summary: { delete: 0, blocked: 1 } });
    expect(removed.changes[1]).toMatchObject({ blocked_by: ['delete.disconnect-unconfirmed'] });
    expect(await plan('--confirm-disconnect', 'sdsc-01')).toMatchObject({ code: 0, summary: { delete: 1 } });

    setPhase('finalize');
    const unconfirmed = await plan();
    expect(unconfirmed).toMatchObject({ code: 3, summary: { advance: 0, blocked: 2 } });
    expect(unconfirmed.changes[0]).toMatchObject({
      step: 'DeleteReplicationJob',
      blocked_by: ['phase.unconfirmed'],
    });
    expect(await apply()).toMatchObject({ code: 3, summary: { advanced: 0 } });

    const done = await world.run(
      'apply',
      '--auto-approve',
      '--format',
      'json',
      '--confirm-finalize',
      'sdsc-01',
    );
    expect(done.code).toBe(0);
    const { results } = JSON.parse(done.stdout) as { results: { detail: string }[] };
    expect(results.map(({ detail }) => detail)).toEqual(Array(2).fill(expect.stringMatching(/^ami-\w{17}$/)));
    // Done is done: no job is created for a VM that has been finalized.
    expect(await plan('--detailed-exitcode')).toMatchObject({ code: 0, summary: { no_op: 2, create: 0 } });
  });

  /** The stage of the first VM, and the AMI of its cut-over. */
  async function cutover(): Promise<readonly [string, string | undefined]> {
    const { stdout } = await world.run('status', '--format', 'json');
    const [vm] = (JSON.parse(stdout) as { vms: { stage: string; outputs: { of: string; id: string }[] }[] })
      .vms;
    return [vm?.stage ?? '', vm?.outputs.find(({ of }) => of === 'cutover')?.id];
  }

  it('may go back to replicating after its cut-over, and is then cut over again', async () => {
    world.now += 5 * HOUR;
    setPhase('cutover');
    await apply();
    world.now += 5 * HOUR;
    const [, first] = await cutover();
    // The job replicates on, and the cut-over stays that of the final run: also without a phase, when days of runs
    // have pushed it out of the listing.
    world.now += 96 * HOUR;
    expect(await cutover()).toEqual(['cut-over', first]);
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', VMS));
    expect(await cutover()).toEqual(['cut-over', first]);
    expect(await plan('--detailed-exitcode')).toMatchObject({ code: 0, summary: { no_op: 2 } });

    setPhase('replicate');
    expect(await steps()).toEqual(Array(2).fill('advance UpdateReplicationJob'));
    expect((await world.run('drift')).stdout).toContain('its wave asks for phase replicate');
    expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 2 } });
    expect(await cutover()).toEqual(['replicating', undefined]);
    expect(await plan('--detailed-exitcode')).toMatchObject({ code: 0, summary: { no_op: 2 } });
    // An update of the description keeps the mark.
    setPhase('replicate', ['{ name: awsscrum-lnx1, description: Demo }']);
    expect(await apply('--vm', 'awsscrum-lnx1')).toMatchObject({ code: 0, summary: { updated: 1 } });
    expect(await cutover()).toEqual(['replicating', undefined]);
    setPhase('cutover');
    expect(await steps()).toEqual(Array(2).fill('advance StartOnDemandReplicationRun'));
    await apply();
    world.now += 5 * HOUR;
    const [stage, second] = await cutover();
    expect([stage, second === first]).toEqual(['cut-over', false]);
  });

  it('stays proven where no AMI was written into the job: deleted otherwise, or finalized after its 90 days', async () => {
    world.now += 5 * HOUR;
    setPhase('cutover');
    await apply();
    world.now += 96 * HOUR;
    const [, first] = await cutover();
    // Days of runs have pushed the final run out of the listing, and a job that has ended takes no update.
    setPhase('cutover', VMS.slice(0, 1));
    const confirmed = ['--force=deletes', '--confirm-disconnect', 'sdsc-01'];
    expect(await apply(...confirmed)).toMatchObject({ code: 0, summary: { deleted: 1 } });
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', VMS.slice(0, 1)));
    world.now += 80 * 24 * HOUR;
    const ending = 'check its cut-over, and set `phase: finalize`, or ask AWS for an extension';
    expect((await world.run('status')).stdout).toContain(ending);
    world.now += 10 * 24 * HOUR;
    expect((await world.run('status')).stdout).toContain(
      'set `phase: finalize` if its cut-over is good; else',
    );
    setPhase('finalize');
    expect(await apply('--confirm-finalize', 'sdsc-01')).toMatchObject({ code: 0, summary: { advanced: 1 } });
    expect(await cutover()).toEqual(['finalized', first]);
    expect(await plan('--detailed-exitcode')).toMatchObject({ code: 0, summary: { no_op: 2 } });
    expect((await world.run('drift')).code).toBe(0);
  });

  it('does not finalize a VM that never replicated, and still does its own', async () => {
    world.now += 5 * HOUR;
    setPhase('finalize', [...VMS, '{ name: p-ledger-db01 }']);
    expect(await plan()).toMatchObject({ code: 3, summary: { advance: 2, create: 0, blocked: 1 } });
    expect((await world.run('plan')).stdout).toContain('phase.never-replicated');
  });

  it('runs a saved plan of steps, which is stale once the job has moved on', async () => {
    world.now += 5 * HOUR;
    setPhase('cutover');
    await world.run('plan', '--out', 'plan.json');
    expect((await world.run('apply', 'plan.json')).code).toBe(0);
    expect((await world.run('apply', 'plan.json')).code).toBe(4);
  });
});
