import {
  closeSync,
  constants as files,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { constants, Script } from 'node:vm';
import * as zlib from 'node:zlib';

/** Windows does not have them. Without the second, opening a pipe waits for somebody who writes. */
const { O_NOFOLLOW: NO_LINKS = 0, O_NONBLOCK: NO_WAIT = 0 } = files as Partial<typeof files>;

/** What this needs of the process. */
type Machine = Pick<NodeJS.Process, 'env' | 'version' | 'arch' | 'platform' | 'pid' | 'getuid' | 'once'>;

/** Files that nobody has written for so long belong to an older landfall, or to one that is rarely used. */
const MAX_AGE = 30 * 24 * 3600 * 1000;

/**
 * Keeps the code that V8 makes of the program between runs, for all files of the bundle that are loaded from here on; on
 * Node 22.1 and later, Node does that itself. Whoever can write such a file decides what the next run does: only files
 * are read that this user owns and nobody else can write, in a folder for which the same holds. In a pipeline nothing is
 * kept: its folders may come from other jobs. Never fails: without a folder, everything is compiled as before.
 * docs/decisions/0019-compiled-code.md has the reasons.
 */
export function keepCompiledCode(machine: Machine): void {
  const folder = cacheFolder(machine);
  if (folder === undefined || !isSafe(folder, machine)) return;
  const { enableCompileCache } = module as { readonly enableCompileCache?: (folder: string) => unknown };
  if (enableCompileCache !== undefined) enableCompileCache(folder);
  // Node 20.15 and later have it.
  else if ('crc32' in zlib) loadThroughCache(folder, machine, zlib.crc32);
}

/** Returns the folder for compiled code; undefined: none is wanted, or the environment names none. */
function cacheFolder({ env, platform }: Machine): string | undefined {
  const isPipeline = !/^(|0|false|no)$/i.test(env['CI'] ?? '');
  if (isPipeline || (env['NODE_DISABLE_COMPILE_CACHE'] ?? '') !== '') return undefined;
  const { XDG_CACHE_HOME = '', HOME = '', LOCALAPPDATA = '' } = env;
  const home = HOME === '' ? '' : join(HOME, platform === 'darwin' ? 'Library/Caches' : '.cache');
  const parent = platform === 'win32' ? LOCALAPPDATA : isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : home;
  return isAbsolute(parent) ? join(parent, 'landfall', 'compiled') : undefined;
}

/** Creates a folder if it is not there. Returns whether only this user can write in it. */
function isSafe(folder: string, machine: Machine): boolean {
  try {
    const parent = dirname(folder);
    // One by one: `recursive` never returns in a folder that takes no entries, such as one of /proc.
    for (const path of [dirname(parent), parent, folder]) makeFolder(path);
    return [parent, folder].every((path) => {
      const stats = lstatSync(path);
      return stats.isDirectory() && isOwn(stats, machine);
    });
  } catch {
    return false;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/** Whether a file belongs to this user and nobody else can write it. On Windows, the folder of the user decides. */
function isOwn({ uid, mode }: Stats, { getuid }: Machine): boolean {
  return getuid === undefined || (uid === getuid() && (mode & 0o022) === 0);
}

/** The part of Node's loader of CommonJS that decides how files are compiled (`require.extensions`). */
interface Loader {
  readonly _extensions: Record<string, (module: LoadedModule, file: string) => void>;
}

interface LoadedModule {
  readonly exports: unknown;
  readonly require: (id: string) => unknown;
}

/** Makes Node 20 load the files of the bundle with their compiled code, and write that when the process ends. */
function loadThroughCache(folder: string, machine: Machine, checksum: (data: Buffer) => number): void {
  const compiled = new Map<string, Script>();
  (module as unknown as Loader)._extensions['.cjs'] = (loaded, file) => {
    // The names of these files contain a hash of their content.
    const path = join(folder, `${basename(file, '.cjs')}-${machine.version}-${machine.arch}`);
    const cachedData = readCompiled(path, machine, checksum);
    const source = readFileSync(file, 'utf8');
    const script = new Script(module.wrap(source.replace(/^#!.*/, '')), {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(cachedData !== undefined && { cachedData }),
    });
    if (cachedData === undefined || script.cachedDataRejected === true) compiled.set(path, script);
    const run = script.runInThisContext() as (...args: readonly unknown[]) => void;
    const require = (id: string): unknown => loaded.require(id);
    Reflect.apply(run, loaded.exports, [loaded.exports, require, loaded, file, dirname(file)]);
  };
  machine.once('exit', () => {
    try {
      if (compiled.size > 0) removeOld(folder);
      for (const [path, script] of compiled)
        writeCompiled(path, `${path}.${machine.pid}`, script.createCachedData(), checksum);
    } catch {
      // The next run compiles everything again.
    }
  });
}

/** Returns the content of a file of compiled code that this user has written; undefined: there is none, or it is damaged. */
function readCompiled(
  path: string,
  machine: Machine,
  checksum: (data: Buffer) => number,
): Buffer | undefined {
  try {
    const descriptor = openSync(path, files.O_RDONLY | NO_LINKS | NO_WAIT);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile() || !isOwn(stats, machine)) return undefined;
      const content = readFileSync(descriptor);
      const data = content.subarray(4);
      // V8 itself does not notice damage.
      return checksum(data) === content.readUInt32LE(0) ? data : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Writes a file completely or not at all. */
function writeCompiled(path: string, beside: string, data: Buffer, checksum: (data: Buffer) => number): void {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(checksum(data));
  try {
    writeFileSync(beside, Buffer.concat([head, data]), { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    // A part of it where the disk is full, which has another name in each run.
    rmSync(beside, { force: true });
    throw error;
  }
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path);
    if (Date.now() - mtimeMs > MAX_AGE) rmSync(path, { recursive: true, force: true });
  }
}
