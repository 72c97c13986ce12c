import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../src/core/error.ts';
import { rollback } from '../../src/workflow/plan/rollback.ts';
import { SERVICES } from './services.ts';
import { type Run, ScratchProject, wave } from './scratch-project.ts';

const HOUR = 3_600_000;
const [, MGN] = SERVICES;
const REVERT = 'ChangeServerLifeCycleState READY_FOR_CUTOVER';
const TERMINATE = 'TerminateTargetInstances';

interface PlanJson {
  readonly changes: readonly { step?: string; blocked_by: string[]; change: { actions: string[] } }[];
}

interface RollbackJson {
  readonly exit_code: number;
  readonly results: readonly { address: string; step: string; status: string }[];
  readonly left: readonly { address: string; status: string; code?: string; reason: string }[];
}

describe('rollback', () => {
  let scratch: ScratchProject;
  beforeEach(() => {
    scratch = new ScratchProject({ 'landfall.yaml': MGN.project() });
  });
  afterEach(() => scratch.dispose());

  function write(spec: readonly string[], vms = ['awsscrum-lnx1', 'awsscrum-lnx2'], name = 'sdsc-01'): void {
    const lines = vms.map((vm) => MGN.vm(vm));
    scratch.write(`waves/${name}.yaml`, MGN.wave(name, lines, spec));
  }

  async function apply(...argv: readonly string[]): Promise<Run> {
    const run = await scratch.run('apply', '--auto-approve', ...argv);
    scratch.now += HOUR;
    return run;
  }

  /** Brings two VMs to the end of their cut-over, without a test. */
  async function cutOver(): Promise<void> {
    await scratch.serve({});
    await scratch.useSmallInventory();
    await MGN.ready(scratch);
    write(['test: skip', 'phase: cutover']);
    await apply();
    scratch.now += 24 * HOUR;
    expect((await scratch.run('plan')).stdout).toContain('skips the test; then StartCutover');
    await apply();
    expect(await apply()).toMatchObject({ code: EXIT.done });
    expect((await scratch.run('status')).stdout).toContain('2 VMs: 2 cut over');
  }

  /** What each VM does next, and what blocks it. */
  async function steps(...argv: readonly string[]): Promise<readonly string[]> {
    const { changes } = JSON.parse(
      (await scratch.run('plan', '--format', 'json', ...argv)).stdout,
    ) as PlanJson;
    return changes.map(({ change, step, blocked_by }) =>
      [change.actions, step ?? '', blocked_by].join(' ').trim(),
    );
  }

  async function takeBack(...argv: readonly string[]): Promise<RollbackJson & Pick<Run, 'code' | 'stderr'>> {
    const { code, stdout, stderr } = await scratch.run(
      'rollback',
      '--auto-approve',
      '--format',
      'json',
      ...argv,
    );
    const json = JSON.parse(stdout) as RollbackJson;
    expect(json.exit_code).toBe(code);
    return { code, stderr, ...json };
  }

  it('takes the cut-over of one VM back, keeps its instance, and lets nothing launch it again unasked', async () => {
    await cutOver();
    const typo = await scratch.run('rollback', 'awscrum-lnx1', '--auto-approve');
    expect(typo).toMatchObject({ code: EXIT.error });
    expect(typo.stderr).toContain('did you mean awsscrum-lnx1?');
    const unasked = await scratch.run('rollback', 'awsscrum-lnx1');
    expect(unasked).toMatchObject({ code: EXIT.error });
    expect(unasked.stderr).toContain('APPROVAL_NEEDED');
    scratch.answer = 'no';
    expect(await scratch.run('rollback', 'sdsc-01')).toMatchObject({ code: EXIT.error });
    expect((await scratch.run('status')).stdout).toContain('2 VMs: 2 cut over');

    scratch.answer = 'yes';
    const kept = await scratch.run('rollback', 'awsscrum-lnx1', '--keep-instances');
    expect(kept).toMatchObject({ code: EXIT.done });
    expect(kept.stdout).toMatch(/the cut-over is taken back; i-\w+ continues to run/);
    expect(kept.stdout).toContain('Rollback: 1 VM taken back in');
    expect(kept.stdout).toContain('set `phase: ready` in wave sdsc-01');
    expect(await steps()).toEqual([`advance ${TERMINATE} phase.reverted`, 'no-op']);
    // Neither the other confirmation nor an apply without any ends the instance or launches the cut-over again.
    expect(await apply()).toMatchObject({ code: EXIT.refused });
    expect(await apply('--confirm-revert', 'sdsc-01')).toMatchObject({ code: EXIT.refused });
    expect((await scratch.run('status')).stdout).toMatch(
      /i-\w+ of the cut-over that was taken back still runs/,
    );
    expect(JSON.parse((await scratch.run('output', '--format', 'json')).stdout)).toMatchObject({
      vms: [
        { address: 'sdsc-01/awsscrum-lnx1', cutover: null, test: null },
        { address: 'sdsc-01/awsscrum-lnx2', cutover: { kind: 'instance' } },
      ],
    });

    const again = await takeBack('awsscrum-lnx1', '--keep-instances');
    expect(again).toMatchObject({ code: EXIT.done, results: [], left: [{ status: 'unchanged' }] });
    expect(again.left[0]?.reason).toMatch(/^already taken back; i-\w+ continues to run$/);
    const ended = await takeBack('awsscrum-lnx1');
    expect(ended).toMatchObject({
      code: EXIT.done,
      results: [{ step: TERMINATE, status: 'done' }],
      left: [],
    });
    expect(await takeBack('awsscrum-lnx1')).toMatchObject({ code: EXIT.done, results: [] });
    scratch.now += HOUR;
    expect((await scratch.run('status')).stdout).not.toContain('still runs');
    expect(await steps()).toEqual(['advance StartCutover phase.reverted', 'no-op']);
    expect((await apply('--confirm-cutover', 'sdsc-01')).stdout).toContain('Applied: 1 advanced');
    expect((await scratch.run('status')).stdout).toContain('2 VMs: 2 cut over');

    // The quotas of jobs hold: what does not fit is left, and the same command continues.
    await takeBack('awsscrum-lnx1', '--keep-instances');
    scratch.write('landfall.yaml', MGN.project(', limits: { activeJobs: 1 }'));
    const full = await takeBack('sdsc-01');
    expect(full.code).toBe(EXIT.partial);
    expect(full.results.map(({ step, status }) => `${step} ${status}`)).toEqual([
      `${TERMINATE} done`,
      `${REVERT} done`,
      `${TERMINATE} not-tried`,
    ]);
    expect(full.stderr).toContain('local has 1 of 1 jobs of the service; its instance still runs');
    scratch.now += HOUR;
    expect(await takeBack('sdsc-01')).toMatchObject({ code: EXIT.done, results: [{ step: TERMINATE }] });
  });

  it('takes both steps of a whole wave, and continues where an interrupt has ended it', async () => {
    await cutOver();
    const onInterrupt = (callback: () => 'leave' | undefined) => {
      scratch.interrupt = callback;
      return () => undefined;
    };
    const clock = { now: () => scratch.now, sleep: () => Promise.resolve() };
    const host = { env: {}, cwd: scratch.folder, clock, onInterrupt };
    const interrupted = await rollback({ host }, ['sdsc-01'], {
      approve: () => Promise.resolve(true),
      reporter: {
        started: () => undefined,
        ended: () => {
          scratch.interrupt();
        },
      },
    });
    expect(interrupted).toMatchObject({
      report: {
        exitCode: EXIT.partial,
        pastReady: ['sdsc-01'],
        outcome: { interrupted: true },
      },
    });
    const text = await scratch.run('rollback', 'sdsc-01', '--auto-approve');
    expect(text).toMatchObject({ code: EXIT.done });
    expect(text.stdout).toContain('Rollback: 2 VMs taken back in');
    scratch.now += HOUR;
    expect((await scratch.run('status')).stdout).toContain('2 VMs: 2 ready for cutover');
    const over = await takeBack('sdsc-*');
    expect(over.left.map(({ reason }) => reason)).toEqual(
      Array(2).fill('ready for cutover; its cut-over is already taken back'),
    );
    // In git the way back is complete.
    write(['test: skip', 'phase: ready']);
    expect(await steps()).toEqual(['no-op', 'no-op']);
  });

  it('keeps the instance of a protected VM, works without its file, and refuses a finalized one', async () => {
    await cutOver();
    write(['test: skip', 'phase: cutover', 'protect: true']);
    const held = await takeBack('awsscrum-lnx1');
    expect(held).toMatchObject({
      code: EXIT.partial,
      results: [{ step: REVERT, status: 'done' }],
      left: [{ status: 'refused', code: 'protect.refused' }],
    });
    expect(await takeBack('awsscrum-lnx1')).toMatchObject({ code: EXIT.refused, results: [] });
    expect(await takeBack('awsscrum-lnx1', '--keep-instances')).toMatchObject({
      code: EXIT.done,
      results: [],
    });

    const file = scratch.read('waves/sdsc-01.yaml');
    scratch.write('waves/sdsc-01.yaml', file.replace('vms:', 'vmz:'));
    const leftOut = await takeBack('sdsc-01/awsscrum-lnx1');
    expect(leftOut).toMatchObject({ code: EXIT.refused, left: [{ code: 'protect.refused' }] });
    expect(leftOut.stderr).toContain('Wave files with errors were left out');
    expect(leftOut.left[0]?.reason).toContain('in a wave file that has errors');

    write(['test: skip', 'phase: finalize'], ['awsscrum-lnx2']);
    write(['phase: ready'], ['awsscrum-lnx1'], 'sdsc-02');
    await apply('--confirm-change', 'sdsc-02');
    expect(await apply('--confirm-finalize', 'sdsc-01')).toMatchObject({ code: EXIT.done });
    const mixed = await takeBack('sdsc-*');
    expect(mixed).toMatchObject({
      code: EXIT.partial,
      results: [{ address: 'sdsc-02/awsscrum-lnx1', step: TERMINATE }],
      left: [{ address: 'sdsc-01/awsscrum-lnx2', status: 'refused', code: 'phase.not-back' }],
    });
    const refused = await scratch.run('rollback', 'awsscrum-lnx2', '--auto-approve');
    expect(refused).toMatchObject({ code: EXIT.refused });
    expect(refused.stdout).toContain('FinalizeCutover cannot be undone');
  });

  it('waits for a launch, and leaves a VM that is tested alone', async () => {
    await scratch.serve({});
    await scratch.useSmallInventory();
    await MGN.ready(scratch);
    write(['phase: test'], ['awsscrum-lnx1']);
    write(['test: skip', 'phase: cutover'], ['awsscrum-lnx2'], 'sdsc-02');
    await apply();
    scratch.now += 24 * HOUR;
    await apply();
    await scratch.run('apply', '--auto-approve');
    const { code, left, results } = await takeBack('*');
    expect({ code, results }).toEqual({ code: EXIT.waiting, results: [] });
    expect(left.map(({ reason }) => reason)).toEqual([
      'testing; nothing to take back',
      'waits for its cut-over instance, which is being launched',
    ]);
    expect((await scratch.run('rollback', '*', '--auto-approve')).stdout).toContain(
      'Next: run the same command again for the VMs that are left.',
    );
  });

  it('is not supported on SMS, and says what to do there', async () => {
    scratch.write('landfall.yaml', SERVICES[0].project());
    scratch.write('waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1 }']));
    const { code, stderr } = await scratch.run('rollback', 'a', '--auto-approve');
    expect(code).toBe(EXIT.error);
    expect(stderr).toContain('NOT_SUPPORTED');
    expect(stderr).toContain('fix: set `phase: replicate` in its wave');
  });
});
