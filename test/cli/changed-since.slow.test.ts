import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitAll, git, startRepository } from './repository.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const [A, B, C] = ['awsscrum-lnx1', 'awsscrum-lnx2', 'p-payroll-web01'].map(
  (name) => `{ name: ${name} }`,
) as [string, string, string];
const every6 = (vm: string): string => vm.replace(' }', ', frequency: 6 }');

interface PlanJson {
  readonly changes: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly concerns: readonly { readonly id: string; readonly message: string }[];
}

describe('landfall plan --changed-since', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'waves/a.yaml': wave('a', [A]),
      'waves/b.yaml': wave('b', [B]),
      'waves/c.yaml': wave('c', [C]),
    });
    startRepository(world);
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    git(world, 'checkout', '--quiet', '-b', 'topic');
  });
  afterEach(() => world.dispose());

  async function planned(
    ...flags: readonly string[]
  ): Promise<PlanJson & { readonly short: readonly string[] }> {
    const { stdout, stderr } = await world.run(
      'plan',
      '--changed-since',
      'main',
      '--format',
      'json',
      ...flags,
    );
    if (stdout === '') throw new Error(stderr);
    const plan = JSON.parse(stdout) as PlanJson;
    return {
      ...plan,
      short: plan.changes.map(({ address, change }) => `${change.actions.join('+')} ${address}`),
    };
  }

  it('looks at no wave where no file has changed, and says so', async () => {
    const { code, stdout } = await world.run('plan', '--changed-since', 'main');
    expect(code).toBe(0);
    expect(stdout).toContain('no wave file has changed since main');
    expect(stdout).toContain('No changes.');
  });

  it('looks at what is committed, staged, edited and new, and at nothing else', async () => {
    // Without the flag, this would show: git does not know of it.
    world.write('waves/a.yaml', wave('a', [every6(A)]));
    commitAll(world, 'a');
    expect((await planned()).short).toEqual(['update a/awsscrum-lnx1']);
    world.write('waves/b.yaml', wave('b', [every6(B)]));
    expect((await planned()).short).toEqual(['update a/awsscrum-lnx1', 'update b/awsscrum-lnx2']);
    git(world, 'add', '--all');
    expect((await planned()).short).toHaveLength(2);
    world.write('waves/new "ü\n.yaml', wave('d', ['{ name: p-payroll-web02 }']));
    const { short, concerns } = await planned();
    expect(short).toContain('create d/p-payroll-web02');
    expect(concerns).toMatchObject([
      {
        id: 'wave.not-looked-at',
        message:
          'this plan includes only waves whose files have changed since main (a, b, d); 1 other wave is left out',
      },
    ]);
  });

  it('deletes the jobs of VMs, waves and files that are gone', async () => {
    world.write('waves/a.yaml', `${wave('a', [A])}---\n${wave('e', ['{ name: p-payroll-app01 }'])}`);
    world.write('waves/b.yaml', wave('b', [B, '{ name: p-payroll-db01 }']));
    commitAll(world, 'more');
    git(world, 'branch', '--force', 'main');
    await world.run('apply', '--auto-approve');

    world.write('waves/a.yaml', wave('a', [A]));
    world.write('waves/b.yaml', wave('b', [B]));
    world.remove('waves/c.yaml');
    expect((await planned()).short).toEqual([
      'no-op a/awsscrum-lnx1',
      'no-op b/awsscrum-lnx2',
      'delete b/p-payroll-db01',
      'delete c/p-payroll-web01',
      'delete e/p-payroll-app01',
    ]);
    commitAll(world, 'gone');
    expect((await planned()).short).toHaveLength(5);
    expect((await planned('--wave', 'c')).short).toEqual(['delete c/p-payroll-web01']);
  });

  it('looks at the target that only a wave which is gone named', async () => {
    world.write(
      'landfall.yaml',
      PROJECT.replace(/$/, '  other: { provider: sms, region: eu-west-1, endpoint: local }\n'),
    );
    world.write('waves/c.yaml', wave('c', [C], ['target: other']));
    commitAll(world, 'two targets');
    git(world, 'branch', '--force', 'main');
    world.remove('waves/c.yaml');
    const { stdout } = await world.run('plan', '--changed-since', 'main', '--format', 'json');
    const plan = JSON.parse(stdout) as { targets: { name: string }[] };
    expect(plan.targets.map(({ name }) => name)).toEqual(['local', 'other']);
  });

  it('lists only the targets of changed waves, also of waves that are gone', async () => {
    const targets = ['other', 'third'].map(
      (name, index) => `  ${name}: { provider: sms, region: eu-west-${index + 1}, endpoint: local }\n`,
    );
    world.write('landfall.yaml', PROJECT.replace(/$/, targets.join('')));
    world.write('waves/b.yaml', wave('b', [B], ['target: other']));
    world.write('waves/c.yaml', wave('c', [C], ['target: third']));
    commitAll(world, 'three targets');
    git(world, 'branch', '--force', 'main');
    const list = async (...flags: string[]) => world.run('targets', '--changed-since', 'main', ...flags);
    const named = async (): Promise<unknown> => {
      const { targets: found } = JSON.parse((await list('--format', 'json')).stdout) as {
        targets: { name: string; waves: string[] }[];
      };
      return found.map(({ name, waves }) => [name, ...waves]);
    };

    expect((await list()).stdout).toBe('No target: no wave file has changed since main.\n');
    expect((await list('--format', 'github')).stdout).toBe('count=0\nstages=0\nmatrix={"include":[]}\n');
    expect((await list('--format', 'gitlab')).stdout).toContain("echo 'No wave file has changed.'");

    // The wave that left its target to the project is gone, and so is one that named its target.
    world.remove('waves/a.yaml');
    world.write('waves/b.yaml', wave('b', [every6(B)], ['target: other']));
    expect(await named()).toEqual([['local'], ['other', 'b']]);
    const { stdout } = await list();
    expect(stdout).toMatch(/^local .* removed ones/m);
    expect(stdout).toContain(
      '2 targets with waves that have changed since main; no wave of 1 other has changed',
    );
    world.remove('waves/c.yaml');
    expect(await named()).toEqual([['local'], ['other', 'b'], ['third']]);

    world.write('landfall.yaml', `${world.read('landfall.yaml')}# a word\n`);
    expect((await list()).stderr).toContain('landfall.yaml has changed since main');
    expect(await named()).toEqual([['local'], ['other', 'b']]);
  });

  it('takes a file that was renamed for changed, and its wave as it is', async () => {
    git(world, 'mv', 'waves/a.yaml', 'waves/z.yaml');
    expect((await planned()).short).toEqual(['no-op a/awsscrum-lnx1']);
  });

  it('counts from where the branches parted', async () => {
    git(world, 'checkout', '--quiet', 'main');
    world.write('waves/b.yaml', wave('b', [every6(B)]));
    commitAll(world, 'main goes on');
    git(world, 'checkout', '--quiet', 'topic');
    world.write('waves/a.yaml', wave('a', [every6(A)]));
    commitAll(world, 'topic');
    expect((await planned()).short).toEqual(['update a/awsscrum-lnx1']);
  });

  it('looks at everything when the project file has changed, or a wave file was broken', async () => {
    world.write('landfall.yaml', `${PROJECT}# a word\n`);
    const all = await world.run('plan', '--changed-since', 'main', '--verbose');
    expect(all.stderr).toContain('landfall.yaml has changed since main: all waves are planned');
    expect(all.stdout).toContain('3 VMs match');
    git(world, 'checkout', '--quiet', 'landfall.yaml');

    world.write('waves/a.yaml', 'kind: Wave\n  broken: [');
    commitAll(world, 'broken');
    git(world, 'branch', '--force', 'main');
    world.write('waves/a.yaml', wave('a', [A]));
    const mended = await world.run('plan', '--changed-since', 'main', '--verbose');
    expect(mended.stderr).toContain('waves/a.yaml was broken, and has changed since main');
    expect(mended.stdout).toContain('3 VMs match');
  });

  it('is saved like any plan', async () => {
    world.write('waves/a.yaml', wave('a', [every6(A)]));
    expect(await world.run('plan', '--changed-since', 'main', '--out', 'p.json')).toMatchObject({ code: 0 });
    expect((await world.run('apply', 'p.json')).stdout).toContain('1 updated');
    expect(await world.run('apply', '--changed-since', 'main')).toMatchObject({ code: 1 });
  });

  it('runs nothing that the configuration of git names', async () => {
    const mark = join(world.folder, '.landfall', 'ran');
    const program = `touch '${mark}'; false`;
    for (const key of [
      'core.fsmonitor',
      'diff.external',
      'diff.x.textconv',
      'diff.x.command',
      'core.pager',
    ]) {
      git(world, 'config', key, program);
    }
    world.write('.git/hooks/post-index-change', `#!/bin/sh\ntouch '${mark}'\n`);
    world.write('.gitattributes', '*.yaml diff=x\n');
    world.write('waves/a.yaml', wave('a', [every6(A)]));
    expect((await planned()).short).toEqual(['update a/awsscrum-lnx1']);
    expect(existsSync(mark)).toBe(false);
  });

  it('takes no bare repository among the files for the one that they are in', async () => {
    // A folder of a pull request may hold HEAD, objects/ and a config of its own.
    const planted = new ScratchProject({ 'waves/a.yaml': wave('a', [A]) });
    try {
      git(planted, 'init', '--bare', '--quiet', '.');
      const tree = git(planted, 'mktree', '--missing');
      const commit = git(planted, 'commit-tree', '-m', 'planted', tree);
      git(planted, 'update-ref', 'HEAD', commit);
      expect(git(planted, 'rev-parse', 'HEAD')).toBe(commit);
      expect((await planted.run('plan', '--format', 'markdown')).stdout).not.toContain(commit.slice(0, 12));
      expect(await planted.run('plan', '--changed-since', 'HEAD')).toMatchObject({ code: 1, stdout: '' });
    } finally {
      await planted.dispose();
    }
  });

  it.each(['--upload-pack=x', '-x', '--output=pwned', '', 'nowhere', 'a..b'])(
    'knows no revision %p',
    async (revision) => {
      const run = await world.run('plan', `--changed-since=${revision}`);
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toContain('REVISION_UNKNOWN');
      expect(git(world, 'status', '--porcelain')).toBe('');
    },
  );

  it('says what to do in a shallow clone, and outside of any', async () => {
    world.write('waves/a.yaml', wave('a', [every6(A)]));
    commitAll(world, 'second');
    const shallow = mkdtempSync(join(tmpdir(), 'landfall-shallow-'));
    try {
      git(world, 'clone', '--quiet', '--depth=1', '--branch=topic', `file://${world.folder}`, shallow);
      world.cwd = shallow;
      const unknown = await world.run('plan', '--changed-since', 'origin/main');
      expect(unknown.stderr).toContain('fetch-depth: 0');
      git({ folder: shallow }, 'fetch', '--quiet', '--depth=1', 'origin', 'main');
      const apart = await world.run('plan', '--changed-since', 'FETCH_HEAD');
      expect(apart).toMatchObject({ code: 1 });
      expect(apart.stderr).toContain('in common');
      expect(apart.stderr).toContain('fetch-depth: 0');
    } finally {
      rmSync(shallow, { recursive: true, force: true });
    }
    world.cwd = world.folder;
    rmSync(join(world.folder, '.git'), { recursive: true });
    const none = await world.run('plan', '--changed-since', 'main');
    expect(none.stderr).toContain('is not in the working tree of a git repository');
  });
});
