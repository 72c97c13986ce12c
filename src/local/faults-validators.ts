import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type Options, type ValidateFunction } from 'ajv';

/** The validator of fault files. In the bundle it is compiled already (script/build/validators.mjs). */
export const faultsValidators = {
  names: ['faults'],
  get(name: 'faults'): ValidateFunction {
    const validator = this.ajv().getSchema(name);
    if (validator === undefined) throw new Error(`there is no schema ${name}`);
    return validator;
  },
  ajv(more: Options = {}): Ajv {
    const url = new URL('../../schemas/faults.schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
    const ajv = new Ajv({ verbose: true, ...more });
    ajv.addSchema(schema, 'faults');
    return ajv;
  },
};
