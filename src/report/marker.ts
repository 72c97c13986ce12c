import { createHash } from 'node:crypto';
import { byText } from '../core/lists.ts';

/** Most characters of a project's name, and of a list of targets, that a marker spells out. */
const LONGEST = 200;

/** A marker alone on its line: what is quoted, or stands in a sentence, is not one. */
const MARKER = /^<!-- landfall:[\w.%~-]+:[\w.%~,-]*(?::drift)? -->$/;

/**
 * The line by which a pipeline finds its own comment among others: one for each project and set of targets, whatever
 * the order of the targets. An HTML comment, so that nobody sees it; no name can end it early or start another one.
 * `kind` tells what would not replace a plan, nor be replaced by one.
 */
export function commentMarker(project: string, targets: readonly string[], kind?: 'drift'): string {
  const names = [...new Set(targets)].sort(byText).map(encode);
  const about = [shorten(encode(project)), shorten(names.join(',')), ...(kind === undefined ? [] : [kind])];
  return `<!-- landfall:${about.join(':')} -->`;
}

/** The marker of a comment, as `commentMarker` writes it: the last one, as renderers write it at the end. */
export function readMarker(text: string): string | undefined {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .findLast((line) => MARKER.test(line));
}

/** Letters, digits, dots and single hyphens stay; two hyphens together would be the end of a comment. */
function encode(name: string): string {
  return encodeURIComponent(name.replace(/\p{Cs}/gu, '\ufffd'))
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/-(?=-)/g, '%2D');
}

/** What is too long is known by its hash; `~` stands in no encoded name. */
function shorten(encoded: string): string {
  return encoded.length <= LONGEST ? encoded : `~${createHash('sha256').update(encoded).digest('hex')}`;
}
