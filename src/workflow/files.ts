import { lstatSync } from 'node:fs';
import { mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Environment, Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';

/** A file to be written: its path, and what it is to hold. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** How a path is shown: from where the user is, with forward slashes. */
export function shownPath({ host }: Workspace, path: string): string {
  return relative(host.cwd, path).replaceAll(sep, '/') || '.';
}

/**
 * Which of some files are there already with the very content that they are to have.
 * @param into what `--out` names
 * @throws LandfallError FILE_EXISTS naming all that are there with another
 */
export async function unchangedFiles(
  workspace: Workspace,
  files: readonly NewFile[],
  into: 'file' | 'folder' = 'folder',
): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  const other: string[] = [];
  for (const { path, text } of files) {
    const found = await contentOf(path);
    if (found === undefined) continue;
    if (found === text) same.add(path);
    else other.push(shownPath(workspace, path));
  }
  if (other.length === 0) return same;
  const names = other.map((name) => JSON.stringify(name)).join(', ');
  const what = other.length === 1 ? 'is there already' : 'are there already';
  throw new LandfallError('FILE_EXISTS', `${names} ${what}: nothing was written`, {
    remedy: `name another ${into} with --out, or move what is there away`,
  });
}

/** What stands at a path; undefined: nothing. What is there and cannot be read is not nothing. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
}

/**
 * Writes new files, never over old ones. If one cannot be written, those before it are taken away again.
 * @throws LandfallError FILE_UNWRITABLE or FILE_EXISTS
 */
export async function writeNewFiles(workspace: Workspace, files: readonly NewFile[]): Promise<void> {
  const written: string[] = [];
  for (const { path, text } of files) {
    try {
      await mkdir(dirname(path), { recursive: true });
      const handle = await open(path, 'wx');
      written.push(path);
      try {
        await handle.writeFile(text);
      } finally {
        await handle.close();
      }
    } catch (cause) {
      await Promise.all(written.map((each) => unlink(each).catch(() => undefined)));
      const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
      const name = shownPath(workspace, path);
      if (code === 'EEXIST') {
        throw new LandfallError('FILE_EXISTS', `${name} is there already: nothing was written`, {
          remedy: 'name another folder with --out, or move what is there away',
          cause,
        });
      }
      throw new LandfallError('FILE_UNWRITABLE', `${name} cannot be written: ${code}`, {
        remedy: 'name a folder that may be written with --out',
        cause,
      });
    }
  }
}

/** Largest export that is read, in bytes: a hundred thousand VMs take about 40 MB. */
const MAX_EXPORT_BYTES = 256 * 1024 * 1024;

/**
 * Reads a file that a user exported.
 * @throws LandfallError FILE_UNREADABLE
 */
export async function readExport({ host }: Workspace, file: string, remedy: string): Promise<Uint8Array> {
  try {
    const handle = await open(resolve(host.cwd, file));
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new LandfallError('FILE_UNREADABLE', `${file} is not a file`, { remedy });
      if (stats.size > MAX_EXPORT_BYTES) {
        const message = `${file} has ${stats.size} bytes, and may have ${MAX_EXPORT_BYTES}`;
        throw new LandfallError('FILE_UNREADABLE', message, { remedy: 'split it' });
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof LandfallError) throw cause;
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    throw new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${code}`, { remedy, cause });
  }
}

/**
 * The path of a file that a flag asks for. What lies in the working folder may have come with a pull request: a link
 * that stands there under the name a pipeline writes to would have it write where the link leads. Links outside, such
 * as /dev/stdout, are the user's own.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link in the working folder, at the file or on the way to it
 */
export function outputFile({ cwd }: Pick<Environment, 'cwd'>, file: string): string {
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

/** Writes a file atomically; `shown` is how the user calls it. */
export async function writeFileAtomically(
  path: string,
  shown: string,
  text: string,
  mode?: number,
): Promise<void> {
  try {
    await writeFileAtomic(path, text, mode === undefined ? {} : { mode });
  } catch (cause) {
    throw new LandfallError('FILE_UNWRITABLE', `${shown} cannot be written: ${reasonOf(cause)}`, {
      remedy: 'name a file in a folder that is there and may be written',
      cause,
    });
  }
}
