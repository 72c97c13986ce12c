import type { FoundLock, LockHolder } from '../core/lock.ts';
import { displayInstant, type Instant } from '../core/time.ts';
import { span } from './time.ts';

/** Who holds a lock, since when, from where and at which commit, on one line; nothing in it is escaped yet. */
export function holderWords(found: FoundLock, now: Instant): string {
  const { holder, excerpt = '' } = found;
  if (holder === undefined) {
    return `something that is no lock of landfall’s stands there: ${excerpt === '' ? 'an empty file' : JSON.stringify(excerpt)}`;
  }
  const { who, operation, project, target, from, commit } = holder;
  const at = commit === undefined ? '' : `, at commit ${commit.slice(0, 12)}`;
  return `${who} holds it since ${sinceWords(holder, now)} for ${operation} of ${project}, target ${target}, from ${from}${at}`;
}

function sinceWords({ since }: LockHolder, now: Instant): string {
  const instant = Date.parse(since);
  if (Number.isNaN(instant)) return 'an unknown time';
  return `${displayInstant(instant)} (${span(now - instant)} ago)`;
}

/** `target production`, or `targets a and b`, which share a lock. */
export function targetWords(names: readonly string[]): string {
  return names.length === 1 ? `target ${names[0] ?? ''}` : `targets ${names.join(', ')}`;
}
