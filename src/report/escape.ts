/**
 * Everything that moves a terminal's cursor, turns its text around or cannot be seen: control and format
 * characters (ANSI escapes, bidi controls, zero-width spaces), line and paragraph separators, halves of
 * surrogate pairs, and letters that Unicode says to draw as nothing.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * What the runner of a pipeline obeys in a log. GitHub's: `::error::…` at the beginning of a line, after spaces of any
 * kind, and the older `##[error]…` anywhere in one (actions/runner, ActionCommand.cs). So do Azure's with `##vso[…]`
 * and TeamCity's with `##teamcity[…]`. What is matched is the one character that is to be written otherwise.
 */
const COMMANDS = /(?<=^\s*):(?=:)|(?<=#)#(?=\w*\[)/gu;

/** Characters of one piece of text that anybody wants to see: no name, path or message of a service is as long. */
const LONGEST = 4000;

/**
 * Text from a manifest or from AWS, made safe to print on one line of a terminal, and of a pipeline's log: each
 * character that is not plainly visible becomes `\u{…}` with its code point in hexadecimal. Line feeds and tabs are
 * among them. Every other character, of any script, stays as it is, but for one of what would be a runner's command.
 * What is far too long is cut.
 */
export function escapeTerminal(text: string): string {
  if (text.length > LONGEST) {
    const beginning = text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '');
    return `${escapeTerminal(beginning)}… (${text.length} characters)`;
  }
  return text.replace(UNSEEN, codePoint).replace(COMMANDS, codePoint);
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
