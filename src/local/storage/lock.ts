import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, LocalError } from '../errors.ts';

/** Who serves a folder, as its lock file says. */
export interface LockHolder {
  readonly url: string;
  /** Absent where the program that started the endpoint did not say. */
  readonly pid?: number;
  /** Real time, ISO 8601. */
  readonly since: string;
  /** Opens the control paths of the endpoint. */
  readonly token: string;
}

/** A lock file: its owner gives it up by writing that into it. Its name is never used again. */
type LockFile = (LockHolder & { readonly released?: false }) | { readonly released: true };

export type ProbeResult = 'alive' | 'dead' | 'silent';

/** Asks whether the endpoint of a lock file is still there. */
export type Probe = (holder: LockHolder) => Promise<ProbeResult>;

const LOCK_NAME = /^lock-(\d+)\.json$/;
/** Endpoints listen on this address alone: whoever has written another into a lock file would have it called. */
const ENDPOINT_URL = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;
const ATTEMPTS = 20;

/**
 * The lock on a state folder. Lock files are numbered, and the highest number counts. A file is linked into place
 * whole, so only one process can make a given number; a lock whose owner is dead is never removed or overwritten
 * by others, only outnumbered. So two processes that find the same dead lock cannot both win, and a killed
 * process leaves nothing that has to be cleaned up first.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #number: number;

  private constructor(folder: string, number: number) {
    this.#folder = folder;
    this.#number = number;
  }

  /** @throws LocalError HELD if another process serves the folder */
  static async acquire(folder: string, holder: LockHolder, probe: Probe): Promise<FolderLock> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const highest = highestLock(folder);
      const current = readLock(folder, highest);
      if (current !== undefined) {
        const pulse = await probe(current);
        if (pulse !== 'dead') throw heldError(folder, highest, current, pulse);
      }
      const number = highest + 1;
      if (!createLock(folder, number, holder)) continue;
      const lock = new FolderLock(folder, number);
      if (highestLock(folder) === number) {
        removeBelow(folder, number - 1);
        return lock;
      }
      rmSync(lockPath(folder, number), { force: true });
    }
    throw new LocalError('HELD', `other processes keep taking ${folder}`, 'try again');
  }

  /** @throws LocalError HELD once another process has taken the folder over */
  readonly guard = (): void => {
    if (
      !existsSync(lockPath(this.#folder, this.#number + 1)) &&
      existsSync(lockPath(this.#folder, this.#number))
    )
      return;
    throw new LocalError('HELD', `another process has taken ${this.#folder} over`, 'stop this one');
  };

  release(): void {
    const path = lockPath(this.#folder, this.#number);
    if (!existsSync(path)) return;
    writeTemporary(this.#folder, { released: true }, (whole) => {
      renameSync(whole, path);
    });
  }
}

/** Who holds the folder by its lock files, dead or alive. */
export function currentHolder(folder: string): LockHolder | undefined {
  return readLock(folder, highestLock(folder));
}

const lockPath = (folder: string, number: number) => join(folder, `lock-${number}.json`);

function lockNumbers(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const [, number] = LOCK_NAME.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

function highestLock(folder: string): number {
  return Math.max(0, ...lockNumbers(folder));
}

function readLock(folder: string, number: number): LockHolder | undefined {
  try {
    const file = JSON.parse(readFileSync(lockPath(folder, number), 'utf8')) as LockFile;
    if (file.released === true || !ENDPOINT_URL.test(file.url)) return undefined;
    return file;
  } catch {
    // Gone meanwhile, or not a lock that any of us wrote.
    return undefined;
  }
}

function createLock(folder: string, number: number, holder: LockHolder): boolean {
  return writeTemporary(folder, holder, (whole) => {
    try {
      linkSync(whole, lockPath(folder, number));
      return true;
    } catch (cause) {
      if (errnoOf(cause) === 'EEXIST') return false;
      throw cause;
    } finally {
      rmSync(whole, { force: true });
    }
  });
}

function writeTemporary<T>(folder: string, content: LockFile, use: (path: string) => T): T {
  const path = join(folder, `.lock-${randomBytes(6).toString('hex')}`);
  writeFileSync(path, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
  return use(path);
}

/** The one just below stays: it shows a slow competitor that it has come too late. */
function removeBelow(folder: string, number: number): void {
  for (const lower of lockNumbers(folder))
    if (lower < number) rmSync(lockPath(folder, lower), { force: true });
}

function heldError(
  folder: string,
  number: number,
  { url, pid, since }: LockHolder,
  pulse: ProbeResult,
): LocalError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const silent = pulse === 'silent' ? ', which does not answer' : '';
  const remedy =
    pulse === 'silent'
      ? `stop ${who}; if it is not landfall, remove ${lockPath(folder, number)}`
      : `use the endpoint at ${url}, or stop ${who}`;
  return new LocalError('HELD', `${folder} is served by ${who} at ${url} since ${since}${silent}`, remedy);
}
