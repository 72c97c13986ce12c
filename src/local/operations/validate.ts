import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Inputs } from './inputs.ts';
import { invalid, ServiceError } from './service-error.ts';

/** What is checked while a body is read (`types`), and what the operation checks afterwards (`rules`). */
type Schemas = Readonly<Record<keyof Inputs, { readonly types: object; readonly rules: object }>>;

interface Checks<T> {
  readonly types: ValidateFunction<T>;
  readonly rules: ValidateFunction<T>;
}

/** Longest part of a wrong value that an error message repeats. */
const QUOTED = 100;

const ajv = new Ajv({ strictTypes: false, strictRequired: false, verbose: true });
const schemas = JSON.parse(readFileSync(new URL('./requests.json', import.meta.url), 'utf8')) as Schemas;

/**
 * The check of an operation's input. It takes any JSON value and returns it as the input it is,
 * or throws the error the service has for it. Members that are unknown or null count as absent.
 */
export function inputOf<K extends keyof Inputs>(operation: K): (body: unknown) => Inputs[K] {
  let compiled: Checks<Inputs[K]> | undefined;
  return (body) => {
    compiled ??= compile(operation);
    dropNulls(body);
    const { types, rules } = compiled;
    if (!types(body)) throw new ServiceError('SerializationException', mistyped(types.errors?.[0]));
    if (!rules(body)) throw broken(rules.errors?.[0]);
    return body;
  };
}

function compile<K extends keyof Inputs>(operation: K): Checks<Inputs[K]> {
  const { types, rules } = schemas[operation];
  return { types: ajv.compile<Inputs[K]>(types), rules: ajv.compile<Inputs[K]>(rules) };
}

function dropNulls(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [key, value] of Object.entries(body)) if (value === null) Reflect.deleteProperty(body, key);
}

function mistyped(error: ErrorObject | undefined): string {
  const { type = 'structure' } = (error?.params ?? {}) as { type?: string };
  return `${memberOf(error)} is not of type ${type}.`;
}

function broken(error: ErrorObject | undefined): ServiceError {
  if (error?.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return new ServiceError(
      'MissingRequiredParameterException',
      `Missing required parameter ${missingProperty}.`,
    );
  }
  const value = JSON.stringify(error?.data).slice(0, QUOTED);
  const { allowedValues } = (error?.params ?? {}) as { allowedValues?: readonly string[] };
  const rule = allowedValues === undefined ? error?.message : `must be one of ${allowedValues.join(', ')}`;
  return invalid(`Value ${value} at '${memberOf(error)}' is invalid: it ${rule ?? 'is not allowed'}.`);
}

function memberOf(error: ErrorObject | undefined): string {
  const path = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  return path === '' ? 'The request body' : path;
}
