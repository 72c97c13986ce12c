import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The lock of a folder, as numbered files: the file with the highest number is the lock. A file is linked into place
 * complete, so only one process can create a given number. The lock of a dead process is never removed or overwritten
 * by others: the next one gets a higher number. So two processes that find the same dead lock cannot both win.
 */

/** The current lock file of a folder. */
export interface LockFile {
  readonly number: number;
  readonly text: string;
}

const LOCK_NAME = /^lock-(\d{1,15})\.json$/;
const RELEASED = '{"released":true}\n';
const MAX_ATTEMPTS = 20;

export const lockPath = (folder: string, number: number): string => join(folder, `lock-${number}.json`);

/**
 * Reads the lock of a folder. Returns nothing where the folder does not exist, or has no lock, or its lock was released.
 * @throws the error of the file system where the folder or the file cannot be read
 */
export function readLock(folder: string): LockFile | undefined {
  return readNumber(folder, highestNumber(folder));
}

/**
 * Creates the next lock file of a folder, unless the current one is held.
 * @param text the content of the file
 * @param isHeld says whether the process that wrote a lock file still holds it
 * @returns the number of the new lock, and the abandoned lock that it replaces; or the lock that is held; or nothing
 *   after 20 attempts in which other processes came first
 */
export async function acquireLock(
  folder: string,
  text: string,
  isHeld: (lock: LockFile) => Promise<boolean> | boolean,
): Promise<
  | { readonly number: number; readonly replaced: LockFile | undefined }
  | { readonly heldBy: LockFile }
  | undefined
> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const highest = highestNumber(folder);
    const current = readNumber(folder, highest);
    if (current !== undefined && (await isHeld(current))) return { heldBy: current };
    const number = highest + 1;
    if (!createLock(folder, number, text)) continue;
    if (highestNumber(folder) === number) {
      removeOlder(folder, number - 1);
      return { number, replaced: current };
    }
    // Another process has taken and removed higher numbers since the highest one was read.
    rmSync(lockPath(folder, number), { force: true });
  }
  return undefined;
}

/** Marks a lock file as released. Its number is never used again, so this cannot release the lock of another process. */
export function releaseLock(folder: string, number: number): void {
  renameSync(writeTemporaryFile(folder, RELEASED), lockPath(folder, number));
}

function lockNumbers(folder: string): readonly number[] {
  const names = unlessMissing(() => readdirSync(folder)) ?? [];
  return names.map((name) => Number(LOCK_NAME.exec(name)?.[1] ?? 0));
}

function highestNumber(folder: string): number {
  return Math.max(0, ...lockNumbers(folder));
}

function readNumber(folder: string, number: number): LockFile | undefined {
  const text = unlessMissing(() => readFileSync(lockPath(folder, number), 'utf8'));
  return text === undefined || text === RELEASED ? undefined : { number, text };
}

function createLock(folder: string, number: number, text: string): boolean {
  const complete = writeTemporaryFile(folder, text);
  try {
    linkSync(complete, lockPath(folder, number));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(complete, { force: true });
  }
}

function writeTemporaryFile(folder: string, text: string): string {
  const path = join(folder, `.lock-${randomBytes(6).toString('hex')}`);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  return path;
}

/** Keeps the file just below the new one: a slow process that tries to create it sees that it is too late. */
function removeOlder(folder: string, number: number): void {
  for (const lower of lockNumbers(folder))
    if (lower > 0 && lower < number) rmSync(lockPath(folder, lower), { force: true });
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
