import { createHash } from 'node:crypto';
import { byText } from '../../core/order.ts';

/** Data as JSON in which the keys of every object are sorted: the same data is the same text. */
function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => (isObject(value) ? sortKeys(value) : value));
}

/** `sha256:…` over the canonical JSON of data. */
export function digestOf(data: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(data)).digest('hex')}`;
}

function sortKeys(object: object): object {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => byText(a, b)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
