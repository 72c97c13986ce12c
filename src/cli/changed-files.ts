import { realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { LandfallError } from '../core/error.ts';
import { nulSeparated } from './git.ts';
import type { Repository } from './revision.ts';

/** What has changed in a folder since a commit, in commits, in the index and in the working tree. */
export interface ChangedFiles {
  /** From the top of the repository; files that are gone, too. */
  readonly paths: readonly string[];
  /** Whether a file that is there, absolute and without links, is among them or is reached by a link that is. */
  has(file: string): boolean;
}

/**
 * @param folder from the top of the repository; empty: all of it
 * @throws LandfallError GIT_FAILED
 */
export async function changedFiles(
  repository: Repository,
  commit: string,
  folder: string,
): Promise<ChangedFiles> {
  const { top } = repository;
  const under = folder === '' ? [] : ['--', folder];
  const paths = await list(repository, [...DIFF, commit, ...under]);
  const tracked = new Set(await list(repository, ['ls-files', '-z', '--cached', ...under]));
  // A link that has changed may lead to files that have not.
  const reached = new Set(paths.map((path) => realPath(resolve(top, path))));
  const folders = [...reached].filter(isFolder).map((path) => path + sep);
  return {
    paths,
    has: (file) =>
      reached.has(file) ||
      folders.some((path) => file.startsWith(path)) ||
      // What git does not track, ignored or not, is new to it.
      !tracked.has(relative(top, file).replaceAll(sep, '/')),
  };
}

/** Names alone, and no program that the configuration names for showing differences. */
const DIFF = [
  'diff',
  '--name-only',
  '-z',
  '--no-renames',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
];

async function list(repository: Repository, args: readonly string[]): Promise<readonly string[]> {
  const { ok, stdout, words } = await repository.git(args);
  if (ok) return nulSeparated(stdout);
  throw new LandfallError('GIT_FAILED', `git cannot tell what has changed: ${words}`, {
    remedy: 'run `git status` here and mend what it says',
  });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
