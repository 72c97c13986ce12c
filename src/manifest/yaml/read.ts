import { type Event, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import { problem, type Problem, type Range } from '../source.ts';
import { buildTrees, type Trees } from './build.ts';
import { type MapEntry, MAX_DEPTH, type Node } from './node.ts';
import { explainFailure, type Failure, findConflicts } from './syntax-errors.ts';

/** What a text holds as YAML 1.2. */
export interface YamlText {
  /** The documents that are well-formed and not empty. */
  readonly roots: readonly Node[];
  /** What can be read of the other documents: enough for names, not for a plan. */
  readonly recovered: readonly Node[];
  /** All YAML errors of the text, in order of place. */
  readonly problems: readonly Problem[];
}

/** Most problems that are reported of one text: random bytes make one a line. */
const MAX_PROBLEMS = 50;

/** Most documents of a file. */
const MAX_DOCUMENTS = 1000;

/** Most line breaks, commas, brackets and list items of a file: each makes a value or two, which take memory. */
const MAX_VALUES = 2_000_000;

/**
 * Reads all documents of a text. One that is not well-formed does not hide the others, but the parser stops at its
 * first mistake. Never throws.
 */
export function readYaml(text: string): YamlText {
  const unreadable = findUnprintable(text) ?? findTooMany(text);
  if (unreadable !== undefined) {
    return { roots: [], recovered: recoverMapping(text, 0, text.length), problems: [unreadable] };
  }
  const { spans, problems } = splitDocuments(text);
  const roots: Node[] = [];
  const recovered: Node[] = [];
  for (const { start, end } of spans) {
    const conflicts = findConflicts(text, start, end);
    const result = parseDocuments(text, start, end);
    if (conflicts.length > 0 || isFailure(result)) {
      problems.push(
        ...(isFailure(result) && conflicts.length === 0 ? [explainFailure(text, result)] : conflicts),
      );
      recovered.push(...recoverMapping(text, start, end));
    } else {
      roots.push(...result.roots);
      recovered.push(...result.broken);
      problems.push(...result.problems);
    }
  }
  return { roots, recovered, problems: firstOfEachLine(problems, text).slice(0, MAX_PROBLEMS) };
}

/** Keeps the first problem of each kind on a line: one mistake can break the text at several places. */
function firstOfEachLine(problems: readonly Problem[], text: string): Problem[] {
  const sorted = [...problems].sort((a, b) => a.start - b.start);
  return sorted.filter(({ id, start }, index) => {
    const before = sorted[index - 1];
    const mayRepeat = id === 'yaml.duplicate-key' || id === 'yaml.alias';
    return mayRepeat || before?.id !== id || text.slice(before.start, start).includes('\n');
  });
}

/**
 * The characters that YAML 1.2 does not call printable, a carriage return that ends no line, and a byte order mark that
 * is not at the beginning.
 */
const UNPRINTABLE = /\r(?!\n)|(?<!^)\ufeff|[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Finds the first character that no text file has: a NUL or another control, or half of a surrogate pair. */
function findUnprintable(text: string): Problem | undefined {
  const at = text.search(UNPRINTABLE);
  if (at < 0) return undefined;
  const hex = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return problem(
    'yaml.syntax',
    { start: at, end: at + 1 },
    `the character U+${hex} is not allowed ${hex === 'FEFF' ? 'after the beginning of a file' : 'in a YAML file'}`,
    hex === 'FEFF'
      ? 'remove it; it is a byte order mark, which cannot be seen'
      : 'check that this is a text file; to keep the character, write it as an escape in double quotes',
  );
}

/** Finds the place from which on a text has more values than memory should be spent on. */
export function findTooMany(text: string): Problem | undefined {
  if (text.length <= MAX_VALUES) return undefined;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if ('\n,[{'.includes(character) || (character === '-' && text[at + 1] === ' ')) values++;
    if (values > MAX_VALUES) return tooMany(at, `${MAX_VALUES} values`);
  }
  return undefined;
}

function tooMany(at: number, limit: string): Problem {
  const message = `the file has more than ${limit} up to here`;
  return problem('file.too-large', { start: at, end: at + 1 }, message, 'split it into several files');
}

/** What may begin or end a document; most files hold one, and have neither. */
const MARKER = /^(?:---|\.\.\.)/m;

/** Finds where each document is in a text, from its directives or its `---` on. */
function splitDocuments(text: string): { readonly spans: Range[]; readonly problems: Problem[] } {
  if (!MARKER.test(text)) return { spans: [{ start: 0, end: text.length }], problems: [] };
  const spans: Range[] = [];
  let start = 0;
  let hasContent = false;
  for (let line = 0; line < text.length;) {
    const feed = text.indexOf('\n', line);
    const next = feed < 0 ? text.length : feed + 1;
    if (isMarker(text, line, '---')) {
      if (hasContent) {
        spans.push({ start, end: line });
        start = line;
      }
      hasContent = true;
    } else if (isMarker(text, line, '...')) {
      spans.push({ start, end: next });
      start = next;
      hasContent = false;
    } else if (!hasContent) {
      hasContent = !'#%'.includes(text.slice(line, next).trimStart().charAt(0));
    }
    if (spans.length >= MAX_DOCUMENTS) {
      return { spans, problems: [tooMany(line, `${MAX_DOCUMENTS} documents`)] };
    }
    line = next;
  }
  spans.push({ start, end: text.length });
  return { spans, problems: [] };
}

function isMarker(text: string, line: number, marker: string): boolean {
  return text.startsWith(marker, line) && ' \t\r\n'.includes(text.charAt(line + marker.length));
}

function isFailure(result: Trees | Failure): result is Failure {
  return 'reason' in result;
}

/** Parses a part of a file that holds whole documents. Never throws. */
function parseDocuments(file: string, start: number, end: number): Trees | Failure {
  const text = file.slice(start, end);
  const result = parse(text, start, []);
  if (!isFailure(result) || result.reason !== 'deficient indentation') return result;
  const brackets = closingBrackets(text);
  return brackets.includes(result.at - start) ? parse(text, start, brackets) : result;
}

/**
 * Parses a text with a space more before some brackets. YAML wants a bracket that closes on a line of its own to be
 * indented more than the key it belongs to; many people write it in the same column, and most parsers allow it.
 */
function parse(text: string, start: number, brackets: readonly number[]): Trees | Failure {
  const spaces = brackets.map((at, index) => at + index);
  const place = (at: number): number => at - countBelow(spaces, at) + start;
  try {
    const parts = [...brackets, text.length].map((at, index) => text.slice(brackets[index - 1] ?? 0, at));
    const wide = parts.join(' ');
    // The parser counts a scalar as a level.
    const events = parseEvents(wide, { maxDepth: MAX_DEPTH + 1 });
    const outside = brackets.length === 0 ? brackets : outsideScalars(brackets, events);
    if (outside.length < brackets.length) return parse(text, start, outside);
    return buildTrees(wide, events, place);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { at: place(error.mark?.position ?? 0), reason: error.reason };
  }
}

/** Offsets of the closing brackets and braces that a line begins with. */
function closingBrackets(text: string): number[] {
  return [...text.matchAll(/(?<=(?:^|\n) *)[\]}]/g)].map(({ index }) => index);
}

/** The brackets that are not part of a text of several lines, where a space more would be part of the value. */
function outsideScalars(brackets: readonly number[], events: readonly Event[]): readonly number[] {
  const scalars = events.filter((event) => event.type === EVENT_ID.SCALAR);
  let next = 0;
  return brackets.filter((bracket, index) => {
    const at = bracket + index;
    while ((scalars[next]?.valueEnd ?? Infinity) <= at) next++;
    return (scalars[next]?.valueStart ?? Infinity) > at;
  });
}

/** How many of sorted numbers are below another. */
function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Deepest level at which entries are recovered: names of targets and waves are on the second. */
const MAX_LEVEL = 3;

/**
 * Reads what can still be read of a document that is not well-formed: each entry of its mapping by itself, and of an
 * entry with a mistake the entries below it. Returns nothing, or one mapping. Not fit to plan from.
 */
function recoverMapping(text: string, start: number, end: number): Node[] {
  const entries = recoverEntries(text, { start, end }, 1);
  return entries.length === 0 ? [] : [{ kind: 'map', entries, start, end }];
}

function recoverEntries(text: string, range: Range, level: number): MapEntry[] {
  return splitEntries(text, range).flatMap((block) => {
    const whole = parseEntries(text, block);
    if (whole.length > 0 || level > MAX_LEVEL) return whole;
    const line = { start: block.start, end: endOfLine(text, block.start) };
    const first = parseEntries(text, line);
    const [entry] = first;
    if (entry === undefined || entry.value.kind !== 'scalar' || entry.value.value !== null) return first;
    const entries = recoverEntries(text, { start: line.end, end: block.end }, level + 1);
    return [{ ...entry, value: { kind: 'map', entries, start: line.end, end: block.end } }];
  });
}

/** Splits lines where they are indented as little as the first of them. */
function splitEntries(text: string, { start, end }: Range): Range[] {
  const starts: number[] = [];
  let indent: number | undefined;
  for (let line = start; line < end; line = endOfLine(text, line)) {
    let at = line;
    while (text[at] === ' ') at++;
    if (at >= end || '\t\r\n#'.includes(text.charAt(at))) continue;
    indent ??= at - line;
    if (at - line === indent) starts.push(line);
  }
  return starts.map((from, index) => ({ start: from, end: starts[index + 1] ?? end }));
}

function parseEntries(text: string, { start, end }: Range): readonly MapEntry[] {
  const result = parseDocuments(text, start, end);
  const [root] = isFailure(result) ? [] : [...result.roots, ...result.broken];
  return root?.kind === 'map' ? root.entries : [];
}

function endOfLine(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? text.length : feed + 1;
}
