import { NAMELESS, type Project, type Wave } from './model.ts';

/** What manifests are about, as far as it can be read: there is one of manifests that are broken, too. */
export interface Outline {
  /** Absent: nothing readable says so. */
  readonly project?: string;
  /** Names of all targets that are written. */
  readonly targets: readonly string[];
  /** Those that a run looks at unless it is told which: the default one, and those that waves name. */
  readonly used: readonly string[];
}

export function outlineOf(project: Project | undefined, waves: readonly Wave[]): Outline {
  if (project === undefined) return { targets: [], used: [] };
  const { name, defaultTarget, targetNames } = project;
  const used = new Set([defaultTarget, ...waves.map(({ target }) => target)]);
  return {
    ...(name !== NAMELESS && { project: name }),
    targets: targetNames,
    used: targetNames.filter((target) => used.has(target)),
  };
}
