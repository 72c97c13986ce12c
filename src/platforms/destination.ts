import { isLoopback } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import { type PipelineVariables, PIPELINES, type PlatformName } from './descriptions.ts';
import { field, idOf, listOf, textOf } from './platform.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The flags that choose where the comment goes; the environment gives the rest. */
export interface CommentFlags {
  readonly platform?: PlatformName;
  readonly repo?: string;
  readonly number?: number;
  readonly apiUrl?: string;
}

/** Where a comment goes, and with which token. */
export interface CommentDestination {
  readonly platform: PlatformName;
  readonly repository: string;
  /** Absent if the pipeline does not run for a pull or merge request. */
  readonly number?: number;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly token: string;
  /** The variables or flags that the token and the address were read from, for messages. */
  readonly tokenFrom: string;
  readonly apiFrom: string;
}

/**
 * Finds where a comment goes: from flags, then from the variables of the platform's pipelines.
 * @param event the content of the file that GITHUB_EVENT_PATH names, if any
 * @throws LandfallError PLATFORM_UNKNOWN, TOKEN_MISSING or USAGE
 */
export function findCommentDestination(env: Env, flags: CommentFlags, event?: string): CommentDestination {
  const platform = flags.platform ?? platformOf(env);
  const pipeline = PIPELINES[platform];
  const open = platform === 'gitlab' ? openMergeRequest(env) : undefined;
  const number = flags.number ?? requestNumber(platform, env, open?.number, event);
  return {
    platform,
    repository: repositoryOf(env, flags, pipeline, open?.project),
    ...(number !== undefined && { number }),
    ...apiOf(env, flags, pipeline),
    ...tokenOf(env, pipeline),
  };
}

function platformOf(env: Env): PlatformName {
  const names = Object.keys(PIPELINES) as PlatformName[];
  const found = names.find((name) => isSet(env[PIPELINES[name].sign]));
  // Azure Pipelines also builds repositories of other platforms; TfsGit is its own (docs: predefined variables).
  const provider = env['BUILD_REPOSITORY_PROVIDER'];
  if (found === 'azure' && isSet(provider) && provider !== 'TfsGit') {
    throw new LandfallError(
      'PLATFORM_UNKNOWN',
      `the repository of this Azure pipeline is not in Azure Repos: BUILD_REPOSITORY_PROVIDER is ${JSON.stringify(provider)}`,
      { remedy: 'add --platform of the platform that hosts it, with --repo and --number' },
    );
  }
  if (found !== undefined) return found;
  throw new LandfallError(
    'PLATFORM_UNKNOWN',
    `this is not a pipeline of a known platform: none of ${names.map((name) => PIPELINES[name].sign).join(', ')} is set`,
    { remedy: `add --platform (${names.join(', ')}), --repo and --number` },
  );
}

function repositoryOf(
  env: Env,
  { repo }: CommentFlags,
  pipeline: PipelineVariables,
  open: string | undefined,
): string {
  const { repositories, repositoryForm, repositoryExample } = pipeline;
  const found = repositories.find((name) => isSet(env[name]));
  const repository =
    repo ?? (found === 'CI_PROJECT_ID' ? open : undefined) ?? (found === undefined ? undefined : env[found]);
  if (repository === undefined) {
    throw new LandfallError('USAGE', `${repositories.at(-1) ?? ''} is not set, and --repo is not given`, {
      remedy: `add --repo ${repositoryExample}`,
    });
  }
  if (!repositoryForm.test(repository)) {
    const from = repo === undefined ? (found ?? 'CI_OPEN_MERGE_REQUESTS') : '--repo';
    throw new LandfallError('USAGE', `${from} is ${JSON.stringify(repository)}, which is not a repository`, {
      remedy: `add --repo ${repositoryExample}`,
    });
  }
  return repository;
}

function apiOf(
  env: Env,
  { apiUrl }: CommentFlags,
  { api, defaultApi, apiExample = defaultApi ?? '' }: PipelineVariables,
): Pick<CommentDestination, 'apiUrl' | 'apiFrom'> {
  const fromPipeline = api !== undefined && isSet(env[api]) ? env[api] : undefined;
  const apiFrom = api !== undefined && apiUrl === undefined && fromPipeline !== undefined ? api : '--api-url';
  const text = apiUrl ?? fromPipeline ?? defaultApi;
  if (text === undefined) {
    throw new LandfallError('USAGE', `${api ?? ''} is not set, and --api-url is not given`, {
      remedy: `add --api-url ${apiExample}`,
    });
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocalhost = url?.protocol === 'http:' && url.hostname === 'localhost';
  const isSafe = url?.protocol === 'https:' || isLocalhost || isLoopback(url?.origin);
  // The message does not contain the value, which may contain a password.
  if (url === undefined || !isSafe || url.username !== '' || url.password !== '' || url.search !== '') {
    throw new LandfallError('USAGE', `${apiFrom} is not an address that a token may be sent to`, {
      remedy: `use an https address without user name, password and query, such as ${apiExample}`,
    });
  }
  return { apiUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, apiFrom };
}

function tokenOf(
  env: Env,
  { tokens, tokenRemedy: remedy }: PipelineVariables,
): Pick<CommentDestination, 'token' | 'tokenFrom'> {
  const tokenFrom = tokens.find((name) => isSet(env[name]));
  const token = env[tokenFrom ?? '']?.trim() ?? '';
  if (tokenFrom === undefined || token === '') {
    throw new LandfallError('TOKEN_MISSING', `no token is set: set one of ${tokens.join(', ')}`, {
      remedy,
    });
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new LandfallError(
      'TOKEN_MISSING',
      `${tokenFrom} contains characters that are not allowed in a token`,
      { remedy },
    );
  }
  return { token, tokenFrom };
}

/**
 * Finds the number of the pull request that a workflow runs for: from its event, which also exists for
 * `pull_request_target`, comments and `workflow_run`, else from `refs/pull/7/merge`.
 */
function githubNumber(env: Env, event: string | undefined): number | undefined {
  return (
    eventNumber(event) ?? numberOf(/^refs\/pull\/(\d+)\/(?:merge|head)$/.exec(env['GITHUB_REF'] ?? '')?.[1])
  );
}

function eventNumber(text: string | undefined): number | undefined {
  const event = parseEvent(text);
  const pull = field(event, 'pull_request');
  if (pull !== undefined) return numberOf(idOf(field(pull, 'number')));
  const issue = field(event, 'issue');
  if (field(issue, 'pull_request') !== undefined) return numberOf(idOf(field(issue, 'number')));
  const pulls = listOf(field(field(event, 'workflow_run'), 'pull_requests'));
  return pulls.length === 1 ? numberOf(idOf(field(pulls[0], 'number'))) : undefined;
}

/**
 * Finds the newest commit on the branch of a pull request. The workflow itself runs on a test merge, another commit.
 * @param text the content of the file that GITHUB_EVENT_PATH names, if any
 */
export function headCommit(text: string | undefined): string | undefined {
  return textOf(field(field(field(parseEvent(text), 'pull_request'), 'head'), 'sha')) || undefined;
}

function parseEvent(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Finds the pull or merge request that a pipeline runs for. */
function requestNumber(
  platform: PlatformName,
  env: Env,
  open: number | undefined,
  event: string | undefined,
): number | undefined {
  switch (platform) {
    case 'github':
      return githubNumber(env, event);
    case 'gitlab':
      return numberOf(env['CI_MERGE_REQUEST_IID']) ?? open;
    case 'azure':
      return numberOf(env['SYSTEM_PULLREQUEST_PULLREQUESTID']);
    case 'bitbucket':
      return numberOf(env['BITBUCKET_PR_ID']);
  }
}

/** Finds the open merge request of a branch's pipeline, `group/name!7`; returns nothing if there are several. */
function openMergeRequest(env: Env): { readonly project: string; readonly number: number } | undefined {
  if (isSet(env['CI_MERGE_REQUEST_IID'])) return undefined;
  const [, project, text] = /^([^!,]+)!(\d+)$/.exec(env['CI_OPEN_MERGE_REQUESTS'] ?? '') ?? [];
  const number = numberOf(text);
  return project === undefined || number === undefined ? undefined : { project, number };
}

/**
 * Writes the last line of a comment: links to the run of the pipeline and to the saved plan. Only https addresses of the
 * platform itself, without a query, are linked, because variables and flags may come from a pull request.
 * @param artifactUrl the page of the artifact with the saved plan; empty: not known
 */
export function runLinks(
  env: Env,
  { platform, apiUrl }: Pick<CommentDestination, 'platform' | 'apiUrl'>,
  artifactUrl = '',
): { readonly line?: string; readonly warnings: readonly string[] } {
  // api.github.com belongs to github.com, api.NAME.ghe.com to NAME.ghe.com, api.bitbucket.org to bitbucket.org; else both
  // have one host.
  const host = new URL(apiUrl).host.replace(/^api\.(?=github\.com$|[^.]+\.ghe\.com$|bitbucket\.org$)/, '');
  const link = (text: string, address: string, query = ''): readonly string[] => {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isOwn = url?.protocol === 'https:' && url.host === host && url.username + url.password === '';
    const isPlain = address.length <= 1000 && /^(?:\/[\w.~%+-]+)+$/.test(url?.pathname ?? '');
    return url && isOwn && isPlain && url.search + url.hash === '' ? [`[${text}](${url.href}${query})`] : [];
  };
  const runs = {
    github(): readonly string[] {
      const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id = '' } = env;
      return link('run', /^\d+$/.test(id) ? `${server ?? ''}/${repository ?? ''}/actions/runs/${id}` : '');
    },
    gitlab: () => [
      ...link('job', env['CI_JOB_URL'] ?? ''),
      ...link('pipeline', env['CI_PIPELINE_URL'] ?? ''),
    ],
    azure(): readonly string[] {
      const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECTID: project, BUILD_BUILDID: id = '' } = env;
      const results = `${(collection ?? '').replace(/\/+$/, '')}/${project ?? ''}/_build/results`;
      return link('run', /^\d+$/.test(id) ? results : '', `?buildId=${id}`);
    },
    bitbucket(): readonly string[] {
      const { BITBUCKET_REPO_FULL_NAME: repository, BITBUCKET_BUILD_NUMBER: id = '' } = env;
      const results = `https://${host}/${repository ?? ''}/pipelines/results/${id}`;
      return link('run', /^\d+$/.test(id) ? results : '');
    },
  }[platform]();
  const artifact = link('saved plan', artifactUrl);
  const links = [...runs, ...artifact];
  return {
    ...(links.length > 0 && { line: `From ${links.join(', ')}.` }),
    warnings:
      artifactUrl.trim() !== '' && artifact.length === 0
        ? [`--artifact-url is not linked: it is not an https address at ${host} without a query`]
        : [],
  };
}

/** Removes the line of `runLinks` from the end of a comment. */
export function withoutLinks(body: string): string {
  return body.trimEnd().replace(/[\r\n]+From \[(?:run|job|pipeline|saved plan)\]\(https:[^\r\n]*$/, '');
}

function numberOf(text: string | undefined): number | undefined {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 && Number.isSafeInteger(number) ? number : undefined;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}
