import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { EDITOR_KEYWORDS, readPolicyTestSchema } from '../schemas.ts';

/** The validator of tests of policies. In the bundle it is compiled already (script/build/validators.mjs). */
export const policyTestValidators = {
  names: ['PolicyTest'],
  get(name: 'PolicyTest'): ValidateFunction {
    const validator = this.ajv().getSchema(name);
    if (validator === undefined) throw new Error(`there is no schema ${name}`);
    return validator;
  },
  ajv(more: Options = {}): Ajv2020 {
    const ajv = new Ajv2020({
      ...{ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true },
      // Editors read formats; each has a pattern as well.
      ...{ keywords: EDITOR_KEYWORDS, validateFormats: false, meta: false, validateSchema: false },
      ...more,
    });
    ajv.addSchema(readPolicyTestSchema(), 'PolicyTest');
    return ajv;
  },
};
