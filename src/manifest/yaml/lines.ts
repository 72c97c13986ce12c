import { problem, type Problem, type Range } from '../source.ts';
import { shorten } from '../../core/text.ts';

/** One line of block style: where its first item or key begins, and where the key behind its dashes begins. */
interface Line {
  readonly number: number;
  readonly start: number;
  readonly indent: number;
  /** Column of the key; equal to `indent` on a line without a dash. */
  readonly keyColumn: number;
  /** What follows indentation and dashes. */
  readonly content: string;
}

/** Characters of a line that are looked at. */
const MAX_LINE = 1000;

/** Lists the lines above an offset that hold something, the nearest first, up to the beginning of the document. */
function* linesAbove(text: string, at: number): Generator<Line> {
  let number = text.slice(0, at).split('\n').length;
  for (let end = startOfLine(text, at); end > 0;) {
    const start = startOfLine(text, end - 1);
    const [, spaces = '', dashes = '', content = ''] =
      /^( *)((?:- +)*)(.*)$/.exec(text.slice(start, Math.min(end, start + MAX_LINE)).trimEnd()) ?? [];
    number -= 1;
    end = start;
    if (content === '' || content.startsWith('#')) continue;
    if (content.startsWith('---')) return;
    yield { number, start, indent: spaces.length, keyColumn: spaces.length + dashes.length, content };
  }
}

/** Characters that look like a space, a hyphen or a colon, where YAML needs one. */
const LOOKALIKES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(?<=^[ ]*|^ *-|[\w"']:)(?! )\p{Zs}/u, 'a space'],
  [/(?<=^ *)[\u2010-\u2015\u2212\u2022](?=\s)/u, 'a hyphen'],
  [/(?<=^ *(?:- +)?[\w.-]+)[\uff1a\ufe55\ua789](?=\s|$)/u, 'a colon'],
];

/** Lines that are not YAML, and what to write instead. */
const FOREIGN_LINES: readonly (readonly [pattern: RegExp, message: string, remedy: string])[] = [
  [/^ *(?:\/\/|\/\*|;)/, 'this is not a comment of YAML', 'begin a comment with #'],
  [
    /^ *```/,
    'this is the fence of a code block, not YAML',
    'remove the line, and the one that ends the block',
  ],
  [
    /^ *-{2,}\s*$|^---(?=\w)/,
    'this is not the line that separates documents',
    'write --- on a line of its own, without spaces before it',
  ],
  [/^ *-\t/, 'a tab follows this hyphen', 'write a space after the hyphen'],
];

/**
 * Explains a line with characters that people take for those of YAML: the line at which the parser stopped, or the one
 * above it.
 */
export function explainCharacters(text: string, at: number): Problem | undefined {
  const lineStart = startOfLine(text, at);
  for (const start of lineStart === 0 ? [0] : [startOfLine(text, lineStart - 1), lineStart]) {
    const feed = text.indexOf('\n', start);
    const line = text.slice(start, Math.min(feed < 0 ? text.length : feed, start + MAX_LINE));
    for (const [pattern, instead] of LOOKALIKES) {
      const found = pattern.exec(line);
      if (found === null) continue;
      const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const range = { start: start + found.index, end: start + found.index + found[0].length };
      return syntax(range, `this is the character U+${code}, not ${instead}`, `write ${instead}`);
    }
    for (const [pattern, message, remedy] of FOREIGN_LINES) {
      if (!pattern.test(line) || line === '---') continue;
      const from = start + indentOf(text, start);
      return syntax({ start: from, end: start + line.trimEnd().length }, message, remedy);
    }
  }
  return undefined;
}

/** Explains a colon after text that is no key: a mistake on the line above, or a line that is indented too far. */
export function explainColon(text: string, at: number): Problem | undefined {
  const [above] = linesAbove(text, at);
  if (above === undefined) return undefined;
  const { start, keyColumn, indent: dash, content, number } = above;
  const from = start + keyColumn;
  const range = { start: from, end: from + content.length };
  const [, key = '', value = ''] = /^([\w.-]+):([^\s:][^\s]*)$/.exec(content) ?? [];
  if (key !== '') {
    const colon = from + key.length;
    return syntax({ start: colon, end: colon + 1 }, NO_SPACE, `write ${key}: ${shorten(value)}`);
  }
  if (/^[\w.-]+: +[^|>&*!\s]/.test(content)) {
    const lineStart = startOfLine(text, at);
    const indent = indentOf(text, lineStart);
    if (indent <= keyColumn) return undefined;
    const message = `this line is indented by ${indent} spaces, and the key above it, on line ${number}, by ${keyColumn}`;
    const line = { start: lineStart + indent, end: at };
    return syntax(line, message, `indent both lines by the same number of spaces`);
  }
  if (content.includes(':') || /^["'[{|>&*!]/.test(content)) return undefined;
  if (keyColumn > dash) return syntax(range, 'this item has no key', `write - name: ${shorten(content)}`);
  const [, word = '', rest = ''] = /^(\S+) *=? *(.*)$/.exec(content) ?? [];
  return syntax(range, 'a colon is missing on this line', `write ${shorten(`${word}: ${rest}`.trim())}`);
}

const NO_SPACE = 'a space is missing after this colon';

/** Explains a line whose indentation fits no line above it. */
export function explainIndentation(text: string, at: number): Problem | undefined {
  const lineStart = startOfLine(text, at);
  const indent = indentOf(text, lineStart);
  const here = lineStart + indent;
  const isItem = text[here] === '-';
  const [above] = linesAbove(text, at);
  const isAboveItem = above !== undefined && above.keyColumn > above.indent;
  if (isItem && /^-[\w"']/.test(text.slice(here, here + 2)))
    return syntax(
      { start: here, end: here + 1 },
      'a space is missing after this dash',
      'write "- " before the item',
    );
  // A key with a value was more likely meant to be indented.
  const isKeyAlone = /:\s*$/.test(text.slice(here, here + MAX_LINE).split('\n', 1)[0] ?? '');
  if (above?.indent === indent && isItem !== isAboveItem && (isItem || isKeyAlone)) {
    const range = { start: here, end: here + 1 };
    return isItem
      ? syntax(range, `an item of a list cannot follow the key on line ${above.number}`, 'remove the hyphen')
      : syntax(range, `a key cannot follow the item on line ${above.number}`, 'write "- " before it');
  }
  let lower: Column | undefined;
  let higher: Column | undefined;
  let lowest = Infinity;
  for (const { number, indent: dash, keyColumn } of linesAbove(text, at)) {
    const columns = [...new Set(isItem ? [dash, keyColumn] : dash === keyColumn ? [dash] : [keyColumn])];
    for (const column of columns.filter((each) => each < lowest)) {
      if (column < indent && column > (lower?.column ?? -1)) lower = { column, number };
      if (column > indent && column <= (higher?.column ?? Infinity)) higher = { column, number };
    }
    lowest = Math.min(lowest, dash);
    if ((lowest < indent && lower !== undefined) || lowest === 0) break;
  }
  if (lower === undefined || higher === undefined) return undefined;
  const spaces = (count: number): string => (count === 1 ? '1 space' : `${count} spaces`);
  const message = `this line is indented by ${spaces(indent)}, the lines above it by ${lower.column} (line ${lower.number}) or ${higher.column} (line ${higher.number})`;
  return syntax(
    { start: here, end: here + 1 },
    message,
    'indent with spaces, and start all keys of a mapping in the same column',
  );
}

interface Column {
  readonly column: number;
  readonly number: number;
}

const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** Finds the quote, bracket or brace above an offset that is not closed. */
export function explainUnclosed(text: string, at: number): Problem | undefined {
  const isEnd = text.slice(at).trim() === '';
  let closed = 0;
  for (let end = isEnd ? text.length : startOfLine(text, at); end > 0;) {
    const start = startOfLine(text, end - 1);
    const line = text.slice(start, end);
    if (line.startsWith('---')) return undefined;
    const { open, closers } = scanLine(line);
    for (const column of open.toReversed()) {
      if (closed > 0 && line.charAt(column) in CLOSERS) closed -= 1;
      else return unclosed(text, start + column);
    }
    closed += closers;
    end = start;
  }
  return undefined;
}

function unclosed(text: string, at: number): Problem {
  const sign = text.charAt(at);
  const closer = CLOSERS[sign];
  const [what, whole] =
    closer === undefined ? ['quote', 'value'] : sign === '[' ? ['bracket', 'list'] : ['brace', 'mapping'];
  const remedy = `add ${closer ?? sign} at the end of the ${whole}`;
  return syntax({ start: at, end: at + 1 }, `the ${what} ${sign} that begins here is not closed`, remedy);
}

/** Finds the columns of what a line opens and does not close, and how many brackets it closes that it did not open. */
function scanLine(line: string): { readonly open: readonly number[]; readonly closers: number } {
  const open: number[] = [];
  let closers = 0;
  let isStart = true;
  for (let column = 0; column < line.length; column++) {
    const character = line.charAt(column);
    if (character === '#' && (column === 0 || line[column - 1] === ' ')) break;
    if (isStart && (character === '"' || character === "'")) {
      const end = endOfQuote(line, column);
      if (end < 0) return { open: [...open, column], closers };
      column = end;
      isStart = false;
    } else if (isStart && character in CLOSERS) open.push(column);
    else if (character === ']' || character === '}') {
      if (open.pop() === undefined) closers += 1;
      isStart = false;
    } else if (character === ',') isStart = true;
    else if ('-:?'.includes(character) && ' \n\r'.includes(line.charAt(column + 1))) isStart = true;
    else if (character !== ' ') isStart = false;
  }
  return { open, closers };
}

/** Returns the offset of the quote that closes the one at an offset; -1 where none does. */
function endOfQuote(line: string, start: number): number {
  const quote = line.charAt(start);
  for (let at = line.indexOf(quote, start + 1); at >= 0; at = line.indexOf(quote, at + 1)) {
    if (quote === "'" && line[at + 1] === quote) at += 1;
    else if (quote === "'" || !isEscaped(line, at)) return at;
  }
  return -1;
}

/** Whether an odd number of backslashes is before an offset. */
function isEscaped(line: string, at: number): boolean {
  let start = at;
  while (line[start - 1] === '\\') start--;
  return (at - start) % 2 === 1;
}

function syntax(range: Range, message: string, remedy: string): Problem {
  return problem('yaml.syntax', range, message, remedy);
}

/** Returns the offset at which the line of an offset starts. */
export function startOfLine(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function indentOf(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === ' ') at++;
  return at - lineStart;
}
