import { dirname, join, relative, resolve } from 'node:path';
import type { Target } from '../core/desired.ts';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import type { ConvertReport } from '../core/inventory.ts';
import {
  convertFiles,
  type ConvertOptions as ConversionOptions,
  type FileToConvert,
} from '../inventory/convert/convert-files.ts';
import type { ProviderOf } from '../inventory/convert/problems.ts';
import { MAX_BYTES } from '../manifest/files.ts';
import { listWaves, loadProject, loadTargets, type WavesOfFile } from '../manifest/load.ts';
import { serviceOf } from '../providers/registry.ts';
import { type NewFile, readExport, shownPath, unchangedFiles, writeNewFiles } from './files.ts';
import { writeOutput } from './output-files.ts';
import type { InvalidManifests } from './manifests.ts';
import { findOptionalProjectFile, findProjectFile } from './project-files.ts';
import { matcher, requireMatch } from './name-patterns.ts';
import { findTarget } from './targets.ts';

export interface ConvertOptions {
  /** The service to convert to. */
  readonly to: string;
  /** Names or globs of the waves to convert; absent: all. */
  readonly wave?: readonly string[];
  /** The target for the waves. */
  readonly target?: string;
  /** Replace the files. */
  readonly inPlace?: boolean;
  /** Write the results as new files into this folder. */
  readonly out?: string;
}

/** A conversion that has been done; without `inPlace` and `out` nothing is written. */
interface Converted {
  readonly kind: 'converted';
  readonly report: ConvertReport;
}

/**
 * Rewrites waves for another service.
 * @param files wave files; none: those of the project
 * @throws LandfallError PROJECT_NOT_FOUND, FILE_UNREADABLE, FILE_EXISTS, FILE_UNWRITABLE, WAVE_UNKNOWN, TARGET_UNKNOWN
 */
export async function convertWaves(
  workspace: Workspace,
  options: ConvertOptions,
  files: readonly string[],
): Promise<Converted | InvalidManifests> {
  const source = await findConvertSource(workspace, files);
  if (source.kind === 'invalid') return source;
  checkTarget(source, options);
  const read = await readConvertFiles(workspace, source, options);
  const isChosen = matcher(options.wave) ?? (() => true);
  const wanted = { ...options, isExplicit: files.length > 0 || options.wave !== undefined };
  const { texts, report } = convertFiles(read, {
    to: options.to,
    providerOf: source.providerOf,
    requestFor: (wave) => (isChosen(wave.name) ? requestFor(wave, source, wanted) : undefined),
  });
  const results = read.flatMap(({ path, out = path, bytes }, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path: resolve(workspace.host.cwd, out), text, before: bytes }];
  });
  const { inPlace = false, out } = options;
  if (inPlace) await replaceFiles(workspace, results);
  if (out !== undefined) {
    const unchanged = await unchangedFiles(workspace, results);
    await writeNewFiles(
      workspace,
      results.filter(({ path }) => !unchanged.has(path)),
    );
  }
  const written = inPlace ? 'in-place' : out === undefined ? undefined : 'out';
  return { kind: 'converted', report: { ...report, ...(written !== undefined && { written }) } };
}

/** Returns what to change in a wave. A wave that was not named and is on the wanted service keeps its target. */
function requestFor(
  { target }: { readonly target: string | undefined },
  { providerOf, defaultTarget }: ConvertSource,
  wanted: { readonly to: string; readonly target?: string; readonly isExplicit: boolean },
): ReturnType<ConversionOptions['requestFor']> {
  if (wanted.target === undefined) return {};
  const isDefault = target === undefined && defaultTarget === wanted.target;
  if (isDefault || (!wanted.isExplicit && providerOf(target) === wanted.to)) return {};
  return { target: wanted.target };
}

function checkTarget({ targets }: ConvertSource, { to, target: name }: ConvertOptions): void {
  if (name === undefined || targets === undefined) return;
  const target = findTarget(targets, name);
  if (target.provider === to) return;
  throw new LandfallError('USAGE', `target ${name} is on ${serviceOf(target.provider).title}`, {
    remedy: `give a target with provider: ${to}, or change the provider of this one in the project file`,
    place: target.place,
  });
}

/** The files to convert, and the targets of their project. */
interface ConvertSource {
  readonly kind: 'valid';
  /** Absolute. */
  readonly paths: readonly string[];
  /** Whether the user has named them. */
  readonly isNamed: boolean;
  /** Absent: there is no project. */
  readonly targets?: readonly Target[];
  readonly defaultTarget?: string;
  readonly providerOf: ProviderOf;
}

/**
 * Finds the files that are named, or else those of the project. Waves may have errors; the project file may not.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
async function findConvertSource(
  workspace: Workspace,
  files: readonly string[],
): Promise<ConvertSource | InvalidManifests> {
  const { host } = workspace;
  const projectFile = (files.length > 0 ? findOptionalProjectFile : findProjectFile)(workspace);
  const named = [...new Set(files.map((file) => resolve(host.cwd, file)))];
  if (projectFile === undefined)
    return { kind: 'valid', paths: named, isNamed: true, providerOf: () => undefined };
  const { found, concerns } = loadTargets(projectFile, host.cwd);
  if (found === undefined) {
    const summary = { targets: [], usedTargets: [], globs: [] };
    return { kind: 'invalid', validation: { desired: undefined, concerns, files: [projectFile], summary } };
  }
  const { targets, defaultTarget } = found;
  const all = async () => (await loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() })).files;
  return {
    kind: 'valid',
    isNamed: named.length > 0,
    paths: named.length > 0 ? named : (await all()).map((file) => resolve(host.cwd, file)),
    targets,
    ...(defaultTarget !== undefined && { defaultTarget }),
    providerOf: (name = defaultTarget) => targets.find((target) => target.name === name)?.provider,
  };
}

/**
 * Reads the files; of a project, those that contain a chosen wave, or that are broken and may contain one. Below `out`,
 * results have the same path as the files have below their common folder.
 * @throws LandfallError FILE_UNREADABLE, or WAVE_UNKNOWN where a pattern of `wave` matches none
 */
async function readConvertFiles(
  workspace: Workspace,
  { paths, isNamed }: ConvertSource,
  { wave, out }: { readonly wave?: readonly string[]; readonly out?: string },
): Promise<readonly FileToConvert[]> {
  const read: { path: string; bytes: Uint8Array; held: WavesOfFile }[] = [];
  for (const path of paths) {
    const bytes = await readExport(workspace, shownPath(workspace, path), 'give the path of a wave file');
    if (bytes.length > MAX_BYTES) throw fileTooLarge(shownPath(workspace, path), bytes.length);
    read.push({ path, bytes, held: listWaves(bytes) });
  }
  const names = read.flatMap(({ held }) => held.waves.map(({ name }) => name));
  requireMatch('WAVE_UNKNOWN', 'wave', wave, names);
  const isChosen = matcher(wave, names) ?? (() => true);
  const chosen = read.filter(
    ({ held }) => isNamed || held.isBroken || held.waves.some(({ name }) => isChosen(name)),
  );
  const top = commonFolder(chosen.map(({ path }) => dirname(path)));
  return chosen.map(({ path, bytes }) => ({
    path: shownPath(workspace, path),
    bytes,
    ...(out !== undefined && {
      out: shownPath(workspace, join(resolve(workspace.host.cwd, out), relative(top, path))),
    }),
  }));
}

function fileTooLarge(file: string, bytes: number): LandfallError {
  return new LandfallError(
    'FILE_UNREADABLE',
    `${file} has ${bytes} bytes; a manifest may have ${MAX_BYTES}`,
    {
      remedy: 'split the waves into several files',
    },
  );
}

function commonFolder([first = '', ...others]: readonly string[]): string {
  let shared = first;
  for (const folder of others) {
    while (shared !== dirname(shared) && relative(shared, folder).startsWith('..')) shared = dirname(shared);
  }
  return shared;
}

/**
 * Replaces files by their results, each completely or not at all. If one cannot be written, those before it are restored.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function replaceFiles(
  workspace: Workspace,
  files: readonly (NewFile & { readonly before: Uint8Array })[],
): Promise<void> {
  const written: (() => Promise<void>)[] = [];
  for (const { path, text, before } of files) {
    const old = new TextDecoder('utf-8', { ignoreBOM: true }).decode(before);
    if (old === text) continue;
    try {
      await writeOutput(workspace.host, shownPath(workspace, path), text);
    } catch (error) {
      for (const restore of written) await restore();
      throw error;
    }
    written.push(() => writeOutput(workspace.host, shownPath(workspace, path), old));
  }
}
