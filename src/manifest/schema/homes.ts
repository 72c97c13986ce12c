import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { HIDDEN_CHARACTER } from '../../core/names.ts';
import { shorten } from '../../core/text.ts';
import { type Kind, KINDS, readSchema } from '../schemas.ts';
import { problem, type Problem } from '../source.ts';
import {
  isMap,
  keyRangeOf,
  mapAt,
  type Node,
  type Path,
  rangeOf,
  type Value,
  type ValueMap,
} from '../yaml/node.ts';

/** Where a key belongs that a mapping does not have. */
export interface Home {
  /** The kind of document, where it is another one. */
  readonly kind?: Kind;
  /** The mapping that has the key; `*` stands for any name and any position in a list. */
  readonly path: Path;
}

export const ANY = '*';

/**
 * Finds the mapping that has a key which the mapping at `path` does not have: the nearest one of the document, or else
 * of a document of another kind. Returns nothing where no mapping has it.
 */
export function findHome(key: string, path: Path, kind: Kind): Home | undefined {
  const own = nearestHome(key, path, kind);
  if (own !== undefined) return { path: own };
  const other = KINDS.find((each) => each !== kind && homesOf(each).has(key));
  const there = other === undefined ? undefined : nearestHome(key, [], other);
  return other === undefined || there === undefined ? undefined : { kind: other, path: there };
}

function nearestHome(key: string, path: Path, kind: Kind): Path | undefined {
  const homes = (homesOf(kind).get(key) ?? []).map((home) => ({ home, shared: sharedSteps(home, path) }));
  const distance = ({ home, shared }: (typeof homes)[number]): number =>
    // A single mapping goes before one of many at the same distance.
    home.length + path.length - 2 * shared + (home.indexOf(ANY) >= shared ? 0.5 : 0);
  const [nearest] = homes.toSorted((a, b) => distance(a) - distance(b));
  return nearest && [...path.slice(0, nearest.shared), ...nearest.home.slice(nearest.shared)];
}

function sharedSteps(home: readonly string[], path: Path): number {
  const different = home.findIndex((step, index) => step !== ANY && step !== path[index]);
  const most = Math.min(home.length, path.length);
  return different < 0 ? most : Math.min(different, most);
}

const homes = new Map<Kind, ReadonlyMap<string, readonly (readonly string[])[]>>();

/** The paths of the mappings that have each key, in the order of the schema. */
function homesOf(kind: Kind): ReadonlyMap<string, readonly (readonly string[])[]> {
  const known = homes.get(kind);
  if (known !== undefined) return known;
  const found = new Map<string, string[][]>();
  const root = readSchema(kind);
  visit(root, []);
  homes.set(kind, found);
  return found;

  function visit(schema: AnySchemaObject, path: string[]): void {
    for (const [key, value] of Object.entries(propertiesOf(schema, root))) {
      found.set(key, [...(found.get(key) ?? []), path]);
      visit(value, [...path, key]);
    }
    for (const keyword of ['items', 'additionalProperties']) {
      const each: unknown = schema[keyword];
      if (typeof each === 'object' && each !== null) visit(each, [...path, ANY]);
    }
  }
}

/** Says for a message where a key belongs: `in spec.defaults`. */
export function describeHome({ kind, path }: Home): string {
  const ofKind = kind === undefined ? '' : ` of a document of kind: ${kind}`;
  if (path.length === 0) return `at the top level${ofKind}`;
  if (/^\d+$/.test(String(path.at(-1)))) return `in ${describePath(path)}`;
  if (path.at(-1) === ANY) return `in an entry of ${path.slice(0, -1).join('.')}${ofKind}`;
  // Below an item of a list, the steps from the item on say enough.
  const item = path.findLastIndex((step) => /^\d+$/.test(String(step)));
  const steps = path.slice(item + 1).map((step) => (step === ANY ? '<name>' : step));
  return `in ${steps.join('.')}${ofKind}`;
}

type Schemas = Readonly<Record<string, AnySchemaObject>>;

/** Returns the schemas of the keys that a mapping may have: those of its schema and of the schemas that it refers to. */
export function propertiesOf(schema: AnySchemaObject, root: AnySchemaObject): Schemas {
  const own = (schema['properties'] ?? {}) as Schemas;
  const parts = (schema['allOf'] ?? []) as AnySchemaObject[];
  const referred = [schema, ...parts].flatMap(({ $ref: reference }) => {
    const name = typeof reference === 'string' ? /^#\/\$defs\/(\w+)$/.exec(reference)?.[1] : undefined;
    const definition = name === undefined ? undefined : (root['$defs'] as Schemas)[name];
    return definition === undefined ? [] : [propertiesOf(definition, root)];
  });
  return Object.assign({}, own, ...referred) as Schemas;
}

/** Names the value at a path for a message: by the last key, or by its position in its list. */
export function describePath(path: Path): string {
  const last = path.at(-1);
  return /^\d+$/.test(String(last))
    ? `item ${Number(last) + 1} of ${String(path.at(-2))}`
    : shorten(String(last));
}

/** Formats a path as a JSON pointer (RFC 6901). */
export function toPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Parses a JSON pointer (RFC 6901); positions in lists are texts. */
export function parsePointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const VM_NAMES = ['name', 'path', 'serverId', 'vmManagerId', 'vmId', 'vmWareUuid'];

/** Removes the characters that cannot be seen from a name. */
export function removeHidden(name: string): string {
  return name.replace(new RegExp(HIDDEN_CHARACTER, 'gu'), '');
}

/** A name with a character that it may not have. */
interface WrongCharacter {
  readonly path: Path;
  /** It is in the key at the path, not in the value. */
  readonly isKey: boolean;
  readonly problem: Problem;
}

/**
 * Finds the names of projects, waves, targets and VMs, and the paths, that have a character that cannot be seen: two
 * names that look the same may then differ.
 */
export function findHiddenCharacters(
  kind: Kind,
  value: ValueMap,
  root: () => Node,
  text: string,
): WrongCharacter[] {
  const found: WrongCharacter[] = [];
  const check = (name: unknown, path: Path, isKey = false): void => {
    if (typeof name !== 'string' || !HIDDEN_CHARACTER.test(name)) return;
    found.push({ path, isKey, problem: hiddenCharacter(name, path, isKey, root(), text) });
  };
  check(mapAt(value, 'metadata')['name'], ['metadata', 'name']);
  if (kind === 'Project') {
    check(value['defaultTarget'], ['defaultTarget']);
    for (const name of Object.keys(mapAt(value, 'targets'))) check(name, ['targets', name], true);
    const globs = value['waves'];
    if (Array.isArray(globs)) for (const [index, glob] of globs.entries()) check(glob, ['waves', index]);
    return found;
  }
  const { target, vms } = mapAt(value, 'spec');
  check(target, ['spec', 'target']);
  if (!Array.isArray(vms)) return found;
  for (const [index, vm] of vms.entries()) {
    if (isMap(vm)) for (const key of VM_NAMES) check(vm[key], ['spec', 'vms', index, key]);
  }
  return found;
}

function hiddenCharacter(name: string, path: Path, isKey: boolean, root: Node, text: string): Problem {
  const at = name.search(HIDDEN_CHARACTER);
  const code = (name.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const what = isKey ? 'the name of the target' : describePath(path);
  const before = at === 0 ? 'at its beginning' : `after "${name.slice(0, at).slice(-MAX_BEFORE)}"`;
  const range = isKey ? keyRangeOf(root, path) : rangeOf(root, path);
  // A character that is written as an escape is not in the text itself.
  const inText = text.slice(range.start, range.end).search(HIDDEN_CHARACTER);
  const start = range.start + Math.max(0, inText);
  return problem(
    'name.hidden-character',
    inText < 0 ? range : { start, end: start + 1 },
    `${what} has the character U+${code}, which cannot be seen, ${before}`,
    path.includes('vms') ? OF_VM : 'remove the character',
  );
}

/** Longest part of a name before the character that a message repeats. */
const MAX_BEFORE = 40;

const OF_VM = 'remove the character; a VM whose name has it in vCenter can be identified by another key';

/** The form of the keys of tags (EC2 User Guide, tag restrictions); the schemas repeat it for the characters of ASCII. */
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

/** Finds keys of tags with a character that is neither a letter, a digit nor a space of any script. */
export function findTagKeys(value: Value, root: () => Node): WrongCharacter[] {
  const found: WrongCharacter[] = [];
  const path: (string | number)[] = [];
  function visit(parent: ValueMap | Value[]): void {
    for (const [key, each] of Object.entries(parent)) {
      // Most values of a manifest are scalars.
      if (typeof each !== 'object' || each === null) continue;
      path.push(key);
      if (isMap(each) && /^tags$|Tags$/.test(key)) found.push(...wrongTagKeys(each, path, root));
      else visit(each);
      path.pop();
    }
  }
  if (typeof value === 'object' && value !== null) visit(value);
  return found;
}

function wrongTagKeys(tags: ValueMap, path: Path, root: () => Node): WrongCharacter[] {
  return Object.keys(tags)
    .filter((key) => !TAG_KEY.test(key))
    .map((key) => {
      const at = [...path, key];
      const message = `the name ${shorten(key)} does not have the right form`;
      const remedy = 'use letters, digits, spaces and _.:/=+@-, and no aws: in front';
      return {
        path: at,
        isKey: true,
        problem: problem('schema.value', keyRangeOf(root(), at), message, remedy),
      };
    });
}
