import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LandfallError } from '../core/error.ts';
import type { Context } from './context.ts';

/** Names a project file may have where `--project` does not name one. */
const NAMES = ['landfall.yaml', 'landfall.yml'];

/**
 * The project file of this run, absolute: `--project`, or the nearest landfall.yaml here or in a folder above.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export function findProjectFile({ host, projectFile }: Context): string {
  if (projectFile !== undefined) {
    const path = resolve(host.cwd, projectFile);
    const found = projectFile === '' ? undefined : isFolder(path) ? projectIn(path) : path;
    if (found !== undefined && existsSync(found)) return found;
    throw new LandfallError('PROJECT_NOT_FOUND', `there is no project file ${JSON.stringify(projectFile)}`, {
      remedy: 'give the path of a landfall.yaml, or of its folder, to --project',
    });
  }
  const found = projectAround(host.cwd);
  if (found !== undefined) return found;
  throw new LandfallError('PROJECT_NOT_FOUND', 'there is no landfall.yaml here or in a folder above', {
    remedy:
      'go to the folder of your project, or name its file with --project FILE; `landfall init` begins a new one',
  });
}

/** The nearest project file in a folder or one above it. */
export function projectAround(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = projectIn(folder);
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

function projectIn(folder: string): string | undefined {
  return NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

export function isFolder(path: string): boolean {
  // A path through a file makes statSync throw, whatever it is told.
  return existsSync(path) && statSync(path).isDirectory();
}
