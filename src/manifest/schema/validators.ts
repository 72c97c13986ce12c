import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { EDITOR_KEYWORDS, KINDS, readSchema } from '../schemas.ts';

const NAMES = ['Project', 'Wave', 'Wave#/$defs/vm', 'Wave#/$defs/jobSettings'] as const;

/** A kind of document, or a part of one that is checked by itself. */
export type ValidatorName = (typeof NAMES)[number];

let compiler: Ajv2020 | undefined;
let quick: Ajv2020 | undefined;

/**
 * The validators of documents and of single VMs: they find every error, each with the part of the schema that it broke.
 * Each is compiled when it is first used. In the bundle they are compiled already (script/build/validators.mjs), because
 * that takes longer than checking a thousand VMs; those that find errors are loaded only for a value that has some.
 */
export const manifestValidators = {
  names: NAMES,
  /** Whether a value is valid: stops at the first error. */
  accepts(name: ValidatorName, value: unknown): boolean {
    quick ??= this.ajv({ allErrors: false, verbose: false, messages: false });
    return quick.validate(name, value);
  },
  get(name: ValidatorName): ValidateFunction {
    compiler ??= this.ajv();
    const validator = compiler.getSchema(name);
    if (validator === undefined) throw new Error(`there is no schema ${name}`);
    return validator;
  },
  /** Creates a compiler with the schemas. */
  ajv(options: Options = {}): Ajv2020 {
    const ajv = new Ajv2020({
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
      ...options,
    });
    for (const kind of KINDS) ajv.addSchema(readSchema(kind), kind);
    return ajv;
  },
};
