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

interface GitHubComment extends Comment {
  /** The id in GraphQL, the only API that can hide comments. */
  readonly nodeId: string;
}

/** The number of nodes that one GraphQL query may name. */
const NODES_PER_QUERY = 100;

/**
 * Accesses the comments and labels of a pull request on GitHub (REST: issue comments, labels; GraphQL: minimizeComment).
 * @param repository `owner/name`
 * @param graphql the address of the GraphQL API
 */
export function github(api: Api, repository: string, number: number, graphql: string): Platform {
  const whoami = once(() => tokenUser(api, graphql));
  const issue = `/repos/${repository}/issues/${number}`;

  async function toComment(data: unknown): Promise<GitHubComment> {
    const author = textOf(field(field(data, 'user'), 'login'));
    const isBot = field(field(data, 'user'), 'type') === 'Bot';
    const me = await whoami();
    const id = idOf(field(data, 'id'));
    if (id === '') throw api.unexpectedAnswer();
    return {
      id,
      nodeId: textOf(field(data, 'node_id')),
      body: textOf(field(data, 'body')),
      url: textOf(field(data, 'html_url')),
      isOwn: me === undefined ? undefined : isSameUser(author, isBot, me),
    };
  }
  const nodeOf = (comment: Comment): string => (comment as GitHubComment).nodeId;

  return {
    maxLength: 65_536,
    async list() {
      const items = await api.pages(`${issue}/comments?per_page=100`);
      return Promise.all(items.map(toComment));
    },
    async create(body) {
      return toComment(await api.callOnce('POST', `${issue}/comments`, { body }));
    },
    update: ({ id }, body) =>
      unlessRefused(async () =>
        toComment(
          await api.call('PATCH', `/repos/${repository}/issues/comments/${encodeURIComponent(id)}`, { body }),
        ),
      ),
    async hide(comments) {
      const isHidden = await hiddenNodes(api, graphql, comments.map(nodeOf));
      const kept: Comment[] = [];
      for (const comment of comments) {
        if (isHidden.has(nodeOf(comment))) continue;
        if (!(await minimize(api, graphql, nodeOf(comment)))) kept.push(comment);
      }
      return kept;
    },
    async labels() {
      const items = await api.pages(`${issue}/labels?per_page=100`);
      // GitHub does not distinguish case in names of labels.
      return items.map((item) => textOf(field(item, 'name')).toLowerCase());
    },
    async changeLabels(add, remove) {
      for (const { name, color, description } of add) {
        const there = await unlessRefused(
          () => api.call('GET', `/repos/${repository}/labels/${encodeURIComponent(name)}`),
          [404],
        );
        if (there !== undefined) continue;
        // 422: another run has created it since, or this one before the reply was lost.
        const label = { name, color, description };
        await unlessRefused(() => api.call('POST', `/repos/${repository}/labels`, label), [422]);
      }
      const names = add.map(({ name }) => name);
      if (names.length > 0) await api.call('POST', `${issue}/labels`, { labels: names });
      for (const name of remove)
        await unlessRefused(() => api.call('DELETE', `${issue}/labels/${encodeURIComponent(name)}`), [404]);
    },
  };
}

/** Compares users: GraphQL calls the bot of an app `app`, REST `app[bot]`. */
function isSameUser(author: string, isBot: boolean, me: string): boolean {
  const plain = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, '');
  return isBot ? plain(author) === plain(me) : author.toLowerCase() === me.toLowerCase();
}

/** Finds the user of the token. A pipeline's own token cannot read REST's /user, but it can read GraphQL's viewer. */
async function tokenUser(api: Api, graphql: string): Promise<string | undefined> {
  try {
    const data = await queryGraphql(api, graphql, 'query { viewer { login } }', {});
    return textOf(field(field(data, 'viewer'), 'login')) || undefined;
  } catch (error) {
    // A token without access to GraphQL can still comment.
    if (error instanceof PlatformCallError && !error.isTransient && error.status !== 401) return undefined;
    throw error;
  }
}

/** Returns the nodes that are hidden already. */
async function hiddenNodes(
  api: Api,
  graphql: string,
  nodes: readonly string[],
): Promise<ReadonlySet<string>> {
  const hidden = new Set<string>();
  for (let start = 0; start < nodes.length; start += NODES_PER_QUERY) {
    const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { id isMinimized } } }';
    const data = await queryGraphql(api, graphql, query, {
      ids: nodes.slice(start, start + NODES_PER_QUERY),
    }).catch(ignoreRefusal);
    for (const node of listOf(field(data, 'nodes'))) {
      if (field(node, 'isMinimized') === true) hidden.add(idOf(field(node, 'id')));
    }
  }
  return hidden;
}

async function minimize(api: Api, graphql: string, id: string): Promise<boolean> {
  const mutation =
    'mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized } } }';
  const data = await queryGraphql(api, graphql, mutation, { id }).catch(ignoreRefusal);
  return field(field(field(data, 'minimizeComment'), 'minimizedComment'), 'isMinimized') === true;
}

/** Ignores a call that is not allowed or whose object is gone: the comment stays visible, which is not an error. */
function ignoreRefusal(error: unknown): undefined {
  if (error instanceof PlatformCallError && !error.isTransient) return undefined;
  throw error;
}

/** Sends a query, and throws its first error: GraphQL answers errors with status 200. */
function queryGraphql(api: Api, graphql: string, query: string, variables: object): Promise<unknown> {
  return api.retry(async () => {
    const answer = await api.callOnce('POST', graphql, { query, variables });
    const [error] = listOf(field(answer, 'errors'));
    if (error === undefined) return field(answer, 'data');
    const reason = textOf(field(error, 'message')).slice(0, 500);
    const limited = field(error, 'type') === 'RATE_LIMITED';
    throw new PlatformCallError(
      limited ? 'THROTTLED' : 'PLATFORM_REFUSED',
      `GitHub refused a query (${reason})`,
      {
        isTransient: limited,
        ...(limited && { wait: 60_000 }),
      },
    );
  });
}
