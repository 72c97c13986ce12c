import type { Api } from './api.ts';
import { type Comment, field, idOf, type Platform, PlatformCallError, textOf } from './platform.ts';

const MAX_NOTE_LENGTH = 1_000_000;

/**
 * The notes of a merge request on GitLab. GitLab hides no notes: an outdated one is folded up, under a line that says
 * so, and loses its marker, so that it is never taken for the one to edit.
 * @param project its path, or its number as text
 */
export function gitlab(api: Api, project: string, number: number): Platform {
  const request = `/projects/${encodeURIComponent(project)}/merge_requests/${number}`;
  let user: Promise<string | undefined> | undefined;
  let page: Promise<string> | undefined;

  async function toComment(data: unknown): Promise<Comment> {
    const author = idOf(field(field(data, 'author'), 'id'));
    const me = await (user ??= tokenUserId(api));
    const url = await (page ??= mergeRequestUrl(api, request));
    const id = idOf(field(data, 'id'));
    if (id === '') throw api.unexpectedAnswer();
    return {
      id,
      body: textOf(field(data, 'body')),
      url: url === '' ? '' : `${url}#note_${id}`,
      isOwn: me === undefined ? undefined : author === me,
    };
  }

  async function edit({ id }: Comment, body: string): Promise<Comment | undefined> {
    try {
      return await toComment(await api.call('PUT', `${request}/notes/${encodeURIComponent(id)}`, { body }));
    } catch (error) {
      if (
        error instanceof PlatformCallError &&
        !error.isTransient &&
        (error.status === 403 || error.status === 404)
      ) {
        return undefined;
      }
      throw error;
    }
  }

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
  };
}

/** An old plan, folded up; without its first line, which is the marker. */
function collapseOutdated(body: string): string {
  const old = body.slice(body.indexOf('\n') + 1).trim();
  const text = `<details><summary>Outdated: there is a newer comment below</summary>\n\n${old}\n\n</details>\n`;
  return text.length <= MAX_NOTE_LENGTH ? text : '_Outdated: there is a newer comment below._\n';
}

async function tokenUserId(api: Api): Promise<string | undefined> {
  try {
    return idOf(field(await api.call('GET', '/user'), 'id')) || undefined;
  } catch (error) {
    // A token that may not read its user can comment all the same.
    if (error instanceof PlatformCallError && (error.status === 403 || error.status === 404))
      return undefined;
    throw error;
  }
}

/** The address of the merge request's page; empty where GitLab does not say. */
async function mergeRequestUrl(api: Api, request: string): Promise<string> {
  return textOf(field(await api.call('GET', request), 'web_url'));
}
