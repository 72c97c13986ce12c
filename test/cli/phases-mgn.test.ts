import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { displayInstant } from '../../src/core/time.ts';
import { type Faults, findRunning, setFaults } from '../../src/local/index.ts';
import { askMgn } from './jobs-of.ts';
import { SERVICES } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const [, MGN] = SERVICES;
const REVERT = ['--confirm-revert', 'sdsc-01'] as const;
const KEY = 'arn:aws:kms:us-west-2:000000000000:key/11111111-2222-3333-4444-555555555555';

interface PlanJson {
  readonly changes: {
    address: string;
    step?: string;
    remaining?: string[];
    reason?: string;
    effects: string[];
    irreversible?: true;
    destroys?: string;
    blocked_by: string[];
    change: { actions: string[] };
  }[];
  readonly concerns: { id: string; severity: string; address?: string; message: string }[];
  readonly capacity: { of?: string; limit: number; starting: number; deferred: number }[];
  readonly summary: Record<string, number>;
}

interface SourceServer {
  readonly sourceServerID: string;
  readonly lifeCycle: { readonly state: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly isArchived: boolean;
  readonly applicationID?: string;
  readonly sourceProperties: { readonly identificationHints: Readonly<Record<string, string>> };
}

describe('a wave on MGN', () => {
  let world: ScratchProject;
  let url: string;
  afterEach(() => world.dispose());

  const folder = () => join(world.folder, '.landfall', 'local');
  const faults = (what: Faults) => setFaults(folder(), what);

  /** A project on an endpoint that is ready, with two VMs that replicate. */
  async function begin(more = ''): Promise<void> {
    world = new ScratchProject({ 'landfall.yaml': MGN.project(more) });
    await world.serve({});
    await world.useSmallInventory();
    url = (await findRunning(folder()))?.url ?? '';
    await MGN.ready(world);
    setPhase('replicate');
    expect(await apply()).toMatchObject({ code: 0, summary: { created: 2 } });
  }

  function setPhase(phase: string, vms: readonly string[] = ['awsscrum-lnx1', 'awsscrum-lnx2']): void {
    const lines = vms.map((vm) => (vm.startsWith('{') ? vm : MGN.vm(vm)));
    world.write('waves/sdsc-01.yaml', MGN.wave('sdsc-01', lines, [`phase: ${phase}`]));
  }

  async function plan(...argv: readonly string[]): Promise<PlanJson & { code: number }> {
    const { code, stdout } = await world.run('plan', '--format', 'json', ...argv);
    return { code, ...(JSON.parse(stdout) as PlanJson) };
  }

  /** What there is to do for each VM, in a few words. */
  async function steps(...argv: readonly string[]): Promise<string[]> {
    const { changes } = await plan(...argv);
    return changes.map(({ change, step, reason }) =>
      [change.actions[0], step, reason].filter((word) => word !== undefined).join(' '),
    );
  }

  async function apply(
    ...argv: readonly string[]
  ): Promise<{ code: number; summary: Record<string, number>; results: { detail?: string }[] }> {
    const { code, stdout } = await world.run('apply', '--auto-approve', '--format', 'json', ...argv);
    return { code, ...(JSON.parse(stdout) as { summary: Record<string, number>; results: object[] }) };
  }

  /** Applies, an hour after an hour, until nothing is left to do or to wait for; gives back the steps that were taken. */
  async function arrive(...argv: readonly string[]): Promise<readonly string[]> {
    const taken: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const { changes, summary } = await plan(...argv);
      const [change] = changes;
      if (summary['no_op'] === changes.length) return taken;
      if (change?.change.actions[0] === 'advance') taken.push(change.step ?? '');
      expect(await apply(...argv)).toMatchObject({ code: 0 });
      world.now += HOUR;
    }
    throw new Error(`it does not arrive: ${taken.join(', ')}`);
  }

  async function expectNoChanges(): Promise<void> {
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^No changes\..*\n$/) as unknown,
    });
  }

  async function servers(): Promise<Readonly<Record<string, SourceServer>>> {
    const { items } = await askMgn<{ items: SourceServer[] }>(url, 'DescribeSourceServers', {
      filters: {},
      maxResults: 1000,
    });
    return Object.fromEntries(
      items.map((server) => [server.sourceProperties.identificationHints['hostname'] ?? '', server]),
    );
  }

  async function lifecycle(name: string): Promise<string | undefined> {
    return (await servers())[name]?.lifeCycle.state;
  }

  describe('that two VMs make up', () => {
    beforeEach(() => begin());

    it('goes all the way, apply after apply, and has nothing to do at the end of each phase', async () => {
      await expectNoChanges();
      setPhase('test');
      expect(await steps()).toEqual(Array(2).fill('defer StartTest waits for its initial sync'));
      expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 0 } });
      expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 7 });
      expect(await arrive()).toEqual(['StartTest']);
      await expectNoChanges();

      setPhase('cutover');
      const [first] = (await plan()).changes;
      expect(first?.remaining).toEqual(['StartCutover']);
      expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 2 } });
      world.now += HOUR;
      // The cut-over would end the instances of the test, which somebody may still use.
      const ending = await plan();
      expect(ending).toMatchObject({ code: 3, summary: { blocked: 2 } });
      expect(ending.changes[0]).toMatchObject({ step: 'StartCutover', destroys: 'terminate' });
      expect(await arrive('--confirm-revert', 'sdsc-01')).toEqual(['StartCutover']);
      await expectNoChanges();

      setPhase('finalize');
      const unconfirmed = await plan();
      expect(unconfirmed).toMatchObject({ code: 3, summary: { advance: 0, blocked: 2 } });
      expect(unconfirmed.changes[0]).toMatchObject({
        step: 'FinalizeCutover',
        irreversible: true,
        blocked_by: ['phase.unconfirmed'],
      });
      expect(await apply()).toMatchObject({ code: 3, summary: { advanced: 0 } });
      expect(await lifecycle('awsscrum-lnx1')).toBe('CUTTING_OVER');
      expect(await arrive('--confirm-finalize', 'sdsc-01')).toEqual(['FinalizeCutover']);
      await expectNoChanges();

      setPhase('archive');
      expect(await plan()).toMatchObject({ code: 3, summary: { blocked: 2 } });
      expect(await arrive('--confirm-finalize', 'sdsc-01')).toEqual(['MarkAsArchived']);
      await expectNoChanges();
      expect((await servers())['awsscrum-lnx1']).toMatchObject({ isArchived: true });
      for (const list of ['ListApplications', 'ListWaves']) {
        const { items } = await askMgn<{ items: object[] }>(url, list, {});
        expect(items).toEqual([expect.objectContaining({ name: 'sdsc-01', isArchived: true })]);
      }

      // What is archived stays so, and has nothing to go back to.
      setPhase('test');
      const back = await plan();
      expect(back).toMatchObject({ code: 3, summary: { blocked: 2, create: 0 } });
      expect(back.concerns.map(({ id }) => id)).toEqual(['phase.not-back', 'phase.not-back']);

      // Nor has it a replication that could go on.
      setPhase('archive', ['awsscrum-lnx1']);
      const { changes } = await plan();
      expect(changes[1]?.effects.join()).toMatch(/^stays as it is; /);
      expect(await apply('--force=deletes')).toMatchObject({ code: 0, summary: { deleted: 1 } });
      await expectNoChanges();
    });

    it('tells in status where each VM is on its way', async () => {
      setPhase('test');
      const early = JSON.parse((await world.run('status', '--format', 'json')).stdout) as object;
      expect(early).toMatchObject({
        vms: [
          {
            address: 'sdsc-01/awsscrum-lnx1',
            phase: { name: 'test', state: 'waits', message: 'waits for its initial sync' },
          },
          {},
        ],
      });
      await arrive();
      const { stdout } = await world.run('status');
      expect(stdout).toMatch(/STAGE +RECOVERY POINT +NEXT/);
      expect(stdout).toMatch(/awsscrum-lnx1 +testing: i-\w{17} +snapshot, .* old +check the test instance/);
      expect(stdout).toContain('2 VMs: 2 testing');
      // Nothing moves: there is nothing to watch.
      expect(await world.run('status', '--watch')).toMatchObject({ code: 0 });
    });

    it('is watched until what moves has come to its end', async () => {
      world.onSleep = () => {
        world.now += HOUR;
      };
      const { code, stdout } = await world.run('status', '--watch');
      expect(code).toBe(0);
      expect(stdout).toMatch(/sdsc-01\/awsscrum-lnx1: replicating: ready for test/);
      expect(stdout).toMatch(/awsscrum-lnx1 +replicating: ready for test, continuous/);
    });

    it('sees a launch that has failed, and launches again', async () => {
      world.now += 12 * HOUR;
      await faults({ launchFailures: [{ server: 'awsscrum-lnx1', of: 'test', message: 'no such licence' }] });
      setPhase('test');
      await apply();
      world.now += HOUR;
      const failed = await plan();
      expect(failed.changes).toMatchObject([
        { address: 'sdsc-01/awsscrum-lnx1', step: 'StartTest', change: { actions: ['advance'] } },
        { address: 'sdsc-01/awsscrum-lnx2', change: { actions: ['no-op'] } },
      ]);
      expect(failed).toMatchObject({ code: 0 });
      expect(failed.concerns).toMatchObject([
        { id: 'phase.launch-failed', severity: 'warning', address: 'sdsc-01/awsscrum-lnx1' },
      ]);
      expect(failed.concerns[0]?.message).toContain('no such licence');

      await faults({});
      expect(await arrive()).toEqual(['StartTest']);
      await expectNoChanges();
    });

    it('starts its cut-over together, and tries a launch that fails again alone until a person must act', async () => {
      const vms = ['awsscrum-lnx1', 'awsscrum-lnx2', 'awsscrum-win1'];
      world.now += 12 * HOUR;
      setPhase('cutover\n  test: skip', vms);
      expect(await apply()).toMatchObject({ summary: { created: 1, advanced: 2 } });
      const late = 'waits for awsscrum-win1 of application sdsc-01: waits for its initial sync';
      expect((await steps()).slice(0, 2)).toEqual(Array(2).fill(`defer StartCutover ${late}`));
      for (const command of ['plan', 'status', 'drift'])
        expect((await world.run(command)).stdout).toContain(late);
      expect(await steps('--vm', 'awsscrum-lnx1')).toEqual([
        'defer StartCutover waits for awsscrum-lnx2, awsscrum-win1 of application sdsc-01: left out of this run (--vm)',
      ]);
      world.now += 12 * HOUR;
      await apply();
      await faults({ launchFailures: [{ server: 'awsscrum-lnx1', of: 'cutover', message: 'no licence' }] });
      for (const advanced of [3, 1, 1]) {
        expect(await apply()).toMatchObject({ code: 0, summary: { advanced } });
        world.now += HOUR;
      }
      const refused = await plan();
      expect(refused).toMatchObject({ code: 3, summary: { blocked: 1, no_op: 2 } });
      expect(refused.concerns).toMatchObject([
        {
          id: 'phase.launch-attempts',
          message: expect.stringMatching(/lnx1 has failed 3 times: .*no licence/) as unknown,
        },
      ]);
      await faults({});
      setPhase('cutover\n  test: skip\n  maxLaunchAttempts: 4', vms);
      expect(await arrive()).toEqual(['StartCutover']);
      await expectNoChanges();
    });

    it('goes back from its cut-over to its test, until that is finalized', async () => {
      setPhase('cutover');
      await arrive(...REVERT);
      setPhase('test');
      // Both VMs of the target at once: the guard asks too.
      expect(await apply(...REVERT)).toMatchObject({ code: 3, summary: { advanced: 0 } });
      expect(await arrive(...REVERT, '--force=destroys')).toEqual([
        'ChangeServerLifeCycleState READY_FOR_TEST',
        'TerminateTargetInstances',
        'StartTest',
      ]);
      await expectNoChanges();
      expect(await lifecycle('awsscrum-lnx1')).toBe('TESTING');

      setPhase('replicate');
      expect(await arrive(...REVERT, '--force=destroys')).toEqual([
        'ChangeServerLifeCycleState READY_FOR_TEST',
        'TerminateTargetInstances',
      ]);
      await expectNoChanges();
      expect(await lifecycle('awsscrum-lnx1')).toBe('READY_FOR_TEST');
    });

    /** What drift says of the first VM: each difference with its message. */
    async function driftOf(name = 'sdsc-01/awsscrum-lnx1'): Promise<string[]> {
      const { stdout } = await world.run('drift', '--format', 'json');
      const { drift } = JSON.parse(stdout) as { drift: { kind: string; address: string; message: string }[] };
      return drift.flatMap(({ kind, address, message }) => (address === name ? [`${kind}: ${message}`] : []));
    }

    it('lets a cut-over that somebody takes back stand until that is confirmed, and says so as drift', async () => {
      setPhase('cutover\n  test: skip');
      await arrive();
      expect(await world.run('drift')).toMatchObject({ code: 0 });
      const { sourceServerID } = (await servers())['awsscrum-lnx1'] ?? {};
      await askMgn(url, 'ChangeServerLifeCycleState', {
        sourceServerID,
        lifeCycle: { state: 'READY_FOR_TEST' },
      });
      const at = displayInstant(world.now);
      world.now += HOUR;
      const planned = await plan();
      expect(planned).toMatchObject({ code: 3, summary: { blocked: 1, no_op: 1 } });
      expect(planned.concerns).toMatchObject([
        { id: 'phase.reverted', message: expect.stringContaining(`lnx1 (taken back ${at})`) as unknown },
      ]);
      expect(await driftOf()).toEqual([
        `phase: its cut-over was taken back ${at}; its wave asks for phase cutover`,
      ]);
      expect(await apply()).toMatchObject({ code: 3, summary: { advanced: 0 } });
      expect(await lifecycle('awsscrum-lnx1')).toBe('READY_FOR_TEST');
      expect(await arrive('--confirm-cutover', 'sdsc-01', '--confirm-revert', 'sdsc-01')).toContain(
        'StartCutover',
      );
      expect(await lifecycle('awsscrum-lnx1')).toBe('CUTTING_OVER');
      expect(await world.run('drift')).toMatchObject({ code: 0 });
    });

    it('is found to differ where somebody has taken a VM past the phase of the wave', async () => {
      world.now += 12 * HOUR;
      const { sourceServerID = '' } = (await servers())['awsscrum-lnx1'] ?? {};
      const byHand = async (call: string, input: object) => {
        await askMgn(url, call, input);
        world.now += HOUR;
        return driftOf();
      };
      const state = (to: string) =>
        byHand('ChangeServerLifeCycleState', { sourceServerID, lifeCycle: { state: to } });
      const launched = await byHand('StartTest', { sourceServerIDs: [sourceServerID] });
      expect(launched).toMatchObject([
        expect.stringMatching(
          /^phase: testing: i-\w+ \(test launched .* UTC\); its wave asks for phase replicate$/,
        ),
      ]);
      setPhase('test');
      expect(await driftOf()).toEqual([]);
      expect(await state('READY_FOR_CUTOVER')).toMatchObject([
        expect.stringMatching(
          /^phase: ready for cutover.* \(test launched .*; its wave asks for phase test$/,
        ),
      ]);
      await arrive();
      expect((await world.run('plan')).stdout).toContain(
        '1 VM matches the manifests, 1 VM is ahead of the phase of its wave',
      );
      expect(await byHand('StartCutover', { sourceServerIDs: [sourceServerID] })).toMatchObject([
        expect.stringMatching(
          /^phase: cut over: i-\w+ \(cut-over launched .*; its wave asks for phase test$/,
        ),
      ]);
      setPhase('cutover');
      expect(await byHand('FinalizeCutover', { sourceServerID })).toMatchObject([
        expect.stringMatching(
          /^phase: finalized: i-\w+ \(cut-over finalized .*; its wave asks for phase cutover$/,
        ),
      ]);
      setPhase('finalize');
      expect(await driftOf()).toEqual([]);
      expect(await byHand('MarkAsArchived', { sourceServerID })).toMatchObject([
        expect.stringMatching(/^phase: archived.*; its wave asks for phase finalize$/),
      ]);
      // Without a phase, git asks for nothing that could differ.
      world.write('waves/sdsc-01.yaml', world.read('waves/sdsc-01.yaml').replace('  phase: finalize\n', ''));
      expect(await driftOf()).toEqual([]);
      const { sourceServerID: other } = (await servers())['awsscrum-lnx2'] ?? {};
      await askMgn(url, 'DisconnectFromService', { sourceServerID: other });
      expect(await driftOf('sdsc-01/awsscrum-lnx2')).toMatchObject([
        expect.stringMatching(/^state: .*disconnected from AWS MGN before it was cut over/),
      ]);
    });

    it('takes no cut-over back and ends no instance, unless that is confirmed by the name of the wave', async () => {
      setPhase('cutover');
      await arrive(...REVERT);
      const { instance } = (await plan()).changes
        .map(({ reason = '' }) => /i-\w+/.exec(reason)?.[0])
        .reduce<{ instance?: string | undefined }>((_, id) => ({ instance: id }), {});
      for (const phase of ['replicate', 'test']) {
        setPhase(phase);
        const planned = await plan();
        expect(planned).toMatchObject({ code: 3, summary: { advance: 0, blocked: 2 } });
        expect(planned.changes[0]).toMatchObject({
          destroys: 'revert',
          blocked_by: ['phase.revert-unconfirmed'],
        });
        expect((await world.run('plan')).stdout).toContain('run with --confirm-revert sdsc-01');
        expect(await apply()).toMatchObject({ code: 3, summary: { advanced: 0 } });
        expect(await apply('--confirm-finalize', 'sdsc-01')).toMatchObject({ code: 3 });
      }
      expect(await lifecycle('awsscrum-lnx1')).toBe('CUTTING_OVER');
      expect((await world.run('status')).stdout).toContain(instance ?? 'no instance');
      // A protected wave refuses it even then.
      world.write(
        'waves/sdsc-01.yaml',
        world.read('waves/sdsc-01.yaml').replace('spec:\n', 'spec:\n  protect: true\n'),
      );
      expect(await apply('--confirm-revert', 'sdsc-01')).toMatchObject({ code: 3, summary: { advanced: 0 } });
      expect(await lifecycle('awsscrum-lnx1')).toBe('CUTTING_OVER');
    });

    it('finalizes only the waves that are confirmed', async () => {
      setPhase('cutover');
      await arrive(...REVERT);
      setPhase('finalize');
      const typo = await world.run('apply', '--auto-approve', '--confirm-finalize', 'sdsc-02');
      expect(typo).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('did you mean sdsc-01?') as unknown,
      });
      expect(await lifecycle('awsscrum-lnx1')).toBe('CUTTING_OVER');
    });

    it('runs a saved plan of steps, which is stale once a VM has moved on', async () => {
      world.now += 12 * HOUR;
      setPhase('test');
      await world.run('plan', '--out', 'plan.json');
      // Snapshots come and go; that moves nothing.
      world.now += 7 * HOUR;
      expect((await world.run('show', 'plan.json')).stdout).toContain('Still fresh');
      expect((await world.run('apply', 'plan.json')).code).toBe(0);
      expect((await world.run('apply', 'plan.json')).code).toBe(4);
    });

    it('shows what a change costs, in every format', async () => {
      world.now += 12 * HOUR;
      setPhase('replicate', ['awsscrum-lnx1', `{ name: awsscrum-lnx2, encrypted: true, kmsKeyId: ${KEY} }`]);
      expect((await plan()).changes[1]).toMatchObject({
        effects: ['forces_resync: kmsKeyId'],
        change: { actions: ['update'] },
      });
      for (const format of ['text', 'markdown']) {
        const { stdout } = await world.run('plan', '--format', format);
        expect(stdout).toContain('forces_resync: kmsKeyId');
      }
      expect(await apply()).toMatchObject({ code: 0, summary: { updated: 1 } });
      await expectNoChanges();
      expect(await lifecycle('awsscrum-lnx2')).toBe('NOT_READY');
    });

    it('refuses --replace, which the service does not have', async () => {
      const refused = await world.run('plan', '--replace', 'sdsc-01/awsscrum-lnx1');
      expect(refused.code).toBe(3);
      expect(refused.stdout).toMatch(/-\/\+ awsscrum-lnx1 .*blocked: replace\.not-possible/);
    });

    it('lets go of a VM that is taken out of it', async () => {
      setPhase('replicate', ['awsscrum-lnx1']);
      const { changes } = await plan();
      expect(changes.map(({ change }) => change.actions)).toEqual([['no-op'], ['delete']]);
      expect(changes[1]?.effects.join()).toContain('continues to replicate');
      expect(await apply('--force=deletes')).toMatchObject({ code: 0, summary: { deleted: 1 } });
      await expectNoChanges();
      const gone = (await servers())['awsscrum-lnx2'];
      expect(Object.keys(gone?.tags ?? {}).filter((key) => key.startsWith('landfall:'))).toEqual([]);
      expect(gone?.applicationID).toBeUndefined();
      expect(gone?.lifeCycle.state).toBe('NOT_READY');

      // It is nobody's now: taking it back is to be said.
      setPhase('replicate');
      expect((await plan()).concerns).toMatchObject([{ id: 'job.unmanaged' }]);
      world.write(
        'waves/sdsc-01.yaml',
        world.read('waves/sdsc-01.yaml').replace('spec:\n', 'spec:\n  adopt: true\n'),
      );
      expect(await steps()).toEqual(['no-op', 'update adopted: no project owned the job']);
      expect(await apply()).toMatchObject({ code: 0, summary: { updated: 1 } });
      await expectNoChanges();
    });

    it('is found to differ where somebody has changed it past landfall, and is put right', async () => {
      const { sourceServerID } = (await servers())['awsscrum-lnx1'] ?? {};
      await askMgn(url, 'UpdateReplicationConfiguration', { sourceServerID, bandwidthThrottling: 99 });
      const { applicationID, sourceServerID: other } = (await servers())['awsscrum-lnx2'] ?? {};
      await askMgn(url, 'DisassociateSourceServers', { applicationID, sourceServerIDs: [other] });

      const drift = await world.run('drift', '--format', 'json');
      expect(drift.code).toBe(2);
      const report = JSON.parse(drift.stdout) as { drift: { address: string; fields: object[] }[] };
      expect(report.drift.map(({ address, fields }) => [address, fields])).toEqual([
        ['sdsc-01/awsscrum-lnx1', [{ field: MGN.field, git: 12, account: 99 }]],
        ['sdsc-01/awsscrum-lnx2', [{ field: 'app', git: 'sdsc-01', account: null }]],
      ]);
      expect(await apply()).toMatchObject({ code: 0, summary: { updated: 2 } });
      await expectNoChanges();
      expect(await world.run('drift')).toMatchObject({ code: 0 });
    });

    it('is left alone by commands that the service has no use for', async () => {
      for (const argv of [
        ['run', 'awsscrum-lnx1', '--auto-approve'],
        ['catalog', 'import'],
        ['catalog', 'delete', '--auto-approve'],
        ['connectors', 'disassociate', 'vcc-1', '--auto-approve'],
      ]) {
        const { code, stdout, stderr } = await world.run(...argv);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toContain('NOT_SUPPORTED');
        expect(stderr).toMatch(/fix: /);
      }
      expect((await world.run('connectors', 'list')).stdout).toContain('1 connector, 1 healthy.');
      expect((await world.run('catalog', 'list', '--managed')).stdout).toContain('2 managed');
      expect(await world.run('drift')).toMatchObject({ code: 0 });
      expect(await world.run('mgn', 'init', 'nowhere')).toMatchObject({ code: 1 });
    });
  });

  it('ends the replication of a VM that is taken out, where the target says so', async () => {
    await begin(', prune: disconnect');
    setPhase('replicate', ['awsscrum-lnx1']);
    const { changes } = await plan();
    expect(changes[1]?.effects.join()).toContain('replication ends permanently');
    expect(changes[1]).toMatchObject({
      destroys: 'disconnect',
      blocked_by: ['delete.disconnect-unconfirmed'],
    });
    expect(await apply('--force=deletes')).toMatchObject({ code: 3, summary: { deleted: 0 } });
    expect(await apply('--force=deletes', '--confirm-disconnect', 'sdsc-01')).toMatchObject({
      code: 0,
      summary: { deleted: 1 },
    });
    await expectNoChanges();
    expect(await lifecycle('awsscrum-lnx2')).toBe('DISCONNECTED');

    // There is no way on from there.
    setPhase('test');
    expect((await plan()).concerns.map(({ id }) => id)).toContain('job.unmanaged');
  });

  it('launches no more at once than the quotas allow', async () => {
    await begin(', limits: { serversInJobs: 2 }');
    const vms = ['awsscrum-lnx1', 'awsscrum-lnx2', 'awsscrum-win1'];
    setPhase('replicate', vms);
    await apply();
    world.now += 12 * HOUR;
    setPhase('test', vms);
    const full = await plan();
    expect(full).toMatchObject({ code: 0, summary: { advance: 2, defer: 1 } });
    expect(full.capacity).toContainEqual(
      expect.objectContaining({ of: 'servers-in-jobs', limit: 2, starting: 2, deferred: 1 }),
    );
    expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 2 } });
    // Still in their job: the third goes on waiting.
    expect(await steps()).toEqual([
      ...Array<string>(2).fill('defer waits for its test instance, which is being launched'),
      'defer StartTest target local has 2 of 2 servers in jobs',
    ]);
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 7 });
    world.now += HOUR;
    expect(await apply()).toMatchObject({ code: 0, summary: { advanced: 1 } });
    world.now += HOUR;
    await expectNoChanges();
  });

  it('is refused on an account that is not set up, which says what to do', async () => {
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    setPhase('replicate');
    let waits = 0;
    world.onSleep = () => void (waits += 1);
    const fresh = await world.run('plan');
    expect(fresh.code).toBe(3);
    expect(fresh.stdout).not.toContain('No changes.');
    for (const command of ['plan', 'status', 'drift', 'catalog list']) {
      const { stdout, stderr } = await world.run(...command.split(' '));
      expect(stdout + stderr).toMatch(
        /account\.uninitialized[^]*fix: give target "local" a mgn\.replication\.stagingAreaSubnetId in the project file if it has none, and run `landfall mgn init local`\n/,
      );
    }
    // A listing that fails while the account closes is not repeated ten times.
    expect(waits).toBeLessThan(10);
    world.onSleep = () => undefined;
    expect(await world.run('catalog', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('landfall mgn init') as unknown,
    });

    // A yes is needed, and a second time finds all of it there.
    expect(await world.run('mgn', 'init')).toMatchObject({ code: 1 });
    world.answer = 'no';
    expect(await world.run('mgn', 'init')).toMatchObject({ code: 1, stdout: '' });
    world.answer = 'yes';
    const made = await world.run('mgn', 'init', 'local');
    expect(made.code).toBe(0);
    expect(made.stderr).toContain('mgn.replication.stagingAreaSubnetId  subnet-0123456789abcdef0');
    expect(made.stdout).toMatch(/\+ replication configuration template +created/);
    const again = await world.run('mgn', 'init', '--format', 'json', '--target', 'local');
    const { steps: done } = JSON.parse(again.stdout) as { steps: { done: string }[] };
    expect(new Set(done.map((step) => step.done))).toEqual(new Set(['there_already']));
    expect(await apply()).toMatchObject({ code: 0, summary: { created: 2 } });
  });

  it('is set up under the lock of its target', async () => {
    world = new ScratchProject({ 'landfall.yaml': MGN.project() });
    world.answer = 'yes';
    world.onAsk = async () => {
      world.onAsk = () => undefined;
      expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('mgn init') as unknown,
      });
    };
    expect(await world.run('mgn', 'init')).toMatchObject({ code: 0 });
  });

  it('needs an account of AWS MGN to set up', async () => {
    world = new ScratchProject();
    expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '`landfall mgn init` is not supported on target local: AWS SMS needs no set-up',
      ) as unknown,
    });
  });
});
