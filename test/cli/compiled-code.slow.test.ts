import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BIN } from '../setup/program.ts';
import { ScratchProject, wave } from './scratch-project.ts';

// Each test starts a process or two, and the machine may be busy.
jest.setTimeout(120_000);

let world: ScratchProject;
let cache: string;
let compiled: string;
beforeEach(() => {
  world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
  cache = join(world.folder, 'cache');
  compiled = join(cache, 'landfall', 'compiled');
});
afterEach(() => world.dispose());

/** Runs `landfall validate`, and expects it to work whatever becomes of the compiled code. */
function validate(env: Readonly<Record<string, string>> = {}): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'validate'], {
    cwd: world.folder,
    env: { XDG_CACHE_HOME: cache, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1 wave, 1 VM: valid\n', stderr: '' });
}

/** The files of compiled code, and when each was written. */
function files(): ReadonlyMap<string, number> {
  const entries = readdirSync(compiled, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path, statSync(path).ino]));
}

describe('compiled code', () => {
  it('is kept for the next run, where only this user can write', () => {
    validate();
    const first = files();
    expect(first.size).toBeGreaterThan(0);
    for (const path of [join(cache, 'landfall'), compiled]) expect(statSync(path).mode & 0o777).toBe(0o700);
    validate();
    expect(files()).toEqual(first);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['in a pipeline', { CI: 'true' }],
    ['where Node is told not to', { NODE_DISABLE_COMPILE_CACHE: '1' }],
    ['where the environment names no folder', { XDG_CACHE_HOME: '' }],
  ])('is not kept %s', (_, env) => {
    validate(env);
    expect(existsSync(cache)).toBe(false);
  });

  it('is kept and read where nothing of Node and of JavaScript can be changed', () => {
    const env = { NODE_OPTIONS: '--frozen-intrinsics --no-warnings' };
    validate(env);
    const first = files();
    expect(first.size).toBeGreaterThan(0);
    validate(env);
    expect(files()).toEqual(first);
  });

  it('is kept in the folder of the user, unless the environment names another', () => {
    validate({ XDG_CACHE_HOME: '', HOME: world.folder });
    const parent = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
    expect(existsSync(join(world.folder, parent, 'landfall', 'compiled'))).toBe(true);
  });

  it('is neither read nor written in a folder where others can write', () => {
    mkdirSync(compiled, { recursive: true });
    chmodSync(compiled, 0o777);
    validate();
    expect(files().size).toBe(0);
  });

  it('is neither read nor written through a link', () => {
    mkdirSync(join(cache, 'landfall'), { recursive: true, mode: 0o700 });
    mkdirSync(join(world.folder, 'elsewhere'));
    symlinkSync(join(world.folder, 'elsewhere'), compiled);
    validate();
    expect(readdirSync(join(world.folder, 'elsewhere'))).toEqual([]);
  });

  it('is not needed: a run works where no folder can be made', () => {
    writeFileSync(cache, 'a file');
    validate();
    // Node itself never ends when it makes folders there.
    validate({ XDG_CACHE_HOME: '/proc/1' });
  });
});

// Later versions of Node check their files themselves.
const [major = 0] = process.versions.node.split('.').map(Number);
const whereOurs = major < 22 ? describe : describe.skip;

whereOurs('a file of compiled code', () => {
  it.each<[string, (content: Buffer) => Buffer]>([
    ['a byte is different', (content) => content.fill(content.readUInt8(5000) ^ 1, 5000, 5001)],
    ['its end is missing', (content) => content.subarray(0, 5000)],
    ['it is empty', () => Buffer.alloc(0)],
    ['it holds something else', () => Buffer.alloc(100_000, 'x')],
  ])('is replaced where %s', (_, damage) => {
    validate();
    const before = [...files()].map(([path]) => ({ path, content: readFileSync(path) }));
    for (const { path, content } of before) writeFileSync(path, damage(Buffer.from(content)));
    const damaged = files();
    validate();
    for (const { path, content } of before) {
      expect(files().get(path)).not.toBe(damaged.get(path));
      expect(readFileSync(path).length).toBeGreaterThan(content.length / 2);
    }
  });

  const unlessWindows = process.platform === 'win32' ? it.skip : it;
  unlessWindows('is replaced where it is a pipe that nobody writes to', () => {
    validate();
    const paths = [...files().keys()];
    for (const path of paths) {
      rmSync(path);
      execFileSync('mkfifo', ['-m', '600', path]);
    }
    validate();
    for (const path of paths) expect(statSync(path).isFile()).toBe(true);
  });

  it('leaves no part behind where it cannot be written', () => {
    validate();
    for (const path of files().keys()) {
      rmSync(path);
      mkdirSync(path);
    }
    validate();
    expect(files().size).toBe(0);
  });

  it('is replaced where others can write it', () => {
    validate();
    const before = files();
    for (const path of before.keys()) chmodSync(path, 0o666);
    validate();
    for (const path of before.keys()) expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
