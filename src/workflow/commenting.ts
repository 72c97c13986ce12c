import { resolve } from 'node:path';
import { type CommentOutcome, readMarker } from '../core/comment.ts';
import type { Workspace } from '../core/environment.ts';
import { LandfallError } from '../core/error.ts';
import {
  type CommentFlags,
  type CommentMode,
  findCommentDestination,
  publishComment as putComment,
  runLinks,
} from '../platforms/index.ts';
import { readLimited } from './files.ts';
import { readEvent } from './git/current-commit.ts';

export interface CommentOptions extends CommentFlags {
  /** The Markdown of a plan, a validation or drift. */
  readonly file?: string;
  readonly mode: CommentMode;
  /** What to do if the pipeline runs for no pull or merge request. */
  readonly ifMissing: 'error' | 'skip';
  /** Adds no comment for a plan without changes and concerns. */
  readonly onlyChanges?: boolean;
  /** Labels the request with the kinds of change. */
  readonly labels?: boolean;
  /** The page of the artifact with the saved plan. */
  readonly artifactUrl?: string;
}

/** Ten times what the larger platform accepts: a longer file is no comment and is not read. */
const MAX_COMMENT_BYTES = 10_000_000;

/**
 * Writes a Markdown file as a comment on the pull or merge request that the pipeline runs for.
 * @throws LandfallError USAGE, FILE_UNREADABLE, COMMENT_INVALID, PULL_REQUEST_MISSING, TOKEN_MISSING, PLATFORM_…
 */
export async function publishComment(
  workspace: Workspace,
  { file, mode, ifMissing, onlyChanges = false, labels = false, artifactUrl, ...flags }: CommentOptions,
): Promise<CommentOutcome> {
  const { host, onEvent } = workspace;
  if (file === undefined) {
    throw new LandfallError('USAGE', '--file is missing', { remedy: `give ${MARKDOWN_FILE}` });
  }
  const text = await readText(workspace, file);
  const marker = readMarker(text);
  if (text.trim() === '') {
    throw new LandfallError(
      'COMMENT_INVALID',
      `${file} is empty: the command that writes it failed or did not run`,
      {
        remedy: 'see the output of that command',
      },
    );
  }
  if (marker === undefined) {
    throw new LandfallError(
      'COMMENT_INVALID',
      `${file} has no marker of landfall, by which its comment is found again`,
      {
        remedy: `give ${MARKDOWN_FILE}; the marker is a line \`<!-- landfall:… -->\``,
      },
    );
  }
  const place = findCommentDestination(host.env, flags, await readEvent(host));
  const { platform, repository, number } = place;
  if (number === undefined) {
    if (ifMissing === 'error') throw missingRequest(platform);
    return { platform, repository, action: 'skipped', hidden: [], notHidden: [], warnings: [] };
  }
  const links = runLinks(host.env, place, artifactUrl);
  const outcome = await putComment({ ...place, number }, marker, text, {
    onlyChanges,
    labels,
    links: links.line,
    clock: host.clock,
    env: host.env,
    mode,
    log: (line) => onEvent?.({ kind: 'platform-called', line }),
  });
  return { ...outcome, warnings: [...links.warnings, ...outcome.warnings] };
}

const MARKDOWN_FILE = 'the file that `landfall plan --format markdown` wrote';

async function readText({ host }: Workspace, file: string): Promise<string> {
  const unreadable = (why: string): LandfallError =>
    new LandfallError('FILE_UNREADABLE', `${file} cannot be read: ${why}`, {
      remedy: `give ${MARKDOWN_FILE}`,
    });
  const bytes = await readLimited(resolve(host.cwd, file), MAX_COMMENT_BYTES, unreadable);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('it is not UTF-8 text');
  }
}

function missingRequest(platform: CommentOutcome['platform']): LandfallError {
  const [message, remedy] = MISSING_REQUEST[platform];
  return new LandfallError('PULL_REQUEST_MISSING', message, {
    remedy: `give --number, ${remedy}, or give --if-missing skip`,
  });
}

/** Why no pull or merge request is known, and how a pipeline gets one. */
const MISSING_REQUEST: Readonly<Record<CommentOutcome['platform'], readonly [string, string]>> = {
  github: [
    'this workflow runs for no pull request: neither its event nor GITHUB_REF names one',
    'run it on pull_request',
  ],
  gitlab: [
    'this pipeline runs for no merge request: CI_MERGE_REQUEST_IID is not set',
    'give the job `rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]`',
  ],
  azure: [
    'this pipeline runs for no pull request: SYSTEM_PULLREQUEST_PULLREQUESTID is not set',
    'add the pipeline as build validation to the policies of the branch',
  ],
  bitbucket: [
    'this pipeline runs for no pull request: BITBUCKET_PR_ID is not set',
    'put the step under `pull-requests`',
  ],
};
