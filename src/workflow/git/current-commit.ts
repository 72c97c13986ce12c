import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Environment, Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { Instant } from '../../core/time.ts';
import { headCommit } from '../../platforms/index.ts';
import { git, isCommitId } from './repository.ts';

/**
 * Returns the full id of the commit of a run: the one that the pipeline runs for, or the one that git has checked out in
 * a folder. Undefined outside of a repository or without git: it is only shown, and nothing depends on it.
 */
export async function currentCommit({ host }: Workspace, folder: string): Promise<string | undefined> {
  const { env } = host;
  const told = [
    // A platform may test a merge of the branch: reviewers know the commit that they have pushed.
    env['GITHUB_EVENT_NAME'] === 'pull_request' ? headCommit(await readEvent(host)) : undefined,
    env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA'],
    env['SYSTEM_PULLREQUEST_SOURCECOMMITID'],
    env['GITHUB_SHA'],
    env['CI_COMMIT_SHA'],
    env['BUILD_SOURCEVERSION'],
    env['BITBUCKET_COMMIT'],
  ].find((id) => isCommitId(id ?? ''));
  if (told !== undefined) return told;
  try {
    const { ok, stdout } = await git(host, folder, ['rev-parse', '--verify', '--quiet', 'HEAD']);
    const id = stdout.toString('utf8').trim();
    return ok && isCommitId(id) ? id : undefined;
  } catch (error) {
    if (error instanceof LandfallError) return undefined;
    throw error;
  }
}

/** Reads the event that started a workflow of GitHub from its file; undefined: there is no such file. */
export async function readEvent({ env, cwd }: Environment): Promise<string | undefined> {
  const file = env['GITHUB_EVENT_PATH'] ?? '';
  if (file === '') return undefined;
  return readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
}

/** Returns when the commit that is checked out in a folder was made; undefined outside of a repository or without git. */
export async function commitTime({ host }: Workspace, folder: string): Promise<Instant | undefined> {
  try {
    const { ok, stdout } = await git(host, folder, ['show', '--no-patch', '--format=%ct', 'HEAD']);
    const text = stdout.toString('utf8').trim();
    return ok && /^\d+$/.test(text) ? Number(text) * 1000 : undefined;
  } catch (error) {
    if (error instanceof LandfallError) return undefined;
    throw error;
  }
}
