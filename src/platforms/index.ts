import type { Clock } from '../core/clock.ts';
import type { CommentOutcome } from '../core/comment.ts';
import { LandfallError } from '../core/error.ts';
import { Api } from './api.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import type { CommentPlace } from './place.ts';
import { type Mode, putComment } from './put-comment.ts';
import type { Words } from './words.ts';

export { findPlace, headCommit, type PlaceFlags } from './place.ts';
export type { Mode } from './put-comment.ts';

export interface CommentOptions {
  readonly clock: Clock;
  /** Told of each call and each wait; nothing of the token is in it. */
  readonly log: (line: string) => void;
  readonly mode: Mode;
}

/**
 * Puts a text on a pull or merge request, below its marker.
 * @param marker the line by which the comment is found again
 * @param text what people read; the marker may be in it, and is moved to the first line
 * @throws LandfallError COMMENT_INVALID for a text that is too long, before anything is sent; CallFailed
 */
export async function comment(
  place: CommentPlace & { readonly number: number },
  marker: string,
  text: string,
  { clock, log, mode }: CommentOptions,
): Promise<CommentOutcome> {
  const { platform: name, repository, number, apiUrl: url, token } = place;
  const api = new Api({ url, token, headers: HEADERS[name], words: wordsFor(place), clock, log });
  const platform =
    name === 'github' ? github(api, repository, number, graphqlOf(url)) : gitlab(api, repository, number);
  const body = `${marker}\n${without(marker, text)}`;
  if (body.length > platform.longest) throw tooLong(name, body.length, platform.longest);
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

const HEADERS: Readonly<Record<CommentPlace['platform'], Readonly<Record<string, string>>>> = {
  github: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  gitlab: { accept: 'application/json' },
};

/** `https://HOST/api/v3` has GraphQL at `/api/graphql`, api.github.com at `/graphql` (docs: forming calls with GraphQL). */
function graphqlOf(url: string): string {
  return `${url.replace(/\/v3$/, '')}/graphql`;
}

function wordsFor({ platform, repository, number, tokenFrom, apiFrom }: CommentPlace): Words {
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
function without(marker: string, text: string): string {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trimEnd() !== marker);
  return `${lines.join('\n').trim()}\n`;
}

function tooLong(name: CommentPlace['platform'], length: number, longest: number): LandfallError {
  const platform = name === 'github' ? 'GitHub' : 'GitLab';
  return new LandfallError(
    'COMMENT_INVALID',
    `the comment has ${length} characters, and ${platform} takes ${longest}`,
    { remedy: `make it shorter: \`landfall plan --format markdown --max-bytes ${longest - 1000}\`` },
  );
}
