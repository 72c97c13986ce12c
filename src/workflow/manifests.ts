import type { Workspace } from '../core/environment.ts';
import type { Concern } from '../core/concern.ts';
import type { Desired } from '../core/desired.ts';
import { loadProject, type LoadResult } from '../manifest/load.ts';
import { findProjectFile } from './project-files.ts';

/** The manifests of a project in which nothing is wrong that keeps a run from starting. */
export interface Manifests {
  readonly kind: 'valid';
  /** Absolute. */
  readonly projectFile: string;
  /** The folder of the built-in endpoint's state, absolute; absent: that of the project. */
  readonly stateFolder?: string;
  readonly desired: Desired;
  readonly concerns: readonly Concern[];
  /** All files that were read, the project file first, as shown to the user. */
  readonly files: readonly string[];
  /** Where wave files are looked for, from the folder of the project. */
  readonly globs: readonly string[];
}

/** What every workflow function returns, instead of its own result, where manifests have errors. */
export interface InvalidManifests {
  readonly kind: 'invalid';
  readonly validation: LoadResult;
  /** The commit that they were read from; absent: the files on disk. */
  readonly commit?: string;
}

/**
 * Reads the manifests of the project and finds everything that is wrong with them.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export async function validate(workspace: Workspace): Promise<LoadResult> {
  const { cwd, clock } = workspace.host;
  return loadProject({ projectFile: findProjectFile(workspace), cwd, now: clock.now() });
}

/**
 * Reads the manifests for a run.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export async function readManifests(workspace: Workspace): Promise<Manifests | InvalidManifests> {
  return manifestsOf(workspace, findProjectFile(workspace), await validate(workspace));
}

/**
 * Reads the manifests for a command that works on jobs that exist, whatever the state of the wave files: those that have
 * errors are left out, and the event `files-left-out` says so.
 * @returns the problems where the project file itself has errors
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export async function readValidManifests(workspace: Workspace): Promise<Manifests | InvalidManifests> {
  const validation = await validate(workspace);
  const { desired, partial, concerns } = validation;
  if (desired === undefined && partial !== undefined)
    workspace.onEvent?.({ kind: 'files-left-out', problems: whyLeftOut({ desired: partial, concerns }) });
  return manifestsOf(workspace, findProjectFile(workspace), { ...validation, desired: desired ?? partial });
}

/** Why wave files are left out: the first error of each. */
export function whyLeftOut({
  desired,
  concerns,
}: Pick<Manifests, 'desired' | 'concerns'>): readonly Concern[] {
  return (desired.leftOut ?? []).flatMap(
    ({ file }) => concerns.find(({ severity, place }) => severity === 'error' && place?.file === file) ?? [],
  );
}

/**
 * Reads the manifests for a command that writes wave files: a glob may match no file yet.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export async function readManifestsToExtend(workspace: Workspace): Promise<Manifests | InvalidManifests> {
  const validation = await validate(workspace);
  const { desired, partial, concerns } = validation;
  const isExtendable = concerns.every(({ id, severity }) => severity !== 'error' || id === 'file.no-match');
  const wanted = desired ?? (isExtendable ? partial : undefined);
  return manifestsOf(workspace, findProjectFile(workspace), { ...validation, desired: wanted });
}

/** @param commit the commit that they were read from */
export function manifestsOf(
  { onEvent }: Workspace,
  projectFile: string,
  validation: LoadResult,
  commit?: string,
): Manifests | InvalidManifests {
  const { desired, concerns, files, summary } = validation;
  onEvent?.({ kind: 'manifests-read', ...summary });
  if (desired === undefined) return { kind: 'invalid', validation, ...(commit !== undefined && { commit }) };
  return { kind: 'valid', projectFile, desired, concerns, files, globs: summary.globs };
}
