import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMarker } from '../../src/core/comment.ts';
import { commitAll, git, gitWith, startRepository } from './repository.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const ONE = '{ name: awsscrum-lnx1 }';
const TWO = '{ name: awsscrum-lnx2 }';

describe('landfall drift', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', [ONE]) });
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
  });
  afterEach(() => world.dispose());

  it('is silent where there is none', async () => {
    expect(await world.run('drift')).toEqual({
      code: 0,
      stdout: 'No drift. 1 VM matches the manifests.\n',
      stderr: '',
    });
  });

  it('says who differs, and exits with 2', async () => {
    world.write('waves/a.yaml', wave('a', [ONE.replace(' }', ', frequency: 24 }'), TWO]));
    const found = await world.run('drift');
    expect(found.code).toBe(2);
    expect(found.stdout.replace(/sms-job-\w+/g, 'JOB')).toBe(
      `local (sms, us-west-2, account 000000000000, built-in endpoint)

  a
    ~ awsscrum-lnx1  JOB
        frequency: the manifests say 24, the account says 12
    + awsscrum-lnx2  it is new in the manifests and has no replication job yet

Drift: 1 changed, 1 not applied yet; 0 VMs match the manifests.
`,
    );
    expect((await world.run('drift', '--vm', 'awsscrum-lnx2')).stdout).not.toContain('lnx1');
    expect(await world.run('drift', '--wave', 'b')).toMatchObject({ code: 1 });
  });

  it('is data on request', async () => {
    world.write('waves/a.yaml', wave('a', [TWO]));
    const { code, stdout } = await world.run('drift', '--format', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      format_version: '1.0',
      revision: null,
      has_drift: true,
      drift: [
        {
          kind: 'unlisted',
          address: 'a/awsscrum-lnx1',
          job_id: expect.stringMatching(/^sms-job-/) as unknown,
        },
        { kind: 'not-applied', address: 'a/awsscrum-lnx2', file: 'waves/a.yaml' },
      ],
      summary: { unlisted: 1, not_applied: 1, changed: 0, matching: 0 },
    });
  });

  it('is an issue on request', async () => {
    expect(await world.run('drift', '--format', 'markdown')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^No drift in `ucop`: 1 VM matches the manifests\.\n/) as unknown,
    });
    world.write('waves/a.yaml', wave('a', [ONE.replace(' }', ', frequency: 24 }'), TWO]));
    const { code, stdout } = await world.run('drift', '--format', 'markdown');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^\*\*Drift\*\* in `ucop`: 1 changed, 1 not applied yet; 0 VMs match/);
    expect(stdout).toContain('!     frequency: the manifests say 24, the account says 12\n');
    expect(stdout.endsWith('\n<!-- landfall:ucop:local:drift -->\n')).toBe(true);
    expect(await world.run('drift', '--format', 'markdown', '--max-bytes', '9999')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--max-bytes 9999') as unknown,
    });
  });

  it.each([
    ['on disk', []],
    ['of a revision', ['--ref', 'HEAD']],
  ])('says on request why it cannot be told: manifests %s', async (_, ref) => {
    const { PATH = '' } = process.env;
    world.env = { PATH };
    const { stdout: quiet } = await world.run('drift', '--format', 'markdown');
    world.write('waves/a.yaml', wave('a', [ONE.replace('name', 'nmae')]));
    startRepository(world);
    const { code, stdout, stderr } = await world.run('drift', '--format', 'markdown', ...ref);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\*\*No drift report\*\* for `ucop`: \*\*\d errors?\*\* in 1 file\.\n/);
    expect(stdout).toContain('`waves/a.yaml:7:');
    expect(stdout).toContain(`commit \`${git(world, 'rev-parse', 'HEAD')}\``);
    expect(stderr).toContain('waves/a.yaml:7:');
    expect(readMarker(stdout)).toBe(readMarker(quiet));
    expect(await world.run('drift', ...ref)).toMatchObject({ code: 1, stdout: '' });
  });

  it('knows a job that somebody deleted from one that never was', async () => {
    world.write('waves/a.yaml', wave('a', [TWO]));
    await world.run('apply', '--auto-approve');
    await world.run('local', 'advance', '2h');
    world.write('waves/a.yaml', wave('a', [ONE, TWO]));
    const { stdout } = await world.run('drift');
    expect(stdout).toContain(
      '- awsscrum-lnx1  its job is gone without a cut-over: job sms-job-5691743f was deleted before the cut-over',
    );
  });

  it('counts neither caps nor what validation refuses', async () => {
    const vms = [ONE, TWO.replace(' }', ', os: rhel-7.3, licenseType: AWS }')];
    world.write('waves/a.yaml', wave('a', vms, ['limits: { activeReplications: 1 }']));
    const found = await world.run('drift');
    expect(found.stdout).toContain('Drift: 1 not applied yet; 1 VM matches');
    expect(found.stdout).not.toContain('licence');
  });

  describe('--ref', () => {
    beforeEach(() => {
      startRepository(world);
    });

    it('reads the manifests of a revision, whatever the working tree holds', async () => {
      world.write('waves/a.yaml', 'spec: [broken');
      world.write('waves/b.yaml', wave('b', [TWO]));
      const head = git(world, 'rev-parse', '--short=12', 'HEAD');
      const before = git(world, 'status', '--porcelain');
      expect(await world.run('drift', '--ref', 'main')).toMatchObject({
        code: 0,
        stdout: `No drift. 1 VM matches the manifests of main (${head}).\n`,
      });
      expect(git(world, 'status', '--porcelain')).toBe(before);
      expect(await world.run('drift')).toMatchObject({ code: 1 });
    });

    it('shows places as if they stood in the working tree, from a folder below too', async () => {
      world.write('waves/zwölf "x".yaml', wave('b', [TWO]));
      commitAll(world, 'second');
      world.cwd = join(world.folder, 'waves');
      const { code, stdout } = await world.run('drift', '--ref', 'HEAD', '--format', 'json');
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        revision: { name: 'HEAD', commit: git(world, 'rev-parse', 'HEAD') },
        drift: [{ kind: 'not-applied', file: 'zwölf "x".yaml', line: 7 }],
      });
    });

    it('follows links inside of the project, and none that lead out of it', async () => {
      world.write('files/b.yaml', wave('b', [TWO]));
      symlinkSync('../files/b.yaml', join(world.folder, 'waves/b.yaml'));
      commitAll(world, 'inside');
      expect((await world.run('drift', '--ref', 'HEAD')).stdout).toContain('+ awsscrum-lnx2');
      symlinkSync('/etc/hosts', join(world.folder, 'waves/c.yaml'));
      commitAll(world, 'outside');
      const refused = await world.run('drift', '--ref', 'HEAD');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('outside the folder of the project');
      expect(await world.run('drift', '--ref', 'HEAD~1')).toMatchObject({ code: 2 });
    });

    it('writes nothing through a link that a tree made by hand has above others', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'landfall-outside-'));
      try {
        const blob = (text: string) => gitWith(world, text, 'hash-object', '-w', '--stdin');
        const tree = (...lines: string[]) => gitWith(world, `${lines.join('\n')}\n`, 'mktree');
        const planted = `120000 blob ${blob('/etc/hosts')}\tplanted`;
        const trees = [
          // The same name twice: a link, and a folder with a link in it, or with a folder that has one.
          [tree(planted), `120000 blob ${blob(outside)}\ta`],
          [tree(`040000 tree ${tree(planted)}\tdeep`), `120000 blob ${blob(outside)}\ta`],
          [tree(`100644 blob ${blob('x')}\tplanted`), `120000 blob ${blob(outside)}\ta`],
        ];
        const project = blob(world.read('landfall.yaml'));
        for (const [folder = '', link = ''] of trees) {
          const root = tree(link, `040000 tree ${folder}\ta`, `100644 blob ${project}\tlandfall.yaml`);
          const commit = git(world, 'commit-tree', '-m', 'by hand', root);
          const { code, stderr } = await world.run('drift', '--ref', commit);
          expect(readdirSync(outside)).toEqual([]);
          expect([code, stderr]).toEqual([1, expect.stringContaining('GIT_FAILED')]);
        }
      } finally {
        rmSync(outside, { recursive: true });
      }
    });

    it.each(['--upload-pack=touch pwned', '-x', '', 'nowhere', 'main..HEAD', 'HEAD:waves/a.yaml', '--all'])(
      'knows no revision %p',
      async (revision) => {
        const run = await world.run('drift', `--ref=${revision}`);
        expect(run.code).toBe(1);
        expect(run.stderr).toMatch(/REVISION_UNKNOWN|PROJECT/);
        expect(run.stdout).toBe('');
        expect(git(world, 'status', '--porcelain')).toBe('');
      },
    );

    it('says that a revision has no such project', async () => {
      git(world, 'checkout', '--quiet', '--orphan', 'empty');
      git(world, 'rm', '--quiet', '--cached', '-r', '.');
      git(world, 'commit', '--quiet', '--allow-empty', '--message', 'empty');
      const run = await world.run('drift', '--ref', 'empty');
      expect(run.code).toBe(1);
      expect(run.stderr).toContain('there is no landfall.yaml at "empty"');
    });
  });

  it('says that a folder is in no repository', async () => {
    const run = await world.run('drift', '--ref', 'main');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('is not in the working tree of a git repository');
  });
});
