import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import type { LockHolder } from '../../core/lock.ts';
import { formatInstant } from '../../core/time.ts';
import { git } from '../git/repository.ts';

/** The part of a holder that is the same for all locks of a run. */
export type RunDescription = Omit<LockHolder, 'id' | 'target'>;

/** Describes the run for its locks: who runs it, since when, from where, and which commit. */
export async function describeRun(
  host: Environment,
  projectFile: string,
  project: string,
  operation: string,
): Promise<RunDescription> {
  const commit = await commitOf(host, projectFile);
  return {
    operation,
    project,
    who: startedBy(host),
    since: formatInstant(host.clock.now()),
    from: pipelineRun(host) ?? (host.pid === undefined ? hostname() : `process ${host.pid} on ${hostname()}`),
    ...(commit !== undefined && { commit }),
    host: hostname(),
    ...(host.pid !== undefined && { pid: host.pid }),
  };
}

/** Who started the pipeline, or `user@host`. */
function startedBy({ env }: Environment): string {
  return (
    nonEmpty(env['GITHUB_ACTOR']) ?? nonEmpty(env['GITLAB_USER_LOGIN']) ?? `${userName(env)}@${hostname()}`
  );
}

function userName(env: Environment['env']): string {
  try {
    return userInfo().username;
  } catch {
    // The user of a container may have no name.
    return nonEmpty(env['USER']) ?? 'somebody';
  }
}

/** Returns the address of the pipeline's run. */
function pipelineRun({ env }: Environment): string | undefined {
  const [server, repository, run] = [
    env['GITHUB_SERVER_URL'],
    env['GITHUB_REPOSITORY'],
    env['GITHUB_RUN_ID'],
  ].map(nonEmpty);
  if (server !== undefined && repository !== undefined && run !== undefined) {
    return `${server}/${repository}/actions/runs/${run}`;
  }
  return nonEmpty(env['CI_JOB_URL']);
}

async function commitOf(host: Environment, projectFile: string): Promise<string | undefined> {
  const fromPipeline = nonEmpty(host.env['GITHUB_SHA']) ?? nonEmpty(host.env['CI_COMMIT_SHA']);
  if (fromPipeline !== undefined) return fromPipeline;
  try {
    const { ok, stdout } = await git(host, dirname(projectFile), [
      'rev-parse',
      '--verify',
      '--quiet',
      'HEAD',
    ]);
    return ok ? nonEmpty(stdout.toString('utf8').trim()) : undefined;
  } catch {
    // A lock works without git.
    return undefined;
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
