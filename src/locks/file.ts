import { mkdirSync } from 'node:fs';
import { LandfallError } from '../core/error.ts';
import type { FoundLock, LockAttempt, LockHolder, LockStore } from '../core/lock.ts';
import { acquireLock, type LockFile, readLock, releaseLock } from '../local/storage/numbered-lock.ts';
import { excerptOf, MAX_LOCK_BYTES, readHolder, writeHolder } from './holder.ts';

export interface FileLockOptions {
  /** Absolute path; the folder is created if it does not exist. */
  readonly folder: string;
  /** The name of the folder in messages. */
  readonly place: string;
  /** This machine, as holders write it. */
  readonly host: string;
  /** Says whether a process of this machine runs; absent: no process counts as dead. */
  readonly isAlive?: (pid: number) => boolean;
}

/**
 * A lock in a folder of this machine (see `numbered-lock.ts`). The tag of a lock is the number of its file. A lock
 * whose process no longer runs on this machine is taken over.
 */
export function fileLock(options: FileLockOptions): LockStore {
  const { folder, place } = options;

  async function take(holder: LockHolder): Promise<LockAttempt> {
    mkdirSync(folder, { recursive: true });
    const result = await acquireLock(
      folder,
      writeHolder(holder),
      (lock) => !isDead(toFoundLock(lock).holder, options),
    );
    if (result === undefined) {
      throw new LandfallError('LOCK_HELD', `other processes keep taking the lock ${place}`, {
        remedy: 'try again',
      });
    }
    if ('heldBy' in result) return { taken: false, found: toFoundLock(result.heldBy) };
    const deadHolder = result.replaced && toFoundLock(result.replaced).holder;
    return { taken: true, ...(deadHolder !== undefined && { deadHolder }) };
  }

  const read = () => {
    const lock = readLock(folder);
    return lock && toFoundLock(lock);
  };

  return {
    place,
    take: (holder) => withFileErrors(place, () => take(holder)),
    read: () => withFileErrors(place, read),
    remove: ({ tag }) =>
      withFileErrors(place, () => {
        if (read()?.tag !== tag) return false;
        releaseLock(folder, Number(tag));
        return true;
      }),
    close: () => undefined,
  };
}

function isDead(holder: LockHolder | undefined, { host, isAlive }: FileLockOptions): boolean {
  if (holder?.pid === undefined || holder.host !== host || isAlive === undefined) return false;
  return !isAlive(holder.pid);
}

function toFoundLock({ number, text }: LockFile): FoundLock {
  const content = text.slice(0, MAX_LOCK_BYTES);
  const tag = String(number);
  const holder = readHolder(content);
  return holder === undefined
    ? { id: `file-${number}`, tag, excerpt: excerptOf(content) }
    : { id: holder.id, tag, holder };
}

/** Rejects with a LandfallError where the file system fails. */
async function withFileErrors<T>(place: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LandfallError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new LandfallError('FILE_UNWRITABLE', `the lock ${place} cannot be read or written: ${reason}`, {
      remedy: 'check the permissions of the folder, or run without the lock: --no-lock',
      cause: error,
    });
  }
}
