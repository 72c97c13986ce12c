import type { LockHolder } from '../core/lock.ts';
import { hideSecrets } from '../core/text.ts';

const FORMAT = '1.0';
/** Characters of one field that are kept. A lock is untrusted: anybody with access to the store can write it. */
const MAX_FIELD_LENGTH = 300;
/** Bytes of a lock that are read. */
export const MAX_LOCK_BYTES = 16_384;

/** Formats the content of a lock, as JSON. */
export function writeHolder({ id, operation, project, target, ...more }: LockHolder): string {
  const fields = { format_version: FORMAT, id, operation, project, target, ...more };
  return `${hideSecrets(JSON.stringify(fields, undefined, 2))}\n`;
}

/** Parses the content of a lock; returns nothing for content that is not a lock. */
export function readHolder(text: string): LockHolder | undefined {
  const fields = parseObject(hideSecrets(text));
  const word = (name: string): string | undefined => {
    const value = fields?.[name];
    return typeof value === 'string' && value !== '' ? value.slice(0, MAX_FIELD_LENGTH) : undefined;
  };
  const id = word('id');
  // Users paste the id into a shell.
  if (id === undefined || !/^[\w-]{1,64}$/.test(id) || id.startsWith('-')) return undefined;
  const [commit, host, pid] = [word('commit'), word('host'), fields?.['pid']];
  return {
    id,
    operation: word('operation') ?? 'an unknown operation',
    project: word('project') ?? '?',
    target: word('target') ?? '?',
    who: word('who') ?? 'somebody',
    since: word('since') ?? '',
    from: word('from') ?? 'an unknown place',
    ...(commit !== undefined && { commit }),
    ...(host !== undefined && { host }),
    ...(typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && { pid }),
  };
}

/** Returns the beginning of content that is not a lock, to show it to a user. */
export function excerptOf(text: string): string {
  return hideSecrets(text.trim()).slice(0, 80);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
