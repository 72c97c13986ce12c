import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { type Kind, KINDS, readSchema } from '../schemas.ts';
import type { Path } from '../yaml/node.ts';
import { describePath } from './pointers.ts';

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

/** Returns the schemas of the keys that a mapping may have: those of its schema and of the schema that it refers to. */
export function propertiesOf(schema: AnySchemaObject, root: AnySchemaObject): Schemas {
  const own = (schema['properties'] ?? {}) as Schemas;
  const reference: unknown = schema['$ref'];
  const name = typeof reference === 'string' ? /^#\/\$defs\/(\w+)$/.exec(reference)?.[1] : undefined;
  const referred = name === undefined ? undefined : (root['$defs'] as Schemas)[name];
  return referred === undefined ? own : { ...own, ...propertiesOf(referred, root) };
}
