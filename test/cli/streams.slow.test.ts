import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BIN } from '../setup/program.ts';
import { wave, ScratchProject } from './scratch-project.ts';

// Each test starts a process or two, and the machine may be busy.
jest.setTimeout(120_000);

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
});
afterEach(() => world.dispose());

const argvOf = (argv: readonly string[]): string[] => [BIN, ...argv];
const FULL = '/dev/full';
const onLinux = existsSync(FULL) ? it : it.skip;

describe('a working folder that has been deleted', () => {
  onLinux('is an error, and does not keep the version from being printed', () => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
    const run = (...argv: string[]) =>
      spawnSync('sh', ['-c', script, 'sh', process.execPath, ...argvOf(argv)], {
        cwd: world.folder,
        env: { PATH: process.env['PATH'], HOME: world.folder },
        encoding: 'utf8',
      });
    for (const argv of [['validate'], ['plan'], ['import', 'rvtools', 'vInfo.csv'], ['local', 'start']]) {
      expect(run(...argv)).toMatchObject({
        status: 1,
        stdout: '',
        stderr:
          'error FILE_UNREADABLE  the working folder does not exist any more\n  fix: change to a folder that exists\n',
      });
    }
    expect(run('--version')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('stdout', () => {
  onLinux.each([
    ['plan', ['plan', '--format', 'markdown'], 1],
    ['apply', ['apply', '--auto-approve', '--json'], 1],
    ['plan that is refused', ['plan', '--wave', 'typo'], 1],
  ])('that takes nothing is no success of %s', (_, argv, code) => {
    const full = openSync(FULL, 'w');
    try {
      const ran = spawnSync(process.execPath, argvOf(argv), {
        cwd: world.folder,
        env: { PATH: process.env['PATH'], HOME: world.folder },
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      expect({ code: ran.status, stderr: ran.stderr }).toMatchObject({ code });
      if (!argv.includes('typo')) expect(ran.stderr).toContain('stdout cannot be written: ENOSPC');
    } finally {
      closeSync(full);
    }
  });

  it('whose reader has gone away ends no apply', async () => {
    const child = spawn(process.execPath, argvOf(['apply', '--auto-approve', '--json']), {
      cwd: world.folder,
      env: { PATH: process.env['PATH'], HOME: world.folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect((await world.run('plan')).stdout).toContain('No changes. 1 VM');
  });
});
