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
  /** Labels of the repository, and those of the pull request. */
  repositoryLabels = ['bug'];
  labels = ['bug'];
  /** Whether the token has pull-requests: write, and issues: write, without which no label can be created. */
  mayLabel = true;
  mayCreateLabels = true;

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
    if (/^\/repos\/ucop\/waves\/(issues\/7\/)?labels(\/|$)/.test(path))
      return this.#label(method, path, body);
    const id = Number(/^\/repos\/ucop\/waves\/issues\/comments\/(\d+)$/.exec(path)?.[1]);
    const comment = this.comments.find((one) => one.id === id);
    if (method !== 'PATCH' || comment === undefined) return { status: 404, data: { message: 'Not Found' } };
    if (this.locked.has(id)) return { status: 403, data: { message: `Forbidden to ${token}` } };
    comment.body = String(body['body']).replaceAll('\n', '\r\n');
    return { status: 200, data: this.#show(comment) };
  }

  /** Labels, whose names have no case (REST: labels). */
  #label(method: string, path: string, body: Record<string, unknown>): Reply {
    const has = (list: readonly string[], name: string): boolean =>
      list.some((one) => one.toLowerCase() === name.toLowerCase());
    const refused = { status: 403, data: { message: 'Resource not accessible by integration' } };
    const [, ofIssue, encoded] = /^\/repos\/ucop\/waves\/(issues\/7\/)?labels\/?(.*)$/.exec(path) ?? [];
    const name = decodeURIComponent(encoded ?? '');
    if (ofIssue === undefined && method === 'GET')
      return has(this.repositoryLabels, name) ? { status: 200, data: { name } } : { status: 404, data: {} };
    if (ofIssue === undefined) {
      if (!this.mayCreateLabels) return refused;
      const { name: added, color } = body as { name: string; color: string };
      if (has(this.repositoryLabels, added) || !/^[0-9a-f]{6}$/.test(color))
        return { status: 422, data: { message: 'Validation Failed' } };
      this.repositoryLabels.push(added);
      return { status: 201, data: body };
    }
    if (method === 'GET') return { status: 200, data: this.labels.map((one) => ({ name: one })) };
    if (!this.mayLabel) return refused;
    if (method === 'DELETE') {
      if (!has(this.labels, name)) return { status: 404, data: { message: 'Label does not exist' } };
      this.labels = this.labels.filter((one) => one.toLowerCase() !== name.toLowerCase());
    } else {
      const added = (body as { labels: string[] }).labels;
      this.labels.push(...added.filter((one) => !has(this.labels, one)));
    }
    return { status: 200, data: this.labels.map((one) => ({ name: one })) };
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
