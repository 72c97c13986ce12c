import type { ErrorCode, YAMLError } from 'yaml';
import { shorten } from '../shorten.ts';
import { problem, type Problem } from '../problem.ts';

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
export function wordError(error: YAMLError, text: string): Problem {
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
