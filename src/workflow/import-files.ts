import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Desired, ProviderName, Settings } from '../core/desired.ts';
import type { Workspace } from '../core/environment.ts';
import type { ImportReport, ImportSource } from '../core/inventory.ts';
import { joinFirst } from '../core/text.ts';
import { assemble, type Assembly } from '../inventory/assemble.ts';
import { DEFAULT_PROVIDER } from '../providers/registry.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { shownPath, unchangedFiles, writeNewFiles } from './files.ts';

/** Options of every import. */
export interface ImportOptions {
  readonly out?: string;
  readonly target?: string;
  readonly maxSize: number;
  readonly dryRun?: boolean;
}

/** The project that an import is for. */
export interface ImportProject {
  /** Absolute. */
  readonly folder: string;
  /** Absent: there is no project yet. */
  readonly desired?: Desired;
  /** The globs of its wave files, from its folder; absent: there is no project yet. */
  readonly globs?: readonly string[];
}

/** What an import writes, besides its options. */
interface ImportRequest {
  readonly source: ImportSource;
  /** The origin in the first lines of each file. */
  readonly origin: string;
  readonly provider: ProviderName;
  readonly defaults: Settings;
  readonly found: Inventory;
  /** The command that loads the source into the built-in endpoint; absent: there is none. */
  readonly load?: string;
  /**
   * A second run writes only what is new, into waves with other names. Otherwise it writes the same files again, and
   * existing files with these names are no reason to leave a VM out.
   */
  readonly incremental: boolean;
}

/**
 * Writes the VMs of a source as wave files, and returns the result of each file. Overwrites nothing.
 * @throws LandfallError FILE_EXISTS where a file exists with another text: then no file is written
 */
export async function writeImport(
  workspace: Workspace,
  options: ImportOptions,
  { folder, desired, globs }: ImportProject,
  { source, origin, provider, defaults, found, incremental, load }: ImportRequest,
): Promise<ImportReport> {
  const out = options.out === undefined ? join(folder, 'waves') : resolve(workspace.host.cwd, options.out);
  const target = options.target ?? desired?.defaultTarget;
  const pathOf = (wave: string): string => join(out, `${wave}.yaml`);

  /** Makes the files. `isKnown` selects the files of the project whose waves and VMs are not repeated. */
  function make(isKnown: (file: string) => boolean): Assembly {
    return assemble(found, {
      schema: relative(out, join(folder, 'schemas', 'wave.schema.json')).replaceAll(sep, '/'),
      origin,
      ...(options.target !== undefined && { target: options.target }),
      provider,
      defaults,
      maxSize: options.maxSize,
      taken: desired?.waves.filter(({ place }) => isKnown(place.file)).map(({ name }) => name) ?? [],
      vms: desired?.vms.filter((vm) => vm.target === target && isKnown(vm.place.file)) ?? [],
    });
  }

  const isBeside = (file: string): boolean => dirname(resolve(workspace.host.cwd, file)) !== out;
  const own = new Set(
    incremental ? [] : make(isBeside).files.map(({ wave }) => shownPath(workspace, pathOf(wave))),
  );
  const { files, leftOut, concerns, notes } = make((file) => !own.has(file));
  const written = files.map((file) => ({ ...file, path: pathOf(file.wave) }));
  const unchanged = await unchangedFiles(workspace, written);
  if (options.dryRun !== true) {
    await writeNewFiles(
      workspace,
      written.filter(({ path }) => !unchanged.has(path)),
    );
  }
  const shown = written.map(({ path }) => ({ path, shown: shownPath(workspace, path) }));
  return {
    source,
    ...(found.encoding && { encoding: found.encoding }),
    dryRun: options.dryRun ?? false,
    files: written.map(({ path, wave, vms, commentedOut, adopt }) => ({
      path: shownPath(workspace, path),
      wave,
      vms,
      commentedOut,
      adopt,
      unchanged: unchanged.has(path),
    })),
    leftOut,
    concerns,
    notes: [...found.notes, ...notes, ...notesOnUnmatchedFiles(folder, globs, shown)],
    next: nextCommands(provider, desired, target, load),
  };
}

/** Returns the commands that lead from an import to the first plan. */
function nextCommands(
  provider: ProviderName,
  desired: Desired | undefined,
  target: string | undefined,
  load: string | undefined,
): readonly string[] {
  const init = provider === DEFAULT_PROVIDER ? 'landfall init' : `landfall init --provider ${provider}`;
  // The target that init writes is on the built-in endpoint, which begins with a data centre of its own.
  const endpoint =
    desired === undefined ? 'local' : desired.targets.find(({ name }) => name === target)?.endpoint;
  return [
    ...(desired === undefined ? [init] : []),
    ...(endpoint === 'local' && load !== undefined ? [load] : []),
    'landfall plan',
  ];
}

/** Files that are named without `--verbose`. */
const MAX_NAMED_FILES = 2;

/**
 * Returns a note on wave files that no glob of the project matches, or none.
 * @param folder the folder of the project
 * @param globs the globs of its wave files; absent: there is no project yet
 */
function notesOnUnmatchedFiles(
  folder: string,
  globs: readonly string[] | undefined,
  files: readonly { readonly path: string; readonly shown: string }[],
): readonly string[] {
  if (globs === undefined) return [];
  const fromFolder = (path: string): string => relative(folder, path).replaceAll(sep, '/');
  const patterns = (from: readonly string[]): string[] =>
    from.map((glob) => (isAbsolute(glob) ? fromFolder(glob) : posix.normalize(glob)));
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  // As in manifest/: braces and brackets have no special meaning.
  const isSeen = picomatch(patterns(wanted), {
    ignore: patterns(unwanted),
    nobrace: true,
    noextglob: true,
    nobracket: true,
  });
  const unseen = files.filter(({ path }) => !isSeen(fromFolder(path)));
  if (unseen.length === 0) return [];
  const names = joinFirst(
    unseen.map(({ shown }) => shown),
    MAX_NAMED_FILES,
  );
  const where = globs.map((glob) => JSON.stringify(glob)).join(', ');
  return [
    `the project does not read ${names}: its globs are ${where}; give another --out, or add a glob to the project file`,
  ];
}
