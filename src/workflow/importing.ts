import { joinFirst } from '../core/text.ts';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Workspace } from '../core/environment.ts';
import type { Desired, ProviderName, Settings } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { ImportReport, ImportSource } from '../core/inventory.ts';
import { assemble, type Assembly } from '../inventory/assemble.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../providers/registry.ts';
import { shownPath, unchangedFiles, writeNewFiles } from './files.ts';
import { type InvalidManifests, readManifests } from './manifests.ts';
import { findOptionalProjectFile } from './project-files.ts';
import { findTarget } from './targets.ts';

/** Options of every import. */
export interface ImportOptions {
  readonly out?: string;
  readonly target?: string;
  readonly maxSize: number;
  readonly dryRun?: boolean;
}

/** Settings that waves of an import begin with, and the service that they are for. */
export interface DefaultOptions {
  readonly frequency?: number;
  readonly licenceType: 'Auto' | 'AWS' | 'BYOL';
  readonly provider?: ProviderName;
}

/** @throws LandfallError USAGE where a frequency is given for a service that has none */
export function defaultsOf({ frequency, licenceType }: DefaultOptions, provider: ProviderName): Settings {
  return serviceOf(provider).importDefaults({
    licenseType: licenceType,
    ...(frequency !== undefined && { frequency }),
  });
}

/**
 * The service that an import is for: the target's, or, before there is a project, the one that `--provider` names.
 * @throws LandfallError USAGE where the two are not the same
 */
export function providerOf(
  { target: name, provider }: ImportOptions & Partial<DefaultOptions>,
  { desired }: ImportProject,
): ProviderName {
  const target = desired?.targets.find((each) => each.name === (name ?? desired.defaultTarget));
  if (target === undefined) return provider ?? DEFAULT_PROVIDER;
  if (provider === undefined || provider === target.provider) return target.provider;
  throw new LandfallError(
    'USAGE',
    `--provider is ${provider}, and the target ${target.name} is one of ${serviceOf(target.provider).title}`,
    {
      remedy: `leave --provider out, or name a target of ${serviceOf(provider).title} with --target`,
      place: target.place,
    },
  );
}

/** Flags that say how an import splits what it finds. */
interface SplitFlags {
  readonly by: string;
  readonly folderDepth?: number;
  readonly applicationColumn?: string;
}

/**
 * Refuses a flag that plays no part in the chosen split: whoever gives it expects other waves.
 * @throws LandfallError USAGE
 */
export function refuseUnusedSplitFlags({ by, folderDepth, applicationColumn }: SplitFlags): void {
  const unused =
    folderDepth !== undefined && by !== 'folder'
      ? (['--folder-depth', 'folder'] as const)
      : applicationColumn !== undefined && by !== 'application'
        ? (['--application-column', 'application'] as const)
        : undefined;
  if (unused === undefined) return;
  const [flag, goesWith] = unused;
  throw new LandfallError('USAGE', `${flag} plays no part where waves are made by ${by}`, {
    remedy: `say --by ${goesWith}, or leave ${flag} out`,
  });
}

/** The project that an import is for; it may come before there is one. */
export interface ImportProject {
  readonly kind: 'valid';
  /** Absolute. */
  readonly folder: string;
  readonly desired?: Desired;
  /** Where the project looks for wave files, from its folder; absent: there is no project yet. */
  readonly globs?: readonly string[];
}

/**
 * Finds the project that an import is for.
 * @throws LandfallError TARGET_UNKNOWN
 */
export function findImportProject(
  workspace: Workspace,
  { target }: ImportOptions,
): ImportProject | InvalidManifests {
  const projectFile = findOptionalProjectFile(workspace);
  if (projectFile === undefined) return { kind: 'valid', folder: workspace.host.cwd };
  const manifests = readManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { desired, globs } = manifests;
  if (target !== undefined) findTarget(desired.targets, target);
  return { kind: 'valid', folder: dirname(projectFile), desired, globs };
}

/** What an import is of, besides its options. */
interface ImportRequest {
  readonly source: ImportSource;
  /** What the head of each file says of where it comes from. */
  readonly origin: string;
  readonly provider: ProviderName;
  readonly defaults: Settings;
  readonly found: Inventory;
  /**
   * Run again, it is to write what is new, into waves of other names. Otherwise it is to write the same files: those
   * that are there are no reason to leave a VM out.
   */
  readonly incremental: boolean;
}

/**
 * Writes what a source holds as wave files and returns what became of each: nothing is written over, and nothing is
 * written at all where one file is in the way.
 */
export async function writeImport(
  workspace: Workspace,
  options: ImportOptions,
  { folder, desired, globs }: ImportProject,
  { source, origin, provider, defaults, found, incremental }: ImportRequest,
): Promise<ImportReport> {
  const out = options.out === undefined ? join(folder, 'waves') : resolve(workspace.host.cwd, options.out);
  const target = options.target ?? desired?.defaultTarget;
  const pathOf = (wave: string): string => join(out, `${wave}.yaml`);

  /** Makes the files, knowing of the waves that are in some of the project's files. */
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
  const { files, leftOut, concerns } = make((file) => !own.has(file));
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
    notes: [...found.notes, ...notesOnUnmatchedFiles(folder, globs, shown)],
  };
}

/** Files that are named without `--verbose`. */
const MAX_NAMED_FILES = 2;

/**
 * Says which of some wave files no command would read, as they stand where the project does not look.
 *
 * @param folder the project's
 * @param globs those of its wave files; absent: there is no project yet
 * @returns one note, or none
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
  // As the manifests are read: braces and brackets mean themselves.
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
    `the project does not read ${names}: it looks for waves in ${where}; give another --out, or add a glob to the project file`,
  ];
}
