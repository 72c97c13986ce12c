import type { CommentOutcome } from '../core/comment.ts';
import { LandfallError } from '../core/error.ts';
import type { Clock } from '../core/time.ts';
import { Api } from './api.ts';
import type { CommentDestination } from './destination.ts';
import type { PlatformLabels } from './errors.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import type { Comment, Platform } from './platform.ts';

export { findCommentDestination, headCommit, type CommentFlags } from './destination.ts';

interface CommentOptions {
  readonly clock: Clock;
  /** Told of each call and each wait; nothing of the token is in it. */
  readonly log: (line: string) => void;
  readonly mode: CommentMode;
}

/**
 * Puts a text on a pull or merge request, below its marker.
 * @param marker the line by which the comment is found again
 * @param text what people read; the marker may be in it, and is moved to the first line
 * @throws LandfallError COMMENT_INVALID for a text that is too long, before anything is sent; CallFailed
 */
export async function publishComment(
  place: CommentDestination & { readonly number: number },
  marker: string,
  text: string,
  { clock, log, mode }: CommentOptions,
): Promise<CommentOutcome> {
  const { platform: name, repository, number, apiUrl: url, token } = place;
  const api = new Api({ url, token, headers: HEADERS[name], words: platformLabels(place), clock, log });
  const platform =
    name === 'github' ? github(api, repository, number, graphqlOf(url)) : gitlab(api, repository, number);
  const body = `${marker}\n${removeMarker(marker, text)}`;
  if (body.length > platform.maxLength) throw commentTooLongError(name, body.length, platform.maxLength);
  const put = await putComment(platform, api, marker, body, mode);
  return {
    platform: name,
    repository,
    number,
    action: put.action,
    id: put.comment.id,
    url: put.comment.url,
    hidden: put.hidden.map(({ id }) => id),
    notHidden: put.notHidden.map(({ id }) => id),
  };
}

const HEADERS: Readonly<Record<CommentDestination['platform'], Readonly<Record<string, string>>>> = {
  github: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  gitlab: { accept: 'application/json' },
};

/** `https://HOST/api/v3` has GraphQL at `/api/graphql`, api.github.com at `/graphql` (docs: forming calls with GraphQL). */
function graphqlOf(url: string): string {
  return `${url.replace(/\/v3$/, '')}/graphql`;
}

function platformLabels({
  platform,
  repository,
  number,
  tokenFrom,
  apiFrom,
}: CommentDestination): PlatformLabels {
  const of = `${number} of ${repository}`;
  return platform === 'github'
    ? {
        name: 'GitHub',
        request: `pull request ${of}`,
        tokenFrom,
        apiFrom,
        permission:
          'a token needs pull-requests: write; a pull request from a fork gets a token that can only read',
      }
    : {
        name: 'GitLab',
        request: `merge request ${of}`,
        tokenFrom,
        apiFrom,
        permission:
          'a token needs scope api and the role Reporter at least; CI_JOB_TOKEN cannot write comments',
      };
}

/** The text without lines that are the marker: it stands first, where no quotation of it can. */
function removeMarker(marker: string, text: string): string {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trimEnd() !== marker);
  return `${lines.join('\n').trim()}\n`;
}

function commentTooLongError(
  name: CommentDestination['platform'],
  length: number,
  longest: number,
): LandfallError {
  const platform = name === 'github' ? 'GitHub' : 'GitLab';
  return new LandfallError(
    'COMMENT_INVALID',
    `the comment has ${length} characters, and ${platform} takes ${longest}`,
    { remedy: `make it shorter: \`landfall plan --format markdown --max-bytes ${longest - 1000}\`` },
  );
}

export type CommentMode = 'update' | 'new';

/** What became of a comment. */
interface WrittenComment {
  readonly action: 'created' | 'updated' | 'unchanged';
  readonly comment: Comment;
  readonly hidden: readonly Comment[];
  readonly notHidden: readonly Comment[];
}

/**
 * Puts a comment on a pull or merge request. `update` edits the newest of its own; `new` adds one and hides those
 * before it. Its own are those whose first line is the marker, and which the token's user wrote as far as one can
 * tell: a comment that only quotes the marker stays as it is. What would be the same is not written.
 *
 * @param body begins with the marker's line
 */
async function putComment(
  platform: Platform,
  api: Pick<Api, 'retry'>,
  marker: string,
  body: string,
  mode: CommentMode,
): Promise<WrittenComment> {
  const own = (await platform.list()).filter((comment) => isOwnComment(comment, marker)).toReversed();
  const [newest] = own;
  if (newest !== undefined && isSameText(newest.body, body)) return writtenComment('unchanged', newest);

  if (mode === 'update') {
    for (const comment of own) {
      const updated = await platform.update(comment, body);
      if (updated !== undefined) return writtenComment('updated', updated);
    }
  }
  const before = new Set(own.map(({ id }) => id));
  const created = await api.retry(async (attempt) => {
    // The reply to the first try may be all that was lost.
    const there = attempt === 1 ? [] : await platform.list();
    const found = there.find(
      (comment) => isOwnComment(comment, marker) && !before.has(comment.id) && isSameText(comment.body, body),
    );
    return found ?? platform.create(body);
  });
  if (mode === 'update') return writtenComment('created', created);
  // The new one is there by now: at no time is there none.
  const notHidden = await platform.hide(own);
  const kept = new Set(notHidden);
  return { action: 'created', comment: created, hidden: own.filter((one) => !kept.has(one)), notHidden };
}

function writtenComment(action: WrittenComment['action'], comment: Comment): WrittenComment {
  return { action, comment, hidden: [], notHidden: [] };
}

function isOwnComment({ body, isOwn }: Comment, marker: string): boolean {
  return isOwn !== false && body.split(/\r\n|\r|\n/, 1)[0]?.trimEnd() === marker;
}

/** Platforms change the ends of lines and of the text. */
function isSameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n?/g, '\n').trimEnd();
  return plain(a) === plain(b);
}
