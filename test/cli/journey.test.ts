// What the commands say of one VM, told as a user meets it: each of them says the same.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Faults, setFaults } from '../../src/local/index.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ONE = ['{ name: awsscrum-lnx1 }'];
const FAILING = {
  failures: [{ server: '*', stage: 'Uploading', message: 'ServerError: no space left' }],
} as const;
const DOWN: Faults = { unhealthyConnectors: ['c-415fef98f4c66c487'] };

describe('one VM on SMS', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject();
    setPhase(undefined);
    await world.serve({});
    await world.useSmallInventory();
  });
  afterEach(() => world.dispose());

  function setPhase(phase: string | undefined, vms: readonly string[] = ONE): void {
    world.write('waves/w1.yaml', wave('w1', vms, phase === undefined ? [] : [`phase: ${phase}`]));
  }

  const faults = (of: Faults): Promise<void> => setFaults(join(world.folder, '.landfall', 'local'), of);

  /** What a command prints, without ids that are not the same in each run. */
  async function print(
    ...argv: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string }> {
    const { code, stdout, stderr } = await world.run(...argv);
    expect(stderr).not.toContain('INTERNAL');
    return { code, stdout };
  }

  const apply = (...argv: readonly string[]) => print('apply', '--auto-approve', ...argv);

  interface StatusJson {
    readonly vms: readonly {
      readonly stage: string;
      readonly detail?: string;
      readonly next: { readonly actor: string; readonly text: string; readonly concern?: string };
      readonly deadlines: readonly { readonly kind: string; readonly at: string }[];
    }[];
  }

  async function status(): Promise<StatusJson['vms'][number]> {
    const { stdout } = await print('status', '--format', 'json');
    const [vm] = (JSON.parse(stdout) as StatusJson).vms;
    if (vm === undefined) throw new Error('no VM');
    return vm;
  }

  /** Brings the VM to its first AMI, then to its cut-over, then finalizes it. */
  async function finalize(): Promise<void> {
    await apply();
    world.now += 5 * HOUR;
    setPhase('cutover');
    await apply();
    world.now += 5 * HOUR;
    setPhase('finalize');
    expect(await apply('--confirm-finalize', 'w1')).toMatchObject({ code: 0 });
    world.now += MINUTE;
  }

  it('1: is lost, never finalized, if it never replicated and the service deleted its paused job', async () => {
    await faults(FAILING);
    await apply();
    world.now += 6 * DAY;
    setPhase('finalize');
    const plan = await print('plan');
    expect(plan.code).toBe(3);
    expect(plan.stdout).toContain('phase.lost');
    expect(plan.stdout).toMatch(
      /cannot be finalized: job \S+ failed 3 times and was deleted: ServerError: no space left; it had never replicated/,
    );
    expect(plan.stdout).not.toContain('No changes.');
    expect(await status()).toMatchObject({ stage: 'lost', next: { actor: 'person', concern: 'phase.lost' } });
    expect(await print('drift')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('1 missing') as unknown,
    });
  });

  it('2: has no drift once it is finalized properly, and no change', async () => {
    await finalize();
    expect(await print('drift')).toEqual({ code: 0, stdout: 'No drift. 1 VM matches the manifests.\n' });
    const plan = await print('plan', '--detailed-exitcode');
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('No changes.');
    expect(plan.stdout).toContain('1 finalized');
    expect(await status()).toMatchObject({
      stage: 'finalized',
      detail: expect.stringMatching(/^ami-/) as unknown,
    });
  });

  it('3: is not replicated again if finalize is taken back, and nothing is done if the line is deleted', async () => {
    await finalize();
    for (const phase of ['cutover', 'replicate']) {
      setPhase(phase);
      const plan = await print('plan');
      expect(plan).toMatchObject({ code: 3, stdout: expect.stringContaining('phase.not-back') as unknown });
      expect(plan.stdout).toContain('landfall apply --replace w1/awsscrum-lnx1');
      expect(await apply()).toMatchObject({ code: 3 });
      expect(await status()).toMatchObject({
        stage: 'finalized',
        next: { actor: 'person', concern: 'phase.not-back' },
      });
      const drift = await print('drift');
      expect(drift).toMatchObject({
        code: 2,
        stdout: expect.stringContaining('1 in another phase') as unknown,
      });
      expect(drift.stdout).toContain('fix: leave `phase: finalize` in its wave');
    }
    setPhase(undefined);
    expect(await print('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
    expect(await print('drift')).toMatchObject({ code: 0 });
    // By name it is replicated all the same.
    const again = await print('plan', '--replace', 'w1/awsscrum-lnx1');
    expect(again.stdout).toContain('1 to create');
    expect(again.stdout).toContain(
      'is replicated from the start again, as --replace asks; it was finalized: ami-',
    );
  });

  it('4: is promised its final run only when the service accepts it', async () => {
    await apply();
    world.now += 5 * HOUR;
    await faults(DOWN);
    world.now += 10 * HOUR;
    setPhase('cutover');
    for (let round = 0; round < 2; round += 1) {
      const plan = await print('plan');
      expect(plan.stdout).toContain(
        'connector c-415fef98f4c66c487 of p-sdsc-vcenter1.xxxx.xxx is down: restart it',
      );
      expect(plan.stdout).toContain('1 deferred');
      expect(await apply()).toMatchObject({
        code: expect.any(Number) as unknown,
        stdout: expect.not.stringContaining('OperationNotPermitted') as unknown,
      });
    }
    await faults({});
    // The run that waited has begun: it comes first.
    expect((await print('plan')).stdout).toContain('waits for a replication that is in progress');
    world.now += 4 * HOUR;
    expect((await print('plan')).stdout).toContain('1 to advance');
    const { code, stdout } = await apply();
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 advanced')]);
  });

  it('5: shows until when its paused job can be resumed, and says why it is replicated from the start', async () => {
    await faults(FAILING);
    await apply();
    world.now += 2 * DAY;
    const paused = await status();
    expect(paused).toMatchObject({ stage: 'paused', detail: 'ServerError: no space left' });
    expect(paused.deadlines[0]?.kind).toBe('pause');
    expect(Date.parse(paused.deadlines[0]?.at ?? '') - world.now).toBeLessThan(4 * DAY);
    expect(paused.next.text).toMatch(/^deleted by AWS in \d d \d+ h: resume it in the console/);
    expect((await print('plan')).stdout).toMatch(
      /paused after failures: ServerError: no space left[^]*when AWS deletes it/,
    );

    world.now += 4 * DAY;
    const plan = await print('plan');
    expect(plan.stdout).toContain('1 to create');
    expect(plan.stdout).toContain('job.lost');
    expect(plan.stdout).toMatch(/is replicated from the start again: job \S+ failed 3 times and was deleted/);
  });

  it('6: is counted alike by plan, drift and status, also once its 90 days are over', async () => {
    setPhase(undefined, [...ONE, '{ name: awsscrum-lnx2 }']);
    await apply();
    world.now += 91 * DAY;
    const plan = await print('plan');
    expect(plan.stdout).toContain('No changes. 0 VMs match the manifests, 2 VMs do not replicate');
    const { stdout } = await print('drift');
    expect(stdout).toContain('Drift: 2 with a problem; 0 VMs match');
    expect(stdout).toMatch(
      /! awsscrum-lnx1 {2}sms-job-\w+ {2}reached the 90-day limit; replication has stopped\n +fix: /,
    );
    expect(plan.stdout).toContain(
      '`landfall apply --replace w1/awsscrum-lnx1 --replace w1/awsscrum-lnx2 --force=lifetime`',
    );
    expect((await print('status')).stdout).toContain('w1  2 VMs: 2 ended');
    // A new job would end at once: only an extension helps, which only a person knows of.
    const replace = ['--replace', 'w1/awsscrum-lnx1'];
    const refused = await print('plan', ...replace);
    expect(refused).toMatchObject({ code: 3, stdout: expect.stringContaining('phase.ended') as unknown });
    expect(refused.stdout).toContain('once you have it, run with --force=lifetime');
    expect(await apply(...replace)).toMatchObject({ code: 3 });
    expect(await apply(...replace, '--force=lifetime,deletes')).toMatchObject({ code: 0 });
    expect((await print('plan')).stdout).toContain('2 VMs do not replicate');
  });

  it('7: says why it fails, what a run waits for, and that ended jobs cannot be cut over', async () => {
    await faults(FAILING);
    await apply();
    world.now += HOUR;
    const failing = await status();
    expect(failing).toMatchObject({ stage: 'failing', detail: 'failure 1 of 3: ServerError: no space left' });
    expect((await print('plan')).stdout).toContain('No changes. 0 VMs match the manifests, 1 VM is failing.');
    await faults(DOWN);
    world.now += 13 * HOUR;
    expect((await print('status')).stdout).toContain(
      'connector c-415fef98f4c66c487 of p-sdsc-vcenter1.xxxx.xxx is down',
    );
    await faults({});
    world.now += 91 * DAY;
    setPhase('cutover');
    const plan = await print('plan');
    expect(plan).toMatchObject({ code: 3, stdout: expect.stringContaining('phase.ended') as unknown });
    expect(plan.stdout).toContain('AWS has ended its replication after 90 days; its latest AMI is ami-');
    expect(await status()).toMatchObject({
      stage: 'ended',
      next: { actor: 'person', concern: 'phase.ended' },
    });
  });
});
