import type { Path, Node } from '../yaml/node.ts';

/** A plain value of a document. Mappings have no prototype, so that a key such as `__proto__` is a key like any other. */
export type Value = string | number | boolean | null | undefined | Value[] | ValueMap;
export interface ValueMap {
  [key: string]: Value;
}

/** The plain value of a tree, for the schema to check: fresh at each call, as shared nodes may not be shared values. */
export function toValue(node: Node): Value {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toValue);
  const map = Object.create(null) as ValueMap;
  for (const { key, value } of node.entries) map[key] = toValue(value);
  return map;
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping under a key; an empty one if there is none. */
export function mapAt(map: ValueMap, key: string): ValueMap {
  const value = map[key];
  return isMap(value) ? value : {};
}

export function textAt(map: ValueMap, key: string): string | undefined {
  const value = map[key];
  return typeof value === 'string' ? value : undefined;
}

/** Takes the value at `path` out: list items become undefined, so that the others keep their positions. */
export function cut(root: Value, path: Path): void {
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
