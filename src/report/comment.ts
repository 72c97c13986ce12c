import type { CommentOutcome } from '../core/comment.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { formatJson } from './json.ts';

/** What became of a comment, in one line. */
export function renderCommentText({ action, platform, url, number, hidden }: CommentOutcome): string {
  const request = platform === 'github' ? 'pull request' : 'merge request';
  if (action === 'skipped') return `Skipped: this pipeline runs for no ${request}.\n`;
  const word = { created: 'Commented', updated: 'Updated the comment', unchanged: 'Nothing new to say' };
  const where = `on ${request} ${number ?? ''}`;
  const also = hidden.length > 0 ? `; ${count(hidden.length, 'older comment')} hidden` : '';
  const link = url === undefined || url === '' ? '' : `: ${escapeTerminal(url)}`;
  return `${word[action]} ${where}${also}${link}\n`;
}

/** The same for programs to read. Minor versions of the format only add fields. */
export function renderCommentJson(outcome: CommentOutcome): string {
  const { platform, repository, number, action, id, url, hidden, notHidden } = outcome;
  return formatJson({
    format_version: '1.0',
    platform,
    repository,
    number,
    action,
    id,
    url,
    hidden,
    not_hidden: notHidden,
  });
}
