import { type CST, isScalar, Lexer, type ParsedNode, type YAMLMap } from 'yaml';

/** A stretch of the text, `end` behind its last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch of the text, and what is to stand there instead. */
export interface Edit extends Span {
  readonly text: string;
}

/** A key of a mapping with its value, as they stand in the text; with anchors and tags, without comments around. */
export interface Entry extends Span {
  readonly key: string;
  readonly value: ParsedNode | null;
  /** Where the value begins, with its anchor. */
  readonly valueStart: number;
}

/** The entries of a mapping that was parsed with its source tokens. */
export function entriesOf(map: YAMLMap): Entry[] {
  return (map as YAMLMap<ParsedNode, ParsedNode | null>).items.flatMap(({ key, value, srcToken }) => {
    if (srcToken === undefined) return [];
    const start = startOfProperties(srcToken.start, key.range[0], PROPERTIES);
    const colon = srcToken.sep?.find(({ type }) => type === 'map-value-ind');
    const afterColon = colon === undefined ? key.range[1] : colon.offset + colon.source.length;
    const empty = srcToken.value === undefined;
    const properties = (srcToken.sep ?? []).filter(({ offset }) => offset >= afterColon);
    return [
      {
        key: isScalar(key) ? String(key.value) : '',
        value,
        start,
        end: empty ? endOfProperties(properties, afterColon) : (value?.range[1] ?? afterColon),
        valueStart: startOfProperties(properties, value?.range[0] ?? afterColon, PROPERTIES),
      },
    ];
  });
}

const PROPERTIES: ReadonlySet<CST.SourceToken['type']> = new Set(['anchor', 'tag', 'explicit-key-ind']);

function startOfProperties(
  tokens: readonly CST.SourceToken[],
  otherwise: number,
  types: ReadonlySet<CST.SourceToken['type']>,
): number {
  return tokens.find(({ type }) => types.has(type))?.offset ?? otherwise;
}

/** The end of the last anchor or tag of a value that is empty. */
function endOfProperties(tokens: readonly CST.SourceToken[], otherwise: number): number {
  const last = tokens.findLast(({ type }) => PROPERTIES.has(type));
  return last === undefined ? otherwise : last.offset + last.source.length;
}

/** Tells whether an offset lies in one of the spans: sorted, and not over one another. A file can have thousands. */
export function isWithinAny(spans: readonly Span[]): (at: number) => boolean {
  return (at) => {
    const span = lastBefore(spans, at);
    return span !== undefined && at < span.end;
  };
}

/** The last of sorted spans that begins at an offset or before it. */
export function lastBefore<T extends Span>(spans: readonly T[], at: number): T | undefined {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

/** Of two that begin together, the one that takes up nothing comes first. */
export function byStart(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end;
}

/** Offset of the beginning of the line that `at` is on. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Offset behind the line break of the line that a value ends on; a block scalar ends behind its own. */
export function lineEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const feed = text.indexOf('\n', end);
  return feed < 0 ? text.length : feed + 1;
}

/** The same, before the line break. */
export function lineBreak(text: string, end: number): number {
  const behind = lineEnd(text, end);
  if (text[behind - 1] !== '\n') return behind;
  return text[behind - 2] === '\r' ? behind - 2 : behind - 1;
}

/** How the line that `at` is on ends; a last line ends as the first does. */
export function endOfLine(text: string, at: number): string {
  const feed = text.indexOf('\n', at);
  const of = feed < 0 ? text.indexOf('\n') : feed;
  return text[of - 1] === '\r' ? '\r\n' : '\n';
}

/** What the lexer says of the next piece, which stands nowhere in the text. */
const LEXER_MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);
const SCALAR_MARK = '\u001f';

/** Where the comments of a text stand. */
export function commentsOf(text: string): Span[] {
  const comments: Span[] = [];
  let at = 0;
  let before = '';
  for (const piece of new Lexer().lex(text)) {
    if (!LEXER_MARKS.has(piece)) {
      if (piece.startsWith('#') && before !== SCALAR_MARK)
        comments.push({ start: at, end: at + piece.length });
      at += piece.length;
    }
    before = piece;
  }
  return comments;
}
