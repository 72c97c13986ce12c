import { constants, statSync } from 'node:fs';
import { open, readFile, unlink } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import { createFile, reasonOf } from './output-files.ts';

/** A file to write. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Returns a path as messages show it: from the working folder, with forward slashes. */
export function shownPath({ host }: Workspace, path: string): string {
  return relative(host.cwd, path).replaceAll(sep, '/') || '.';
}

/** Whether two texts differ in line ends only, which git changes where files are checked out on Windows. */
const isSameText = (one: string | undefined, other: string): boolean =>
  one === other || one?.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');

/**
 * Returns the paths of the files that exist with the same text, whatever their line ends.
 * @param into what `--out` names
 * @throws LandfallError FILE_EXISTS naming all that exist with another text
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
    if (isSameText(found, text)) same.add(path);
    else other.push(shownPath(workspace, path));
  }
  if (other.length === 0) return same;
  const names = other.map((name) => JSON.stringify(name)).join(', ');
  const what = other.length === 1 ? 'already exists' : 'already exist';
  throw new LandfallError('FILE_EXISTS', `${names} ${what}: nothing was written`, {
    remedy: `give another ${into} with --out, or move the existing ${other.length === 1 ? 'file' : 'files'} away`,
  });
}

/** Returns the content of a file; undefined: there is none. A file that cannot be read is not nothing. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return reasonOf(error) === 'ENOENT' ? undefined : '';
  }
}

/**
 * Writes new files, never over old ones. If one cannot be written, those before it are removed again.
 * @throws LandfallError FILE_UNWRITABLE or FILE_EXISTS
 */
export async function writeNewFiles(workspace: Workspace, files: readonly NewFile[]): Promise<void> {
  const written: string[] = [];
  for (const { path, text } of files) {
    try {
      await createFile(workspace.host, path, text, () => written.push(path));
    } catch (cause) {
      await Promise.all(written.map((each) => unlink(each).catch(() => undefined)));
      if (cause instanceof LandfallError) throw cause;
      const name = shownPath(workspace, path);
      if (reasonOf(cause) === 'EEXIST') {
        throw new LandfallError('FILE_EXISTS', `${name} already exists: nothing was written`, {
          remedy: 'give another folder with --out, or move the file away',
          cause,
        });
      }
      throw new LandfallError('FILE_UNWRITABLE', `${name} cannot be written: ${reasonOf(cause)}`, {
        remedy: 'give a writable folder with --out',
        cause,
      });
    }
  }
}

/**
 * Writes a file into a project unless the path exists, also as a dangling link.
 * @param path from the folder, with forward slashes
 * @returns whether it was written, exists with the same text, or was kept with another text
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writeUnlessPresent(
  { host }: Workspace,
  folder: string,
  { path, text }: NewFile,
): Promise<'written' | 'same' | 'kept'> {
  const target = join(folder, path);
  try {
    await createFile({ ...host, cwd: folder }, target, text);
    return 'written';
  } catch (cause) {
    if (cause instanceof LandfallError) throw cause;
    if (reasonOf(cause) === 'EEXIST') return isSameText(await contentOf(target), text) ? 'same' : 'kept';
    throw new LandfallError('FILE_UNWRITABLE', `${path} cannot be written: ${reasonOf(cause)}`, {
      remedy: 'give a writable folder; the files written before this one are complete',
      cause,
    });
  }
}

/**
 * Reads a file of at most `maxBytes`.
 * @param problem makes the error from what is wrong, such as `it is not a file`
 */
export async function readLimited(
  path: string,
  maxBytes: number,
  problem: (what: string, cause?: unknown) => LandfallError,
): Promise<Buffer> {
  try {
    // A pipe without a writer is not waited for.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw problem('it is not a file');
      if (stats.size > maxBytes) throw problem(`it has ${stats.size} bytes; the limit is ${maxBytes}`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof LandfallError ? cause : problem(reasonOf(cause), cause);
  }
}

/** Largest export that is read, in bytes: a hundred thousand VMs take about 40 MB. */
const MAX_EXPORT_BYTES = 256 * 1024 * 1024;

/**
 * Reads a file that a user exported.
 * @throws LandfallError FILE_UNREADABLE
 */
export function readExport({ host }: Workspace, file: string, remedy: string): Promise<Uint8Array> {
  return readLimited(
    resolve(host.cwd, file),
    MAX_EXPORT_BYTES,
    (what, cause) =>
      new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${what}`, { remedy, cause }),
  );
}

/** Tells whether a path is a folder, or leads to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
