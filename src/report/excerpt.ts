import type { Excerpt, Place } from '../core/error.ts';

/** Most characters of a line that an excerpt shows, and how many of them stand before the wrong part. */
const WIDTH = 120;
const BEFORE = 40;

/** The part of a line around what is wrong with it; `start` and `end` are offsets in `code`. */
export interface Snippet {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

/** Cuts a long line around its wrong part, with `…` where something is left out. Escapes nothing. */
export function cutExcerpt({ column }: Place, { text, length }: Excerpt): Snippet {
  const offset = column - 1;
  if (text.length <= WIDTH) return { code: text, start: offset, end: Math.min(offset + length, text.length) };
  const from = onCharacter(text, Math.max(0, offset - BEFORE));
  const to = onCharacter(text, from + WIDTH);
  const [head, tail] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  const start = offset - from + head.length;
  return {
    code: `${head}${text.slice(from, to)}${tail}`,
    start,
    end: Math.min(start + length, to - from + head.length),
  };
}

/** The offset itself, or the one before it if it would split a surrogate pair. */
function onCharacter(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? offset - 1 : offset;
}
