import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { formatInstant } from '../core/instant.ts';
import type { LockHolder } from '../core/lock.ts';
import { git } from './git.ts';
import type { Host } from './host.ts';

/** All of a holder that is the same for each lock of a run. */
export type Holding = Omit<LockHolder, 'id' | 'target'>;

/** What a lock says of the run that holds it: who, since when, from where, and which commit. */
export async function describeRun(
  host: Host,
  projectFile: string,
  project: string,
  operation: string,
): Promise<Holding> {
  const commit = await commitOf(host, projectFile);
  return {
    operation,
    project,
    who: who(host),
    since: formatInstant(host.clock.now()),
    from: pipelineRun(host) ?? (host.pid === undefined ? hostname() : `process ${host.pid} on ${hostname()}`),
    ...(commit !== undefined && { commit }),
    host: hostname(),
    ...(host.pid !== undefined && { pid: host.pid }),
  };
}

/** Who started the pipeline, or `user@host`. */
function who({ env }: Host): string {
  return given(env['GITHUB_ACTOR']) ?? given(env['GITLAB_USER_LOGIN']) ?? `${user(env)}@${hostname()}`;
}

function user(env: Host['env']): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return given(env['USER']) ?? 'somebody';
  }
}

/** Where the run of a pipeline can be looked at. */
function pipelineRun({ env }: Host): string | undefined {
  const [server, repository, run] = [
    env['GITHUB_SERVER_URL'],
    env['GITHUB_REPOSITORY'],
    env['GITHUB_RUN_ID'],
  ].map(given);
  if (server !== undefined && repository !== undefined && run !== undefined) {
    return `${server}/${repository}/actions/runs/${run}`;
  }
  return given(env['CI_JOB_URL']);
}

async function commitOf(host: Host, projectFile: string): Promise<string | undefined> {
  const told = given(host.env['GITHUB_SHA']) ?? given(host.env['CI_COMMIT_SHA']);
  if (told !== undefined) return told;
  try {
    const { ok, stdout } = await git(host, dirname(projectFile), [
      'rev-parse',
      '--verify',
      '--quiet',
      'HEAD',
    ]);
    return ok ? given(stdout.toString('utf8').trim()) : undefined;
  } catch {
    // A lock is worth having without git.
    return undefined;
  }
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
