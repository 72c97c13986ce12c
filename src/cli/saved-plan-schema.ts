import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';

/**
 * What is wrong with a saved plan by its schema (schemas/, beside both src/ and dist/): the first thing, in words.
 * Compiled when it is asked: most runs read no saved plan.
 */
export function savedPlanProblem(data: unknown): string | undefined {
  const url = new URL('../../schemas/saved-plan.schema.json', import.meta.url);
  const schema = JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, meta: false, validateSchema: false });
  const validate = ajv.compile(schema);
  if (validate(data)) return undefined;
  const [error] = validate.errors ?? [];
  const where = error?.instancePath === '' ? 'the whole' : (error?.instancePath ?? '');
  return `${where} ${error?.message ?? 'does not fit the schema'}`;
}
