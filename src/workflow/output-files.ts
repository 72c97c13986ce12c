/**
 * The one way in which landfall and its action write and delete files in folders of the user. A pull request can bring a
 * symbolic link under the name of a file that a pipeline writes, or of a folder on the way to it: writing there would
 * write where the link leads. Such links are refused; links above the folders in question, such as /tmp on macOS, belong
 * to the machine.
 *
 * Not written through here: temporary folders that landfall has just made, `.landfall/`, which is checked as a whole
 * (`stateFolder` in project-files.ts), and the files that a runner names in its own variables, such as GITHUB_OUTPUT.
 */
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { access, mkdir, open, writeFile } from 'node:fs/promises';
import system, { basename, dirname, join, parse, relative, resolve, sep } from 'node:path';
import type { Environment } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import { hideSecrets } from '../core/text.ts';

/** The folders that decide what is refused: the working folder, and that of a pipeline's checkout. */
type Folders = Pick<Environment, 'cwd' | 'env'>;

/** Streams under the name of a file: what is written there goes where the user has directed it. */
const STREAMS = /^(\/dev\/(stdout|stderr|null|tty|fd\/\d+)|\/proc\/(self|\d+)\/fd\/\d+)$/;

/**
 * Names of devices on Windows, in any folder and with any extension (Microsoft: Naming Files, Paths, and Namespaces). A
 * file that is written beside one and renamed either becomes a file that other programs cannot open, or fails.
 */
const DEVICES_OF_WINDOWS = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *([.:]|$)/i;

/** Whether a path is that of a device on Windows. On other systems none is. */
export function isDeviceOfWindows(path: string, paths = system): boolean {
  return paths.sep === '\\' && DEVICES_OF_WINDOWS.test(paths.basename(path));
}

/** A file in or above which a repository or a project begins. */
const TOPS = ['.git', 'landfall.yaml', 'landfall.yml'];

/**
 * Returns the absolute path of a file to write.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link in the working folder, a repository, a project or the
 *   checkout of a pipeline, at the file or on the way to it; and for what is no file there, such as a named pipe
 */
export function outputFile(folders: Folders, file: string): string {
  const { path, isChecked } = withoutLinks(folders, file);
  const kind = kindOf(path);
  if (isDeviceOfWindows(path)) {
    const message = `${file} cannot be written: Windows keeps its name for a device`;
    throw new LandfallError('FILE_UNWRITABLE', message, { remedy: 'give a file with another name' });
  }
  if (isChecked && kind === 'other') {
    throw new LandfallError('FILE_UNWRITABLE', `${file} cannot be written: it is neither a file nor new`, {
      remedy: 'give another file; a stream can be given as /dev/stdout or /dev/fd/3',
    });
  }
  return path;
}

/**
 * Returns the absolute path of a file that is written at the end of a run.
 * @throws LandfallError FILE_UNWRITABLE where it could not be written, as far as its folder tells
 */
export async function laterOutputFile(folders: Folders, file: string): Promise<string> {
  const path = outputFile(folders, file);
  if (STREAMS.test(path)) return path;
  try {
    await access(dirname(path), constants.W_OK);
    return path;
  } catch (cause) {
    throw unwritableFile(file, cause);
  }
}

/**
 * Writes a file completely or not at all; a stream or a pipe outside of the working folder as it comes.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writeOutput(
  folders: Folders,
  file: string,
  text: string,
  mode?: number,
): Promise<void> {
  const path = outputFile(folders, file);
  try {
    // A new file takes the place of the old one, which may have other names (hard links).
    if (kindOf(path) === 'other') await writeFile(path, text);
    else {
      const { default: writeFileAtomic } = await import('write-file-atomic');
      await writeFileAtomic(path, text, mode === undefined ? {} : { mode });
    }
  } catch (cause) {
    throw unwritableFile(file, cause);
  }
}

/**
 * Deletes a file if it is there; of a link under its name, the link. Streams, and pipes and devices outside of the
 * working folder, stay: the user has made them, and what is written there goes through them.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link on the way to it
 */
export function removeOutput(folders: Folders, file: string): void {
  const { path, isChecked } = withoutLinks(folders, file, dirname(resolve(folders.cwd, file)));
  if (!isChecked && kindOf(path) === 'other') return;
  try {
    unlinkSync(path);
  } catch (cause) {
    if (reasonOf(cause) !== 'ENOENT') throw unwritableFile(file, cause);
  }
}

/**
 * Creates a file and its folder.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link on the way to it; an Error with the code EEXIST where the
 *   path exists, also as a link
 */
export async function createFile(
  folders: Folders,
  path: string,
  text: string,
  onCreated?: () => void,
): Promise<void> {
  withoutLinks(folders, relative(folders.cwd, path), dirname(path));
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
 * Writes files into a folder, which is created, in the place of all files and links there whose names end so and whose
 * texts begin so: an earlier run has left them.
 * @throws LandfallError FILE_UNWRITABLE, also where another file has the name of one of them
 */
export async function replaceFiles(
  folders: Folders,
  folder: string,
  { ending, beginning }: { readonly ending: string; readonly beginning: string },
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  const { path } = withoutLinks(folders, folder);
  try {
    await mkdir(path, { recursive: true });
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const own = join(path, entry.name);
      const isOld = entry.isFile() && readFileSync(own, 'utf8').startsWith(beginning);
      if (entry.name.endsWith(ending) && (isOld || entry.isSymbolicLink())) removeOutput(folders, own);
      else if (files.some(({ name }) => name === entry.name))
        throw new LandfallError(
          'FILE_UNWRITABLE',
          `${join(folder, entry.name)} is there, and is not landfall's`,
          {
            remedy: 'give another folder, or move the file',
          },
        );
    }
    for (const { name, text } of files) await createFile(folders, join(path, name), text);
  } catch (cause) {
    throw cause instanceof LandfallError ? cause : unwritableFile(folder, cause);
  }
}

/**
 * Creates a file that lines are added to, each at once, so that it is complete whatever happens next.
 * @param onLost is called when a later line cannot be written, such as on a full disk; the lines after it are dropped
 * @throws LandfallError FILE_UNWRITABLE; so does the returned function for the first line
 */
export function openLineFile(folders: Folders, file: string, onLost: () => void): (line: string) => void {
  let descriptor: number | undefined;
  let isBegun = false;
  try {
    const path = outputFile(folders, file);
    if (kindOf(path) === 'other') descriptor = openSync(path, 'w');
    else {
      // An old file is not emptied but replaced: it may have other names (hard links).
      removeOutput(folders, file);
      descriptor = openSync(path, 'wx');
    }
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
  const reason = reasonOf(cause);
  const isFolder = reason === 'EISDIR';
  return new LandfallError(
    'FILE_UNWRITABLE',
    `${shown} cannot be written: ${isFolder ? 'it is a folder (EISDIR)' : reason}`,
    {
      remedy: isFolder ? 'give the name of a file in it' : 'give a file in an existing, writable folder',
      cause,
    },
  );
}

/** Returns the system's code for a failed read or write, such as `ENOENT`. */
export function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
}

/** Returns the kind of a path: a file, nothing yet, or something else, such as a pipe. A folder counts as a file: writing fails. */
function kindOf(path: string): 'file' | 'none' | 'other' {
  if (STREAMS.test(path)) return 'other';
  try {
    const stats = statSync(path);
    return stats.isFile() || stats.isDirectory() ? 'file' : 'other';
  } catch {
    return 'none';
  }
}

/**
 * Resolves a path and refuses symbolic links on it, from the first folder that a pull request may have filled.
 * @param upTo the last part of the path that is checked; absent: the file itself
 * @throws LandfallError FILE_UNWRITABLE
 */
function withoutLinks(
  { cwd, env }: Folders,
  file: string,
  upTo = resolve(cwd, file),
): { readonly path: string; readonly isChecked: boolean } {
  if (file === '') {
    throw new LandfallError('FILE_UNWRITABLE', 'the name of the file to write is empty', {
      remedy: 'give the name of a file; a variable on the command line may be empty',
    });
  }
  const path = resolve(cwd, file);
  if (STREAMS.test(path)) return { path, isChecked: false };
  const tops = [cwd, env['GITHUB_WORKSPACE'] ?? '', env['CI_PROJECT_DIR'] ?? '']
    .filter((folder) => folder !== '')
    .map((folder) => realPath(resolve(cwd, folder)))
    // At the top of a machine, everything would be in question.
    .filter((folder) => folder !== undefined && folder !== parse(folder).root);
  const { root } = parse(upTo);
  let current = root;
  let isChecked = false;
  for (const step of relative(root, upTo).split(sep)) {
    current = join(current, step);
    if (!isChecked) {
      const real = realPath(current);
      const isBelow = tops.some(
        (top) => real !== undefined && `${real}${sep}`.startsWith(`${top ?? ''}${sep}`),
      );
      isChecked = isBelow || TOPS.some((name) => existsSync(join(current, name)));
    } else if (isLink(current)) {
      const shown = relative(cwd, current);
      throw new LandfallError('FILE_UNWRITABLE', `${file} cannot be written: ${shown} is a symbolic link`, {
        remedy: `give another file, or remove the link ${basename(current)} and find out who added it`,
      });
    }
  }
  return { path, isChecked };
}

function realPath(path: string): string | undefined {
  try {
    // As the disk spells it: drives and folders have names in any case on Windows, and folders on macOS.
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** Tells whether a path is a symbolic link; a path that does not exist is none. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
