import { mkdtempSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitAll, git, startRepository } from './repository.ts';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

/** A project file with policies, each as its name, its expression and more of its keys. */
function project(...policies: readonly (readonly [name: string, expression: string, more?: string])[]) {
  const items = policies.map(
    ([name, expression, more = '']) =>
      `  - { name: ${name}, message: says ${name}, expression: '${expression}'${more} }\n`,
  );
  return `${PROJECT}${items.length === 0 ? '' : 'policies:\n'}${items.join('')}`;
}

const NO_CREATE = ['no-create', 'change.action != "create"'] as const;

interface PlanJson {
  readonly concerns: readonly { readonly id: string; readonly severity: string; readonly message: string }[];
  readonly changes: readonly { readonly blocked_by: readonly string[] }[];
}

describe('--policies-from', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({
      'landfall.yaml': project(NO_CREATE),
      'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']),
    });
    startRepository(world);
    git(world, 'checkout', '--quiet', '-b', 'topic');
  });
  afterEach(() => world.dispose());

  async function planned(...flags: readonly string[]) {
    const { code, stdout, stderr } = await world.run(
      'plan',
      ...['--policies-from', 'main', '--format', 'json'],
      ...flags,
    );
    if (stdout === '') throw new Error(stderr);
    const { concerns, changes } = JSON.parse(stdout) as PlanJson;
    return {
      code,
      blockedBy: changes.flatMap((change) => change.blocked_by),
      critical: concerns.flatMap(({ id, severity, message }) =>
        severity === 'critical' ? `${id}: ${message}` : [],
      ),
    };
  }

  const HELD = { code: 3, blockedBy: ['policy.no-create'], critical: ['policy.no-create: says no-create'] };

  it.each([
    ['deletes', project()],
    ['loosens', project(['no-create', 'true'])],
    ['only warns of', project([...NO_CREATE, ', severity: warning'])],
    ['gives another scope to', project(['no-create', 'plan.changes.size() < 99', ', scope: plan'])],
    ['gives another message to', project(NO_CREATE).replace('says no-create', 'fine')],
    ['renames', project(['no-delete', 'true'])],
    ['says the same as', project(NO_CREATE)],
  ])('holds a branch that %s a policy to that of the base', async (_, text) => {
    world.write('landfall.yaml', text);
    expect(await planned()).toMatchObject({ code: 3, blockedBy: ['policy.no-create'] });
    expect((await planned()).critical).toContain('policy.no-create: says no-create');
    world.env['LANDFALL_POLICIES_FROM'] = 'main';
    const { code, stderr } = await world.run('apply', '--auto-approve');
    expect(code).toBe(3);
    expect(stderr).not.toContain('internal');
    // Without the base, the branch alone would decide.
    expect((await world.run('validate')).code).toBe(0);
  });

  it('refuses a variable that is empty', async () => {
    world.env['LANDFALL_POLICIES_FROM'] = '';
    const { code, stderr } = await world.run('plan');
    expect(code).toBe(1);
    expect(stderr).toContain('"" is not a value of LANDFALL_POLICIES_FROM');
    expect((await world.run('plan', '--policies-from', '')).code).toBe(1);
  });

  it.each([
    ['gives the project file its other name', 'landfall.yml', ''],
    ['moves the project file to a folder above that of the run', '../landfall.yaml', 'dc'],
  ])('holds a branch that %s', async (_, to, folder) => {
    if (folder !== '') {
      git(world, 'checkout', '--quiet', 'main');
      world.write(join(folder, 'landfall.yaml'), project(NO_CREATE));
      world.write(join(folder, 'notes.txt'), 'stays');
      world.remove('landfall.yaml');
      commitAll(world, 'a project in a folder');
      git(world, 'checkout', '--quiet', '-B', 'topic');
      world.cwd = join(world.folder, folder);
    }
    world.write(join(folder, to), project());
    world.remove(join(folder, 'landfall.yaml'));
    commitAll(world, 'move the project file');
    expect(await planned()).toEqual(HELD);
    expect(await planned('--project', join(world.cwd, to, '..'))).toEqual(
      folder === '' ? HELD : { code: 0, blockedBy: [], critical: [] },
    );
  });

  it('is an error where a branch puts a link in the place of the folder of the project', async () => {
    git(world, 'checkout', '--quiet', 'main');
    world.write('dc/landfall.yaml', project(NO_CREATE));
    commitAll(world, 'a project in a folder');
    git(world, 'checkout', '--quiet', '-B', 'topic');
    world.remove('dc/landfall.yaml');
    rmdirSync(join(world.folder, 'dc'));
    world.write('new/landfall.yaml', project());
    world.write('new/waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1 }']));
    symlinkSync('new', join(world.folder, 'dc'));
    for (const path of ['dc', 'dc/landfall.yaml']) {
      const { code, stderr } = await world.run('plan', '--project', path, '--policies-from', 'main');
      expect(code).toBe(1);
      expect(stderr).toContain('through a symbolic link');
    }
    // A new project of the branch, by its own path.
    expect((await world.run('plan', '--project', 'new', '--policies-from', 'main')).code).toBe(0);
  });

  it('holds a branch to its own policies as well, new ones and stricter ones', async () => {
    git(world, 'checkout', '--quiet', 'main');
    world.write('landfall.yaml', project(['calm', 'change.action != "delete"']));
    commitAll(world, 'calm');
    git(world, 'checkout', '--quiet', '-B', 'topic');
    world.write('landfall.yaml', project(['calm', 'change.action == "no-op"'], ['new', 'change.os != ""']));
    expect(await planned()).toEqual({
      code: 3,
      blockedBy: ['policy.calm', 'policy.new'],
      critical: ['policy.calm: says calm', 'policy.new: says new'],
    });
  });

  it('sets a policy of the base aside by its name, and only so', async () => {
    world.write('landfall.yaml', project());
    expect(await planned('--override-policy', 'no-create', '--reason', 'CHG0042')).toEqual({
      code: 0,
      blockedBy: [],
      critical: [],
    });
    const without = await world.run('plan', '--override-policy', 'no-create', '--reason', 'CHG0042');
    expect(without).toMatchObject({ code: 1 });
    expect(without.stderr).toContain('the project has no policy "no-create"');
  });

  it('compares the same policies when a saved plan is applied with --verify', async () => {
    world.write('landfall.yaml', project());
    commitAll(world, 'without policies');
    expect((await world.run('plan', '--out', 'p.json')).code).toBe(0);
    const applied = await world.run('apply', 'p.json', '--verify', '--policies-from', 'main');
    expect(applied.code).toBe(4);
  });

  it('finds no policies where the base has no project yet', async () => {
    git(world, 'checkout', '--quiet', 'main');
    git(world, 'rm', '--quiet', '-r', 'landfall.yaml', 'waves');
    git(world, 'commit', '--quiet', '--message', 'no project');
    git(world, 'checkout', '--quiet', 'topic');
    world.write('landfall.yaml', project());
    expect(await planned()).toEqual({ code: 0, blockedBy: [], critical: [] });
  });

  it.each(['--upload-pack=x', '', 'nowhere', 'a..b'])('knows no revision %p', async (revision) => {
    world.write('landfall.yaml', project());
    const run = await world.run('plan', `--policies-from=${revision}`);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('REVISION_UNKNOWN');
    const apply = await world.run('apply', '--auto-approve', `--policies-from=${revision}`);
    expect(apply).toMatchObject({ code: 1 });
    expect(apply.stderr).toContain('a branch of the remote may have to be fetched first');
  });

  it.each([
    ['is not YAML', 'kind: Project\n  broken: ['],
    ['has a policy that is not valid', project(['no-create', 'chnge.os == ""'])],
    ['has a key that nobody knows', `${project(NO_CREATE)}polices: []\n`],
    ['is empty', ''],
  ])('is an error where the project file of the base %s', async (_, text) => {
    git(world, 'checkout', '--quiet', 'main');
    world.write('landfall.yaml', text);
    commitAll(world, 'broken');
    git(world, 'checkout', '--quiet', 'topic');
    const { code, stderr } = await world.run('plan', '--policies-from', 'main');
    expect(code).toBe(1);
    expect(stderr).toContain('the project file at "main" has errors: landfall.yaml:');
    expect(stderr).toContain('--policies-from');
  });

  it('reads the policies of a base with broken wave files', async () => {
    git(world, 'checkout', '--quiet', 'main');
    world.write('waves/broken.yaml', 'kind: Wave\n  broken: [');
    commitAll(world, 'broken');
    git(world, 'checkout', '--quiet', 'topic');
    world.write('landfall.yaml', project());
    expect(await planned()).toEqual(HELD);
  });

  it('says what to do in a shallow clone, and outside of any', async () => {
    world.write('landfall.yaml', project());
    commitAll(world, 'without policies');
    const shallow = mkdtempSync(join(tmpdir(), 'landfall-shallow-'));
    try {
      git(world, 'clone', '--quiet', '--depth=1', '--branch=topic', `file://${world.folder}`, shallow);
      world.cwd = shallow;
      const unknown = await world.run('plan', '--policies-from', 'origin/main');
      expect(unknown).toMatchObject({ code: 1, stdout: '' });
      expect(unknown.stderr).toContain('fetch-depth: 0');
      // The tip is enough: no history is needed.
      git({ folder: shallow }, 'fetch', '--quiet', '--depth=1', 'origin', 'main');
      expect((await world.run('plan', '--policies-from', 'FETCH_HEAD')).code).toBe(3);
    } finally {
      rmSync(shallow, { recursive: true, force: true });
    }
    world.cwd = world.folder;
    rmSync(join(world.folder, '.git'), { recursive: true });
    const none = await world.run('plan', '--policies-from', 'main');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('is not in the working tree of a git repository');
  });
});
