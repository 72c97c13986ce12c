import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { mapAt, type Value, type ValueMap } from './yaml/node.ts';

export type Kind = 'Project' | 'Wave';

/** The version and the kinds of documents landfall reads. */
export const API_VERSION = 'landfall/v1';
export const KINDS: readonly Kind[] = ['Project', 'Wave'];

const validators = new Map<Kind, Ajv2020>();

/** The compiled schema of a kind of document, or of one of its `$defs`. Compiled once. */
export function validatorOf(kind: Kind, definition?: string): ValidateFunction {
  let ajv = validators.get(kind);
  if (ajv === undefined) {
    ajv = newAjv();
    ajv.addSchema(readSchema(kind), kind);
    validators.set(kind, ajv);
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

/** Keywords that only editors read: VS Code's own, which yaml-language-server reads too. */
export const EDITOR_KEYWORDS = [
  'enumDescriptions',
  'errorMessage',
  'markdownDescription',
  'patternErrorMessage',
];

/** Finds every error, each with the part of the schema it broke. */
function newAjv(): Ajv2020 {
  return new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    // The ways to find a VM name properties that are defined one level above them.
    strictRequired: false,
    allowUnionTypes: true,
    keywords: EDITOR_KEYWORDS,
    // The schemas are our own and a test checks them; checking them here would double the start-up time.
    meta: false,
    validateSchema: false,
  });
}

/** Errors of one document beyond which the rest is left out; a file with more of them has one cause. */
const MAX_ERRORS = 100_000;

/**
 * All schema errors of a document. VMs are checked one at a time: the validator copies all errors so far for each
 * part of a document that has some, which takes hours for a hostile list of VMs.
 */
export function validateDocument(kind: Kind, document: ValueMap): ErrorObject[] {
  const spec = mapAt(document, 'spec');
  const { vms } = spec;
  if (kind !== 'Wave' || !Array.isArray(vms)) return errorsOf(validatorOf(kind), document);

  const validator = validatorOf('Wave');
  const errors = errorsOf(validator, { ...document, spec: { ...spec, vms: [] } });
  const vmValidator = validatorOf('Wave', 'vm');
  for (const [index, vm] of vms.entries()) {
    for (const error of errorsOf(vmValidator, vm)) {
      errors.push({ ...error, instancePath: `/spec/vms/${index}${error.instancePath}` });
    }
    if (errors.length >= MAX_ERRORS) break;
  }
  return errors;
}

function errorsOf(validator: ValidateFunction, value: Value): ErrorObject[] {
  return validator(value) ? [] : [...(validator.errors ?? [])];
}
