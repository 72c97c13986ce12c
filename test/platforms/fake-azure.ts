import { Fake, type Reply, type Seen, TOKEN } from './fake.ts';

interface AzureComment {
  id: number;
  parentCommentId: number;
  author: { id: string; displayName: string };
  content: string;
  commentType: 'text' | 'system';
  isDeleted?: boolean;
}

export interface AzureThread {
  id: number;
  status?: number;
  comments: AzureComment[];
  isDeleted: boolean;
  threadContext: { filePath: string } | null;
}

export const BUILD_SERVICE = '11111111-aaaa-bbbb-cccc-000000000001';
export const REPOSITORY = '3411ebc1-d5aa-464f-9615-0b527bc66719';
const REQUEST = `/ucop/_apis/git/repositories/${REPOSITORY}/pullRequests/7`;

/**
 * Azure DevOps as the build service sees it (learn.microsoft.com, REST 7.1: pull request threads, thread comments, labels):
 * all threads in one answer, events among them, each thread with comments that their author alone edits.
 */
export class FakeAzure extends Fake {
  threads: AzureThread[] = [];
  mayReadUser = true;
  labels = ['bug'];
  mayLabel = true;
  /** What a token that is not accepted gets: 401, or a page for signing in. */
  refusal: 401 | 203 = 401;

  add(content: string, author = BUILD_SERVICE, more: Partial<AzureThread> = {}): AzureThread {
    const comment = {
      id: 1,
      parentCommentId: 0,
      author: { id: author, displayName: 'x' },
      content,
      commentType: 'text' as const,
    };
    const id = 148 + this.threads.length;
    const thread = { id, comments: [comment], isDeleted: false, threadContext: null, ...more };
    this.threads.push(thread);
    return thread;
  }

  /** What a thread has for people to see. */
  get bodies(): string[] {
    return this.threads.filter(isOfPeople).map(({ comments }) => comments[0]?.content.trimEnd() ?? '');
  }

  protected answer(seen: Seen): Reply {
    const { method, path, query, token, body } = seen;
    if (token !== TOKEN)
      return this.refusal === 401
        ? { status: 401, data: { message: 'TF400813: The user is not authorized' } }
        : { status: 203, headers: { 'content-type': 'text/html' }, data: '<html>Sign In</html>' };
    if (path === '/ucop/_apis/connectionData')
      return this.mayReadUser
        ? { status: 200, data: { authenticatedUser: { id: BUILD_SERVICE } } }
        : { status: 403, data: { message: 'denied' } };
    if (query.get('api-version') !== '7.1') return { status: 400, data: { message: 'no api-version' } };
    if (path === `/ucop/_apis/git/repositories/${REPOSITORY}`)
      return { status: 200, data: { webUrl: 'https://dev.azure.com/ucop/dc/_git/waves' } };
    if (!path.startsWith(REQUEST))
      return {
        status: 404,
        data: {
          message: 'TF401180: The requested pull request was not found.',
          typeKey: 'GitPullRequestNotFoundException',
        },
      };
    const [kind, id, , comment] = path.slice(REQUEST.length + 1).split('/');
    if (kind === 'labels') return this.#label(method, id, body);
    if (id === undefined && method === 'GET')
      return { status: 200, data: { value: this.threads, count: this.threads.length } };
    if (id === undefined) {
      const [first] = body['comments'] as AzureComment[];
      const refused = refusedContent(first?.content ?? '');
      return (
        refused ?? {
          status: 200,
          data: this.add(first?.content ?? '', undefined, { status: body['status'] as number }),
        }
      );
    }
    const thread = this.threads.find((one) => String(one.id) === id);
    if (method !== 'PATCH' || thread === undefined) return { status: 404, data: { message: 'no thread' } };
    if (comment === undefined) {
      thread.status = body['status'] as number;
      return { status: 200, data: thread };
    }
    return this.#edit(thread, comment, String(body['content']));
  }

  #edit(thread: AzureThread, id: string, content: string): Reply {
    const comment = thread.comments.find((one) => String(one.id) === id);
    if (comment === undefined) return { status: 404, data: { message: 'no comment' } };
    if (comment.author.id !== BUILD_SERVICE) return { status: 403, data: { message: 'not the author' } };
    const refused = refusedContent(content);
    if (refused !== undefined) return refused;
    comment.content = content;
    return { status: 200, data: comment };
  }

  /** A label is removed by its id: a colon in a path is refused by IIS. */
  #label(method: string, id: string | undefined, body: Seen['body']): Reply {
    const idOf = (name: string): string => `label-${name.replaceAll(':', '-')}`;
    if (method === 'GET') {
      const value = this.labels.map((name) => ({ id: idOf(name), name, active: true }));
      return { status: 200, data: { value, count: value.length } };
    }
    if (!this.mayLabel) return { status: 403, data: { message: 'TF401027: You need PullRequestContribute' } };
    if (method === 'DELETE') {
      if (!this.labels.some((name) => idOf(name) === id))
        return { status: 404, data: { message: 'no label' } };
      this.labels = this.labels.filter((name) => idOf(name) !== id);
      return { status: 200 };
    }
    const name = String(body['name']);
    this.labels = [...new Set([...this.labels, name])];
    return { status: 200, data: { id: idOf(name), name } };
  }
}

function isOfPeople({ threadContext, isDeleted, comments }: AzureThread): boolean {
  return !isDeleted && threadContext === null && comments[0]?.commentType === 'text';
}

function refusedContent(content: string): Reply | undefined {
  if (content.length <= 150_000) return undefined;
  const message =
    'A discussion comment cannot be longer than 150000 characters.\r\nParameter name: comment.Content';
  return { status: 400, data: { message, typeKey: 'ArgumentException' } };
}
