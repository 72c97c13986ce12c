import type { CommentOutcome } from '../core/comment.ts';

export type PlatformName = CommentOutcome['platform'];

/** The variables that a platform's pipelines set, and remedies for missing ones. */
export interface PipelineVariables {
  /** The variable that each of its pipelines sets. */
  readonly sign: string;
  /** The variable with the address of the API; absent: there is only one address. */
  readonly api?: string;
  /** Absent: the address names the organisation, so there is none for all. */
  readonly defaultApi?: string;
  readonly apiExample?: string;
  readonly tokens: readonly string[];
  readonly repositories: readonly string[];
  readonly repositoryForm: RegExp;
  readonly repositoryExample: string;
  readonly tokenRemedy: string;
}

export const PIPELINES: Readonly<Record<PlatformName, PipelineVariables>> = {
  github: {
    sign: 'GITHUB_ACTIONS',
    api: 'GITHUB_API_URL',
    defaultApi: 'https://api.github.com',
    tokens: ['LANDFALL_PLATFORM_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'],
    repositories: ['GITHUB_REPOSITORY'],
    repositoryForm: /^[\w-][\w.-]*\/(?!\.{1,2}$)[\w.-]+$/,
    repositoryExample: 'owner/name',
    tokenRemedy:
      'in a workflow, set `env: { GITHUB_TOKEN: ${{ github.token }} }` and `permissions: { pull-requests: write }`',
  },
  gitlab: {
    sign: 'GITLAB_CI',
    api: 'CI_API_V4_URL',
    defaultApi: 'https://gitlab.com/api/v4',
    tokens: ['LANDFALL_PLATFORM_TOKEN', 'GITLAB_TOKEN'],
    // The pipeline of a merge request from a fork runs in the fork; its comments belong to the target project.
    repositories: ['CI_MERGE_REQUEST_PROJECT_ID', 'CI_PROJECT_ID'],
    repositoryForm: /^(\d+|[\w-][\w.-]*(\/[\w-][\w.-]*)+)$/,
    repositoryExample: 'group/name, or its number',
    tokenRemedy:
      'add a project access token of scope api as a masked CI/CD variable GITLAB_TOKEN; CI_JOB_TOKEN cannot write comments',
  },
  azure: {
    sign: 'TF_BUILD',
    api: 'SYSTEM_COLLECTIONURI',
    apiExample: 'https://dev.azure.com/ORGANISATION',
    tokens: ['LANDFALL_PLATFORM_TOKEN', 'SYSTEM_ACCESSTOKEN'],
    // The id needs no project: a pipeline may build a repository of another project.
    repositories: ['BUILD_REPOSITORY_ID'],
    repositoryForm:
      /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?!\.{1,2}\/)[\p{L}\p{N}_. -]+\/(?!\.{1,2}$)[\p{L}\p{N}_. -]+)$/iu,
    repositoryExample: 'project/repository, or its id',
    tokenRemedy: 'in the step, set `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`',
  },
  bitbucket: {
    sign: 'BITBUCKET_BUILD_NUMBER',
    defaultApi: 'https://api.bitbucket.org/2.0',
    tokens: ['LANDFALL_PLATFORM_TOKEN', 'BITBUCKET_TOKEN'],
    repositories: ['BITBUCKET_REPO_FULL_NAME'],
    repositoryForm: /^[\w-][\w.-]*\/(?!\.{1,2}$)[\w.-]+$/,
    repositoryExample: 'workspace/repository',
    tokenRemedy:
      'add a repository access token with the scope pullrequest:write as a secured repository variable BITBUCKET_TOKEN',
  },
};

/** What is particular to a platform in calls and in messages. */
interface PlatformDescription {
  readonly title: string;
  readonly request: 'pull request' | 'merge request';
  readonly headers: Readonly<Record<string, string>>;
  /** What a token needs for comments. */
  readonly permission: string;
  /** What a token needs for labels. */
  readonly labelPermission: string;
}

export const PLATFORMS: Readonly<Record<PlatformName, PlatformDescription>> = {
  github: {
    title: 'GitHub',
    request: 'pull request',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    permission:
      'a token needs pull-requests: write; a pull request from a fork gets a token that can only read',
    labelPermission:
      'labels need pull-requests: write, and issues: write to create those that the repository does not have',
  },
  gitlab: {
    title: 'GitLab',
    request: 'merge request',
    headers: { accept: 'application/json' },
    permission: 'a token needs scope api and the role Reporter at least; CI_JOB_TOKEN cannot write comments',
    labelPermission: 'labels need a token of scope api with the role Developer at least',
  },
  azure: {
    title: 'Azure DevOps',
    request: 'pull request',
    // Otherwise a token that is not accepted gets a redirect to the page for signing in.
    headers: { accept: 'application/json', 'x-tfs-fedauthredirect': 'Suppress' },
    permission:
      'the build service of the project needs the permission "Contribute to pull requests" on the repository, a personal access token the scope Code (read & write) and the form `:TOKEN`',
    labelPermission: 'labels need the permission "Contribute to pull requests", as comments do',
  },
  bitbucket: {
    title: 'Bitbucket',
    request: 'pull request',
    headers: { accept: 'application/json' },
    permission:
      'a token needs the scope pullrequest:write; a token of a user has the form `EMAIL:TOKEN`, a repository access token has no colon',
    labelPermission: 'leave out --labels',
  },
};
