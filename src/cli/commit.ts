import { LandfallError } from '../core/error.ts';
import type { Context } from './context.ts';
import { git } from './git.ts';

/**
 * The commit that a run is about, as its full id: the pipeline's, or what git has checked out in a folder. Nothing
 * where nobody knows, as outside of a repository or without git: it is only told, and nothing depends on it.
 */
export async function currentCommit({ host }: Context, folder: string): Promise<string | undefined> {
  for (const name of ['GITHUB_SHA', 'CI_COMMIT_SHA']) {
    const id = host.env[name] ?? '';
    if (isCommit(id)) return id;
  }
  try {
    const { ok, stdout } = await git(host, folder, ['rev-parse', '--verify', '--quiet', 'HEAD']);
    const id = stdout.toString('utf8').trim();
    return ok && isCommit(id) ? id : undefined;
  } catch (error) {
    if (error instanceof LandfallError) return undefined;
    throw error;
  }
}

function isCommit(id: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(id);
}
