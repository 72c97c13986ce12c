import type { CommentOutcome } from '../core/comment.ts';
import { LandfallError } from '../core/error.ts';
import { hideSecrets } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import type { Variables } from '../network/proxies.ts';
import { Api } from './api.ts';
import type { CommentDestination } from './destination.ts';
import type { PlatformLabels } from './errors.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import type { Comment, Platform } from './platform.ts';

export { findCommentDestination, headCommit, type CommentFlags } from './destination.ts';

interface CommentOptions {
  readonly clock: Clock;
  /** The variables that name proxies. */
  readonly env: Variables;
  /** Logs each call and each wait; the lines never contain the token. */
  readonly log: (line: string) => void;
  readonly mode: CommentMode;
}

/**
 * Writes a comment on a pull or merge request, with a marker as its first line.
 * @param marker the line by which a later run finds the comment
 * @param text the text for people; if it contains the marker, the marker is moved to the first line
 * @throws LandfallError COMMENT_INVALID for a text that is too long, before anything is sent; PlatformCallError
 */
export async function publishComment(
  place: CommentDestination & { readonly number: number },
  marker: string,
  text: string,
  { clock, env, log, mode }: CommentOptions,
): Promise<CommentOutcome> {
  const { platform: name, repository, number, apiUrl: url, token } = place;
  const api = new Api({ url, token, headers: HEADERS[name], words: platformLabels(place), clock, env, log });
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

/** Removes lines that are the marker: the marker goes to the first line, where a quotation of it cannot be. */
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
    `the comment has ${length} characters, and ${platform} allows ${longest}`,
    { remedy: `make it shorter: \`landfall plan --format markdown --max-bytes ${longest - 1000}\`` },
  );
}

export type CommentMode = 'update' | 'new';

/** The result of writing a comment. */
interface WrittenComment {
  readonly action: 'created' | 'updated' | 'unchanged';
  readonly comment: Comment;
  readonly hidden: readonly Comment[];
  readonly notHidden: readonly Comment[];
}

/**
 * Writes a comment on a pull or merge request. `update` edits the newest of its own comments; `new` adds a comment and
 * hides the earlier ones. Its own comments have the marker as their first line, and are not known to be written by
 * another user: a comment that only quotes the marker is not changed. A comment with the same text is not written again.
 *
 * @param text begins with the line of the marker
 */
async function putComment(
  platform: Platform,
  api: Pick<Api, 'retry'>,
  marker: string,
  text: string,
  mode: CommentMode,
): Promise<WrittenComment> {
  const body = hideSecrets(text);
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
    // After a lost reply the first attempt may have created the comment.
    const there = attempt === 1 ? [] : await platform.list();
    const found = there.find(
      (comment) => isOwnComment(comment, marker) && !before.has(comment.id) && isSameText(comment.body, body),
    );
    return found ?? platform.create(body);
  });
  if (mode === 'update') return writtenComment('created', created);
  // The earlier comments are hidden last, so that there is a visible comment at every moment.
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

/** Compares texts without line ends and trailing space, which platforms change. */
function isSameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n?/g, '\n').trimEnd();
  return plain(a) === plain(b);
}
