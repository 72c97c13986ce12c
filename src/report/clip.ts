import { escapeTerminal } from './escape.ts';

/** The size of a text in UTF-8, in bytes. */
export function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** A text of at most so many bytes; `…` stands for what is cut off. */
export function clip(text: string, most: number): string {
  if (text.length <= most && bytes(text) <= most) return text;
  let size = bytes('…');
  let end = 0;
  for (const character of text) {
    size += bytes(character);
    if (size > most) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

/**
 * Text from a manifest or from AWS on one line, with nothing in it that cannot be seen or that a runner would obey, of
 * at most so many bytes.
 */
export function plain(text: string, most: number): string {
  // Ten megabytes need not be escaped for their first hundred bytes: what is longer than this is cut all the same.
  return clip(escapeTerminal(text.slice(0, most + 1)), most);
}
