import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { World } from './world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PROJECT = `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
defaultTarget: local
targets:
  local:
    provider: mgn
    region: us-west-2
    endpoint: local
    mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }
`;

interface PlanJson {
  readonly changes: readonly {
    readonly address: string;
    readonly step?: string;
    readonly remaining?: readonly string[];
    readonly reason?: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly concerns: readonly { readonly id: string; readonly message: string }[];
}

interface OutcomeJson {
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly address: string;
    readonly detail?: string;
    readonly message?: string;
  }[];
}

describe('a wave on MGN', () => {
  let world: World;
  beforeEach(async () => {
    world = new World({ 'landfall.yaml': PROJECT });
    setPhase('replicate');
    expect((await world.run('mgn', 'init', '--auto-approve')).code).toBe(0);
    expect((await world.run('apply', '--auto-approve')).code).toBe(0);
  });
  afterEach(async () => {
    await world.dispose();
  });

  function setPhase(
    phase: string | undefined,
    vms: readonly string[] = ['awsscrum-lnx1', 'awsscrum-lnx2'],
  ): void {
    const head = ['apiVersion: landfall/v1', 'kind: Wave', 'metadata: { name: sdsc-01 }'];
    const lines = [
      ...head,
      `spec:`,
      ...(phase === undefined ? [] : [`  phase: ${phase}`]),
      '  vms:',
      ...vms.map((name) => `    - { name: ${name} }`),
    ];
    world.write('waves/sdsc-01.yaml', `${lines.join('\n')}\n`);
  }

  async function plan(): Promise<PlanJson & { readonly code: number }> {
    const { code, stdout } = await world.run('plan', '--format', 'json');
    return { code, ...(JSON.parse(stdout) as PlanJson) };
  }

  /** What the plan has for each VM: its action, its step, why not. */
  async function steps(): Promise<readonly string[]> {
    const { changes } = await plan();
    return changes.map(({ change, step, reason }) =>
      [change.actions[0], step, reason].filter((word) => word !== undefined).join(' '),
    );
  }

  async function apply(...argv: readonly string[]): Promise<OutcomeJson & { readonly code: number }> {
    const { code, stdout } = await world.run('apply', '--auto-approve', '--format', 'json', ...argv);
    return { code, ...(JSON.parse(stdout) as OutcomeJson) };
  }

  /** Applies until there is nothing left to do. @returns the steps of the first VM */
  async function follow(...argv: readonly string[]): Promise<readonly string[]> {
    const taken: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const [first] = (await plan()).changes;
      const [action = ''] = first?.change.actions ?? [];
      if (action === 'no-op') return taken;
      if (action === 'advance' && first?.step !== undefined) taken.push(first.step);
      expect((await apply(...argv)).code).toBe(0);
      world.now += HOUR;
    }
    throw new Error(`no end: ${taken.join()}`);
  }

  it('gets to the archive, one apply after another', async () => {
    setPhase('test');
    expect(await steps()).toEqual(Array(2).fill('defer StartTest waits for its initial sync'));
    expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 0 } });
    world.now += DAY;
    const started = await apply();
    expect(started).toMatchObject({ code: 0, summary: { advanced: 2 } });
    expect(new Set(started.results.map(({ detail }) => detail)).size).toBe(1);
    expect(started.results[0]?.detail).toMatch(/^mgnjob-\w{17}$/);
    expect(await steps()).toEqual(
      Array(2).fill('defer waits for its test instance, which is being launched'),
    );
    world.now += HOUR;
    expect(await steps()).toEqual(Array(2).fill(expect.stringMatching(/^no-op under test: i-\w{17}$/)));

    setPhase('cutover');
    expect(await follow()).toEqual([
      'ChangeServerLifeCycleState READY_FOR_CUTOVER',
      'TerminateTargetInstances',
      'StartCutover',
    ]);
    const [now = ''] = await steps();
    const instance = /i-\w{17}/.exec(now)?.[0] ?? '';

    setPhase('finalize');
    expect(await plan()).toMatchObject({ code: 3, concerns: [{ id: 'phase.unconfirmed' }] });
    expect(await apply()).toMatchObject({ code: 3, summary: { advanced: 0 } });
    const finalized = await apply('--confirm-finalize', 'sdsc-01');
    expect(finalized).toMatchObject({ code: 0, results: [{ detail: instance }, {}] });
    expect(await steps()).toEqual(Array(2).fill(expect.stringMatching(/^no-op finalized: i-\w{17}$/)));

    setPhase('archive');
    const archived = await apply();
    expect(archived.results[0]?.detail).toMatch(/^with app-\w{17} and wave-\w{17}$/);
    expect(await steps()).toEqual(Array(2).fill('no-op archived'));

    setPhase('test');
    const back = await plan();
    expect(back.code).toBe(3);
    expect(back.concerns.map(({ id }) => id)).toEqual(['phase.not-back', 'phase.not-back']);
  });

  it('goes back from its cut-over to a test, and from there to replicating', async () => {
    world.now += DAY;
    setPhase('cutover');
    await follow();
    setPhase('test');
    const revert = 'ChangeServerLifeCycleState READY_FOR_TEST';
    const { changes } = await plan();
    expect(changes[0]).toMatchObject({ step: revert, remaining: ['TerminateTargetInstances', 'StartTest'] });
    expect(await follow()).toEqual([revert, 'TerminateTargetInstances', 'StartTest']);
    // A line that is taken out takes nothing back.
    setPhase(undefined);
    expect(await follow()).toEqual([]);
    setPhase('replicate');
    expect(await follow()).toEqual([revert, 'TerminateTargetInstances']);
  });

  it('says why a launch has failed, and launches again', async () => {
    world.now += DAY;
    const message = 'There is no room in the subnet.';
    await world.serve({ faults: { launchFailures: [{ server: 'awsscrum-lnx2', message }] } });
    setPhase('test');
    expect(await apply()).toMatchObject({ code: 0 });
    world.now += HOUR;
    const again = await plan();
    expect(again.changes.map(({ step }) => step)).toEqual([undefined, 'StartTest']);
    expect(again.concerns).toMatchObject([
      { id: 'phase.launch-failed', message: expect.stringContaining(message) as unknown },
    ]);
    expect(again.code).toBe(0);
  });

  it('runs a saved plan of steps, which is stale once the servers have moved on', async () => {
    world.now += DAY;
    setPhase('test');
    await world.run('plan', '--out', 'plan.json');
    expect((await world.run('apply', 'plan.json')).code).toBe(0);
    expect((await world.run('apply', 'plan.json')).code).toBe(4);
  });

  it('takes a VM along that joins late', async () => {
    world.now += DAY;
    setPhase('test');
    await follow();
    setPhase('test', ['awsscrum-lnx1', 'awsscrum-lnx2', 'awsscrum-win1']);
    expect(await steps()).toContain('create');
    await apply();
    world.now += DAY;
    expect(await steps()).toContain('advance StartTest');
    await follow();
  });

  it('does not finalize a VM that does not replicate', async () => {
    world.now += DAY;
    setPhase('finalize', ['awsscrum-lnx1', 'awsscrum-win1']);
    const { code, concerns, changes } = await plan();
    expect(code).toBe(3);
    expect(concerns.map(({ id }) => id)).toContain('phase.never-replicated');
    expect(changes.map(({ step }) => step)).toContain('StartTest');
  });
});
