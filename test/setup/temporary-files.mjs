import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';

/** What a run of all tests needs at most, in bytes. */
const ROOM = 2 ** 31;

/**
 * Has tests put their temporary folders in memory, where the system has room for them: thousands of small files on a disk
 * take most of the time of the tests that write projects. TMPDIR, where somebody has set it, decides.
 */
export function useMemoryForTemporaryFiles() {
  if (process.env.TMPDIR !== undefined) return;
  try {
    accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync('/dev/shm');
    // Containers often mount it so; tests put scripts into their folders.
    const runsNothing = /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    if (bavail * bsize >= ROOM && !runsNothing) process.env.TMPDIR = '/dev/shm';
  } catch {
    // There is no such folder: the default remains.
  }
}
