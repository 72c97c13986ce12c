import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LandfallError } from '../core/error.ts';

const NAME = '.landfall';

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
  for (const step of [NAME, ...steps]) {
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
    remedy: `remove it, and see who has brought it: what landfall keeps in ${NAME} stays in the project`,
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
