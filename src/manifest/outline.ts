import { guessProject, guessTargets } from './guess.ts';
import { NAMELESS } from './model.ts';
import type { Manifest } from './read-manifest.ts';
import type { Source } from './source.ts';

/** What manifests are about, as far as it can be read: there is one of manifests that are broken, too. */
export interface Outline {
  /** Absent: nothing readable says so. */
  readonly project?: string;
  /** Names of all targets that are written. */
  readonly targets: readonly string[];
  /** Those that a run looks at unless it is told which: the default one, and those that waves name. */
  readonly used: readonly string[];
  /** Where wave files are looked for, from the folder of the project. */
  readonly globs: readonly string[];
}

export const NO_OUTLINE: Outline = { targets: [], used: [], globs: [] };

/** A file, and what could be read of it. */
interface ReadFile {
  readonly source: Source;
  readonly manifest: Manifest;
}

export function outlineOf(main: ReadFile, waveFiles: readonly ReadFile[]): Outline {
  const [project] = main.manifest.projects;
  if (project === undefined) {
    const { defaultTarget, ...guess } = guessProject(main.source.text);
    const used = guess.targets.filter((target) => target === defaultTarget);
    return { ...guess, used, globs: [] };
  }
  const { name, defaultTarget, targetNames, globs } = project;
  const used = new Set([
    defaultTarget,
    ...[main, ...waveFiles].flatMap(({ source, manifest: { waves, concerns } }) => [
      ...waves.map(({ target }) => target),
      // One wave may be read, and another one not.
      ...(concerns.some(({ id }) => id.startsWith('yaml.')) ? guessTargets(source.text) : []),
    ]),
  ]);
  return {
    ...(name !== NAMELESS && { project: name }),
    targets: targetNames,
    used: targetNames.filter((target) => used.has(target)),
    globs: globs.map(({ pattern }) => pattern),
  };
}
