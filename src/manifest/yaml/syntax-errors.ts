import { problem, type Problem, type Range } from '../source.ts';
import { shorten } from '../../core/text.ts';
import {
  explainCharacters,
  explainColon,
  explainIndentation,
  explainUnclosed,
  startOfLine,
} from './lines.ts';
import { MAX_DEPTH } from './node.ts';

/** Where the parser stopped, as an offset in the file, and its reason. */
export interface Failure {
  readonly at: number;
  readonly reason: string;
}

const FIX_INDENTATION = 'indent with spaces, and start all keys of a mapping in the same column';

/** Messages for the parser's reasons that are specific. A part of the reason identifies each. */
const REASONS: readonly (readonly [part: string, message: string, remedy: string])[] = [
  [
    'deficient indentation',
    'a quote, bracket or brace above this is not closed',
    'close it on the same line',
  ],
  [
    'unexpected end of the',
    'a quote, bracket or brace above this is not closed',
    'close it on the same line',
  ],
  ['missed comma', 'a comma is missing in these brackets', 'add a comma, or put the value in quotes'],
  ["found ','", 'there is no value before this comma', 'remove the comma, or add the value'],
  ['escape sequence', 'this is not an escape of YAML', 'write a backslash as \\\\, or use single quotes'],
  ['hexadecimal character', 'this escape lacks a digit', 'write a backslash as \\\\, or use single quotes'],
  ['a line break is expected', 'only a comment can follow | or >', 'write the text on the lines below'],
  ['alias node', 'an alias has no name, or a tag or anchor of its own', 'write it as *name, without more'],
  ['anchor', 'this is not a valid anchor', 'write one anchor before the value, as &name'],
  ['tag', 'this is not a valid tag', 'remove the tag: a manifest needs none'],
  ['irective', 'this is not a valid directive', 'remove the directive: a manifest needs none'],
  ['YAML version', 'the file asks for a version of YAML other than 1.2', 'remove the %YAML directive'],
];

/** Characters that a value without quotes cannot begin with. */
const RESERVED = '@`%]},';

/** Explains why the parser stopped. */
export function explainFailure(text: string, { at, reason }: Failure): Problem {
  const range = { start: at, end: at + 1 };
  if (reason.startsWith('nesting')) {
    const message = `the document is nested more than ${MAX_DEPTH} levels deep`;
    return problem('yaml.too-deep', range, message, 'a manifest needs eight levels at most');
  }
  const lineStart = startOfLine(text, at);
  const indentEnd = skipSpaces(text, lineStart);
  if (text[indentEnd] === '\t' || reason.startsWith('tab ')) {
    const tab = text[indentEnd] === '\t' ? indentEnd : at;
    const message = 'a tab indents this line, which YAML does not allow';
    return problem('yaml.tab', { start: tab, end: tab + 1 }, message, 'indent with spaces');
  }
  const typed = explainCharacters(text, at);
  if (typed !== undefined) return typed;
  const template = templateAt(text, lineStart, indentEnd);
  if (template !== undefined) return templateProblem(text.slice(template.start, template.end), template);
  const better = explainLines(text, at, reason, indentEnd);
  if (better !== undefined) return better;
  const known = REASONS.find(([part]) => reason.includes(part));
  const [, message, remedy] = known ?? ['', ...wordsFor(text, at, indentEnd)];
  return problem('yaml.syntax', range, message, remedy);
}

/** Explains a mistake by the lines around it, where the parser stopped behind the mistake. */
function explainLines(text: string, at: number, reason: string, indentEnd: number): Problem | undefined {
  if (UNCLOSED.some((part) => reason.includes(part))) return explainUnclosed(text, at);
  if (REASONS.some(([part]) => reason.includes(part))) return undefined;
  if (text[at] === ':') return explainColon(text, at);
  return at <= indentEnd ? explainIndentation(text, at) : undefined;
}

/** Reasons of the parser where something above is not closed. */
const UNCLOSED = ['deficient indentation', 'unexpected end of the'];

/** Explains what the parser calls bad indentation, by the character at which it stopped. */
function wordsFor(text: string, at: number, indentEnd: number): readonly [message: string, remedy: string] {
  const character = text.charAt(at);
  if (character === ':') {
    const remedy = 'put the value in quotes; or add the colon or the indentation that the line above lacks';
    return ['this colon comes after text that is a value, not a key', remedy];
  }
  if (RESERVED.includes(character) && character !== '' && text[at - 1] === ' ') {
    return [`a value cannot begin with ${character}`, 'put the value in quotes'];
  }
  if (at <= indentEnd) return ['this line does not fit the lines above it', FIX_INDENTATION];
  if (character === '-') {
    return [
      'a list cannot begin on the line of its key',
      'write each item on a line of its own, below the key',
    ];
  }
  return ['the value ends before this text', 'put the whole value in quotes, or remove the text'];
}

/** Finds the conflicts that a merge of git has left in a part of a text. */
export function findConflicts(text: string, start: number, end: number): Problem[] {
  for (const marker of ['<<<<<<<', '>>>>>>>']) {
    const problems: Problem[] = [];
    for (let at = text.indexOf(marker, start); at >= 0 && at < end; at = text.indexOf(marker, at + 1)) {
      const isLine = at === startOfLine(text, at) && ' \r\n'.includes(text.charAt(at + marker.length));
      if (!isLine) continue;
      const message = 'a merge of git left a conflict here';
      const remedy = 'keep one of the two versions, and remove the lines with <<<<<<<, ======= and >>>>>>>';
      problems.push(problem('yaml.conflict', { start: at, end: at + marker.length }, message, remedy));
    }
    if (problems.length > 0) return problems;
  }
  return [];
}

/** How placeholders of templates begin and end: Helm, Jinja and Ansible; Jinja; shells and Terraform; ERB. */
const PLACEHOLDERS: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '${': '}', '<%': '%>' };
/** Longest placeholder that is quoted as a whole. */
const MAX_PLACEHOLDER = 80;

/** Finds the placeholders of templates in a text, also those in comments. */
function findTemplates(text: string): Range[] {
  return [...text.matchAll(/\{\{|\{%|\$\{|<%/g)].map(({ 0: opening, index: start }) => {
    const closing = PLACEHOLDERS[opening] ?? '';
    const rest = text.slice(start, start + MAX_PLACEHOLDER).split('\n', 1)[0] ?? '';
    const at = rest.indexOf(closing, opening.length);
    return { start, end: start + (at < 0 ? opening.length : at + closing.length) };
  });
}

/** Compares the placeholders of a text with its values, in order. */
export class Placeholders {
  /** Those that have not been compared yet, the last one first. */
  readonly #left: Range[];

  constructor(text: string) {
    this.#left = findTemplates(text).reverse();
  }

  /** Returns the first placeholder that begins at an offset or behind it. Offsets must not go back. */
  next(from: number): Range | undefined {
    for (let next = this.#left.at(-1); next !== undefined; next = this.#left.at(-1)) {
      if (next.start >= from) return next;
      this.#left.pop();
    }
    return undefined;
  }
}

/** @param placeholder as it is written */
export function templateProblem(placeholder: string, range: Range): Problem {
  const message = `the placeholder ${shorten(placeholder)} of a template has no value`;
  return problem('yaml.template', range, message, 'render the template first, and give landfall the result');
}

/** Explains a key that a mapping has already. A second `apiVersion` or `kind` at the top begins another document. */
export function duplicateKey(key: string, depth: number, range: Range): Problem {
  if (depth === 1 && isHeader(key)) {
    const message = 'another document begins here, and the line --- before it is missing';
    return problem(
      'yaml.duplicate-key',
      range,
      message,
      'write --- on a line of its own between the documents',
    );
  }
  const message = `the key ${shorten(key)} occurs twice in this mapping`;
  return problem('yaml.duplicate-key', range, message, 'keep one of the two');
}

/** Whether a document begins with this key; also one that `---` precedes on its line. */
export function isHeader(key: string): boolean {
  return key === 'apiVersion' || key === 'kind' || key.startsWith('---');
}

/** The placeholder that breaks a line: one on it, or one that the line above begins with. */
function templateAt(text: string, lineStart: number, indentEnd: number): Range | undefined {
  const lineEnd = text.indexOf('\n', indentEnd);
  const above = skipSpaces(text, startOfLine(text, lineStart - 1));
  const isAbove = lineStart > 0 && Object.keys(PLACEHOLDERS).some((each) => text.startsWith(each, above));
  const start = isAbove ? above : lineStart;
  const [first] = findTemplates(text.slice(start, lineEnd < 0 ? undefined : lineEnd));
  return first && { start: first.start + start, end: first.end + start };
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

/** Finds the offset of a sign from `from` on, past white space, closing brackets and comments. Returns `from` if there is none. */
export function findSign(text: string, sign: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === sign) return at;
    if (text[at] !== '#') continue;
    at = text.indexOf('\n', at);
    if (at < 0) break;
  }
  return from;
}
