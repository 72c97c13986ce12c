// The shipped schema of the plan's JSON, as it is and with unknown keys forbidden: what we print ourselves must not
// have any.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8');

export function planSchema(unknownKeys: 'allowed' | 'forbidden'): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const schema: unknown = JSON.parse(text, (_, value: unknown) =>
    unknownKeys === 'forbidden' && isObjectSchema(value) ? { additionalProperties: false, ...value } : value,
  );
  return ajv.compile(schema as object);
}

function isObjectSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'properties' in value && 'type' in value;
}
