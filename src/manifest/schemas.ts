import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isInstant } from './instant.ts';

export type Kind = 'Project' | 'Wave';

/** The version and the kinds of documents landfall reads. */
export const API_VERSION = 'landfall/v1';
export const KINDS: readonly Kind[] = ['Project', 'Wave'];

const compiled = new Map<Kind, Ajv2020>();

/** The compiled schema of a kind of document, or of one of its `$defs`. Compiled once. */
export function validatorOf(kind: Kind, definition?: string): ValidateFunction {
  let ajv = compiled.get(kind);
  if (ajv === undefined) {
    ajv = newAjv();
    ajv.addSchema(readSchema(kind), kind);
    compiled.set(kind, ajv);
  }
  const validator = ajv.getSchema(definition === undefined ? kind : `${kind}#/$defs/${definition}`);
  if (validator === undefined) throw new Error(`the schema of ${kind} has no ${definition ?? 'root'}`);
  return validator;
}

/** The schema as it ships in schemas/, beside both src/ and dist/. */
export function readSchema(kind: Kind): AnySchemaObject {
  const url = new URL(`../../schemas/${kind.toLowerCase()}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
}

/** Finds every error, each with the part of the schema it broke. */
function newAjv(): Ajv2020 {
  return new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    // The ways to find a VM name properties that are defined one level above them.
    strictRequired: false,
    allowUnionTypes: true,
    formats: { instant: isInstant },
    // The schemas are our own and a test checks them; checking them here would double the start-up time.
    meta: false,
    validateSchema: false,
  });
}
