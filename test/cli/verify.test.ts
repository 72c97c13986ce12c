import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOf, planDifferences } from '../../src/plan/checksum.ts';
import { planProject } from '../../src/plan/index.ts';
import { hasChanges, isExecutable, type Plan } from '../../src/core/plan.ts';
import { samples } from '../plan/samples.ts';
import { tries } from '../setup/tries.ts';
import { commitAll, git, startRepository } from './repository.ts';
import { type Run, ScratchProject, wave } from './scratch-project.ts';
import { BY_NAME, SERVICES } from './services.ts';

const DAY = 24 * 60 * 60 * 1000;

interface SavedFile extends Record<string, unknown> {
  readonly plan: { changes: Record<string, unknown>[]; concerns: unknown[] };
  readonly preconditions: Record<string, unknown>[];
}

describe.each(BY_NAME)('apply --verify on %s', (_, service) => {
  const { vm, wave, field } = service;
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'landfall.yaml': service.project(),
      'waves/sdsc-01.yaml': wave('sdsc-01', [vm('awsscrum-lnx1')]),
    });
    await service.ready(world);
    startRepository(world);
  });
  afterEach(() => world.dispose());

  const save = (...flags: string[]): Promise<Run> => world.run('plan', '--out', 'p.json', ...flags);
  const verify = (...flags: string[]): Promise<Run> => world.run('apply', 'p.json', '--verify', ...flags);
  const commit = (file: string, text: string): void => {
    world.write(file, text);
    commitAll(world, `change ${file}`);
  };
  /** What the account holds, by address: the setting, or nothing for a VM without a job. */
  const jobs = async (): Promise<Record<string, unknown>> => {
    const { stdout } = await world.run('status', '--format', 'json');
    const { vms } = JSON.parse(stdout) as {
      vms: { address: string; job: { id: string } | null }[];
    };
    return Object.fromEntries(vms.flatMap(({ address, job }) => (job === null ? [] : [[address, job.id]])));
  };
  /** Edits the saved plan and gives it a digest that fits. */
  const forge = (edit: (file: SavedFile) => void): void => {
    const { digest, ...body } = JSON.parse(world.read('p.json')) as SavedFile;
    edit(body);
    expect(digest).toMatch(/^sha256:/);
    world.write('p.json', JSON.stringify({ ...body, digest: digestOf(body) }));
  };

  it('applies what the checked-out commit asks for, days later and whatever lies on the disk', async () => {
    await save();
    world.now += 3 * DAY;
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx2')]));
    world.write('waves/from-an-artifact.yaml', wave('evil', [vm('awsscrum-win1')]));
    const applied = await verify('--report', 'outcome.json');
    expect(applied).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') as unknown });
    expect(applied.stdout).toContain('1 created');
    expect(JSON.parse(world.read('outcome.json'))).toMatchObject({ exit_code: 0 });
    rmSync(join(world.folder, 'waves/from-an-artifact.yaml'));
    git(world, 'checkout', '--', '.');
    expect(Object.keys(await jobs())).toEqual(['sdsc-01/awsscrum-lnx1']);

    const again = await verify();
    expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('PLAN_STALE') as unknown });
  });

  it('never runs a plan that was edited and sealed again, and shows what was edited', async () => {
    await save();
    forge(({ plan }) => {
      const [change] = plan.changes as { fields: { field: string; after: unknown }[]; settings: object }[];
      if (change === undefined) throw new Error('there is no change');
      change.settings = { ...change.settings, [field]: 1 };
      for (const each of change.fields) if (each.field === field) each.after = 1;
    });
    expect(await world.run('show', 'p.json')).toMatchObject({ code: 0 });
    const refused = await verify();
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('PLAN_DIFFERS');
    expect(refused.stderr).toMatch(
      new RegExp(`sdsc-01/awsscrum-lnx1 on local\n {4}${field}: 1 in the plan, 12 now`),
    );
    expect(await jobs()).toEqual({});
    const json = await verify('--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      exit_code: 4,
      error: { code: 'PLAN_DIFFERS' },
      drift: [{ address: 'sdsc-01/awsscrum-lnx1', what: field, planned: 1, now: 12 }],
    });
  });

  it('applies nothing if a change was taken out of the file, with its precondition', async () => {
    commit('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1'), vm('awsscrum-lnx2')]));
    await save();
    forge(({ plan, preconditions }) => {
      plan.changes.pop();
      preconditions.pop();
    });
    const refused = await verify();
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(
      'sdsc-01/awsscrum-lnx2 on local\n    action: none in the plan, create now',
    );
    expect(await jobs()).toEqual({});
  });

  it('refuses the plan of a branch whose base has moved, unless it was narrowed to its own waves', async () => {
    git(world, 'checkout', '--quiet', '-b', 'two');
    commit('waves/two.yaml', wave('two', [vm('awsscrum-lnx2')]));
    await save();
    const narrow = await world.run('plan', '--out', 'narrow.json', '--changed-since', 'main');
    expect(narrow).toMatchObject({ code: 0 });
    git(world, 'checkout', '--quiet', 'main');
    commit('waves/three.yaml', wave('three', [vm('awsscrum-win1')]));
    git(world, 'merge', '--quiet', '--no-edit', 'two');

    const moved = await verify();
    expect(moved.code).toBe(4);
    expect(moved.stderr).toContain('three/awsscrum-win1 on local\n    action: none in the plan, create now');
    expect(await world.run('apply', 'narrow.json', '--verify')).toMatchObject({ code: 0 });
    expect(Object.keys(await jobs())).toEqual(['two/awsscrum-lnx2']);
  });

  it('refuses where the account has moved under the plan, and only there', async () => {
    commit('waves/two.yaml', wave('two', [vm('awsscrum-lnx2')]));
    expect(await world.run('apply', '--auto-approve', '--wave', 'sdsc-01')).toMatchObject({ code: 0 });
    commit('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1', 24)]));
    await save('--vm', 'awsscrum-lnx1');
    // Another VM's job changes nothing about this plan.
    expect(await world.run('apply', '--auto-approve', '--wave', 'two')).toMatchObject({ code: 0 });
    const copy = world.read('p.json');
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1', 6)]));
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    const moved = await verify();
    expect(moved.code).toBe(4);
    expect(moved.stderr).toMatch(new RegExp(`${field}: 12 in the plan, 6 now`));
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1', 12)]));
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    world.write('p.json', copy);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('says what is missing', async () => {
    await save();
    const usage = await world.run('apply', '--verify');
    expect(usage).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--verify compares with a saved plan') as unknown,
    });
    const kept = world.read('waves/sdsc-01.yaml');
    commit('waves/sdsc-01.yaml', 'kind: Wave\n');
    expect(await verify()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('waves/sdsc-01.yaml:1') as unknown,
    });
    commit('waves/sdsc-01.yaml', kept);
    rmSync(join(world.folder, '.git'), { recursive: true });
    expect(await verify()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('GIT_FAILED') as unknown,
    });
    expect(await jobs()).toEqual({});
  });
});

it('takes no flag from the file that makes a plan do more', async () => {
  const project = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['name: awsscrum-lnx1']) });
  startRepository(project);
  const run = (...argv: string[]): Promise<Run> => project.run(...argv);
  expect(await run('apply', '--auto-approve')).toMatchObject({ code: 0 });
  const flags = ['--replace', 'sdsc-01/awsscrum-lnx1'];
  await run('plan', '--out', 'p.json', ...flags);
  const refused = await run('apply', 'p.json', '--verify');
  expect(refused).toMatchObject({ code: 4 });
  expect(refused.stderr).toContain('action: replace in the plan, none now');
  expect(refused.stderr).toContain('needs the same flags here');
  const applied = await run('apply', 'p.json', '--verify', ...flags);
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('1 replaced') as unknown });
  await project.dispose();
});

it('takes no confirmation from the file: a step that cannot be undone is confirmed where it is applied', async () => {
  const [, MGN] = SERVICES;
  const phase = (name: string, vms = ['awsscrum-lnx1']): string =>
    MGN.wave(
      'sdsc-01',
      vms.map((vm) => MGN.vm(vm)),
      [`phase: ${name}`],
    );
  const project = new ScratchProject({ 'landfall.yaml': MGN.project(), 'waves/sdsc-01.yaml': phase('test') });
  await MGN.ready(project);
  startRepository(project);
  const run = (...argv: string[]): Promise<Run> => project.run(...argv);
  const commit = (text: string): void => {
    project.write('waves/sdsc-01.yaml', text);
    commitAll(project, 'change the wave');
  };
  /** Applies each hour until the wave is in its phase. */
  const arrive = async (...flags: string[]): Promise<void> => {
    for (let hour = 0; hour < 20; hour += 1) {
      if ((await run('plan', '--detailed-exitcode', ...flags)).code === 0) return;
      expect(await run('apply', '--auto-approve', ...flags)).toMatchObject({ code: 0 });
      project.now += 60 * 60 * 1000;
    }
    throw new Error('the wave does not arrive');
  };
  /** The reviewed plan with its flag; the same without it and with another; then as it was reviewed, and again. */
  const review = async (kind: string, done: string, flag: string, other: string): Promise<void> => {
    const flags = [flag, 'sdsc-01'];
    expect(await run('plan', '--out', 'unconfirmed.json')).toMatchObject({ code: 3 });
    const saved = await run('plan', '--out', 'p.json', '--write', 'markdown=p.md', ...flags);
    expect(saved).toMatchObject({ code: 0 });
    expect(project.read('p.md')).toContain(`\n<!-- landfall-plan: ${kind} -->\n`);
    for (const less of [[], [other, 'sdsc-01']]) {
      const refused = await run('apply', 'p.json', '--verify', ...less);
      expect({ code: refused.code, stdout: refused.stdout }).toMatchObject({ code: 4 });
      expect(refused.stderr).toContain('needs the same flags here');
      expect(refused.stdout).not.toContain('Applied:');
    }
    const applied = await run('apply', 'p.json', '--verify', ...flags);
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining(done) as unknown });
    expect(await run('apply', 'p.json', '--verify', ...flags)).toMatchObject({ code: 4 });
  };
  try {
    await arrive();
    commit(phase('cutover'));
    await run('apply', '--auto-approve');
    project.now += 60 * 60 * 1000;
    await review('cutover', '1 advanced', '--confirm-revert', '--confirm-finalize');
    await arrive('--confirm-revert', 'sdsc-01');
    commit(phase('finalize'));
    await review('finalize', '1 advanced', '--confirm-finalize', '--confirm-revert');
  } finally {
    await project.dispose();
  }
});

describe('the comparison of two plans', () => {
  const none = new Set<string>();
  const plans = samples.map(({ input }) => planProject(input));

  it('finds no difference between a plan and itself, made at another time and without what is only shown', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const changes = plan.changes
          .filter(isExecutable)
          .map((change) => ({ ...change, effects: [], activeBefore: !change.activeBefore }));
        const other: Plan = { ...plan, at: plan.at + 5 * DAY, concerns: [], capacity: [], changes };
        expect(planDifferences(plan, other, none)).toEqual([]);
      }),
      tries(15),
    );
  });

  it('finds any change that only one of them has, or that is another', () => {
    fc.assert(
      fc.property(plans.filter(hasChanges), fc.nat(), fc.nat(), (plan, at, kind) => {
        const executable = plan.changes.filter(isExecutable);
        const chosen = executable[at % executable.length];
        const edits: readonly object[] = [
          { serverId: 's-other' },
          { wave: 'other' },
          { owner: { project: 'other', wave: 'w1' } },
          { step: 'Other' },
          { id: 'other' },
          { action: chosen?.action === 'delete' ? 'update' : 'delete' },
          { fields: [...(chosen?.fields ?? []), { field: 'x', after: 1 }] },
          { action: 'no-op' },
        ];
        const changes = plan.changes.map((change) =>
          change === chosen ? { ...change, ...edits[kind % edits.length] } : change,
        ) as Plan['changes'];
        expect(planDifferences(plan, { ...plan, changes }, none)).not.toEqual([]);
        expect(planDifferences({ ...plan, changes }, plan, none)).not.toEqual([]);
      }),
      tries(15),
    );
  });
});
