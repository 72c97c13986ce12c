import { byText } from './lists.ts';

/**
 * A character that cannot be seen, moves a terminal's cursor or reverses text: control and format characters (ANSI
 * escapes, bidi controls, zero-width spaces), line and paragraph separators, halves of surrogate pairs, and letters
 * that Unicode says to draw as nothing.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');

/** Replaces each invisible character of a text. */
export function replaceInvisible(text: string, replace: (character: string) => string): string {
  return text.replace(EVERY_INVISIBLE, replace);
}

/** Longest piece of a manifest that a message repeats. */
const MAX_QUOTED = 80;

/** A value for use in a message: cut in the middle of its length, never in the middle of a character. */
export function shorten(text: string, longest = MAX_QUOTED): string {
  if (text.length <= longest) return text;
  const whole = /[\uD800-\uDBFF]$/.test(text.slice(0, longest)) ? longest - 1 : longest;
  return `${text.slice(0, whole)}… (${text.length} characters)`;
}

/** A value of a manifest as a message names it: text in double quotes, everything as JSON would write it. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return String(value);
}

/** Quotes a word for a POSIX shell where that is needed. What cannot be seen in it stays: escape it for a terminal. */
export function quoteShellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The first few of a list of names, and how many more there are. */
export function joinFirst(names: readonly string[], shown = 5): string {
  const more = names.length - shown;
  return names.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * Escapes JSON text: characters that cannot be seen or that reverse text become `\uXXXX`, and so does text that the runner
 * of a pipeline would run as a command. A JSON parser reads the same data.
 */
export function escapeJson(text: string): string {
  // What JSON itself leaves as it is, of the "other" categories of Unicode; line feeds are the indentation's.
  const seen = text.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, escapeCodeUnits);
  // Number signs stand in strings only.
  return seen.replace(/(?<=#)#(?=\w*\[)/g, escapeCodeUnits);
}

function escapeCodeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

/**
 * Data as JSON in which the keys of every object are sorted: the same data is the same text. Numbers that JSON does not
 * have, such as infinity, are texts.
 */
export function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => byText(a, b)));
  });
}
