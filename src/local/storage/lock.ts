import { existsSync } from 'node:fs';
import { LocalError } from '../errors.ts';
import { acquireLock, type LockFile, lockPath, readLock, releaseLock } from './numbered-lock.ts';

/** The process that serves a folder, as its lock file says. */
export interface LockHolder {
  readonly url: string;
  /** Absent if the program that started the endpoint did not give it. */
  readonly pid?: number;
  /** The start of the endpoint, in real time, ISO 8601. */
  readonly since: string;
  /** The token for the control paths of the endpoint. */
  readonly token: string;
}

export type ProbeResult = 'alive' | 'dead' | 'silent';

/** Asks whether the endpoint of a lock file still runs. */
export type Probe = (holder: LockHolder) => Promise<ProbeResult>;

/** Endpoints listen on this address only. No request goes to any other address that a lock file may contain. */
const ENDPOINT_URL = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/** The lock on a state folder: while a process holds it, no other process serves the folder. */
export class FolderLock {
  readonly #folder: string;
  readonly #number: number;
  /** The lock file, and the one that a process writes which takes the folder over. */
  readonly #path: string;
  readonly #next: string;

  private constructor(folder: string, number: number) {
    this.#folder = folder;
    this.#number = number;
    this.#path = lockPath(folder, number);
    this.#next = lockPath(folder, number + 1);
  }

  /** @throws LocalError HELD if another process serves the folder */
  static async acquire(folder: string, holder: LockHolder, probe: Probe): Promise<FolderLock> {
    const acquired = await acquireLock(folder, `${JSON.stringify(holder)}\n`, async (lock) => {
      const current = parseHolder(lock);
      const result = current === undefined ? 'dead' : await probe(current);
      if (current === undefined || result === 'dead') return false;
      throw heldError(folder, lock.number, current, result);
    });
    if (acquired === undefined || 'heldBy' in acquired)
      throw new LocalError('HELD', `other processes keep taking the lock on ${folder}`, 'try again');
    return new FolderLock(folder, acquired.number);
  }

  /** @throws LocalError HELD if another process has taken over the folder */
  readonly guard = (): void => {
    if (!existsSync(this.#next) && existsSync(this.#path)) return;
    throw new LocalError('HELD', `another process has taken over ${this.#folder}`, 'stop this process');
  };

  release(): void {
    if (existsSync(this.#path)) releaseLock(this.#folder, this.#number);
  }
}

/** Reads the holder of a folder from its lock file. That process may have ended. */
export function currentHolder(folder: string): LockHolder | undefined {
  try {
    return parseHolder(readLock(folder));
  } catch {
    // A folder that cannot be read is reported when it is opened.
    return undefined;
  }
}

/** Returns nothing for a file that no endpoint wrote. */
function parseHolder(lock: LockFile | undefined): LockHolder | undefined {
  try {
    const holder = JSON.parse(lock?.text ?? '') as LockHolder;
    return ENDPOINT_URL.test(holder.url) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function heldError(
  folder: string,
  number: number,
  { url, pid, since }: LockHolder,
  result: ProbeResult,
): LocalError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const silent = result === 'silent' ? ', which does not answer' : '';
  const remedy =
    result === 'silent'
      ? `stop ${who}; if it is not landfall, remove ${lockPath(folder, number)}`
      : `use the endpoint at ${url}, or stop ${who}`;
  return new LocalError('HELD', `${folder} is served by ${who} at ${url} since ${since}${silent}`, remedy);
}
