import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { LandfallError } from '../core/error.ts';
import type { FoundLock, LockHolder, LockStore, LockAttempt } from '../core/lock.ts';
import { excerptOf, MAX_LOCK_BYTES, readHolder, writeHolder } from './holder.ts';

export interface FileLockOptions {
  /** Absolute; made where it is not there. */
  readonly folder: string;
  /** How the folder is called for people. */
  readonly place: string;
  /** This machine, as holders write it. */
  readonly host: string;
  /** Whether a process of this machine is there; absent: nobody can tell, and none counts as dead. */
  readonly isAlive?: (pid: number) => boolean;
}

const LOCK_FILE = /^lock-(\d{1,15})\.json$/;
const RELEASED = '{"released":true}\n';
const MAX_ATTEMPTS = 20;

/**
 * A lock in a folder. Its files are numbered, and the highest number counts: free where there is none, or where it says
 * that it was released. A file is linked into place whole, so only one process can make a given number, and a lock
 * whose process is dead is never removed, only outnumbered. So two that find the same dead lock cannot both win.
 */
export function fileLock(options: FileLockOptions): LockStore {
  const { folder, place } = options;

  function take(holder: LockHolder): LockAttempt {
    mkdirSync(folder, { recursive: true });
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const highest = highestOf(folder);
      const found = readLock(folder, highest);
      if (found !== undefined && !isDead(found.holder, options)) return { taken: false, found };
      const number = highest + 1;
      if (!createLock(folder, number, holder)) continue;
      if (highestOf(folder) === number) {
        removeOlder(folder, number - 1);
        return { taken: true, ...(found?.holder !== undefined && { deadHolder: found.holder }) };
      }
      // Others have come and gone since the look.
      rmSync(pathOf(folder, number), { force: true });
    }
    throw new LandfallError('LOCK_HELD', `other processes keep taking the lock ${place}`, {
      remedy: 'try again',
    });
  }

  return {
    place,
    take: (holder) => withFileErrors(place, () => take(holder)),
    read: () => withFileErrors(place, () => readLock(folder, highestOf(folder))),
    remove: ({ tag }) =>
      withFileErrors(place, () => {
        const number = Number(tag);
        if (number !== highestOf(folder) || readLock(folder, number)?.tag !== tag) return false;
        // A number is never used twice, so this cannot hit the lock of anybody else.
        writeTemporaryFile(folder, RELEASED, (whole) => {
          renameSync(whole, pathOf(folder, number));
        });
        return true;
      }),
    close: () => undefined,
  };
}

function isDead(holder: LockHolder | undefined, { host, isAlive }: FileLockOptions): boolean {
  if (holder?.pid === undefined || holder.host !== host || isAlive === undefined) return false;
  return !isAlive(holder.pid);
}

const pathOf = (folder: string, number: number) => join(folder, `lock-${number}.json`);

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const [, number] = LOCK_FILE.exec(name) ?? [];
      return number === undefined ? [] : [Number(number)];
    });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function highestOf(folder: string): number {
  return Math.max(0, ...numbersIn(folder));
}

/** The lock of a number; undefined where there is none, or none any more. */
function readLock(folder: string, number: number): FoundLock | undefined {
  if (number === 0) return undefined;
  let text: string;
  try {
    text = readFileSync(pathOf(folder, number), 'utf8').slice(0, MAX_LOCK_BYTES);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (text === RELEASED) return undefined;
  const tag = String(number);
  const holder = readHolder(text);
  return holder === undefined
    ? { id: `file-${number}`, tag, excerpt: excerptOf(text) }
    : { id: holder.id, tag, holder };
}

function createLock(folder: string, number: number, holder: LockHolder): boolean {
  return writeTemporaryFile(folder, writeHolder(holder), (whole) => {
    try {
      linkSync(whole, pathOf(folder, number));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(whole, { force: true });
    }
  });
}

function writeTemporaryFile<T>(folder: string, content: string, use: (path: string) => T): T {
  const path = join(folder, `.lock-${randomBytes(6).toString('hex')}`);
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  return use(path);
}

/** The one just below stays: it shows a slow competitor that it has come too late. */
function removeOlder(folder: string, number: number): void {
  for (const lower of numbersIn(folder)) if (lower < number) rmSync(pathOf(folder, lower), { force: true });
}

function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Told by promises, as the port has it: what is thrown comes as a rejection. */
function withFileErrors<T>(place: string, work: () => T): Promise<T> {
  return new Promise<T>((resolve) => {
    resolve(work());
  }).catch((error: unknown) => {
    if (error instanceof LandfallError) throw error;
    const reason = errnoOf(error) ?? String(error);
    throw new LandfallError('FILE_UNWRITABLE', `the lock ${place} cannot be read or written: ${reason}`, {
      remedy: 'see that the folder may be written; --no-lock goes without the lock',
      cause: error,
    });
  });
}
