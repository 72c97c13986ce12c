import type { ErrorCode } from '../../core/error.ts';
import type { Explanation } from './explanation.ts';
import { COMMAND_REFERENCE } from './sources.ts';

const IN_CI = 'landfall comment --file plan.md --platform github --repo ucop/waves --number 12';

/** Errors of GitHub and GitLab, where landfall comments on pull requests. */
export const PLATFORM_ERRORS = {
  COMMENT_INVALID: {
    means: 'The text for the comment is longer than the platform takes, or is none that landfall wrote.',
    why: 'The platform would refuse or cut it, and reviewers would see no plan or half of one. Nothing was sent.',
    fix: [
      'Where it is too long, render the plan shorter: `landfall plan --format markdown --max-bytes 60000`.',
      'Where it is empty, see why the command that was to write it has failed.',
      'Where it has no marker, keep the last line that `--format markdown` writes: by it the comment is found again.',
    ],
    source: 'the limits of GitHub and GitLab on comments',
    example: { language: 'sh', right: 'landfall plan --format markdown --max-bytes 60000' },
  },
  PULL_REQUEST_MISSING: {
    means: 'Nothing says which pull or merge request is to be commented on.',
    why: 'A pipeline for a push belongs to none. Nothing was sent.',
    fix: ['Run this job for pull requests only.', 'Or say which one with `--number`.'],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: IN_CI },
  },
  TOKEN_MISSING: {
    means: 'There is no token to call the platform with.',
    why: 'Nobody may comment without one. Nothing was sent.',
    fix: [
      'On GitHub, set GITHUB_TOKEN from `github.token`, and give the job `pull-requests: write`.',
      'On GitLab, add a project access token of scope api as the masked variable GITLAB_TOKEN: CI_JOB_TOKEN cannot comment.',
      'Pipelines of forks get no secrets, and cannot comment: print the plan into the log there.',
    ],
    source: 'GitHub Docs, “Use GITHUB_TOKEN for authentication in workflows”; GitLab Docs, “CI/CD job token”',
    example: {
      language: 'yaml',
      right: 'permissions: { pull-requests: write }\nenv:\n  GITHUB_TOKEN: ${{ github.token }}',
    },
  },
  PLATFORM_UNKNOWN: {
    means: 'This does not run in a pipeline of GitHub or GitLab, as far as the environment tells.',
    why: 'There is no telling where a comment would go. Nothing was sent.',
    fix: ['Say where: `--platform`, `--repo` and `--number`.'],
    source: COMMAND_REFERENCE,
    example: { language: 'sh', right: IN_CI },
  },
  PLATFORM_REFUSED: {
    means:
      'GitHub or GitLab knows who calls and says no: the token has expired, may not do this, or the repository or request is not there for it.',
    why: 'The comment was not written. Plan and account are as they were.',
    fix: [
      'See that the token may write to pull or merge requests.',
      'See that repository and number are right: without permission, platforms answer “not found”.',
    ],
    source: 'the platform; its own words are in the message',
    example: { language: 'yaml', right: 'permissions: { pull-requests: write }' },
  },
  PLATFORM_UNREACHABLE: {
    means: 'GitHub or GitLab cannot be reached from here.',
    why: 'The comment was not written. Plan and account are as they were.',
    fix: [
      'See that the address of its API is right, above all of an installation of your own.',
      'See that a firewall lets this machine through. HTTPS_PROXY is not looked at; from Node 24 on, NODE_USE_ENV_PROXY=1 has it looked at.',
      'Run the job again.',
    ],
    source: 'the network; its own words are in the message',
    example: { language: 'sh', right: 'curl -sI https://api.github.com' },
  },
  PLATFORM_ERROR: {
    means: 'GitHub or GitLab failed, or answered as its API does not.',
    why: 'The comment may not be there. Plan and account are as they were.',
    fix: [
      'Run the job again: a comment is renewed, not doubled.',
      'See that the address is that of an API, with its path.',
    ],
    source: 'the platform; its own words are in the message',
    example: { language: 'sh', right: IN_CI },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;
