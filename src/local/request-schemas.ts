import { Ajv, type Options } from 'ajv';

/**
 * Creates a validator of requests, whose errors contain the wrong value. It removes the members that a structure does not
 * have from the value that it checks.
 * @param allErrors whether it reports all errors of a request, or only the first
 */
export function createValidator(allErrors: boolean, more: Options = {}): Ajv {
  return new Ajv({
    strictTypes: false,
    strictRequired: false,
    verbose: true,
    allErrors,
    removeAdditional: true,
    // The schemas are our own. Checking them, and optimizing code that few requests run, takes longer than all requests.
    validateSchema: false,
    meta: false,
    code: { optimize: false },
    ...more,
  });
}
