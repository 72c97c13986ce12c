// The shipped schemas of what we print, as they are and with unknown keys forbidden: what we print ourselves must not
// have any.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';

type Schema = Record<string, unknown>;

export function shippedSchema(name: string, unknownKeys: 'allowed' | 'forbidden'): ValidateFunction {
  const text = readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8');
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    allowUnionTypes: true,
    // shipped-schemas.test.ts holds all schemas to the schema of schemas, whose compilation takes longer than theirs.
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  });
  addFormats.default(ajv);
  const schema = JSON.parse(text) as Schema;
  return ajv.compile(unknownKeys === 'forbidden' ? closed(schema) : schema);
}

/** The same schema, in which no object may have keys that it does not name. */
function closed(schema: Schema): Schema {
  // Of an object that other schemas are laid over, all of them together name the keys.
  const laidOver = new Set(
    ((schema['allOf'] as { then?: Schema }[] | undefined) ?? []).flatMap(({ then }) =>
      typeof then?.['$ref'] === 'string' ? [then['$ref'].replace('#/$defs/', '')] : [],
    ),
  );
  const defs = Object.entries((schema['$defs'] as Record<string, Schema> | undefined) ?? {}).map(
    ([name, def]) => [
      name,
      laidOver.has(name) ? { ...def, properties: close(def['properties']) } : close(def),
    ],
  );
  return { ...(close(schema) as Schema), $defs: Object.fromEntries(defs) as Schema };
}

function close(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(close);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Schema).map(([key, part]) => [
    key,
    key === '$defs' || key === 'allOf' ? part : close(part),
  ]);
  const schema = Object.fromEntries(entries) as Schema;
  if (!('properties' in schema && 'type' in schema)) return schema;
  return 'allOf' in schema
    ? { unevaluatedProperties: false, ...schema }
    : { additionalProperties: false, ...schema };
}
