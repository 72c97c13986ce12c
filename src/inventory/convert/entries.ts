import { type CST, isScalar, type ParsedNode, type YAMLMap } from 'yaml';

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
    const start = firstOf(srcToken.start, key.range[0], PROPERTIES);
    const colon = srcToken.sep?.find(({ type }) => type === 'map-value-ind');
    const afterColon = colon === undefined ? key.range[1] : colon.offset + colon.source.length;
    const empty = srcToken.value === undefined;
    const properties = (srcToken.sep ?? []).filter(({ offset }) => offset >= afterColon);
    return [
      {
        key: isScalar(key) ? String(key.value) : '',
        value,
        start,
        end: empty ? lastOf(properties, afterColon) : (value?.range[1] ?? afterColon),
        valueStart: firstOf(properties, value?.range[0] ?? afterColon, PROPERTIES),
      },
    ];
  });
}

const PROPERTIES: ReadonlySet<CST.SourceToken['type']> = new Set(['anchor', 'tag', 'explicit-key-ind']);

function firstOf(
  tokens: readonly CST.SourceToken[],
  otherwise: number,
  types: ReadonlySet<CST.SourceToken['type']>,
): number {
  return tokens.find(({ type }) => types.has(type))?.offset ?? otherwise;
}

/** The end of the last anchor or tag of a value that is empty. */
function lastOf(tokens: readonly CST.SourceToken[], otherwise: number): number {
  const last = tokens.findLast(({ type }) => PROPERTIES.has(type));
  return last === undefined ? otherwise : last.offset + last.source.length;
}
