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

const MAX_NOTE_LENGTH = 1_000_000;

/**
 * Accesses the notes and labels of a merge request on GitLab. GitLab cannot hide notes: an outdated note is collapsed under a line
 * that says so, and loses its marker, so that it is never edited as the current one.
 * @param project its path, or its number as text
 */
export function gitlab(api: Api, project: string, number: number): Platform {
  const request = `/projects/${encodeURIComponent(project)}/merge_requests/${number}`;
  const whoami = once(() => tokenUserId(api));
  const pageUrl = once(() => mergeRequestUrl(api, request));

  async function toComment(data: unknown): Promise<Comment> {
    const author = idOf(field(field(data, 'author'), 'id'));
    const me = await whoami();
    const url = await pageUrl();
    const id = idOf(field(data, 'id'));
    if (id === '') throw api.unexpectedAnswer();
    return {
      id,
      body: textOf(field(data, 'body')),
      url: url === '' ? '' : `${url}#note_${id}`,
      isOwn: me === undefined ? undefined : author === me,
    };
  }

  const edit = ({ id }: Comment, body: string): Promise<Comment | undefined> =>
    unlessRefused(async () =>
      toComment(await api.call('PUT', `${request}/notes/${encodeURIComponent(id)}`, { body })),
    );

  return {
    maxLength: MAX_NOTE_LENGTH,
    async list() {
      const items = await api.pages(`${request}/notes?per_page=100&sort=asc&order_by=created_at`);
      return Promise.all(items.filter((item) => field(item, 'system') !== true).map(toComment));
    },
    async create(body) {
      return toComment(await api.callOnce('POST', `${request}/notes`, { body }));
    },
    update: edit,
    async hide(comments) {
      const kept: Comment[] = [];
      for (const comment of comments) {
        if ((await edit(comment, collapseOutdated(comment.body))) === undefined) kept.push(comment);
      }
      return kept;
    },
    async labels() {
      return labelsIn(await api.call('GET', request));
    },
    async changeLabels(add, remove) {
      const names = add.map(({ name }) => name);
      // Creates labels that the project does not have (API: update a merge request).
      const body = { add_labels: names.join(','), remove_labels: remove.join(',') };
      const now = labelsIn(await api.call('PUT', request, body));
      // Without the role for it, GitLab may change nothing and answer with 200.
      if (names.some((name) => !now.includes(name)) || remove.some((name) => now.includes(name)))
        throw new PlatformCallError('PLATFORM_REFUSED', 'GitLab left the labels as they were');
    },
  };
}

function labelsIn(mergeRequest: unknown): readonly string[] {
  return listOf(field(mergeRequest, 'labels')).map(textOf);
}

/** Collapses an outdated comment, and removes its first line, which is the marker. */
function collapseOutdated(body: string): string {
  const old = body.slice(body.indexOf('\n') + 1).trim();
  const text = `<details><summary>Outdated: there is a newer comment below</summary>\n\n${old}\n\n</details>\n`;
  return text.length <= MAX_NOTE_LENGTH ? text : '_Outdated: there is a newer comment below._\n';
}

/** Returns the user's id; nothing for a token that may comment and may not read its user. */
async function tokenUserId(api: Api): Promise<string | undefined> {
  const user = await unlessRefused(() => api.call('GET', '/user'));
  return idOf(field(user, 'id')) || undefined;
}

/** Reads the address of the merge request's page; empty if GitLab does not give it. */
async function mergeRequestUrl(api: Api, request: string): Promise<string> {
  return textOf(field(await api.call('GET', request), 'web_url'));
}
