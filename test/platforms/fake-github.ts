import { Fake, type Reply, type Seen, TOKEN } from './fake.ts';

export interface GitHubComment {
  id: number;
  body: string;
  user: { login: string; type: 'User' | 'Bot' };
  minimized?: boolean;
}

export const BOT = { login: 'github-actions[bot]', type: 'Bot' } as const;
export const HUMAN = { login: 'mallory', type: 'User' } as const;

/**
 * GitHub as a pipeline's own token sees it (docs.github.com, REST: issue comments): pages by Link, people's comments
 * can be edited by nobody else, REST's /user is closed, GraphQL tells the viewer and hides comments.
 */
export class FakeGitHub extends Fake {
  comments: GitHubComment[] = [];
  /** What GraphQL says of who asks; undefined: it is closed to the token. */
  viewer: string | undefined = 'github-actions[bot]';
  /** Ids of comments that the token may not edit. */
  readonly locked = new Set<number>();
  mayHide = true;

  add(body: string, user: GitHubComment['user'] = BOT): GitHubComment {
    const comment = { id: 1000 + this.comments.length, body, user };
    this.comments.push(comment);
    return comment;
  }

  protected answer({ method, path, query, token, body }: Seen): Reply {
    if (token !== TOKEN) return { status: 401, data: { message: `Bad credentials: ${token}` } };
    if (path === '/graphql') return this.#graphql(String(body['query']), body['variables']);
    if (path === '/repos/ucop/waves/issues/7/comments' && method === 'GET') return this.#page(query);
    if (path === '/repos/ucop/waves/issues/7/comments' && method === 'POST') {
      const text = String(body['body']);
      if (text.length > 65_536) return { status: 422, data: { message: 'Body is too long' } };
      return { status: 201, data: this.#show(this.add(text.trimEnd())) };
    }
    const id = Number(/^\/repos\/ucop\/waves\/issues\/comments\/(\d+)$/.exec(path)?.[1]);
    const comment = this.comments.find((one) => one.id === id);
    if (method !== 'PATCH' || comment === undefined) return { status: 404, data: { message: 'Not Found' } };
    if (this.locked.has(id)) return { status: 403, data: { message: `Forbidden to ${token}` } };
    comment.body = String(body['body']).replaceAll('\n', '\r\n');
    return { status: 200, data: this.#show(comment) };
  }

  #page(query: URLSearchParams): Reply {
    const size = Math.min(Number(query.get('per_page') ?? 30), 100);
    const page = Number(query.get('page') ?? 1);
    const data = this.comments.slice((page - 1) * size, page * size).map((one) => this.#show(one));
    const next = `${this.origin}/repos/ucop/waves/issues/7/comments?per_page=${size}&page=${page + 1}`;
    const link = `<${next}>; rel="next", <${this.origin}/last>; rel="last"`;
    return { status: 200, data, headers: page * size < this.comments.length ? { link } : {} };
  }

  #graphql(query: string, variables: unknown): Reply {
    const refuse = (message: string): Reply => ({
      status: 200,
      data: { data: null, errors: [{ type: 'FORBIDDEN', message }] },
    });
    if (query.includes('viewer')) {
      return this.viewer === undefined
        ? refuse('Resource not accessible by integration')
        : { status: 200, data: { data: { viewer: { login: this.viewer } } } };
    }
    const { ids, id } = variables as { ids?: string[]; id?: string };
    const find = (node: string | undefined): GitHubComment | undefined =>
      this.comments.find((one) => node === `IC_${one.id}`);
    if (ids !== undefined) {
      const nodes = ids.map((node) => ({ id: node, isMinimized: find(node)?.minimized ?? false }));
      return { status: 200, data: { data: { nodes } } };
    }
    const comment = find(id);
    if (!this.mayHide || comment === undefined || !query.includes('classifier: OUTDATED')) {
      return refuse('Could not resolve to a node');
    }
    comment.minimized = true;
    return { status: 200, data: { data: { minimizeComment: { minimizedComment: { isMinimized: true } } } } };
  }

  #show({ id, body, user }: GitHubComment): object {
    const html_url = `https://github.com/ucop/waves/pull/7#issuecomment-${id}`;
    return { id, node_id: `IC_${id}`, body, user, html_url };
  }
}
