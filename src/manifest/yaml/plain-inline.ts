import { MAX_DEPTH, type MapEntry, type Node, type ScalarNode } from './node.ts';

/** Keys of a mapping beyond which looking for doubles one by one is no longer quick. */
const MANY_KEYS = 100;

/** Thrown, and caught again by `readPlain`, where the text leaves the plain part of YAML. */
export const NOT_PLAIN = new Error('not plain YAML');

const KEY = /[A-Za-z_][A-Za-z0-9_./-]{0,255}:(?![^ \n\r])/y;
/** What a value without quotes may begin with, so that it can be nothing but a value without quotes. */
const FIRST = /[A-Za-z0-9_/.+~$()\\]|-(?=[0-9A-Za-z.])/y;
const INTEGER = /^(?:0|-?[1-9][0-9]{0,14})$/;
/** Any other number of YAML's core schema: how it reads is left to the full parser. */
const NUMBER =
  /^(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?|0[xo][0-9a-f]+|[-+]?\.(?:inf|nan))$/i;
const WORDS = new Map<string, boolean | null>([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** Offset of the colon of a key at `start`; without one, -1 or, where a key is `needed`, not plain. */
export function keyEnd(text: string, start: number, end: number, needed = true): number {
  KEY.lastIndex = start;
  if (KEY.test(text) && KEY.lastIndex <= end) return KEY.lastIndex - 1;
  if (needed) throw NOT_PLAIN;
  return -1;
}

/** The key, unless the mapping has it already. */
export function newKey(entries: readonly MapEntry[], key: string): string {
  if (entries.length >= MANY_KEYS || entries.some((entry) => entry.key === key)) throw NOT_PLAIN;
  return key;
}

/** Offset of the first character that is neither space nor comment from `from` on; -1 if there is none. */
export function blankFrom(text: string, from: number, end: number): number {
  const at = skipSpaces(text, from, end);
  return at === end || (text[at] === '#' && at > from) ? -1 : at;
}

/** The value that fills a line from `start` on: quoted, in braces or brackets, or plain. */
export function readInline(text: string, start: number, end: number, depth: number): Node {
  const first = text[start];
  if (first !== '{' && first !== '[' && first !== '"' && first !== "'") {
    return plain(text, start, blockEnd(text, start, end));
  }
  const node = readFlow(text, start, end, depth);
  if (blankFrom(text, node.end, end) >= 0) throw NOT_PLAIN;
  return node;
}

/** Where plain text in a block ends: before a comment or at the end of the line. */
function blockEnd(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const character = text[at];
    if (character === ':' && (at + 1 === end || text[at + 1] === ' ')) throw NOT_PLAIN;
    if (character === ' ' && text[at + 1] === '#') return at;
  }
  return end;
}

/** Where plain text in braces or brackets ends: before whatever ends an item. */
function flowEnd(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const character = text[at] ?? '';
    if (character === ',' || character === '}' || character === ']') return at;
    if (character === '{' || character === '[') throw NOT_PLAIN;
    if (character === ':' && ' ,[]{}'.includes(text[at + 1] ?? ' ')) throw NOT_PLAIN;
    if (character === ' ' && text[at + 1] === '#') throw NOT_PLAIN;
  }
  throw NOT_PLAIN;
}

function readFlow(text: string, start: number, end: number, depth: number): Node {
  const first = text[start];
  if (first === '{') return flowMap(text, start, end, depth);
  if (first === '[') return flowList(text, start, end, depth);
  if (first === '"' || first === "'") return quoted(text, start, end);
  return plain(text, start, flowEnd(text, start, end));
}

function flowMap(text: string, start: number, end: number, depth: number): Node {
  const entries: MapEntry[] = [];
  const close = flowItems(text, start, end, '}', depth, (at) => {
    const colon = keyEnd(text, at, end);
    const key = newKey(entries, text.slice(at, colon));
    const value = readFlow(text, skipSpaces(text, colon + 1, end), end, depth + 1);
    entries.push({ key, keyStart: at, keyEnd: colon, value });
    return value.end;
  });
  return { kind: 'map', entries, start, end: close };
}

function flowList(text: string, start: number, end: number, depth: number): Node {
  const items: Node[] = [];
  const close = flowItems(text, start, end, ']', depth, (at) => {
    const item = readFlow(text, at, end, depth + 1);
    items.push(item);
    return item.end;
  });
  return { kind: 'list', items, start, end: close };
}

/** Walks over the items between a bracket and its partner; returns the offset behind the partner. */
function flowItems(
  text: string,
  start: number,
  end: number,
  partner: string,
  depth: number,
  item: (at: number) => number,
): number {
  if (depth > MAX_DEPTH) throw NOT_PLAIN;
  let at = skipSpaces(text, start + 1, end);
  if (text[at] === partner && at < end) return at + 1;
  for (;;) {
    at = skipSpaces(text, item(at), end);
    if (at >= end) throw NOT_PLAIN;
    if (text[at] === partner) return at + 1;
    if (text[at] !== ',') throw NOT_PLAIN;
    at = skipSpaces(text, at + 1, end);
  }
}

function quoted(text: string, start: number, end: number): ScalarNode {
  const quote = text[start] ?? '';
  const close = text.indexOf(quote, start + 1);
  if (close < 0 || close >= end || text[close + 1] === quote) throw NOT_PLAIN;
  const value = text.slice(start + 1, close);
  if (quote === '"' && value.includes('\\')) throw NOT_PLAIN;
  return { kind: 'scalar', value, start, end: close + 1 };
}

function plain(text: string, start: number, stop: number): ScalarNode {
  FIRST.lastIndex = start;
  if (start >= stop || !FIRST.test(text)) throw NOT_PLAIN;
  let end = stop;
  while (text[end - 1] === ' ') end--;
  const value = text.slice(start, end);
  return { kind: 'scalar', value: resolve(value), start, end };
}

/** What a value without quotes means in YAML 1.2's core schema. */
function resolve(value: string): string | number | boolean | null {
  const word = WORDS.get(value);
  if (word !== undefined) return word;
  if (INTEGER.test(value)) return Number(value);
  if (NUMBER.test(value)) throw NOT_PLAIN;
  return value;
}

function skipSpaces(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text[at] === ' ') at++;
  return at;
}
