import { shorten } from '../../core/text.ts';
import type { Path } from '../yaml/node.ts';

/** Names the value at a path for a message: by the last key, or by its position in its list. */
export function describePath(path: Path): string {
  const last = path.at(-1);
  return /^\d+$/.test(String(last))
    ? `item ${Number(last) + 1} of ${String(path.at(-2))}`
    : shorten(String(last));
}

/** Formats a path as a JSON pointer (RFC 6901). */
export function toPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Parses a JSON pointer (RFC 6901); positions in lists are texts. */
export function parsePointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
