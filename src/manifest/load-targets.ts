import type { Concern } from '../core/concern.ts';
import type { Target } from '../core/desired.ts';
import { ProjectFolder } from './files.ts';
import { missingProject } from './judge.ts';
import { readManifest } from './read-manifest.ts';

export interface ProjectTargets {
  readonly project: string;
  readonly defaultTarget?: string;
  readonly targets: readonly Target[];
}

/**
 * Reads the project file alone, for runs that need no waves. Never throws.
 * @returns nothing where something is wrong with the file, and all that is
 */
export function loadTargets(
  projectFile: string,
  cwd: string,
): { readonly found?: ProjectTargets; readonly concerns: readonly Concern[] } {
  const folder = new ProjectFolder(projectFile, cwd);
  const source = folder.projectFileExists() ? folder.readProject() : undefined;
  if (source === undefined) return { concerns: [missingProject(folder.projectFile), ...folder.concerns] };

  const { projects, concerns } = readManifest(source, 'project file');
  const [project] = projects;
  if (project === undefined || concerns.some(({ severity }) => severity === 'error')) {
    return { concerns: concerns.length > 0 ? concerns : [missingProject(source.file)] };
  }
  const { name, targets, defaultTarget } = project;
  return {
    found: { project: name, targets, ...(defaultTarget !== undefined && { defaultTarget }) },
    concerns,
  };
}
