import type { Instant } from '../core/instant.ts';
import { ProjectFolder } from './files.ts';
import { globConcerns } from './glob-concerns.ts';
import { judge, missingProject, type Judgement } from './judge.ts';
import { type Outline, outlineOf } from './outline.ts';
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
    const outline = outlineOf(undefined, []);
    return { desired: undefined, concerns: [missingProject(folder.projectFile)], files: [], outline };
  }
  const source = folder.readProject();
  if (source === undefined) {
    const outline = outlineOf(undefined, []);
    return { desired: undefined, concerns: folder.concerns, files: folder.files, outline };
  }

  const main = readManifest(source, 'project file');
  const [project] = main.projects;
  const { sources, mistakes } =
    project === undefined ? { sources: [], mistakes: [] } : folder.readWaves(project.globs);
  const manifests = sources.map((source) => readManifest(source, 'wave file'));
  const ofGlobs = project === undefined ? [] : globConcerns(project, mistakes, main.waves.length > 0);
  const judgement = judge(main, manifests, [...folder.concerns, ...ofGlobs], now);
  const waves = [main, ...manifests].flatMap((manifest) => manifest.waves);
  return { ...judgement, files: folder.files, outline: outlineOf(project, waves) };
}
