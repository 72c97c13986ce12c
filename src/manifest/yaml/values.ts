import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag, strTag } from 'js-yaml';
import type { ScalarNode } from './node.ts';

type Value = ScalarNode['value'];

/** What the tags of YAML itself begin with; `!!` is short for it. */
export const CORE_PREFIX = 'tag:yaml.org,2002:';
const CORE_TAGS = [strTag, nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

/**
 * The full name of a tag as it is written.
 * @param handles what each handle is short for
 */
export function fullTagName(tag: string, handles: ReadonlyMap<string, string>): string {
  if (tag.startsWith('!<')) return tag.slice(2, -1);
  const handle = tag.slice(0, tag.indexOf('!', 1) + 1) || '!';
  return (handles.get(handle) ?? handle) + tag.slice(handle.length);
}

/** The value that a tag gives a text; undefined where the tag is not known, or the text does not fit it. */
export function resolveTagged(tagName: string, text: string): Value | undefined {
  if (tagName === '!') return text;
  const value = CORE_TAGS.find((tag) => tag.tagName === tagName)?.resolve(text, true, tagName);
  return value === NOT_RESOLVED ? undefined : value;
}

const WORDS = new Map<string, Value>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** The value of text without quotes in YAML 1.2's core schema: `010` is ten, and `yes` and dates are text. */
export function resolvePlain(text: string): Value {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!'+-.0123456789'.includes(text.charAt(0))) return text;
  for (const tag of [intCoreTag, floatCoreTag]) {
    const number = tag.resolve(text, false, tag.tagName);
    if (number !== NOT_RESOLVED) return number;
  }
  // js-yaml reads a number that is too large as text.
  const number = Number(text);
  return Number.isFinite(number) || Number.isNaN(number) || text.endsWith('Infinity') ? text : number;
}
