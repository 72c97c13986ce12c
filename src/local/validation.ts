import type { ErrorObject } from 'ajv';
import { omitNulls } from './collections.ts';

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
