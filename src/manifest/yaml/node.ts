import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag, strTag } from 'js-yaml';
import type { Range } from '../source.ts';

export interface ScalarNode extends Range {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Its value is not known, and a problem has been reported about it. */
  readonly isUnknown?: true;
}

export interface MapEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Node;
}

export interface MapNode extends Range {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  /** It is at an alias; its content is elsewhere. */
  readonly isAliased?: true;
}

export interface ListNode extends Range {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly isAliased?: true;
}

/** A node of the tree of a document. Aliases are resolved, so nodes may be shared; keys are strings. */
export type Node = ScalarNode | MapNode | ListNode;

/** Keys and list positions from the root of a document down to a value. */
export type Path = readonly (string | number)[];

/** Deepest nesting of a document: a manifest needs eight levels; more than this is an attack or an accident. */
export const MAX_DEPTH = 64;

/** A plain value of a document. Mappings have no prototype, so that a key such as `__proto__` is a key like any other. */
export type Value = string | number | boolean | null | undefined | Value[] | ValueMap;
export interface ValueMap {
  [key: string]: Value;
}

class Empty implements ValueMap {
  [key: string]: Value;
}
Object.setPrototypeOf(Empty.prototype, null);
Reflect.deleteProperty(Empty.prototype, 'constructor');

/**
 * Makes a mapping without keys. Mappings that are given the same keys share their layout in memory, which those of
 * `Object.create(null)` do not.
 */
export function newMap(): ValueMap {
  return new Empty();
}

/** Returns the plain value of a tree, for the schema. Each call makes new values, since nodes may be shared. */
export function toValue(node: Node): Value {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toValue);
  const map = newMap();
  for (const { key, value } of node.entries) map[key] = toValue(value);
  return map;
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the mapping under a key; an empty one if there is none. */
export function mapAt(map: ValueMap, key: string): ValueMap {
  const value = map[key];
  return isMap(value) ? value : {};
}

export function textAt(map: ValueMap, key: string): string | undefined {
  const value = map[key];
  return typeof value === 'string' ? value : undefined;
}

/** Returns the texts of a list; undefined where there is none. */
export function textsAt(map: ValueMap, key: string): readonly string[] | undefined {
  const value = map[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** Removes the value at `path`. List items become undefined, so that the others keep their positions. */
export function removeAt(root: Value, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let parent = root;
  for (const step of path.slice(0, -1)) parent = stepInto(parent, step);
  if (Array.isArray(parent)) parent[Number(last)] = undefined;
  else if (isMap(parent)) Reflect.deleteProperty(parent, last);
}

function stepInto(value: Value, step: string | number): Value {
  if (Array.isArray(value)) return value[Number(step)];
  return isMap(value) ? value[step] : undefined;
}

/** Mappings from this size on are looked up by an index: hostile ones have a million keys. */
const INDEXED_FROM = 32;
const indexes = new WeakMap<MapNode, Map<string, MapEntry>>();

/** Returns the range of text to mark for the value at `path`: a scalar itself; of anything larger its key, or its beginning. */
export function rangeOf(root: Node, path: Path): Range {
  let node = root;
  let range = visibleRange(root);
  for (const step of path) {
    const entry = node.kind === 'map' ? entryOf(node, String(step)) : undefined;
    const next = entry?.value ?? (node.kind === 'list' ? node.items[Number(step)] : undefined);
    if (next === undefined) break;
    const visible = next.kind === 'scalar' && next.end > next.start;
    range =
      entry === undefined || visible ? visibleRange(next) : { start: entry.keyStart, end: entry.keyEnd };
    node = next;
  }
  return range;
}

/** Returns the range of text of the key at `path`. */
export function keyRangeOf(root: Node, path: Path): Range {
  const parent = nodeAt(root, path.slice(0, -1));
  const entry = parent?.kind === 'map' ? entryOf(parent, String(path.at(-1))) : undefined;
  return entry === undefined ? rangeOf(root, path) : { start: entry.keyStart, end: entry.keyEnd };
}

/** Returns the paths of the values that are not known. */
export function unknownPaths(root: Node): Path[] {
  const paths: Path[] = [];
  const path: (string | number)[] = [];
  function visit(node: Node, step: string | number): void {
    path.push(step);
    collect(node);
    path.pop();
  }
  function collect(node: Node): void {
    if (node.kind === 'map') for (const { key, value } of node.entries) visit(value, key);
    else if (node.kind === 'list') for (const [index, item] of node.items.entries()) visit(item, index);
    else if (node.isUnknown === true) paths.push([...path]);
  }
  collect(root);
  return paths;
}

/** Makes the value of a key unknown, because the key has another value too: which of the two is meant is not known. */
export function forgetValue(entries: MapEntry[], key: string): void {
  const index = entries.findIndex((entry) => entry.key === key);
  const entry = entries[index];
  if (entry === undefined) return;
  const { keyEnd } = entry;
  entries[index] = {
    ...entry,
    value: { kind: 'scalar', value: null, start: keyEnd, end: keyEnd, isUnknown: true },
  };
}

export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = entryOf(node, String(step))?.value;
    else node = node?.kind === 'list' ? node.items[Number(step)] : undefined;
  }
  return node;
}

function visibleRange(node: Node): Range {
  if (node.kind === 'scalar') return node;
  if (node.isAliased === true) return { start: node.start, end: node.end };
  const first = node.kind === 'map' ? node.entries[0] : undefined;
  return first === undefined
    ? { start: node.start, end: node.start + 1 }
    : { start: first.keyStart, end: first.keyEnd };
}

function entryOf(map: MapNode, key: string): MapEntry | undefined {
  if (map.entries.length < INDEXED_FROM) return map.entries.find((entry) => entry.key === key);
  let index = indexes.get(map);
  if (index === undefined) {
    index = new Map(map.entries.map((entry) => [entry.key, entry]));
    indexes.set(map, index);
  }
  return index.get(key);
}

/** Number of keys from which on a set is faster than a comparison with each key. */
const MANY_KEYS = 16;

/** Returns a function that tells whether a mapping has a key already. Call it once for each key, before its entry is added. */
export function keyCheck(entries: readonly MapEntry[]): (key: string) => boolean {
  let keys: Set<string> | undefined;
  return (key) => {
    if (entries.length < MANY_KEYS) return entries.some((entry) => entry.key === key);
    keys ??= new Set(entries.map((entry) => entry.key));
    const isTaken = keys.has(key);
    keys.add(key);
    return isTaken;
  };
}

type ScalarValue = ScalarNode['value'];

/** What the tags of YAML itself begin with; `!!` is short for it. */
export const CORE_PREFIX = 'tag:yaml.org,2002:';
const CORE_TAGS = [strTag, nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

/**
 * The full name of a tag as it is written.
 * @param handles what each handle is short for
 */
export function fullTagName(tag: string, handles: ReadonlyMap<string, string>): string {
  if (tag.startsWith('!<')) return tag.slice(2, -1);
  const handle = tag.slice(0, tag.indexOf('!', 1) + 1) || '!';
  return (handles.get(handle) ?? handle) + tag.slice(handle.length);
}

/** The value that a tag gives a text; undefined where the tag is not known, or the text does not fit it. */
export function resolveTagged(tagName: string, text: string): ScalarValue | undefined {
  if (tagName === '!') return text;
  const value = CORE_TAGS.find((tag) => tag.tagName === tagName)?.resolve(text, true, tagName);
  return value === NOT_RESOLVED ? undefined : value;
}

const WORDS = new Map<string, ScalarValue>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** The value of text without quotes in YAML 1.2's core schema: `010` is ten, and `yes` and dates are text. */
export function resolvePlain(text: string): ScalarValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!'+-.0123456789'.includes(text.charAt(0))) return text;
  for (const tag of [intCoreTag, floatCoreTag]) {
    const number = tag.resolve(text, false, tag.tagName);
    if (number !== NOT_RESOLVED) return number;
  }
  // js-yaml reads a number that is too large as text.
  const number = Number(text);
  return Number.isFinite(number) || Number.isNaN(number) || text.endsWith('Infinity') ? text : number;
}
