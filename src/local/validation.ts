import { Ajv, type ErrorObject } from 'ajv';
import { omitNulls } from './collections.ts';

/**
 * Creates a validator of requests, whose errors contain the wrong value. It removes the members that a structure does not
 * have from the value that it checks.
 * @param allErrors whether it reports all errors of a request, or only the first
 */
export function createValidator(allErrors: boolean): Ajv {
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
  });
}

/** Caches the checks of each operation, which are compiled when they are first used: most runs use few operations. */
export function checksByOperation<T>(compile: (operation: string) => T): (operation: string) => T {
  const compiled = new Map<string, T>();
  return (operation) => {
    const checks = compiled.get(operation) ?? compile(operation);
    compiled.set(operation, checks);
    return checks;
  };
}

/** Copies the body of a request without members that are null, at any depth: they count as absent. */
export function absentNulls(body: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(omitNulls(body)).map(([name, value]) => [name, withoutNulls(value)]),
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return typeof value === 'object' && value !== null ? absentNulls(value) : value;
}

/** Names the member that an error is about: `filters.isArchived`; empty for the whole body. */
export function memberOf({ instancePath, params, keyword, propertyName }: ErrorObject): string {
  const { missingProperty } = params as { missingProperty?: string };
  const last = keyword === 'required' ? missingProperty : propertyName?.slice(0, 64);
  return [...instancePath.split('/').slice(1), ...(last === undefined ? [] : [last])].join('.');
}

/** Says what a value must be: the allowed values, or the validator's message. */
export function explainError({ params, message = 'is not allowed' }: ErrorObject): string {
  const { allowedValues } = params as { allowedValues?: readonly string[] };
  return allowedValues === undefined ? message : `must be one of ${allowedValues.join(', ')}`;
}
