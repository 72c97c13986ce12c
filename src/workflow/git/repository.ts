import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { Environment } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';

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
export async function findRepository(host: Environment, folder: string): Promise<Repository> {
  const { ok, stdout, message: words } = await git(host, folder, ['rev-parse', '--show-toplevel']);
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
  // As the disk spells it, which may differ from the working folder on Windows and macOS.
  const real = realpathSync.native(top);
  return { top: real, git: (args, input) => git(host, real, args, input) };
}

/** Tells whether a text is the full id of a commit, SHA-1 or SHA-256. */
export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}

/**
 * Returns the full id of the commit that a revision names; later calls of git get this id.
 * @throws LandfallError REVISION_UNKNOWN
 */
export async function resolveCommit(repository: Repository, revision: string): Promise<string> {
  // No name in git begins with a dash: git would read such a name as an option.
  const isName = revision !== '' && !revision.startsWith('-') && !revision.includes('\0');
  const answer = isName
    ? await repository.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
    : undefined;
  const id = answer?.stdout.toString('utf8').trim() ?? '';
  if (answer?.ok === true && isCommitId(id)) return id;
  throw new LandfallError('REVISION_UNKNOWN', `git has no commit ${JSON.stringify(revision)}`, {
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
        : 'give a revision that shares history with HEAD',
    },
  );
}

async function isShallow(repository: Repository): Promise<boolean> {
  const { stdout } = await repository.git(['rev-parse', '--is-shallow-repository']);
  return stdout.toString('utf8').trim() === 'true';
}

/** Bytes that one call may answer with. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/**
 * Options with which git only reads: no file-system monitor is started, no lock is taken to refresh the index, and names of
 * files are not read as patterns. A bare repository that a pull request has put beside its files is not taken for the
 * one that they are in: its configuration would count.
 */
const SAFE_OPTIONS = [
  ...['--no-pager', '--no-optional-locks', '--literal-pathspecs'],
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'safe.bareRepository=explicit'],
];

/** The result of a call of git. */
interface GitAnswer {
  readonly ok: boolean;
  readonly stdout: Buffer;
  /** The first line of its stderr, for people. */
  readonly message: string;
}

/**
 * Runs git in a folder, without a shell. What a user or a platform names must come after `--end-of-options` or `--`.
 * @throws LandfallError GIT_FAILED where git cannot be started
 */
export function git(
  { env }: Pick<Environment, 'env'>,
  folder: string,
  args: readonly string[],
  input?: string,
): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, encoding: 'buffer', maxBuffer: MAX_OUTPUT_BYTES } as const;
    const child = execFile('git', [...SAFE_OPTIONS, ...args], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') {
        reject(notStarted(error.code, error));
      } else {
        const [words = ''] = stderr.toString('utf8').trim().split('\n');
        resolve({ ok: error === null, stdout, message: words });
      }
    });
    // A git that ends before it has read its input says why with its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Splits the output of `-z` into its items. */
export function nulSeparated(stdout: Buffer): readonly string[] {
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((item) => item !== '');
}

function notStarted(code: string, cause: Error): LandfallError {
  const why = code === 'ENOENT' ? 'it is not installed, or not on the PATH' : code;
  return new LandfallError('GIT_FAILED', `git could not be run: ${why}`, {
    remedy: 'install git where landfall runs',
    cause,
  });
}
