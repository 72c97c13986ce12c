import { clipBytes, escapeLine, escapeMarkup, sizeInBytes } from '../text/escape.ts';

/**
 * Renders untrusted text as a code span: inside one neither GitHub nor GitLab looks for Markdown, HTML,
 * mentions, references, links or emoji. At most `most` bytes, its backticks included.
 */
export function code(text: string, most: number): string {
  for (let room = most - 2; ; room = Math.floor(room / 2)) {
    const span = codeSpan(escapeLine(text, room));
    if (sizeInBytes(span) <= most) return span;
  }
}

/** CommonMark 0.31, 6.1: a number of backticks on both sides that does not occur as a run inside. */
function codeSpan(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map(({ length }) => length));
  let length = 1;
  while (runs.has(length)) length += 1;
  const fence = '`'.repeat(length);
  const pad = /^`|`$|^ .*\S.* $|^$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A word that means nothing to Markdown or to a platform: letters, with hyphens or apostrophes between, or a number. */
const SAFE_WORD = /^(?:\p{L}+(?:['’-]\p{L}+)*(?:\(s\))?|\p{Lu}{1,4}\d{1,2}|\d{1,5}(?:\.\d{1,3})?%?|[%…→–])$/u;
/** A word between spaces; text in quotes or backticks counts as one word. */
const CHUNK = /(?:"[^"]*"|`[^`]*`|[^\s"`]|["`])+/g;
const PUNCTUATION = /^(\(?)(.*?)([,.;:?)]*)$/s;

/**
 * Renders a sentence with untrusted names: words stay as they are, and all else becomes code spans, so that it is
 * readable and no part of it has an effect. At most `most` bytes.
 */
export function prose(text: string, most: number): string {
  const chunks = escapeLine(text, most).match(CHUNK) ?? [];
  let rendered = '';
  for (const [index, chunk] of chunks.entries()) {
    const next = `${index === 0 ? '' : ' '}${escapeWord(chunk)}`;
    if (sizeInBytes(rendered) + sizeInBytes(next) > most - sizeInBytes(' …')) return `${rendered} …`;
    rendered += next;
  }
  return rendered;
}

function escapeWord(chunk: string): string {
  if (SAFE_WORD.test(chunk)) return chunk;
  const [, before = '', middle = '', after = ''] = PUNCTUATION.exec(chunk) ?? [];
  if (middle === '' || SAFE_WORD.test(middle)) return chunk;
  const quoted = /^`([^`]+)`$/.exec(middle)?.[1];
  return before + codeSpan(quoted ?? middle) + after;
}

/** The same as `code`, where a line is HTML: in the summary of a fold. */
export function htmlCode(text: string, most: number): string {
  for (let room = most - '<code></code>'.length; ; room = Math.floor(room / 2)) {
    const element = `<code>${escapeMarkup(escapeLine(text, room))}</code>`;
    if (sizeInBytes(element) <= most) return element;
  }
}

/** Lines as a fenced block that none of them can end. */
export function fenced(language: string, lines: readonly string[]): readonly string[] {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [fence + language, ...lines, fence];
}

/** One line of a fenced block: of at most so many bytes. */
export function blockLine(text: string, most: number): string {
  return clipBytes(text, most).trimEnd();
}
