import { replaceInvisible } from '../../core/text.ts';

/**
 * Commands that the runner of a pipeline reads in a log. GitHub's: `::error::…` at the beginning of a line, after spaces of any
 * kind, and the older `##[error]…` anywhere in one (actions/runner, ActionCommand.cs). So do Azure's with `##vso[…]`
 * and TeamCity's with `##teamcity[…]`. What is matched is the one character that is to be written otherwise.
 */
const RUNNER_COMMANDS = /(?<=^\s*):(?=:)|(?<=#)#(?=\w*\[)/gu;

/** Printable ASCII without the signs that those commands begin with: nearly every text, in which nothing is to be escaped. */
const PLAIN = /^[ !"$-9;-~]*$/;

/** Most characters of one text that are shown: no name, path or message of a service is longer. */
const MAX_LENGTH = 4000;

/**
 * Text from a manifest or from AWS, made safe to print on one line of a terminal, and of a pipeline's log: each
 * character that is not plainly visible becomes `\u{…}` with its code point in hexadecimal. Line feeds and tabs are
 * among them. Every other character, of any script, stays as it is, but for one of what would be a runner's command.
 * Text that is far too long is cut.
 */
export function escapeTerminal(text: string): string {
  if (text.length > MAX_LENGTH) {
    const beginning = text.slice(0, MAX_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
    return `${escapeTerminal(beginning)}… (${text.length} characters)`;
  }
  if (PLAIN.test(text)) return text;
  return replaceInvisible(text, escapeCodePoint).replace(RUNNER_COMMANDS, escapeCodePoint);
}

function escapeCodePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The size of a text in UTF-8, in bytes. */
export function sizeInBytes(text: string): number {
  return Buffer.byteLength(text);
}

/** A text of at most so many bytes; `…` stands for what is cut off. */
export function clipBytes(text: string, most: number): string {
  if (text.length <= most && sizeInBytes(text) <= most) return text;
  let size = sizeInBytes('…');
  let end = 0;
  for (const character of text) {
    size += sizeInBytes(character);
    if (size > most) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

/**
 * Text from a manifest or from AWS on one line, without invisible characters and commands of a runner, of at most so
 * many bytes.
 */
export function escapeLine(text: string, most: number): string {
  // Ten megabytes need not be escaped for their first hundred bytes: what is longer than this is cut all the same.
  return clipBytes(escapeTerminal(text.slice(0, most + 1)), most);
}

/** The most bytes of a comment, unless told otherwise: GitHub takes 65,536 characters. */
export const DEFAULT_BUDGET = 65_536;

/** The fewest bytes that a comment may be given: the summary of any plan fits, whatever its names are. */
export const MIN_BUDGET = 10_000;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML or XML, in an element or an attribute. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
