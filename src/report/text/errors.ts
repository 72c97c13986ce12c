import type { Colors } from 'picocolors/types.js';
import { formatPlace, type LandfallError } from '../../core/error.ts';
import type { FoundLock, LockHolder } from '../../core/lock.ts';
import { displayInstant, type Instant } from '../../core/time.ts';
import { escapeTerminal } from './escape.ts';
import { formatDuration } from './words.ts';

/** An error as the user reads it: what is wrong and where, its code, and what to do. Ends in a newline. */
export function renderError(error: LandfallError, colors: Colors): string {
  const place = error.place ? `${formatPlace(error.place)}: ` : '';
  const lines = [
    `${colors.red('error')} ${colors.dim(error.code)}  ${escapeTerminal(place + error.message)}`,
  ];
  if (error.remedy !== undefined) lines.push(`  ${colors.cyan('fix')}: ${escapeTerminal(error.remedy)}`);
  return `${lines.join('\n')}\n`;
}

/** Who holds a lock, since when, from where and at which commit, on one line; nothing in it is escaped yet. */
export function describeLockHolder(found: FoundLock, now: Instant): string {
  const { holder, excerpt = '' } = found;
  if (holder === undefined) {
    return `something that is no lock of landfall’s stands there: ${excerpt === '' ? 'an empty file' : JSON.stringify(excerpt)}`;
  }
  const { who, operation, project, target, from, commit } = holder;
  const at = commit === undefined ? '' : `, at commit ${commit.slice(0, 12)}`;
  return `${who} holds it since ${describeLockStart(holder, now)} for ${operation} of ${project}, target ${target}, from ${from}${at}`;
}

function describeLockStart({ since }: LockHolder, now: Instant): string {
  const instant = Date.parse(since);
  if (Number.isNaN(instant)) return 'an unknown time';
  return `${displayInstant(instant)} (${formatDuration(now - instant)} ago)`;
}

/** `target production`, or `targets a and b`, which share a lock. */
export function describeTargets(names: readonly string[]): string {
  return names.length === 1 ? `target ${names[0] ?? ''}` : `targets ${names.join(', ')}`;
}
