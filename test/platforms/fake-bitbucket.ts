import { Fake, type Reply, type Seen, TOKEN } from './fake.ts';

export interface BitbucketComment {
  id: number;
  content: { raw: string };
  user: { uuid: string };
  deleted: boolean;
  inline?: { path: string };
  parent?: { id: number };
  resolution?: object;
  links: { html: { href: string } };
}

export const OWN_UUID = '{0e3a1c1c-5c1f-4a0f-9d3e-1b5c0f0e7a11}';
const COMMENTS = '/2.0/repositories/ucop/waves/pullrequests/7/comments';

/**
 * Bitbucket Cloud as a user's token sees it (developer.atlassian.com, REST 2.0: pull request comments): pages by the address
 * in `next`, deleted comments, replies and comments on lines among the others; a comment is edited by its author alone.
 */
export class FakeBitbucket extends Fake {
  comments: BitbucketComment[] = [];
  mayReadUser = true;

  add(raw: string, uuid = OWN_UUID, more: Partial<BitbucketComment> = {}): BitbucketComment {
    const id = 900 + this.comments.length;
    const href = `https://bitbucket.org/ucop/waves/pull-requests/7/_/diff#comment-${id}`;
    const comment = {
      id,
      content: { raw },
      user: { uuid },
      deleted: false,
      links: { html: { href } },
      ...more,
    };
    this.comments.push(comment);
    return comment;
  }

  protected answer({ method, path, query, token, body }: Seen): Reply {
    if (token !== TOKEN)
      return refusal(401, 'Token is invalid, expired, or not supported for this endpoint.');
    if (path === '/2.0/user')
      return this.mayReadUser
        ? { status: 200, data: { uuid: OWN_UUID } }
        : refusal(403, 'Your credentials lack one or more required privilege scopes.');
    if (!path.startsWith(COMMENTS)) return refusal(404, 'Resource not found');
    if (path === COMMENTS && method === 'GET') return this.#page(query);
    const raw = (body['content'] as { raw?: string } | undefined)?.raw ?? '';
    if (raw.length > 32_768) return refusal(400, 'content: too long');
    if (path === COMMENTS && method === 'POST') return { status: 201, data: this.add(raw) };
    const [id, action] = path.slice(COMMENTS.length + 1).split('/');
    const comment = this.comments.find((one) => String(one.id) === id && !one.deleted);
    if (comment === undefined) return refusal(404, 'Comment not found');
    if (action === 'resolve' && method === 'POST') {
      if (comment.resolution !== undefined) return refusal(409, 'The comment is already resolved');
      comment.resolution = {};
      return { status: 200, data: { type: 'comment_resolution' } };
    }
    if (method !== 'PUT') return refusal(404, 'Resource not found');
    if (comment.user.uuid !== OWN_UUID) return refusal(403, 'You are not the author of this comment');
    comment.content = { raw };
    return { status: 200, data: comment };
  }

  #page(query: URLSearchParams): Reply {
    const size = Math.min(Number(query.get('pagelen') ?? 10), 100);
    const page = Number(query.get('page') ?? 1);
    const more = page * size < this.comments.length;
    return {
      status: 200,
      data: {
        values: this.comments.slice((page - 1) * size, page * size),
        page,
        pagelen: size,
        ...(more && { next: `${this.origin}${COMMENTS}?pagelen=${size}&page=${page + 1}` }),
      },
    };
  }
}

function refusal(status: number, message: string): Reply {
  return { status, data: { type: 'error', error: { message } } };
}
