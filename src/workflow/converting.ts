import { dirname, join, relative, resolve } from 'node:path';
import type { Workspace } from '../core/environment.ts';
import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { FileToConvert } from '../inventory/convert/convert-files.ts';
import type { ProviderOf } from '../inventory/convert/problems.ts';
import { MAX_BYTES } from '../manifest/files.ts';
import { listWaves, loadProject, loadTargets, type WavesOfFile } from '../manifest/load.ts';
import { type NewFile, readExport, shownPath, writeFileAtomically } from './files.ts';
import type { InvalidManifests } from './manifests.ts';
import { findOptionalProjectFile, findProjectFile } from './project-files.ts';
import { matcher, requireMatch } from './selection.ts';

/** The files to convert, and what is known of the targets that their waves name. */
export interface ConvertSource {
  readonly kind: 'valid';
  /** Absolute. */
  readonly paths: readonly string[];
  /** The user has named them. */
  readonly isNamed: boolean;
  /** Absent: there is no project around. */
  readonly targets?: readonly Target[];
  readonly defaultTarget?: string;
  readonly providerOf: ProviderOf;
}

/**
 * Finds the files that are named, or else those of the project; waves may be wrong, the project file may not.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export function findConvertSource(
  workspace: Workspace,
  files: readonly string[],
): ConvertSource | InvalidManifests {
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
  const all = () => loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() }).files;
  return {
    kind: 'valid',
    isNamed: named.length > 0,
    paths: named.length > 0 ? named : all().map((file) => resolve(host.cwd, file)),
    targets,
    ...(defaultTarget !== undefined && { defaultTarget }),
    providerOf: (name = defaultTarget) => targets.find((target) => target.name === name)?.provider,
  };
}

/**
 * Reads the files; of a project, those that hold a chosen wave, or may do so. Their results go below `out` as they stand
 * below the folder that holds them all.
 * @throws LandfallError FILE_UNREADABLE, or WAVE_UNKNOWN where a pattern of `wave` fits none
 */
export async function readConvertFiles(
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
      remedy: 'split the waves over several files',
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
 * Puts results in the place of the files that they were made from, each whole or not at all. If one cannot be written,
 * those before it get back what they held.
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
      await writeFileAtomically(path, shownPath(workspace, path), text);
    } catch (error) {
      for (const restore of written) await restore();
      throw error;
    }
    written.push(() => writeFileAtomically(path, shownPath(workspace, path), old));
  }
}
