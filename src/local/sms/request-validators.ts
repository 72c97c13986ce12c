import { readFileSync } from 'node:fs';
import type { Ajv, AnySchemaObject, Options, ValidateFunction } from 'ajv';
import { createValidator } from '../request-schemas.ts';

/** What the service checks when it reads a body (`types`), and what the operation checks then (`rules`). */
interface RequestFile {
  readonly shapes: object;
  readonly operations: Readonly<
    Record<string, { readonly types?: AnySchemaObject; readonly rules?: AnySchemaObject }>
  >;
}

function readRequests(): RequestFile {
  return JSON.parse(readFileSync(new URL('./requests.json', import.meta.url), 'utf8')) as RequestFile;
}

let compiler: Ajv | undefined;

/**
 * The validators of requests: `CreateApp.types` and `CreateApp.rules`. In the bundle they are compiled already
 * (script/build/validators.mjs): nothing makes code from text when the endpoint runs.
 */
export const smsRequestValidators = {
  get names(): readonly string[] {
    return Object.keys(readRequests().operations).flatMap((name) => [`${name}.types`, `${name}.rules`]);
  },
  get(name: string): ValidateFunction {
    compiler ??= this.ajv();
    const validator = compiler.getSchema(name);
    if (validator === undefined) throw new Error(`there is no schema ${name}`);
    return validator;
  },
  ajv(more: Options = {}): Ajv {
    const ajv = createValidator(false, more);
    const { shapes, operations } = readRequests();
    ajv.addSchema({ $id: 'sms', definitions: shapes });
    for (const [name, { types = {}, rules = {} }] of Object.entries(operations))
      ajv.addSchema(types, `${name}.types`).addSchema(rules, `${name}.rules`);
    return ajv;
  },
};
