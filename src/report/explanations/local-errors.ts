import type { ErrorCode } from '../../core/error.ts';
import { COMMAND_REFERENCE, type Explanation, LOCAL_SPEC } from './explanation.ts';

/** Errors of the built-in endpoint. */
export const LOCAL_ERRORS = {
  LOCAL_HELD: {
    means: 'Another process on this machine is using the state of the built-in endpoint.',
    why: 'Two of them would overwrite each other’s jobs. Nothing was done.',
    fix: [
      'Wait until the other run has ended; the message names its process.',
      'If `landfall local start` serves it in another terminal, stop that with Ctrl-C.',
    ],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'ps -p 4711' },
  },
  LOCAL_BROKEN_STATE: {
    means: 'The built-in endpoint cannot read what it has kept in `.landfall/local`.',
    why: 'The files were edited, cut short, or come from a version that this one does not know. It holds trial jobs only, none of AWS.',
    fix: ['Drop its state and begin afresh.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local reset' },
  },
  LOCAL_BAD_INVENTORY: {
    means: 'The file is not the vInfo tab of an RVTools export as CSV, or a line of it cannot be read.',
    why: 'Nothing of it was loaded: half a data centre would mislead more than none.',
    fix: [
      'Export the vInfo tab as CSV with its header line.',
      'See the line that the message names: often a quote is not closed, or a spreadsheet has changed the separators.',
    ],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local load RVTools_tabvInfo.csv' },
  },
  LOCAL_BAD_FAULTS: {
    means: 'The file of `--faults` says something that the built-in endpoint does not know.',
    why: 'A fault that does not happen would make a rehearsal look better than it was. The endpoint did not start.',
    fix: ['Correct the place that the message names; src/local/SPEC.md lists the faults.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local start --faults faults.yaml' },
  },
  LOCAL_BAD_TIME: {
    means: 'The clock of the built-in endpoint cannot be moved like this.',
    why: 'Its time only goes forward, and only so far as there are dates. It stands where it stood.',
    fix: [
      'Give a span forward, with its unit: 90s, 30m, 12h, 7d.',
      'To go back, begin afresh with `landfall local reset`.',
    ],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local advance 12h' },
  },
  LOCAL_NOT_RUNNING: {
    means: 'Faults were to be set on a built-in endpoint that is running, and none is.',
    why: 'It was stopped, or ended without a word. Nothing was done.',
    fix: ['Start one that keeps running, in another terminal.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local start' },
  },
  LOCAL_PORT_TAKEN: {
    means: 'Another program listens on the port that the built-in endpoint should take.',
    why: 'It did not start.',
    fix: ['Choose another port, or leave `--port` out and take a free one.'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'landfall local start --port 0' },
  },
  LOCAL_UNWRITABLE: {
    means: 'The built-in endpoint cannot write to `.landfall/local` beside the project file.',
    why: 'Its jobs would be forgotten at once. Nothing was done.',
    fix: ['See the permissions of the folder, and how much room is left: `df -h .`'],
    source: LOCAL_SPEC,
    example: { language: 'sh', right: 'ls -ld .landfall\ndf -h .' },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;

const LOCKING_DOCUMENT = 'docs/locking.md';

/** Errors about runs beside one another, and about one that nobody has heard of again. */
export const LOCK_ERRORS = {
  LOCK_HELD: {
    means: 'Another run is changing this target just now, and holds its lock (exit code 5).',
    why: 'Two runs that compare and change at once see each other’s work half done: jobs would be created twice or deleted again. Nothing was done.',
    fix: [
      'Wait: `--lock-timeout 10m` does so, and goes on as soon as the lock is free.',
      'See who holds it and from where: the message says so.',
      'Only when that run is gone for good: `landfall force-unlock ID --target T`.',
    ],
    source: LOCKING_DOCUMENT,
    example: { language: 'sh', right: 'landfall apply --lock-timeout 10m' },
  },
  LOCK_LOST: {
    means: 'While a run was changing a target, its lock was removed or replaced (exit code 5).',
    why: 'Somebody used `force-unlock`, or deleted the lock. Another run may have begun. What was in flight has finished, and nothing more was started.',
    fix: [
      'Find out who removed the lock and whether another run is under way.',
      'Then apply again: a run goes on from what is there.',
    ],
    source: LOCKING_DOCUMENT,
    example: { language: 'sh', right: 'landfall apply --lock-timeout 10m' },
  },
  RUN_UNFINISHED: {
    means:
      'The report was begun when the run began, and the run has not come to its end: it goes on, or was killed.',
    why: 'Nobody could write down any more what was done: after `kill -9`, a second Ctrl-C, or a machine that went down. What was done stays done.',
    fix: [
      'See whether the run is still under way.',
      'If it is gone, apply again: a run compares what is there with what is wanted, and goes on from there.',
      'If the target has a lock in S3, the next run shows how to remove what was left behind.',
    ],
    source: LOCKING_DOCUMENT,
    example: { language: 'sh', right: 'landfall apply --report outcome.json' },
  },
  LOCK_NOT_HELD: {
    means: 'Nobody holds the lock that was to be removed.',
    why: 'The run has released it meanwhile, or the lock is that of another target. Nothing was done.',
    fix: ['Run the command again that was refused.', 'Name the target with `--target`.'],
    source: LOCKING_DOCUMENT,
    example: { language: 'sh', right: 'landfall force-unlock ID --target production' },
  },
  LOCK_OTHER: {
    means: 'The lock is there under another id than the one that was to be removed.',
    why: 'The run that was meant has ended, and another one holds the lock now: removing it would let two runs change the target at once. Nothing was done.',
    fix: ['Look at who holds it: the message says so.', 'Wait for that run with `--lock-timeout`.'],
    source: LOCKING_DOCUMENT,
    example: { language: 'sh', right: 'landfall apply --lock-timeout 10m' },
  },
  LOCK_UNSUPPORTED: {
    means:
      'The store of the lock does not keep to `If-None-Match: *`, by which only one of two writers succeeds.',
    why: 'A lock in such a store locks nothing: two runs would both believe that they hold it. Nothing was done.',
    fix: [
      'Put the lock into AWS S3, or a store with conditional writes.',
      'Let the pipeline see to it that only one job applies at a time, and give `--no-lock`.',
    ],
    source: LOCKING_DOCUMENT,
    example: {
      language: 'yaml',
      right: 'lock: s3://ucop-migration/locks/production.json',
    },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;

const COMMENT_COMMAND = 'landfall comment --file plan.md --platform github --repo ucop/waves --number 12';

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
    example: { language: 'sh', right: COMMENT_COMMAND },
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
    example: { language: 'sh', right: COMMENT_COMMAND },
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
    example: { language: 'sh', right: COMMENT_COMMAND },
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>;
