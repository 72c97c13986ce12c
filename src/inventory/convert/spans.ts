import { type CST, isScalar, Lexer, type ParsedNode, type YAMLMap } from 'yaml';

/** A part of the text; `end` is the offset after its last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of the text, and the text that replaces it. */
export interface Edit extends Span {
  readonly text: string;
}

/** The places of a key of a mapping and its value, with anchors and tags, without comments around them. */
export interface Entry extends Span {
  readonly key: string;
  readonly value: ParsedNode | null;
  /** The offset of the value, including its anchor. */
  readonly valueStart: number;
}

/** Returns the entries of a mapping that was parsed with its source tokens. */
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

/** Returns the end of the last anchor or tag of an empty value. */
function endOfProperties(tokens: readonly CST.SourceToken[], otherwise: number): number {
  const last = tokens.findLast(({ type }) => PROPERTIES.has(type));
  return last === undefined ? otherwise : last.offset + last.source.length;
}

/** Whether an offset is in one of the spans, which are sorted and do not overlap. A file can have thousands of them. */
export function isWithinAny(spans: readonly Span[]): (at: number) => boolean {
  return (at) => {
    const span = lastBefore(spans, at);
    return span !== undefined && at < span.end;
  };
}

/** Finds the last of sorted spans that begins at or before an offset. */
export function lastBefore<T extends Span>(spans: readonly T[], at: number): T | undefined {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

/** Compares spans by their beginning; of two with the same beginning, an empty one comes first. */
export function byStart(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end;
}

/** Returns the offset of the beginning of the line of `at`. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Returns the offset after the line break of the last line of a value; a block scalar ends after its own line break. */
export function lineEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const feed = text.indexOf('\n', end);
  return feed < 0 ? text.length : feed + 1;
}

/** Returns the offset before that line break. */
export function lineBreak(text: string, end: number): number {
  const behind = lineEnd(text, end);
  if (text[behind - 1] !== '\n') return behind;
  return text[behind - 2] === '\r' ? behind - 2 : behind - 1;
}

/** Returns the line break of the line of `at`; for a last line without one, that of the first line. */
export function endOfLine(text: string, at: number): string {
  const feed = text.indexOf('\n', at);
  const of = feed < 0 ? text.indexOf('\n') : feed;
  return text[of - 1] === '\r' ? '\r\n' : '\n';
}

/** Marks that the lexer puts before tokens; they are not in the text. */
const LEXER_MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);
const SCALAR_MARK = '\u001f';

/** Finds the comments of a text. */
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
