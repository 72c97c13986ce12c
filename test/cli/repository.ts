import { execFileSync } from 'node:child_process';
import type { ScratchProject } from './scratch-project.ts';

/** Runs git in a world's folder, with nothing of this machine's configuration. */
export function git({ folder }: Pick<ScratchProject, 'folder'>, ...args: readonly string[]): string {
  return gitWith({ folder }, '', ...args);
}

/** The same with something to read. */
export function gitWith(
  { folder }: Pick<ScratchProject, 'folder'>,
  input: string,
  ...args: readonly string[]
): string {
  return execFileSync(
    'git',
    ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false', ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    },
  ).trim();
}

/** Makes the world a repository whose branch `main` holds all that is in it. */
export function startRepository(world: ScratchProject): void {
  // Without git's example hooks, which would be most of the files.
  git(world, 'init', '--quiet', '--initial-branch=main', '--template=');
  world.write('.gitignore', '.landfall/\n');
  commitAll(world, 'first');
}

export function commitAll(world: ScratchProject, subject: string): void {
  git(world, 'add', '--all');
  git(world, 'commit', '--quiet', '--message', subject);
}
