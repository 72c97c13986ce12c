import { CST, Composer, Lexer, Parser, type Document, type YAMLError } from 'yaml';
import { convert } from './convert.ts';
import { MAX_DEPTH, MAX_DOCUMENTS, type Node } from './node.ts';
import { problem, type Problem } from '../problem.ts';
import { wordError } from './word-error.ts';

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
