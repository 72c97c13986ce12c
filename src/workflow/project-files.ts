import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';

/** Names a project file may have where `--project` does not name one. */
const PROJECT_FILE_NAMES = ['landfall.yaml', 'landfall.yml'];

/**
 * The project file of this run, absolute: `--project`, or the nearest landfall.yaml here or in a folder above.
 * @throws LandfallError PROJECT_NOT_FOUND
 */
export function findProjectFile({ host, projectFile }: Workspace): string {
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
  return PROJECT_FILE_NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

export function isFolder(path: string): boolean {
  // A path through a file makes statSync throw, whatever it is told.
  return existsSync(path) && statSync(path).isDirectory();
}

const STATE_FOLDER = '.landfall';

/** The folder in which the built-in endpoint keeps its state: beside the project file, ignored by git. */
export function localFolder(projectFile: string): string {
  return stateFolder(projectFile, 'local');
}

/**
 * A folder of what landfall keeps beside the project file. Where a pull request has brought links in its place, or in
 * the place of files in it, whoever plans it would write where they lead.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link on the way to the folder, or in it
 */
export function stateFolder(projectFile: string, ...steps: readonly string[]): string {
  let folder = dirname(projectFile);
  let shown = '';
  for (const step of [STATE_FOLDER, ...steps]) {
    folder = join(folder, step);
    shown = shown === '' ? step : `${shown}/${step}`;
    refuseLink(folder, shown);
  }
  for (const entry of entriesOf(folder)) refuseLink(join(folder, entry), `${shown}/${entry}`);
  return folder;
}

function refuseLink(path: string, shown: string): void {
  if (!isLink(path)) return;
  throw new LandfallError('FILE_UNWRITABLE', `${shown} is a symbolic link`, {
    remedy: `remove it, and see who has brought it: what landfall keeps in ${STATE_FOLDER} stays in the project`,
  });
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // It is not there, or a file stands in its way.
    return false;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is none yet; or whoever uses it will say what is wrong with it.
    return [];
  }
}
