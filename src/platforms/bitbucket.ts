import type { Api } from './api.ts';
import {
  type Comment,
  field,
  idOf,
  once,
  type Platform,
  PlatformCallError,
  textOf,
  unlessRefused,
} from './platform.ts';

const MAX_COMMENT_LENGTH = 32_768;
/** Characters that the hidden lines at the top have more in Bitbucket's form. */
const HIDDEN_LINES_LENGTH = 8;

/**
 * Accesses the comments of a pull request on Bitbucket Cloud (REST 2.0: pull requests, comments). Bitbucket escapes all HTML:
 * folds become headings, and the hidden lines at the top are link definitions, which it does not show. It has no labels on
 * pull requests. It cannot hide comments: an outdated one gets a first line that says so instead of its marker, and its
 * thread is resolved, which collapses it.
 * @param repository `workspace/repository`
 */
export function bitbucket(api: Api, repository: string, number: number): Platform {
  const request = `/repositories/${repository}/pullrequests/${number}/comments`;
  const whoami = once(async () => {
    // An access token of a repository has no user that it could read.
    const user = await unlessRefused(() => api.call('GET', '/user'), [401, 403, 404]);
    return textOf(field(user, 'uuid')) || undefined;
  });

  async function toComment(data: unknown): Promise<Comment> {
    const author = textOf(field(field(data, 'user'), 'uuid'));
    const me = await whoami();
    const id = idOf(field(data, 'id'));
    if (id === '') throw api.unexpectedAnswer();
    return {
      id,
      body: showLines(textOf(field(field(data, 'content'), 'raw'))),
      url: textOf(field(field(field(data, 'links'), 'html'), 'href')),
      isOwn: me === undefined ? undefined : author === me,
    };
  }

  const edit = ({ id }: Comment, body: string): Promise<Comment | undefined> =>
    unlessRefused(async () =>
      toComment(
        await api.call('PUT', `${request}/${encodeURIComponent(id)}`, { content: { raw: hideLines(body) } }),
      ),
    );

  return {
    maxLength: MAX_COMMENT_LENGTH - HIDDEN_LINES_LENGTH,
    adapt: withoutHtml,
    async list() {
      const items = await api.pages(`${request}?pagelen=100`, 'values');
      const oldestFirst = items
        .filter((item) => field(item, 'deleted') !== true && isOnRequest(item))
        .toSorted((a, b) => Number(idOf(field(a, 'id'))) - Number(idOf(field(b, 'id'))));
      return Promise.all(oldestFirst.map(toComment));
    },
    async create(body) {
      return toComment(await api.callOnce('POST', request, { content: { raw: hideLines(body) } }));
    },
    update: edit,
    async hide(comments) {
      const kept: Comment[] = [];
      for (const comment of comments) {
        const edited = await edit(comment, markOutdated(comment.body));
        if (edited === undefined) kept.push(comment);
        // 409: it is resolved already.
        else
          await unlessRefused(
            () => api.call('POST', `${request}/${encodeURIComponent(comment.id)}/resolve`),
            [400, 403, 404, 409],
          );
      }
      return kept;
    },
    labels: () => Promise.reject(noLabelsError()),
    changeLabels: () => Promise.reject(noLabelsError()),
  };
}

function noLabelsError(): PlatformCallError {
  return new PlatformCallError('PLATFORM_REFUSED', 'Bitbucket has no labels on pull requests');
}

/** Whether a comment is on the whole pull request: no reply, and not on a line of a file. */
function isOnRequest(item: unknown): boolean {
  return ['parent', 'inline'].every((name) => (field(item, name) ?? undefined) === undefined);
}

/** Writes the hidden lines at the top of a comment as link definitions, with the blank line that Bitbucket needs below them. */
function hideLines(body: string): string {
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !HIDDEN.test(line));
  if (end < 1) return body;
  const hidden = lines.slice(0, end).map((line) => line.replace(HIDDEN, '[//]: # ($1)'));
  return [...hidden, '', ...lines.slice(end)].join('\n');
}

const HIDDEN = /^<!-- (landfall[^()]*) -->$/;
const DEFINITION = /^\[\/\/\]: # \((landfall[^()]*)\)\s*$/;

/** Undoes `hideLines`. */
function showLines(raw: string): string {
  const lines = raw.split(/\r\n|\r|\n/);
  const end = lines.findIndex((line) => !DEFINITION.test(line));
  const hidden = lines.slice(0, end === -1 ? lines.length : end);
  const rest = lines.slice(hidden.length);
  const below = hidden.length > 0 && rest[0]?.trim() === '' ? rest.slice(1) : rest;
  return [...hidden.map((line) => line.replace(DEFINITION, '<!-- $1 -->')), ...below].join('\n');
}

/** Replaces the marker, which is the first line, by a line for people. */
function markOutdated(body: string): string {
  const old = body.slice(body.indexOf('\n') + 1).replace(/^<!-- .* -->\n/, '');
  const text = `_Outdated: there is a newer comment._\n\n${old.trim()}\n`;
  return text.length <= MAX_COMMENT_LENGTH ? text : '_Outdated: there is a newer comment._\n';
}

/**
 * Rewrites the Markdown of our renderers for Bitbucket, which escapes HTML and wants lists within lists by four spaces:
 * folds become headings with their content below. Lines of fenced blocks stay as they are.
 */
function withoutHtml(body: string): string {
  let fence: string | undefined;
  const lines = body.split('\n').flatMap((line) => {
    const mark = /^`{3,}/.exec(line)?.[0];
    if (fence !== undefined) {
      if (line.trimEnd() === fence) fence = undefined;
      return [line];
    }
    if (mark !== undefined) {
      fence = mark;
      return [line];
    }
    const summary = /^<details><summary>(.*)<\/summary>$/.exec(line)?.[1];
    if (summary !== undefined) return [`#### ${inlineMarkdown(summary)}`];
    return line === '</details>' ? [] : [line.replace(/^ {2}(?=- )/, '    ')];
  });
  return lines.join('\n').replace(/\n+$/, '\n');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Rewrites the HTML of a fold's summary, which has only `<b>` and `<code>`. */
function inlineMarkdown(html: string): string {
  return html
    .split(/(<code>.*?<\/code>)/)
    .map((part) => {
      const escaped = /^<code>(.*)<\/code>$/.exec(part)?.[1];
      if (escaped === undefined) return part.replace(/<\/?b>/g, '**');
      const text = escaped.replace(
        /&(amp|lt|gt|quot|#39);/g,
        (whole, name: string) => ENTITIES[name] ?? whole,
      );
      // A fence that is longer than each run of backticks within.
      const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
      const marks = '`'.repeat(longest + 1);
      const pad = longest > 0 ? ' ' : '';
      return marks + pad + text + pad + marks;
    })
    .join('');
}
