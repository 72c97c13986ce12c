import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const [, MGN] = SERVICES;
const REVERT = 'ChangeServerLifeCycleState READY_FOR_TEST';

interface PlanJson {
  readonly changes: readonly {
    readonly address: string;
    readonly step?: string;
    readonly reason?: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly concerns: readonly { readonly id: string }[];
}

describe('VMs of MGN that are not where their wave is', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    await world.useSmallInventory();
    await MGN.ready(world);
    write('test', ['awsscrum-lnx1']);
    expect(await follow()).toEqual(['StartTest']);
  });
  afterEach(() => world.dispose());

  function write(phase: string | undefined, vms: readonly string[], name = 'sdsc-01'): void {
    const spec = phase === undefined ? ['adopt: true'] : [`phase: ${phase}`];
    world.write(
      `waves/${name}.yaml`,
      MGN.wave(
        name,
        vms.map((vm) => MGN.vm(vm)),
        spec,
      ),
    );
  }

  async function plan(): Promise<PlanJson & { readonly code: number }> {
    const { code, stdout } = await world.run('plan', '--format', 'json');
    return { code, ...(JSON.parse(stdout) as PlanJson) };
  }

  /** Applies until there is nothing left to do. @returns the steps of whichever VM was first */
  async function follow(): Promise<readonly string[]> {
    const taken: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const { changes } = await plan();
      const next = changes.find(({ change }) => change.actions[0] !== 'no-op');
      if (next === undefined) return taken;
      if (next.change.actions[0] === 'advance') taken.push(next.step ?? '');
      const wave = next.address.split('/')[0] ?? '';
      expect(
        (await world.run('apply', '--auto-approve', '--confirm-revert', wave, '--confirm-change', wave)).code,
      ).toBe(0);
      world.now += next.change.actions[0] === 'create' ? DAY : HOUR;
    }
    throw new Error(`no end: ${taken.join()}`);
  }

  it('catch up with it', async () => {
    write('test', ['awsscrum-lnx1', 'awsscrum-lnx2']);
    expect((await plan()).changes.map(({ change }) => change.actions)).toEqual([['no-op'], ['create']]);
    expect(await follow()).toEqual(['StartTest']);
  });

  it('keep their instances where the wave names no phase, and lose them where it says replicate', async () => {
    write(undefined, ['awsscrum-lnx1']);
    expect(await follow()).toEqual([]);
    expect((await plan()).changes[0]?.reason).toBe('TESTING; its wave sets no phase');
    write('replicate', ['awsscrum-lnx1']);
    expect(await follow()).toEqual([REVERT, 'TerminateTargetInstances']);
  });

  it('take their test along to another wave', async () => {
    world.remove('waves/sdsc-01.yaml');
    write('test', ['awsscrum-lnx1'], 'sdsc-02');
    expect(await follow()).toEqual([]);
    write('cutover', ['awsscrum-lnx1'], 'sdsc-02');
    expect(await follow()).toEqual(['ChangeServerLifeCycleState READY_FOR_CUTOVER', 'StartCutover']);
  });

  it('do not move to a wave whose phase would take them back', async () => {
    world.remove('waves/sdsc-01.yaml');
    write('replicate', ['awsscrum-lnx1'], 'sdsc-02');
    const moved = await world.run('plan', '--confirm-revert=sdsc-02');
    expect(moved.code).toBe(3);
    expect(moved.stdout).toContain(
      'sdsc-02/awsscrum-lnx1 is testing, and phase replicate of its new wave would take that back',
    );
    expect(moved.stdout).toContain('set `phase: test` in its new wave, or remove its phase');
    expect((await world.run('apply', '--auto-approve', '--confirm-revert=sdsc-02')).code).toBe(3);
    const glob = await world.run('plan', '--confirm-revert=*');
    expect(glob).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('takes names, not globs') as unknown,
    });

    write('test', ['awsscrum-lnx1'], 'sdsc-02');
    expect(await follow()).toEqual([]);
    expect((await plan()).changes[0]?.change.actions).toEqual(['no-op']);
  });

  it('are not finalized where they do not replicate, and do not keep the others', async () => {
    write('finalize', ['awsscrum-lnx1', 'awsscrum-win1']);
    const { code, concerns, changes } = await plan();
    expect(code).toBe(3);
    expect(concerns.map(({ id }) => id)).toContain('phase.never-replicated');
    expect(changes.map(({ step }) => step)).toContain('ChangeServerLifeCycleState READY_FOR_CUTOVER');
  });
});
