import { Fake, type Reply, type Seen, TOKEN } from './fake.ts';

export interface GitLabNote {
  id: number;
  body: string;
  author: { id: number; username: string };
  system: boolean;
}

export const OWN_ID = 42;

/**
 * GitLab as a project access token sees it (docs.gitlab.com, API: notes): pages by x-next-page, system notes among
 * the others, a note can be edited by its author alone, and is hidden by nobody.
 */
export class FakeGitLab extends Fake {
  notes: GitLabNote[] = [];
  mayReadUser = true;
  labels = ['bug'];
  /** Without the role for it GitLab refuses labels, or leaves them as they are and says nothing. */
  mayLabel: true | 'refused' | 'ignored' = true;

  add(body: string, author = OWN_ID, system = false): GitLabNote {
    const note = { id: 500 + this.notes.length, body, author: { id: author, username: 'x' }, system };
    this.notes.push(note);
    return note;
  }

  protected answer({ method, path, query, token, body }: Seen): Reply {
    if (token !== TOKEN) return { status: 401, data: { message: '401 Unauthorized', token } };
    const request = '/api/v4/projects/ucop%2Fwaves/merge_requests/7';
    if (path === '/api/v4/user') {
      return this.mayReadUser
        ? { status: 200, data: { id: OWN_ID } }
        : { status: 403, data: { error: 'insufficient_scope' } };
    }
    if (path === request && method === 'PUT') {
      if (this.mayLabel === 'refused') return { status: 403, data: { message: '403 Forbidden' } };
      const names = (key: string): string[] => String(body[key]).split(',').filter(Boolean);
      const kept = this.labels.filter((name) => !names('remove_labels').includes(name));
      if (this.mayLabel === true) this.labels = [...new Set([...kept, ...names('add_labels')])];
    }
    if (path === request) {
      const web_url = 'https://gitlab.com/ucop/waves/-/merge_requests/7';
      return { status: 200, data: { web_url, labels: this.labels } };
    }
    if (path === `${request}/notes` && method === 'GET') return this.#page(query);
    const text = String(body['body']);
    if (text.length > 1_000_000) return { status: 400, data: { message: { note: ['is too long'] } } };
    if (path === `${request}/notes` && method === 'POST') return { status: 201, data: this.add(text.trim()) };
    const note = this.notes.find(({ id }) => path === `${request}/notes/${id}`);
    if (method !== 'PUT' || note === undefined) return { status: 404, data: { message: '404 Not found' } };
    if (note.author.id !== OWN_ID) return { status: 403, data: { message: '403 Forbidden' } };
    note.body = text.trim();
    return { status: 200, data: note };
  }

  #page(query: URLSearchParams): Reply {
    const size = Math.min(Number(query.get('per_page') ?? 20), 100);
    const page = Number(query.get('page') ?? 1);
    const more = page * size < this.notes.length;
    return {
      status: 200,
      data: this.notes.slice((page - 1) * size, page * size),
      headers: { 'x-next-page': more ? String(page + 1) : '' },
    };
  }
}
