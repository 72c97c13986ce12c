import type { Range } from './problem.ts';
import type { MapEntry, MapNode, Node, Path } from './yaml/node.ts';

/** Mappings from this size on are looked up by an index: hostile ones have a million keys. */
const LARGE = 32;
const indexes = new WeakMap<MapNode, Map<string, MapEntry>>();

/** The stretch of text that stands for the value at `path`: a scalar itself; of anything larger its key, or its beginning. */
export function rangeOf(root: Node, path: Path): Range {
  let node = root;
  let range = beginning(root);
  for (const step of path) {
    const entry = node.kind === 'map' ? entryOf(node, String(step)) : undefined;
    const next = entry?.value ?? (node.kind === 'list' ? node.items[Number(step)] : undefined);
    if (next === undefined) break;
    const visible = next.kind === 'scalar' && next.end > next.start;
    range = entry === undefined || visible ? beginning(next) : { start: entry.keyStart, end: entry.keyEnd };
    node = next;
  }
  return range;
}

/** The stretch of text of the key at `path`. */
export function keyRangeOf(root: Node, path: Path): Range {
  const parent = nodeAt(root, path.slice(0, -1));
  const entry = parent?.kind === 'map' ? entryOf(parent, String(path.at(-1))) : undefined;
  return entry === undefined ? rangeOf(root, path) : { start: entry.keyStart, end: entry.keyEnd };
}

/** Paths of the values of which it is not known what they stand for. */
export function unknownPaths(node: Node, path: Path = []): Path[] {
  if (node.kind === 'scalar') return node.isUnknown === true ? [path] : [];
  return node.kind === 'list'
    ? node.items.flatMap((item, index) => unknownPaths(item, [...path, index]))
    : node.entries.flatMap(({ key, value }) => unknownPaths(value, [...path, key]));
}

export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = entryOf(node, String(step))?.value;
    else node = node?.kind === 'list' ? node.items[Number(step)] : undefined;
  }
  return node;
}

function beginning(node: Node): Range {
  if (node.kind === 'scalar') return node;
  if (node.isAliased === true) return { start: node.start, end: node.end };
  const first = node.kind === 'map' ? node.entries[0] : undefined;
  return first === undefined
    ? { start: node.start, end: node.start + 1 }
    : { start: first.keyStart, end: first.keyEnd };
}

function entryOf(map: MapNode, key: string): MapEntry | undefined {
  if (map.entries.length < LARGE) return map.entries.find((entry) => entry.key === key);
  let index = indexes.get(map);
  if (index === undefined) {
    index = new Map(map.entries.map((entry) => [entry.key, entry]));
    indexes.set(map, index);
  }
  return index.get(key);
}
