import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isDeviceOfWindows, removeOutput, writeOutput } from '../../src/workflow/output-files.ts';
import { type Run, ScratchProject, wave } from './scratch-project.ts';

const WRITERS: readonly (readonly [...string[]])[] = [
  ['plan', '--out'],
  ['plan', '--write', 'markdown='],
  ['apply', '--auto-approve', '--report'],
  ['apply', '--auto-approve', '--json-into'],
  ['apply', '--no-such-flag', '--report'],
  ['validate', '--write', 'sarif='],
  ['drift', '--write', 'markdown='],
  ['schema', 'wave', '--out'],
  ['export', 'mgn-csv', '--target', 'mgn', '--out'],
];

/** Who wrote a pull request may know under which names its pipeline writes. */
describe('a file that is to be written', () => {
  let world: ScratchProject;
  /** A folder that is no part of the project. */
  let outside: string;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
    outside = mkdtempSync(join(tmpdir(), 'landfall-outside-'));
    symlinkSync(join(outside, 'victim'), join(world.folder, 'link.json'));
    symlinkSync(outside, join(world.folder, 'out'));
    const project = world.read('landfall.yaml');
    world.write('landfall.yaml', `${project}  mgn: { provider: mgn, region: us-west-2, endpoint: local }\n`);
  });
  afterEach(async () => {
    await world.dispose();
    rmSync(outside, { recursive: true });
  });

  const run = ([...argv]: readonly string[], file: string): Promise<Run> => {
    const last = argv.pop() ?? '';
    return world.run(...argv, ...(last.endsWith('=') ? [`${last}${file}`] : [last, file]));
  };

  it.each(WRITERS)('is never written through a link by %s %s %s', async (...argv) => {
    for (const file of ['link.json', 'out/victim', 'out/deep/victim']) {
      const { code, stderr } = await run(argv, file);
      expect(code).toBe(1);
      if (!argv.includes('--no-such-flag')) expect(stderr).toMatch(/is a symbolic link|already exists/);
      expect(readdirSync(outside)).toEqual([]);
    }
  });

  it('is checked for links from the top of the repository, of the project and of the checkout', async () => {
    const inner = join(world.folder, 'a/b');
    mkdirSync(inner, { recursive: true });
    const tried = async (): Promise<string> => {
      const { stderr } = await world.run('schema', 'wave', '--out', '../../out/wave.json');
      return stderr;
    };
    world.cwd = inner;
    expect(await tried()).toContain('../../out is a symbolic link');
    rmSync(join(world.folder, 'landfall.yaml'));
    expect(await tried()).toBe('');
    world.env = { GITHUB_WORKSPACE: world.folder };
    expect(await tried()).toContain('is a symbolic link');
    world.env = { CI_PROJECT_DIR: world.folder };
    expect(await tried()).toContain('is a symbolic link');
    world.env = {};
    mkdirSync(join(world.folder, '.git'));
    expect(await tried()).toContain('is a symbolic link');
  });

  it('may lie behind links that are above all of that', async () => {
    const link = join(outside, 'tmp');
    symlinkSync(world.folder, link);
    world.cwd = link;
    expect(await world.run('schema', 'wave', '--out', 'wave.json')).toMatchObject({ code: 0 });
    expect(await world.run('schema', 'wave', '--out', join(link, 'two.json'))).toMatchObject({ code: 0 });
    expect(await world.run('schema', 'wave', '--out', join(link, 'out/x.json'))).toMatchObject({ code: 1 });
    world.cwd = world.folder;
    expect(await world.run('schema', 'wave', '--out', join(link, 'three.json'))).toMatchObject({ code: 0 });
    expect(await world.run('schema', 'wave', '--out', join(link, 'out/x.json'))).toMatchObject({ code: 1 });
    expect(readdirSync(outside)).toEqual(['tmp']);
  });

  it('takes the place of a file that has another name', async () => {
    for (const argv of WRITERS.filter((each) => !each.includes('export'))) {
      writeFileSync(join(outside, 'other'), 'precious');
      rmSync(join(world.folder, 'file.json'), { force: true });
      linkSync(join(outside, 'other'), join(world.folder, 'file.json'));
      await run(argv, 'file.json');
      expect(readFileSync(join(outside, 'other'), 'utf8')).toBe('precious');
    }
  });

  it('is no pipe in the project, and may be one that the user has made elsewhere', async () => {
    execFileSync('mkfifo', [join(world.folder, 'pipe'), join(outside, 'pipe')]);
    for (const argv of WRITERS.filter(
      (each) => !each.includes('export') && !each.includes('--no-such-flag'),
    )) {
      const { code, stderr } = await run(argv, 'pipe');
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('it is neither a file nor new') as unknown,
      });
    }
    const reader = promisify(execFile)('cat', [join(outside, 'pipe')]);
    await writeOutput({ cwd: world.folder, env: {} }, join(outside, 'pipe'), 'through the pipe');
    expect((await reader).stdout).toBe('through the pipe');
    const other = promisify(execFile)('cat', [join(outside, 'pipe')]);
    await run(['plan', '--write', 'markdown='], join(outside, 'pipe'));
    expect((await other).stdout).toContain('1 to create');
  });

  it('is no folder, and has a name', async () => {
    for (const argv of WRITERS.slice(0, 4)) {
      if (!argv.includes('--write'))
        expect((await run(argv, '')).stderr).toContain('the name of the file to write is empty\n  fix: give');
      expect((await run(argv, 'waves')).stderr).toContain('waves cannot be written: it is a folder (EISDIR)');
    }
  });

  it.each([
    ['C:\\work\\NUL', true],
    ['C:\\work\\con.plan', true],
    ['C:\\work\\lpt1.tar.gz', true],
    ['\\\\.\\nul', true],
    ['C:\\con\\nulls.plan', false],
    ['C:\\work\\console.json', false],
    ['C:\\work\\com10', false],
  ])('is no device of Windows: %s', (path, is) => {
    expect(isDeviceOfWindows(path, win32)).toBe(is);
    expect(isDeviceOfWindows(path.replaceAll('\\', '/'), posix)).toBe(false);
  });

  it('may be a stream', async () => {
    for (const flag of ['--json-into', '--report'])
      expect(await world.run('apply', '--auto-approve', flag, '/dev/null')).toMatchObject({ code: 0 });
  });

  it('is deleted by its own name alone', () => {
    const folders = { cwd: world.folder, env: {} };
    writeFileSync(join(outside, 'victim'), 'precious');
    removeOutput(folders, 'link.json');
    expect(existsSync(join(world.folder, 'link.json'))).toBe(false);
    expect(() => {
      removeOutput(folders, 'out/victim');
    }).toThrow('out is a symbolic link');
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('precious');
  });

  it('is not written by init and import behind a link to a folder', async () => {
    mkdirSync(join(world.folder, 'new'));
    symlinkSync(outside, join(world.folder, 'new/schemas'));
    const { code, stderr } = await world.run('init', 'new', '--no-input');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is a symbolic link') as unknown,
    });
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe('--write', () => {
  it('adds files to what is printed, and leaves none of an earlier run', async () => {
    const world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
    const write = ['--write', 'markdown=plan.md', '--write', 'json=plan.json'];
    const planned = await world.run('plan', ...write);
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('1 to create') as unknown });
    expect(world.read('plan.md')).toBe((await world.run('plan', '--format', 'markdown')).stdout);
    expect(JSON.parse(world.read('plan.json'))).toMatchObject({ summary: { create: 1 } });
    expect((await world.run('plan', ...write, '--wave', 'none')).code).toBe(1);
    expect(existsSync(join(world.folder, 'plan.json'))).toBe(false);
    expect(world.read('plan.md')).toContain('**No plan**');
    for (const bad of ['plan.md', 'pdf=plan.pdf', 'markdown='])
      expect(await world.run('validate', '--write', bad)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is not a format and a file') as unknown,
      });
    expect(await world.run('plan', '--write', 'markdown=a', '--out', './a')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--write and --out are the same file, ./a') as unknown,
    });
    await world.dispose();
  });
});

describe('a file that is to be read', () => {
  it('is no pipe, whose writer may never come', async () => {
    const world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
    execFileSync('mkfifo', [join(world.folder, 'pipe')]);
    for (const argv of [['apply'], ['show'], ['import', 'rvtools'], ['local', 'load']])
      expect(await world.run(...argv, 'pipe')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/pipe (cannot be read: it )?is not a file\n/) as unknown,
      });
    await world.dispose();
  });
});
