import type { Api } from './api.ts';
import {
  type Comment,
  field,
  idOf,
  listOf,
  once,
  type Platform,
  PlatformCallError,
  textOf,
  unlessRefused,
} from './platform.ts';

interface AzureComment extends Comment {
  /** The id of the first comment in its thread; `id` is that of the thread. */
  readonly first: string;
}

/** Not documented; a longer one is refused with "A discussion comment cannot be longer than 150000 characters". */
const MAX_COMMENT_LENGTH = 150_000;
/** A value of CommentThreadStatus (REST 7.1, pull request threads). */
const CLOSED = 4;
/** A value of CommentType. */
const TEXT = 1;
const VERSION = 'api-version=7.1';

/**
 * Accesses the threads and labels of a pull request on Azure DevOps (REST 7.1: pull request threads, thread comments,
 * labels). A comment is the first one of a thread without a place in a file. Threads are made as closed: a policy that asks
 * for all comments to be resolved must not hold up a merge because of a plan. Azure DevOps cannot hide comments: an outdated
 * one is collapsed under a line that says so, loses its marker, and its thread is closed.
 * @param repository `project/repository`, or the id of a repository
 */
export function azure(api: Api, repository: string, number: number): Platform {
  const parts = repository.split('/').map(encodeURIComponent);
  const name = parts.pop() ?? '';
  const repositoryPath = `${parts.map((project) => `/${project}`).join('')}/_apis/git/repositories/${name}`;
  const request = `${repositoryPath}/pullRequests/${number}`;
  const whoami = once(() => tokenUserId(api));
  const pageUrl = once(async () => {
    const url = textOf(
      field(await unlessRefused(() => api.call('GET', `${repositoryPath}?${VERSION}`)), 'webUrl'),
    );
    return url === '' ? '' : `${url}/pullrequest/${number}`;
  });
  /** Ids of labels by their names in lower case: a name with a colon cannot be a part of a path. */
  const labelIds = new Map<string, string>();

  async function toComment(thread: unknown, comment: unknown): Promise<AzureComment> {
    const author = idOf(field(field(comment, 'author'), 'id'));
    const me = await whoami();
    const url = await pageUrl();
    const [id, first] = [idOf(field(thread, 'id')), idOf(field(comment, 'id'))];
    if (id === '' || first === '') throw api.unexpectedAnswer();
    return {
      id,
      first,
      body: textOf(field(comment, 'content')),
      url: url === '' ? '' : `${url}?discussionId=${encodeURIComponent(id)}`,
      isOwn: me === undefined ? undefined : author === me,
    };
  }

  const edit = ({ id, first }: AzureComment, content: string): Promise<AzureComment | undefined> =>
    unlessRefused(async () => {
      const path = `${request}/threads/${encodeURIComponent(id)}/comments/${encodeURIComponent(first)}?${VERSION}`;
      return toComment({ id }, await api.call('PATCH', path, { content }));
    });

  return {
    maxLength: MAX_COMMENT_LENGTH,
    async list() {
      const threads = await api.pages(`${request}/threads?${VERSION}`, 'value');
      const found = threads.flatMap((thread) => {
        const comment = firstComment(thread);
        return comment === undefined ? [] : [{ thread, comment }];
      });
      // The order of threads is not documented; their ids grow.
      const inOrder = found.toSorted((a, b) => threadId(a.thread) - threadId(b.thread));
      return Promise.all(inOrder.map(({ thread, comment }) => toComment(thread, comment)));
    },
    async create(content) {
      const thread = await api.callOnce('POST', `${request}/threads?${VERSION}`, {
        comments: [{ parentCommentId: 0, content, commentType: TEXT }],
        status: CLOSED,
      });
      return toComment(thread, firstComment(thread));
    },
    update: (comment, body) => edit(comment as AzureComment, body),
    async hide(comments) {
      const kept: Comment[] = [];
      for (const comment of comments) {
        const edited = await edit(comment as AzureComment, collapseOutdated(comment.body));
        const path = `${request}/threads/${encodeURIComponent(comment.id)}?${VERSION}`;
        if (edited === undefined) kept.push(comment);
        else await unlessRefused(() => api.call('PATCH', path, { status: CLOSED }));
      }
      return kept;
    },
    async labels() {
      const items = await api.pages(`${request}/labels?${VERSION}`, 'value');
      for (const item of items)
        labelIds.set(textOf(field(item, 'name')).toLowerCase(), idOf(field(item, 'id')));
      return [...labelIds.keys()];
    },
    async changeLabels(add, remove) {
      for (const label of add) await api.call('POST', `${request}/labels?${VERSION}`, { name: label.name });
      for (const label of remove) {
        const id = labelIds.get(label) ?? '';
        await unlessRefused(
          () => api.call('DELETE', `${request}/labels/${encodeURIComponent(id)}?${VERSION}`),
          [404],
        );
      }
    },
  };
}

/** Returns the first comment of a thread; nothing for what a review says of a file, for events, and for deleted ones. */
function firstComment(thread: unknown): unknown {
  const context = field(thread, 'threadContext');
  if (field(thread, 'isDeleted') === true || (context !== undefined && context !== null)) return undefined;
  const [first] = listOf(field(thread, 'comments'));
  return field(first, 'isDeleted') === true || field(first, 'commentType') === 'system' ? undefined : first;
}

function threadId(thread: unknown): number {
  return Number(idOf(field(thread, 'id')));
}

/** Collapses an outdated comment, and removes its first line, which is the marker. */
function collapseOutdated(body: string): string {
  const old = body.slice(body.indexOf('\n') + 1).trim();
  const text = `<details><summary>Outdated: there is a newer comment</summary>\n\n${old}\n\n</details>\n`;
  return text.length <= MAX_COMMENT_LENGTH ? text : '_Outdated: there is a newer comment._\n';
}

/** Returns the id of the token's user; nothing for a token that may comment and may not read its user. */
async function tokenUserId(api: Api): Promise<string | undefined> {
  try {
    const data = await api.call('GET', '/_apis/connectionData');
    return idOf(field(field(data, 'authenticatedUser'), 'id')) || undefined;
  } catch (error) {
    if (error instanceof PlatformCallError && !error.isTransient && error.status !== undefined)
      return undefined;
    throw error;
  }
}
