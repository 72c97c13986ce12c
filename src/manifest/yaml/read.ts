import { problem, type Problem, type Range } from '../source.ts';
import type { Node } from './node.ts';
import { isFailure, parseDocuments } from './parse.ts';
import { recoverMapping } from './recover.ts';
import { explainFailure, findConflicts } from './syntax-errors.ts';

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

/** The characters that YAML 1.2 calls printable, without a carriage return that ends no line. */
const UNPRINTABLE = /\r(?!\n)|[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Finds the first character that no text file has: a NUL or another control, or half of a surrogate pair. */
function findUnprintable(text: string): Problem | undefined {
  const at = text.search(UNPRINTABLE);
  if (at < 0) return undefined;
  const hex = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return problem(
    'yaml.syntax',
    { start: at, end: at + 1 },
    `the character U+${hex} is not allowed in a YAML file`,
    'check that this is a text file; to keep the character, write it as an escape in double quotes',
  );
}

/** Finds the place from which on a text has more values than memory should be spent on. */
function findTooMany(text: string): Problem | undefined {
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

/** Finds where each document is in a text, from its directives or its `---` on. */
function splitDocuments(text: string): { readonly spans: Range[]; readonly problems: Problem[] } {
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
