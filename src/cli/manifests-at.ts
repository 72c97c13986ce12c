import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { LandfallError } from '../core/error.ts';
import { loadProject, type LoadResult } from '../manifest/index.ts';
import type { Context } from './context.ts';
import { withFilesAt } from './git-tree.ts';
import { findRepository, resolveCommit } from './revision.ts';

/** A project as a revision of git has it. */
export interface RevisionOfProject {
  readonly commit: string;
  readonly loaded: LoadResult;
}

/**
 * Reads the manifests of a project as they stand at a revision, whatever the working tree holds. Paths are shown as
 * if they stood in the working tree.
 * @throws LandfallError GIT_FAILED, REVISION_UNKNOWN, or PROJECT_NOT_FOUND where the revision has no such project file
 */
export async function loadProjectAt(
  { host }: Context,
  projectFile: string,
  revision: string,
): Promise<RevisionOfProject> {
  const folder = realpathSync(dirname(projectFile));
  const repository = await findRepository(host, folder);
  const commit = await resolveCommit(repository, revision);
  const inside = within(repository.top, folder);
  const cwd = relative(repository.top, realpathSync(host.cwd));
  const loaded = await withFilesAt(repository, commit, inside, (root) => {
    const from = join(root, cwd.startsWith('..') ? inside : cwd);
    mkdirSync(from, { recursive: true });
    return loadProject({
      projectFile: join(root, inside, basename(projectFile)),
      cwd: from,
      now: host.clock.now(),
    });
  });
  if (loaded.files.length > 0) return { commit, loaded };
  const name = [inside, basename(projectFile)].filter((part) => part !== '').join('/');
  throw new LandfallError('PROJECT_NOT_FOUND', `there is no ${name} at ${JSON.stringify(revision)}`, {
    remedy: 'give a revision in which the project is there already',
  });
}

/** A folder as git names it: from the top, with forward slashes, empty for the top itself. */
export function within(top: string, folder: string): string {
  return relative(top, folder).replaceAll(sep, '/');
}
