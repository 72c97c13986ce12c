import type { Instant } from '../core/instant.ts';
import { ProjectFolder } from './files.ts';
import { globConcerns } from './glob-concerns.ts';
import { judge, missingProject, type Judgement } from './judge.ts';
import { NO_OUTLINE, type Outline, outlineOf } from './outline.ts';
import { readManifest } from './read-manifest.ts';

export interface LoadResult extends Judgement {
  /** Files that were read, or could not be, the project file first, as shown to the user. */
  readonly files: readonly string[];
  readonly outline: Outline;
}

interface LoadOptions {
  /** Absolute, or relative to `cwd`. */
  readonly projectFile: string;
  /** Where shown paths are relative to. */
  readonly cwd: string;
  /** For rules about times. */
  readonly now: Instant;
}

/**
 * Reads a project with all of its waves, and finds everything that is wrong with them. Whatever the files hold, it
 * never throws.
 */
export function loadProject({ projectFile, cwd, now }: LoadOptions): LoadResult {
  const folder = new ProjectFolder(projectFile, cwd);
  if (!folder.projectFileExists()) {
    const concerns = [missingProject(folder.projectFile)];
    return { desired: undefined, concerns, files: [], outline: NO_OUTLINE };
  }
  const source = folder.readProject();
  if (source === undefined) {
    return { desired: undefined, concerns: folder.concerns, files: folder.files, outline: NO_OUTLINE };
  }

  const main = { source, manifest: readManifest(source, 'project file') };
  const [project] = main.manifest.projects;
  const { sources, mistakes } =
    project === undefined ? { sources: [], mistakes: [] } : folder.readWaves(project.globs);
  const waveFiles = sources.map((source) => ({ source, manifest: readManifest(source, 'wave file') }));
  const manifests = waveFiles.map(({ manifest }) => manifest);
  const hasWaves = main.manifest.waves.length > 0;
  const ofGlobs = project === undefined ? [] : globConcerns(project, mistakes, hasWaves);
  const judgement = judge(main.manifest, manifests, [...folder.concerns, ...ofGlobs], now);
  return { ...judgement, files: folder.files, outline: outlineOf(main, waveFiles) };
}
