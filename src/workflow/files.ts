import { closeSync, constants, lstatSync, openSync, statSync, writeFileSync } from 'node:fs';
import { access, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Environment, Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import { hideSecrets } from '../core/text.ts';

/** A file to write. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Returns a path as messages show it: from the working folder, with forward slashes. */
export function shownPath({ host }: Workspace, path: string): string {
  return relative(host.cwd, path).replaceAll(sep, '/') || '.';
}

/**
 * Returns the paths of the files that exist with the same text.
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
    if (found === text) same.add(path);
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
      await createFile(path, text, () => written.push(path));
    } catch (cause) {
      await Promise.all(written.map((each) => unlink(each).catch(() => undefined)));
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
  folder: string,
  { path, text }: NewFile,
): Promise<'written' | 'same' | 'kept'> {
  const target = join(folder, path);
  try {
    await createFile(target, text);
    return 'written';
  } catch (cause) {
    if (reasonOf(cause) === 'EEXIST') return (await contentOf(target)) === text ? 'same' : 'kept';
    throw new LandfallError('FILE_UNWRITABLE', `${path} cannot be written: ${reasonOf(cause)}`, {
      remedy: 'give a writable folder; the files written before this one are complete',
      cause,
    });
  }
}

/** Creates a file and its folder. Fails with EEXIST where the path exists. */
async function createFile(path: string, text: string, onCreated?: () => void): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'wx');
  onCreated?.();
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
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
    const handle = await open(path);
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

/**
 * Returns the absolute path of a file that a flag names. A pull request can bring a symbolic link into the working
 * folder, and writing to it would write where the link leads: such links are refused. Links elsewhere, such as
 * /dev/stdout, belong to the user.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link in the working folder, at the file or on the way to it
 */
export function outputFile({ cwd }: Pick<Environment, 'cwd'>, file: string): string {
  const path = resolve(cwd, file);
  const steps = relative(cwd, path).split(sep);
  if (steps[0] === '..') return path;
  let current = cwd;
  for (const step of steps) {
    current = join(current, step);
    if (!isLink(current)) continue;
    const link = relative(cwd, current);
    throw new LandfallError('FILE_UNWRITABLE', `${file} cannot be written: ${link} is a symbolic link`, {
      remedy: 'give another file, or remove the link and find out who added it',
    });
  }
  return path;
}

/**
 * Returns the absolute path of a file that a flag names and that is written at the end of a run.
 * @throws LandfallError FILE_UNWRITABLE where it could not be written, as far as its folder tells
 */
export async function laterOutputFile(host: Pick<Environment, 'cwd'>, file: string): Promise<string> {
  const path = outputFile(host, file);
  try {
    await access(dirname(path), constants.W_OK);
    return path;
  } catch (cause) {
    throw unwritableFile(file, cause);
  }
}

/**
 * Creates a file that lines are added to, each at once, so that it is complete whatever happens next.
 * @param onLost is called when a later line cannot be written, such as on a full disk; the lines after it are dropped
 * @throws LandfallError FILE_UNWRITABLE; so does the returned function for the first line
 */
export function openLineFile(
  host: Pick<Environment, 'cwd'>,
  file: string,
  onLost: () => void,
): (line: string) => void {
  let descriptor: number | undefined;
  let isBegun = false;
  try {
    descriptor = openSync(outputFile(host, file), 'w');
  } catch (cause) {
    throw cause instanceof LandfallError ? cause : unwritableFile(file, cause);
  }
  return (line) => {
    if (descriptor === undefined) return;
    try {
      // With a descriptor, this adds to the file and writes the whole line.
      writeFileSync(descriptor, hideSecrets(line));
      isBegun = true;
    } catch (cause) {
      closeSync(descriptor);
      descriptor = undefined;
      if (!isBegun) throw unwritableFile(file, cause);
      onLost();
    }
  };
}

function unwritableFile(shown: string, cause: unknown): LandfallError {
  return new LandfallError('FILE_UNWRITABLE', `${shown} cannot be written: ${reasonOf(cause)}`, {
    remedy: 'give a file in an existing, writable folder',
    cause,
  });
}

/** Tells whether a path is a symbolic link; a path that does not exist is none. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Tells whether a path is a folder, or leads to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Returns the system's code for a failed read or write, such as `ENOENT`. */
export function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
}

/**
 * Writes a file completely or not at all.
 * @param shown the name of the file in messages
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writeFileAtomically(
  path: string,
  shown: string,
  text: string,
  mode?: number,
): Promise<void> {
  try {
    await writeFileAtomic(path, text, mode === undefined ? {} : { mode });
  } catch (cause) {
    throw unwritableFile(shown, cause);
  }
}
