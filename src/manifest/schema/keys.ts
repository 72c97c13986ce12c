import type { AnySchemaObject } from 'ajv/dist/2020.js';

type Schemas = Readonly<Record<string, AnySchemaObject>>;

/** The keys a mapping may have: those of its schema and of the schema that one refers to. */
export function knownKeys(schema: AnySchemaObject, root: AnySchemaObject): string[] {
  const own = Object.keys((schema['properties'] ?? {}) as Schemas);
  const reference: unknown = schema['$ref'];
  const name = typeof reference === 'string' ? /^#\/\$defs\/(\w+)$/.exec(reference)?.[1] : undefined;
  const referred = name === undefined ? undefined : (root['$defs'] as Schemas)[name];
  return referred === undefined ? own : [...own, ...knownKeys(referred, root)];
}
