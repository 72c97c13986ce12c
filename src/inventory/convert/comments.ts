import { Lexer } from 'yaml';
import type { Span } from './entries.ts';

/** What the lexer says of the next piece, which stands nowhere in the text. */
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);
const SCALAR = '\u001f';

/** Where the comments of a text stand. */
export function commentsOf(text: string): Span[] {
  const comments: Span[] = [];
  let at = 0;
  let before = '';
  for (const piece of new Lexer().lex(text)) {
    if (!MARKS.has(piece)) {
      if (piece.startsWith('#') && before !== SCALAR) comments.push({ start: at, end: at + piece.length });
      at += piece.length;
    }
    before = piece;
  }
  return comments;
}
