/**
 * Everything that moves a terminal's cursor, turns its text around or cannot be seen: control and format
 * characters (ANSI escapes, bidi controls, zero-width spaces), line and paragraph separators, halves of
 * surrogate pairs, and letters that Unicode says to draw as nothing.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text from a manifest or from AWS, made safe to print on one line of a terminal: each character that is not
 * plainly visible becomes `\u{…}` with its code point in hexadecimal. Line feeds and tabs are among them.
 * Every other character, of any script, stays as it is.
 */
export function escapeTerminal(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
