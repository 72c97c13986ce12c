import { lstatSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { LandfallError } from '../core/error.ts';
import type { Host } from './host.ts';

/**
 * The path of a file that a flag asks for. What lies in the working folder may have come with a pull request: a link
 * that stands there under the name a pipeline writes to would have it write where the link leads. Links outside, such
 * as /dev/stdout, are the user's own.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link in the working folder, at the file or on the way to it
 */
export function outputFile({ cwd }: Pick<Host, 'cwd'>, file: string): string {
  const path = resolve(cwd, file);
  const steps = relative(cwd, path).split(sep);
  if (steps[0] === '..') return path;
  let way = cwd;
  for (const step of steps) {
    way = join(way, step);
    if (!isLink(way)) continue;
    const link = relative(cwd, way);
    throw new LandfallError('FILE_UNWRITABLE', `${file} cannot be written: ${link} is a symbolic link`, {
      remedy: 'name another file, or remove the link and see who has brought it',
    });
  }
  return path;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // It is not there; whoever writes to it will say what else is wrong.
    return false;
  }
}

/** Why a file could not be written or read, as the system calls it: `ENOENT`. */
export function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
}
