import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import type { LockHolder } from '../../core/lock.ts';
import { formatInstant } from '../../core/time.ts';
import { currentCommit } from '../git/current-commit.ts';

/** The part of a holder that is the same for all locks of a run. */
export type RunDescription = Omit<LockHolder, 'id' | 'target'>;

/** Describes the run for its locks: who runs it, since when, from where, and which commit. */
export async function describeRun(
  host: Environment,
  projectFile: string,
  project: string,
  operation: string,
): Promise<RunDescription> {
  const commit = await currentCommit({ host }, dirname(projectFile));
  const { who, page } = pipelineRun(host);
  return {
    operation,
    project,
    who: who ?? `${userName(host.env)}@${hostname()}`,
    since: formatInstant(host.clock.now()),
    from: page ?? (host.pid === undefined ? hostname() : `process ${host.pid} on ${hostname()}`),
    ...(commit !== undefined && { commit }),
    host: hostname(),
    ...(host.pid !== undefined && { pid: host.pid }),
  };
}

/** What a platform's pipelines say of a run, in the variables that its documents name. */
interface PipelineRun {
  /** Who started it. */
  readonly who?: string | undefined;
  /** The address of its page. */
  readonly page?: string | undefined;
}

type Variables = (name: string) => string | undefined;

const PLATFORMS: readonly ((variable: Variables) => PipelineRun)[] = [
  function github(variable) {
    const [server, repository] = [variable('GITHUB_SERVER_URL'), variable('GITHUB_REPOSITORY')];
    const run = variable('GITHUB_RUN_ID');
    const isKnown = server !== undefined && repository !== undefined && run !== undefined;
    return {
      who: variable('GITHUB_ACTOR'),
      page: isKnown ? `${server}/${repository}/actions/runs/${run}` : undefined,
    };
  },
  function gitlab(variable) {
    return { who: variable('GITLAB_USER_LOGIN'), page: variable('CI_JOB_URL') };
  },
  function azure(variable) {
    const collection = variable('SYSTEM_COLLECTIONURI')?.replace(/\/+$/, '');
    const [project, build] = [variable('SYSTEM_TEAMPROJECT'), variable('BUILD_BUILDID')];
    const isKnown = collection !== undefined && project !== undefined && build !== undefined;
    return {
      who: variable('BUILD_REQUESTEDFOR'),
      page: isKnown
        ? `${collection}/${encodeURIComponent(project)}/_build/results?buildId=${build}`
        : undefined,
    };
  },
  function bitbucket(variable) {
    const [repository, build] = [variable('BITBUCKET_REPO_FULL_NAME'), variable('BITBUCKET_BUILD_NUMBER')];
    const isKnown = repository !== undefined && build !== undefined;
    const user = variable('BITBUCKET_STEP_TRIGGERER_UUID');
    return {
      // A step knows no name.
      who: user === undefined ? undefined : `Bitbucket user ${user}`,
      page: isKnown ? `https://bitbucket.org/${repository}/pipelines/results/${build}` : undefined,
    };
  },
  function jenkins(variable) {
    if (variable('JENKINS_URL') === undefined && variable('JENKINS_HOME') === undefined) return {};
    // The user is known with the plugin build-user-vars, the address if Jenkins has been told its own.
    return { who: variable('BUILD_USER_ID'), page: variable('BUILD_URL') ?? variable('BUILD_TAG') };
  },
];

/** Finds what the variables of pipelines say of this run; empty: it runs in none. */
function pipelineRun({ env }: Environment): PipelineRun {
  const variable: Variables = (name) => (env[name] === '' ? undefined : env[name]);
  const runs = PLATFORMS.map((platform) => platform(variable));
  return {
    who: runs.find(({ who }) => who !== undefined)?.who,
    page: runs.find(({ page }) => page !== undefined)?.page,
  };
}

function userName(env: Environment['env']): string {
  try {
    return userInfo().username;
  } catch {
    // The user of a container may have no name.
    const name = env['USER'] ?? '';
    return name === '' ? 'somebody' : name;
  }
}
