import {
  type Alias,
  Composer,
  CST,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { ConcernId } from '../../core/concern-ids.ts';
import { type Problem, problem, type Range } from '../source.ts';
import { shorten } from '../wording.ts';
import { type MapEntry, MAX_DEPTH, MAX_DOCUMENTS, type Node, type ScalarNode } from './node.ts';
import { readPlain } from './plain.ts';

/** Problems of one text beyond which the rest is noise: random bytes make one a line. */
const MAX_PROBLEMS = 50;

/** The documents of a text that are not empty, and all that is wrong with it as YAML, in order of place. */
export function readYaml(text: string): { roots: Node[]; problems: Problem[] } {
  const unprintable = findUnprintable(text);
  if (unprintable !== undefined) return { roots: [], problems: [unprintable] };
  const roots = readPlain(text);
  if (roots !== undefined) return { roots, problems: [] };
  const full = readFull(text);
  return { roots: full.roots, problems: firstOfEachLine(full.problems, text).slice(0, MAX_PROBLEMS) };
}

const STUMBLES: ReadonlySet<string> = new Set<ConcernId>(['yaml.syntax', 'yaml.tab']);

/** The parser stumbles several times over one mistake; what it says first about a line is the best of it. */
function firstOfEachLine(problems: readonly Problem[], text: string): Problem[] {
  const sorted = [...problems].sort((a, b) => a.start - b.start);
  return sorted.filter(({ id, start }, index) => {
    const before = sorted[index - 1];
    return !STUMBLES.has(id) || before?.id !== id || text.slice(before.start, start).includes('\n');
  });
}

/** What YAML 1.2 calls printable is allowed, less the line ends nobody has used for twenty years. */
const UNPRINTABLE = /\r(?!\n)|[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The first character that no text file has: a NUL or another control, half of a surrogate pair. */
function findUnprintable(text: string): Problem | undefined {
  const at = text.search(UNPRINTABLE);
  if (at < 0) return undefined;
  const hex = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return problem(
    'yaml.syntax',
    { start: at, end: at + 1 },
    `the character U+${hex} stands here, which no YAML file may hold`,
    'check that this is a text file, and write the character as an escape in double quotes if it is meant',
  );
}

/**
 * Pieces a text may have for the full parser, which needs about a kilobyte for each. A file of the largest
 * size (files.ts) passes if it is plain; this is for files made to exhaust memory.
 */
const MAX_PIECES = 1_000_000;

/**
 * Reads any YAML 1.2, with all problems of the text. A document that is not well-formed is not returned, as
 * what the parser makes of it is guesswork; the others are.
 */
export function readFull(text: string): { roots: Node[]; problems: Problem[] } {
  const { documents, problems } = compose(text);
  const roots: Node[] = [];
  for (const document of documents) {
    const { errors, warnings } = document;
    problems.push(...[...errors, ...warnings.filter(isTagError)].map((error) => wordError(error, text)));
    const { version } = document.directives.yaml;
    if (version !== '1.2') problems.push(wrongVersion(version));
    if (errors.length > 0 || version !== '1.2') continue;
    const converted = convert(document.contents);
    problems.push(...converted.problems);
    if (converted.root !== undefined) roots.push(converted.root);
  }
  return { roots, problems };
}

function wrongVersion(version: string): Problem {
  const message = `the file asks for YAML ${version}; landfall reads YAML 1.2`;
  return problem('yaml.syntax', { start: 0, end: 1 }, message, 'remove the %YAML directive');
}

/**
 * A tag nobody knows is only a warning to the parser, but then a value is not what its author meant. The rest of
 * the document is sound.
 */
function isTagError({ code }: YAMLError): boolean {
  return code === 'TAG_RESOLVE_FAILED';
}

/** Feeds the parser piece by piece, to stop it before nesting or sheer number exhaust the machine. */
function compose(text: string): { documents: Document.Parsed[]; problems: Problem[] } {
  const parser = new Parser();
  const composer = new Composer({
    stringKeys: true,
    // The parser compares every key with every other; convert.ts finds doubles in linear time.
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const documents: Document.Parsed[] = [];
  let pieces = 0;
  for (const piece of new Lexer().lex(text)) {
    for (const token of parser.next(piece)) documents.push(...composer.next(token));
    const problem = limitAt(parser, ++pieces, documents.length);
    if (problem !== undefined) return { documents, problems: [problem] };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  return { documents, problems: [] };
}

function limitAt({ offset, stack }: Parser, pieces: number, documents: number): Problem | undefined {
  const range = { start: offset - 1, end: offset };
  // The stack holds the document, the levels, and perhaps a scalar.
  const levels = stack.length - (CST.isCollection(stack.at(-1)) ? 1 : 2);
  if (levels > MAX_DEPTH) {
    const message = `the document is nested more than ${MAX_DEPTH} levels deep`;
    return problem('yaml.too-deep', range, message, 'a manifest needs eight levels at most');
  }
  if (pieces <= MAX_PIECES && documents <= MAX_DOCUMENTS) return undefined;
  const limit = pieces > MAX_PIECES ? `${MAX_PIECES} words and signs` : `${MAX_DOCUMENTS} documents`;
  return problem(
    'file.too-large',
    range,
    `the file has more than ${limit} up to here`,
    'split it into several files',
  );
}

/** Nodes that aliases may add to a document: plenty for shared labels and defaults, too few for an alias bomb. */
const MAX_ALIASED = 100_000;

/** Turns the parser's tree into ours: resolves aliases, finds doubled keys. No root: the document is empty. */
function convert(contents: ParsedNode | null): { root: Node | undefined; problems: Problem[] } {
  const converter = new Converter();
  const root = contents === null ? undefined : converter.node(contents);
  const empty = root?.kind === 'scalar' && root.value === null && root.start === root.end;
  return { root: empty ? undefined : root, problems: converter.problems };
}

class Converter {
  readonly problems: Problem[] = [];
  readonly #anchors = new Map<string, { node: Node; size: number }>();
  /** Nodes so far, with those that aliases stand for. */
  #size = 0;
  #aliased = 0;

  node(parsed: ParsedNode | null): Node {
    if (isAlias(parsed)) return this.#alias(parsed);
    const before = this.#size++;
    const node = this.#plain(parsed);
    if (parsed?.anchor !== undefined) this.#anchors.set(parsed.anchor, { node, size: this.#size - before });
    return node;
  }

  #plain(parsed: ParsedNode | null): Node {
    const [start, end] = parsed?.range ?? [0, 0];
    if (isMap(parsed)) return { kind: 'map', entries: this.#entries(parsed), start, end };
    if (isSeq(parsed)) {
      const { items } = parsed as YAMLSeq<ParsedNode>;
      return { kind: 'list', items: items.map((item) => this.node(item)), start, end };
    }
    const value: unknown = isScalar(parsed) ? parsed.value : null;
    const known = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
    const isUnknown = typeof value === 'string' && !(isScalar(parsed) && hasTextTag(parsed));
    return { kind: 'scalar', value: known ? value : null, start, end, ...(isUnknown && { isUnknown }) };
  }

  #entries(map: YAMLMap): MapEntry[] {
    const entries = new Map<string, MapEntry>();
    for (const pair of map.items as YAMLMap<ParsedNode, ParsedNode | null>['items']) {
      const [keyStart, keyEnd] = pair.key.range;
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const value = pair.value === null ? nothing(keyEnd) : this.node(pair.value);
      const first = entries.get(key);
      if (first === undefined) entries.set(key, { key, keyStart, keyEnd, value });
      else this.problems.push(doubled(key, { start: keyStart, end: keyEnd }));
    }
    return [...entries.values()];
  }

  #alias({ source, range }: Alias.Parsed): Node {
    const at = { start: range[0], end: range[1] };
    const anchor = this.#anchors.get(source);
    if (anchor === undefined) {
      const name = shorten(source);
      this.problems.push(
        problem('yaml.alias', at, `*${name} names no anchor above it`, `define it first, with &${name}`),
      );
      return { ...nothing(at.start), isUnknown: true };
    }
    const before = this.#aliased;
    this.#aliased += anchor.size;
    this.#size += anchor.size;
    if (this.#aliased <= MAX_ALIASED) {
      // What is wrong with a scalar is mended where it stands; a mapping may be wrong only where it is repeated.
      return anchor.node.kind === 'scalar' ? anchor.node : { ...anchor.node, ...at, isAliased: true };
    }
    if (before <= MAX_ALIASED)
      this.problems.push(problem('yaml.alias', at, TOO_MANY, 'write the values out'));
    return { ...nothing(at.start), isUnknown: true };
  }
}

/** Whether text is meant to be text: the parser also makes text of what has a tag it does not know. */
function hasTextTag({ tag }: Scalar): boolean {
  return tag === undefined || tag === '!' || tag === 'tag:yaml.org,2002:str';
}

const TOO_MANY = `from here on, the aliases of this document stand for more than ${MAX_ALIASED} values`;

function nothing(at: number): ScalarNode {
  return { kind: 'scalar', value: null, start: at, end: at };
}

function doubled(key: string, range: Range): Problem {
  return problem(
    'yaml.duplicate-key',
    range,
    `the key ${shorten(key)} stands twice in this mapping`,
    'keep one of the two',
  );
}

/** What to do about each kind of error of the parser; the parser's own words say what is wrong. */
const REMEDIES: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'put tags and anchors on the value, not on its alias',
  BAD_ALIAS: 'name the anchor the alias stands for',
  BAD_COLLECTION_TYPE: 'remove the tag',
  BAD_DIRECTIVE: 'remove the directive',
  BAD_DQ_ESCAPE: 'write a backslash as \\\\, or use single quotes',
  BAD_INDENT: 'indent with spaces, keys of one mapping in the same column',
  BAD_PROP_ORDER: 'put tags and anchors directly before the value',
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put the value in quotes, or its keys on lines of their own',
  BLOCK_IN_FLOW: 'keep to braces and brackets inside of braces and brackets',
  DUPLICATE_KEY: 'keep one of the two',
  IMPOSSIBLE: 'write this part in a simpler way',
  KEY_OVER_1024_CHARS: 'shorten the key',
  MISSING_CHAR: 'add what is missing',
  MULTILINE_IMPLICIT_KEY: 'write the key on one line, with a colon and a space behind it',
  MULTIPLE_ANCHORS: 'keep one of the anchors',
  MULTIPLE_DOCS: 'keep one document',
  MULTIPLE_TAGS: 'remove the tags',
  NON_STRING_KEY: 'use text for keys',
  RESOURCE_EXHAUSTION: 'nest less deep',
  TAB_AS_INDENT: 'indent with spaces',
  TAG_RESOLVE_FAILED: 'remove the tag: manifests need none',
  UNEXPECTED_TOKEN: 'put the value in quotes, or remove what is too much',
};

/** The parser's error in the words of a concern: lower case, no full stop, no excerpt of its own. */
function wordError(error: YAMLError, text: string): Problem {
  const [start, end] = isAboveTab(error, text) ? [error.pos[1], error.pos[1] + 1] : error.pos;
  if (error.code === 'TAB_AS_INDENT' || isTabIndent(text, start)) {
    return problem(
      'yaml.tab',
      { start, end },
      'a tab indents this line, which YAML forbids',
      REMEDIES.TAB_AS_INDENT,
    );
  }
  const said = shorten((error.message.split('\n', 1)[0] ?? '').replace(/\.$/, ''), 200);
  const message = said.charAt(0).toLowerCase() + said.slice(1);
  const id = error.code === 'BAD_ALIAS' || error.code === 'ALIAS_PROPS' ? 'yaml.alias' : 'yaml.syntax';
  return problem(id, { start, end }, message, REMEDIES[error.code]);
}

/** Of a list that a tab indents, the parser first complains at the end of the line above. */
function isAboveTab({ code, pos: [start, end] }: YAMLError, text: string): boolean {
  return code === 'BLOCK_AS_IMPLICIT_KEY' && text.slice(start, end) === '\n' && isTabIndent(text, end);
}

/** Some tabs confuse the parser before it notices them: any error on a line that a tab indents is the tab's. */
function isTabIndent(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^ *\t/.test(text.slice(lineStart, lineStart + 100));
}
