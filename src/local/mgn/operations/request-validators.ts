import type { Ajv, Options, ValidateFunction } from 'ajv';
import { createValidator } from '../../request-schemas.ts';
import { membersOf, REQUEST_FORMS, REQUEST_SHAPES } from './request-forms.ts';

let compiler: Ajv | undefined;

/** The validators of requests, by operation. In the bundle they are compiled already (script/build/validators.mjs). */
export const mgnRequestValidators = {
  names: [...REQUEST_FORMS.keys()],
  get(operation: string): ValidateFunction {
    compiler ??= this.ajv();
    const validator = compiler.getSchema(operation);
    if (validator === undefined) throw new Error(`there is no operation ${operation}`);
    return validator;
  },
  ajv(more: Options = {}): Ajv {
    const ajv = createValidator(true, more);
    ajv.addSchema({ $id: 'mgn', definitions: REQUEST_SHAPES });
    for (const [operation, { required = {} }] of REQUEST_FORMS) {
      const properties = Object.entries(membersOf(operation)).map(([name, shape]) => [
        name,
        { $ref: `mgn#/definitions/${shape}` },
      ]);
      const schema = {
        type: 'object',
        required: Object.keys(required),
        properties: Object.fromEntries(properties) as object,
      };
      ajv.addSchema(schema, operation);
    }
    return ajv;
  },
};
