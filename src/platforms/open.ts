import type { Api } from './api.ts';
import { azure } from './azure.ts';
import { bitbucket } from './bitbucket.ts';
import type { CommentDestination } from './destination.ts';
import type { PlatformLabels } from './errors.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import type { PlatformName } from './pipelines.ts';
import type { Platform } from './platform.ts';

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

/** Opens the port to the comments of one pull or merge request. */
export function openPlatform(
  api: Api,
  { platform, repository, number, apiUrl }: CommentDestination & { readonly number: number },
): Platform {
  switch (platform) {
    case 'github':
      return github(api, repository, number, graphqlOf(apiUrl));
    case 'gitlab':
      return gitlab(api, repository, number);
    case 'azure':
      return azure(api, repository, number);
    case 'bitbucket':
      return bitbucket(api, repository, number);
  }
}

/** `https://HOST/api/v3` has GraphQL at `/api/graphql`, api.github.com at `/graphql` (docs: forming calls with GraphQL). */
function graphqlOf(url: string): string {
  return `${url.replace(/\/v3$/, '')}/graphql`;
}

/** Returns the names that error messages use. */
export function platformLabels({
  platform,
  repository,
  number,
  tokenFrom,
  apiFrom,
}: CommentDestination): PlatformLabels {
  const { title, request, permission } = PLATFORMS[platform];
  return {
    name: title,
    request: `${request} ${number} of ${repository}`,
    tokenFrom,
    apiFrom,
    permission,
  };
}
