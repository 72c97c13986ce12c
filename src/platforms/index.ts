import {
  CHANGE_KINDS,
  type ChangeKind,
  type CommentFacts,
  type CommentOutcome,
  formatFacts,
  parseFacts,
  readMarker,
} from '../core/comment.ts';
import { LandfallError } from '../core/error.ts';
import { hideSecrets } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import type { Variables } from '../network/proxies.ts';
import { Api } from './api.ts';
import { type CommentDestination, withoutLinks } from './destination.ts';
import { azure } from './azure.ts';
import { bitbucket } from './bitbucket.ts';
import type { PlatformLabels } from './errors.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { PLATFORMS } from './descriptions.ts';
import { type Comment, type Platform, PlatformCallError } from './platform.ts';

export { findCommentDestination, headCommit, runLinks, type CommentFlags } from './destination.ts';

interface CommentOptions {
  readonly clock: Clock;
  /** The variables that name proxies. */
  readonly env: Variables;
  /** Logs each call and each wait; the lines never contain the token. */
  readonly log: (line: string) => void;
  readonly mode: CommentMode;
  /** Adds no comment for a plan without changes, deferred changes and concerns; an earlier comment is updated. */
  readonly onlyChanges: boolean;
  /** Labels the request with the kinds of change. */
  readonly labels: boolean;
  /** A last line with links, as `runLinks` makes it. */
  readonly links?: string | undefined;
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
  { clock, env, log, mode, onlyChanges, labels, links }: CommentOptions,
): Promise<CommentOutcome> {
  const { platform: name, repository, number, apiUrl: url, token } = place;
  const api = new Api({
    url,
    token,
    headers: PLATFORMS[name].headers,
    words: platformLabels(place),
    clock,
    env,
    log,
  });
  const platform = openPlatform(api, place);
  const adapt = platform.adapt ?? ((body: string): string => body);
  const { facts, body: common } = bodyOf(marker, text);
  const plain = adapt(common);
  if (plain.length > platform.maxLength) throw commentTooLongError(name, plain.length, platform.maxLength);
  const linked = links === undefined ? plain : adapt(`${common}\n${links}\n`);
  const body = linked.length > platform.maxLength ? plain : linked;
  const comments = await platform.list();
  const isNeeded = !onlyChanges || facts === undefined || facts.hasMore || facts.kinds.length > 0;
  const put = await putComment(platform, api, comments, {
    marker,
    text: body,
    mode: isNeeded ? mode : 'update',
    mayCreate: isNeeded,
  });
  const kinds = [...(facts?.kinds ?? []), ...kindsOfOthers(comments, marker)];
  const set = labels ? await setLabels(name, platform, kinds) : { warnings: [] };
  return {
    platform: name,
    repository,
    number,
    action: put.action,
    ...(put.comment !== undefined && { id: put.comment.id, url: put.comment.url }),
    hidden: put.hidden.map(({ id }) => id),
    notHidden: put.notHidden.map(({ id }) => id),
    ...set,
  };
}

/** Opens the port to the comments of one pull or merge request. */
function openPlatform(
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
function platformLabels({
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

/** Moves the marker, and the line above it that says what the plan does, to the top, where no quotation of them can be. */
function bodyOf(
  marker: string,
  text: string,
): { readonly facts: CommentFacts | undefined; readonly body: string } {
  const lines = text.split(/\r\n|\r|\n/);
  const above = lines.findLastIndex((line) => line.trimEnd() === marker) - 1;
  const facts = parseFacts(lines[above]);
  const rest = lines.filter((line, at) => line.trimEnd() !== marker && !(facts && at === above));
  const top = facts === undefined ? [marker] : [marker, formatFacts(facts)];
  return { facts, body: `${[...top, rest.join('\n').trim()].join('\n')}\n` };
}

function commentTooLongError(
  name: CommentDestination['platform'],
  length: number,
  longest: number,
): LandfallError {
  return new LandfallError(
    'COMMENT_INVALID',
    `the comment has ${length} characters, and ${PLATFORMS[name].title} allows ${longest}`,
    { remedy: `make it shorter: \`landfall plan --format markdown --max-bytes ${longest - 1000}\`` },
  );
}

export type CommentMode = 'update' | 'new';

/** The result of writing a comment. */
interface WrittenComment {
  readonly action: 'created' | 'updated' | 'unchanged' | 'not-needed';
  readonly comment?: Comment;
  readonly hidden: readonly Comment[];
  readonly notHidden: readonly Comment[];
}

/**
 * Writes a comment on a pull or merge request. `update` edits the newest of its own comments; `new` adds a comment and
 * hides the earlier ones. Its own comments have the marker as their first line, and are not known to be written by
 * another user: a comment that only quotes the marker is not changed. A comment with the same text is not written again;
 * one with the same text and links to an earlier run is edited.
 *
 * @param comments all comments that there are, oldest first
 * @param wanted its text begins with the line of the marker
 */
async function putComment(
  platform: Platform,
  api: Pick<Api, 'retry'>,
  comments: readonly Comment[],
  wanted: {
    readonly marker: string;
    readonly text: string;
    readonly mode: CommentMode;
    readonly mayCreate: boolean;
  },
): Promise<WrittenComment> {
  const { marker, mode } = wanted;
  const body = hideSecrets(wanted.text);
  const own = comments.filter((comment) => isOwnComment(comment, marker)).toReversed();
  const [newest] = own;
  if (newest !== undefined && isSameText(newest.body, body)) return writtenComment('unchanged', newest);

  const isSamePlan = newest !== undefined && isSameText(withoutLinks(newest.body), withoutLinks(body));
  for (const comment of mode === 'update' ? own : isSamePlan ? [newest] : []) {
    const updated = await platform.update(comment, body);
    if (updated !== undefined) return writtenComment('updated', updated);
  }
  if (!wanted.mayCreate) return { action: 'not-needed', hidden: [], notHidden: [] };
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

/** Reads the kinds of change in the newest comment of each other project and set of targets on the same request. */
function kindsOfOthers(comments: readonly Comment[], marker: string): readonly ChangeKind[] {
  const newest = new Map<string, readonly ChangeKind[]>();
  for (const { body, isOwn } of comments) {
    const [first = '', second] = body.split(/\r\n|\r|\n/, 2);
    const other = isOwn === false ? undefined : readMarker(first);
    if (other !== undefined && other !== marker) newest.set(other, parseFacts(second)?.kinds ?? []);
  }
  return [...newest.values()].flat();
}

/** Colours by how much a change takes away. */
const COLORS: Readonly<Record<ChangeKind, string>> = {
  create: '1a7f37',
  update: 'bf8700',
  replace: 'bc4c00',
  delete: 'cf222e',
  test: '0969da',
  cutover: '8250df',
  finalize: 'cf222e',
  revert: 'bc4c00',
};

/** Lets the request have the labels of these kinds, and none of the other kinds. Other labels are left alone. */
async function setLabels(
  name: CommentDestination['platform'],
  platform: Platform,
  kinds: readonly ChangeKind[],
): Promise<Pick<CommentOutcome, 'labels' | 'warnings'>> {
  const all = CHANGE_KINDS.map((kind) => ({
    kind,
    name: `landfall:${kind}`,
    color: COLORS[kind],
    description: `The plan of landfall has changes of this kind: ${kind}`,
  }));
  const wanted = all.filter(({ kind }) => kinds.includes(kind));
  try {
    const there = await platform.labels();
    const add = wanted.filter((label) => !there.includes(label.name));
    const remove = all.filter((label) => !wanted.includes(label) && there.includes(label.name));
    if (add.length + remove.length > 0)
      await platform.changeLabels(
        add,
        remove.map((label) => label.name),
      );
    return { labels: wanted.map((label) => label.name), warnings: [] };
  } catch (error) {
    if (!(error instanceof PlatformCallError)) throw error;
    const more = error.code === 'PLATFORM_REFUSED' ? PLATFORMS[name].labelPermission : (error.remedy ?? '');
    return { warnings: [`the labels are not up to date: ${error.message}; ${more}`] };
  }
}

function isOwnComment({ body, isOwn }: Comment, marker: string): boolean {
  return isOwn !== false && body.split(/\r\n|\r|\n/, 1)[0]?.trimEnd() === marker;
}

/** Compares texts without line ends and trailing space, which platforms change. */
function isSameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n?/g, '\n').trimEnd();
  return plain(a) === plain(b);
}
