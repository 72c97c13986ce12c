import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BIN } from '../setup/program.ts';
import { ScratchProject, wave } from './scratch-project.ts';

// Every file that a command loads, and every module of Node, takes time at each start.

jest.setTimeout(120_000);

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
});
afterEach(() => world.dispose());

/** Prints what a process has loaded on its standard error, when it ends. */
const PROBE = `data:text/javascript,${encodeURIComponent(`
import { createRequire } from 'node:module';
const { cache } = createRequire('/');
process.on('exit', () => {
  const builtin = process.moduleLoadList.flatMap((each) => /^NativeModule (?!internal)(.*)/.exec(each)?.[1] ?? []);
  process.stderr.write(JSON.stringify({ files: Object.keys(cache), builtin }));
});
`)}`;

/** Runs a command; returns the files of the bundle that it has loaded, without their hashes, and the modules of Node. */
function loadedBy(...argv: readonly string[]): {
  readonly files: readonly string[];
  readonly builtin: readonly string[];
} {
  const { status, stderr } = spawnSync(process.execPath, ['--import', PROBE, BIN, ...argv], {
    cwd: world.folder,
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const { files, builtin } = JSON.parse(stderr.slice(stderr.lastIndexOf('{"files"'))) as {
    readonly files: readonly string[];
    readonly builtin: readonly string[];
  };
  const name = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/-.{8}\.cjs$/, '');
  return { files: files.map(name).sort(), builtin };
}

const START = ['bin', 'rolldown-runtime', 'start'];

describe('what is loaded', () => {
  it('is next to nothing for the version', () => {
    const { files } = loadedBy('--version');
    expect(files).toEqual(START);
  });

  it('is no network, no cryptography and nothing that only other commands or broken files need for validate', () => {
    const { files, builtin } = loadedBy('validate');
    expect(files).toEqual(['bin', 'compiled-code', 'rolldown-runtime', 'start', 'validate']);
    const unwanted = ['http', 'https', 'http2', 'tls', 'crypto', 'child_process', 'worker_threads'];
    expect(builtin.filter((name) => unwanted.includes(name))).toEqual([]);
  });

  it('is what finds errors for a document that has some', () => {
    world.write('waves/a.yaml', wave('a', ['{ nam: awsscrum-lnx1 }']));
    const { stderr } = spawnSync(process.execPath, ['--import', PROBE, BIN, 'validate'], {
      cwd: world.folder,
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
      encoding: 'utf8',
    });
    expect(stderr).toContain('manifestValidators');
  });

  it('is the client of one service for plan', () => {
    const { files, builtin } = loadedBy('plan');
    expect(files.filter((name) => ['sms', 'mgn', 's3', 'manifestValidators'].includes(name))).toEqual([
      'sms',
    ]);
    expect(builtin).not.toContain('http2');
  });
});
