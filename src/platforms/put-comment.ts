import type { Api } from './api.ts';
import type { Comment, Platform } from './platform.ts';

export type Mode = 'update' | 'new';

/** What became of a comment. */
export interface Put {
  readonly action: 'created' | 'updated' | 'unchanged';
  readonly comment: Comment;
  readonly hidden: readonly Comment[];
  readonly notHidden: readonly Comment[];
}

/**
 * Puts a comment on a pull or merge request. `update` edits the newest of its own; `new` adds one and hides those
 * before it. Its own are those whose first line is the marker, and which the token's user wrote as far as one can
 * tell: a comment that only quotes the marker stays as it is. What would be the same is not written.
 *
 * @param body begins with the marker's line
 */
export async function putComment(
  platform: Platform,
  api: Pick<Api, 'retry'>,
  marker: string,
  body: string,
  mode: Mode,
): Promise<Put> {
  const own = (await platform.list()).filter((comment) => isOurs(comment, marker)).toReversed();
  const [newest] = own;
  if (newest !== undefined && isSame(newest.body, body)) return nothingHidden('unchanged', newest);

  if (mode === 'update') {
    for (const comment of own) {
      const updated = await platform.update(comment, body);
      if (updated !== undefined) return nothingHidden('updated', updated);
    }
  }
  const before = new Set(own.map(({ id }) => id));
  const created = await api.retry(async (attempt) => {
    // The reply to the first try may be all that was lost.
    const there = attempt === 1 ? [] : await platform.list();
    const found = there.find(
      (comment) => isOurs(comment, marker) && !before.has(comment.id) && isSame(comment.body, body),
    );
    return found ?? platform.create(body);
  });
  if (mode === 'update') return nothingHidden('created', created);
  // The new one is there by now: at no time is there none.
  const notHidden = await platform.hide(own);
  const kept = new Set(notHidden);
  return { action: 'created', comment: created, hidden: own.filter((one) => !kept.has(one)), notHidden };
}

function nothingHidden(action: Put['action'], comment: Comment): Put {
  return { action, comment, hidden: [], notHidden: [] };
}

function isOurs({ body, isOwn }: Comment, marker: string): boolean {
  return isOwn !== false && body.split(/\r\n|\r|\n/, 1)[0]?.trimEnd() === marker;
}

/** Platforms change the ends of lines and of the text. */
function isSame(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n?/g, '\n').trimEnd();
  return plain(a) === plain(b);
}
