import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import { isFolder } from './files.ts';
import { isLink } from './output-files.ts';

/** Names of a project file, where `--project` does not name one. */
export const PROJECT_FILE_NAMES = ['landfall.yaml', 'landfall.yml'];

/**
 * Returns the absolute path of the project file of this run: `--project`, or the nearest landfall.yaml here or in a folder above.
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
      'change to the folder of your project, or give its file with --project FILE; `landfall init` creates a new project',
  });
}

/** Returns the nearest project file in a folder or a folder above it. */
export function projectAround(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = projectIn(folder);
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

/**
 * Lists where the project file of this run may be in another revision, whatever the working tree holds, nearest first: a
 * branch may have renamed it, or moved it to a folder above.
 * @param found the project file of the working tree
 * @param top the topmost folder of the repository
 */
export function projectFilePlaces(
  { host, projectFile }: Workspace,
  found: string,
  top: string,
): readonly string[] {
  if (projectFile !== undefined && !isFolder(resolve(host.cwd, projectFile))) return [found];
  const last = projectFile === undefined ? top : dirname(found);
  const folders = [projectFile === undefined ? realpathSync.native(host.cwd) : last];
  for (let folder = folders[0] ?? last; folder !== last && folder !== dirname(folder);) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders.flatMap((folder) => PROJECT_FILE_NAMES.map((name) => join(folder, name)));
}

function projectIn(folder: string): string | undefined {
  return PROJECT_FILE_NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * Returns the project file of this run; undefined where there is none and `--project` does not name one.
 * @throws LandfallError PROJECT_NOT_FOUND where `--project` names none
 */
export function findOptionalProjectFile(workspace: Workspace): string | undefined {
  return workspace.projectFile === undefined ? projectAround(workspace.host.cwd) : findProjectFile(workspace);
}

const STATE_FOLDER = '.landfall';

/** Returns the folder for the state of the built-in endpoint: beside the project file, ignored by git. */
export function localFolder(projectFile: string): string {
  return stateFolder(projectFile, 'local');
}

/**
 * Returns a folder for what landfall keeps beside the project file. A pull request can bring symbolic links in the
 * place of the folder or of files in it, and writing to them would write where they lead: such links are refused.
 * @throws LandfallError FILE_UNWRITABLE for a symbolic link on the path of the folder, or in it
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
    remedy: `remove the link and find out who added it: landfall writes ${STATE_FOLDER} inside the project only`,
  });
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The folder does not exist yet, or the code that uses it reports what is wrong.
    return [];
  }
}
