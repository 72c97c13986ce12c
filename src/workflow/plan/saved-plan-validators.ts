import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';

/** The validator of saved plans. In the bundle it is compiled already (script/build/validators.mjs). */
export const savedPlanValidators = {
  names: ['saved-plan'],
  get(name: 'saved-plan'): ValidateFunction {
    const validator = this.ajv().getSchema(name);
    if (validator === undefined) throw new Error(`there is no schema ${name}`);
    return validator;
  },
  ajv(more: Options = {}): Ajv2020 {
    const url = new URL('../../../schemas/saved-plan.schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
    const options = { strict: true, allowUnionTypes: true, meta: false, validateSchema: false };
    const ajv = new Ajv2020({ ...options, ...more });
    ajv.addSchema(schema, 'saved-plan');
    return ajv;
  },
};
