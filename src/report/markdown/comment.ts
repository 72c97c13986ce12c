import { createHash } from 'node:crypto';
import type { CommentOutcome } from '../../core/comment.ts';
import { unreachableTargets } from '../../core/concern.ts';
import { byText } from '../../core/lists.ts';
import type { Plan } from '../../core/plan.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { pluralize } from '../text/words.ts';

/** The result of writing a comment, in one line. */
export function renderCommentText(outcome: CommentOutcome): string {
  const { action, platform, url, number, hidden, labels } = outcome;
  const request = platform === 'gitlab' ? 'merge request' : 'pull request';
  if (action === 'skipped') return `Skipped: this pipeline runs for no ${request}.\n`;
  const word = {
    created: 'Commented',
    updated: 'Updated the comment',
    unchanged: 'The comment is up to date',
    'not-needed': 'The plan has no changes: no comment',
  };
  const where = `on ${request} ${number ?? ''}`;
  const also = hidden.length > 0 ? `; ${pluralize(hidden.length, 'older comment')} hidden` : '';
  const link = url === undefined || url === '' ? '' : `: ${escapeTerminal(url)}`;
  const labelled = labels === undefined ? '' : `Labels: ${labels.length > 0 ? labels.join(', ') : 'none'}.\n`;
  return `${word[action]} ${where}${also}${link}\n${labelled}`;
}

/** The same for programs to read. Minor versions of the format only add fields. */
export function renderCommentJson(outcome: CommentOutcome): string {
  return formatJson({
    format_version: '1.0',
    ...snakeCase(
      outcome,
      'platform',
      'repository',
      'number',
      'action',
      'id',
      'url',
      'hidden',
      'notHidden',
      'labels',
      'warnings',
    ),
  });
}

/** Most characters of a project's name, and of a list of targets, that a marker contains unhashed. */
const MAX_PART_LENGTH = 200;

/**
 * The line by which a pipeline finds its own comment among others: one for each project and set of targets, whatever
 * the order of the targets. An HTML comment, so that nobody sees it; no name can end it early or start another one.
 * `kind` tells what would not replace a plan, nor be replaced by one.
 */
export function commentMarker(project: string, targets: readonly string[], kind?: 'drift'): string {
  const names = [...new Set(targets)].sort(byText).map(encodeName);
  const about = [
    hashIfLong(encodeName(project)),
    hashIfLong(names.join(',')),
    ...(kind === undefined ? [] : [kind]),
  ];
  return `<!-- landfall:${about.join(':')} -->`;
}

/** Names the targets of a plan or of drift, with those that could not be read: its comment stays the same one. */
export function namesOfTargets({ targets, concerns }: Pick<Plan, 'targets' | 'concerns'>): readonly string[] {
  const unread = unreachableTargets(concerns).flatMap(({ target }) => target ?? []);
  return [...targets.map(({ name }) => name), ...unread];
}

/** Letters, digits, dots and single hyphens stay; two hyphens together would be the end of a comment. */
function encodeName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Cs}/gu, '\ufffd'))
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/-(?=-)/g, '%2D');
}

/** Replaces a text that is too long by its hash; no encoded name contains `~`. */
function hashIfLong(encoded: string): string {
  return encoded.length <= MAX_PART_LENGTH
    ? encoded
    : `~${createHash('sha256').update(encoded).digest('hex')}`;
}
