import { realpathSync } from 'node:fs';
import { LandfallError } from '../core/error.ts';
import { git, type GitAnswer } from './git.ts';
import type { Host } from './host.ts';

/** The git repository that a folder lies in. */
export interface Repository {
  /** Its topmost folder, absolute and without links. */
  readonly top: string;
  /** Runs git at the top. */
  readonly git: (args: readonly string[], input?: string) => Promise<GitAnswer>;
}

/**
 * Finds the repository of a folder.
 * @throws LandfallError GIT_FAILED where there is none
 */
export async function findRepository(host: Host, folder: string): Promise<Repository> {
  const { ok, stdout, words } = await git(host, folder, ['rev-parse', '--show-toplevel']);
  const top = stdout.toString('utf8').replace(/\n$/, '');
  if (!ok || top === '') {
    throw new LandfallError(
      'GIT_FAILED',
      `${JSON.stringify(folder)} is not in the working tree of a git repository`,
      {
        remedy: words === '' ? 'run it in a clone of the repository' : `git says: ${words}`,
      },
    );
  }
  const real = realpathSync(top);
  return { top: real, git: (args, input) => git(host, real, args, input) };
}

/**
 * The commit that a revision names, as its full id: what is handed to git from then on.
 * @throws LandfallError REVISION_UNKNOWN
 */
export async function resolveCommit(repository: Repository, revision: string): Promise<string> {
  // No name of git's begins with a dash: such a one could only be taken for an option.
  const isName = revision !== '' && !revision.startsWith('-') && !revision.includes('\0');
  const answer = isName
    ? await repository.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
    : undefined;
  const id = answer?.stdout.toString('utf8').trim() ?? '';
  if (answer?.ok === true && /^[0-9a-f]{40,64}$/.test(id)) return id;
  throw new LandfallError('REVISION_UNKNOWN', `git knows no commit ${JSON.stringify(revision)}`, {
    remedy: (await isShallow(repository))
      ? `this clone is shallow: check out with fetch-depth: 0, or run \`git fetch --unshallow\``
      : 'give a branch, a tag or a commit that `git log` knows here; a branch of the remote may have to be fetched first',
  });
}

/**
 * The commit at which the working tree and a revision parted, as pull requests mean it.
 * @throws LandfallError REVISION_UNKNOWN where that cannot be told
 */
export async function mergeBase(repository: Repository, revision: string): Promise<string> {
  const commit = await resolveCommit(repository, revision);
  const head = await resolveCommit(repository, 'HEAD');
  const { ok, stdout } = await repository.git(['merge-base', commit, head]);
  if (ok) return stdout.toString('utf8').trim();
  throw new LandfallError(
    'REVISION_UNKNOWN',
    `git finds no commit that ${JSON.stringify(revision)} and HEAD have in common`,
    {
      remedy: (await isShallow(repository))
        ? 'this clone is shallow: check out with fetch-depth: 0, or run `git fetch --unshallow`'
        : 'give a revision that HEAD comes from',
    },
  );
}

async function isShallow(repository: Repository): Promise<boolean> {
  const { stdout } = await repository.git(['rev-parse', '--is-shallow-repository']);
  return stdout.toString('utf8').trim() === 'true';
}
