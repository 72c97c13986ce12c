import { execFile } from 'node:child_process';
import { LandfallError } from '../core/error.ts';
import type { Host } from './host.ts';

/** Bytes that one call may answer with. */
const LARGEST = 512 * 1024 * 1024;

/**
 * What keeps git to reading: no file-system monitor is started, no lock is taken to refresh the index, and names of
 * files are not read as patterns. A bare repository that a pull request has put beside its files is not taken for the
 * one that they are in: its configuration would count.
 */
const SAFE = [
  ...['--no-pager', '--no-optional-locks', '--literal-pathspecs'],
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'safe.bareRepository=explicit'],
];

/** What a call of git came to. */
export interface GitAnswer {
  readonly ok: boolean;
  readonly stdout: Buffer;
  /** The first line of what it said on stderr, for people. */
  readonly words: string;
}

/**
 * Runs git in a folder, without a shell. What a user or a platform names must come after `--end-of-options` or `--`.
 * @throws LandfallError GIT_FAILED where git cannot be started
 */
export function git(
  { env }: Pick<Host, 'env'>,
  folder: string,
  args: readonly string[],
  input?: string,
): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, encoding: 'buffer', maxBuffer: LARGEST } as const;
    const child = execFile('git', [...SAFE, ...args], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') {
        reject(notStarted(error.code, error));
      } else {
        const [words = ''] = stderr.toString('utf8').trim().split('\n');
        resolve({ ok: error === null, stdout, words });
      }
    });
    // A git that ends before it has read its input says why with its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** The items of an answer to `-z`. */
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
