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

const HEAD = `apiVersion: landfall/v1
kind: Project
metadata: { name: a }
waves: [waves/*.yaml]
`;

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

  it.each([
    ['sms', '', ', frequency: 12'],
    ['mgn', ', mgn: { replication: { stagingAreaSubnetId: subnet-0123456789abcdef0 } }', ''],
  ])('makes no code from text for a plan on the built-in endpoint of %s', (provider, more, setting) => {
    const target = `{ provider: ${provider}, region: us-west-2, endpoint: local${more} }`;
    world.write('landfall.yaml', `${HEAD}targets: { local: ${target} }\n`);
    world.write(
      'waves/a.yaml',
      HEAD.replace('Project', 'Wave').replace(
        /^waves.*\n/m,
        `spec: { vms: [{ name: awsscrum-lnx1${setting} }] }\n`,
      ),
    );
    const run = (...argv: readonly string[]) =>
      spawnSync(process.execPath, ['--disallow-code-generation-from-strings', BIN, ...argv], {
        cwd: world.folder,
        env: { NODE_DISABLE_COMPILE_CACHE: '1' },
        encoding: 'utf8',
      });
    if (provider === 'mgn') expect(run('mgn', 'init', '--auto-approve').status).toBe(0);
    const { status, stdout, stderr } = run('plan');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Plan: 1 to create');
  });

  it('is the client of one service for plan', () => {
    const { files, builtin } = loadedBy('plan');
    expect(files.filter((name) => ['sms', 'mgn', 's3', 'manifestValidators'].includes(name))).toEqual([
      'sms',
    ]);
    expect(builtin).not.toContain('http2');
  });
});
