import type { AnySchemaObject, ErrorObject } from 'ajv/dist/2020.js';
import type { ConcernId } from '../../core/concern-ids.ts';
import { didYouMean } from '../../core/suggest.ts';
import { shorten } from '../../core/text.ts';
import { propertiesOf } from './homes.ts';

interface ValueProblem {
  readonly id: ConcernId;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Explains what is wrong with a value and what would be right.
 * @param written the value as the file writes it, with its quotes
 * @param name what the value is called
 * @param root the schema of the document
 */
export function explainValue(
  error: ErrorObject,
  written: string,
  name: string,
  root: AnySchemaObject,
): ValueProblem {
  const { keyword, params, data, parentSchema: schema = {} } = error;
  const value = (message: string, remedy: string): ValueProblem => ({ id: 'schema.value', message, remedy });
  const hint = schema['patternErrorMessage'] as string | undefined;
  const refusal = schema['errorMessage'] as string | undefined;
  switch (keyword) {
    case 'type': {
      const type = params['type'] as string | string[];
      const problem = explainType(type, data, written, name, expectedForm(schema, data));
      if (typeof data !== 'string' || !isTextItem(error)) return problem;
      const remedy = itemRemedy(data, written, Object.keys(propertiesOf(schema, root)));
      return remedy === undefined ? problem : { ...problem, remedy };
    }
    case 'enum': {
      const allowed = params['allowedValues'] as string[];
      const otherwise = `use ${orList(allowed)}`;
      if (typeof data !== 'string')
        return explainType('string', data, written, name, expectedForm(schema, data));
      return value(
        `${name} ${written} is not one of ${allowed.join(', ')}`,
        didYouMean(data, allowed, otherwise),
      );
    }
    case 'minimum':
    case 'maximum':
      return value(`${name} ${written} is out of range`, rangeRemedy(schema));
    case 'pattern':
      return refusal === undefined
        ? value(
            `${name} ${written} does not have the right form`,
            hint ?? `it must match ${String(params['pattern'])}`,
          )
        : explainRefusal(refusal, written, name, error);
    case 'not':
      return explainRefusal(refusal ?? '', written, name, error);
    case 'minLength':
      return value(`${name} is empty`, 'write a value, or leave the key out');
    case 'maxLength':
      return value(`${name} ${written} is too long`, `use ${String(params['limit'])} characters at most`);
    case 'minProperties':
      return value(`${name} is empty`, 'add at least one');
    default:
      return value(`${name} ${error.message ?? 'is not allowed'}`, 'see the reference of the fields');
  }
}

/** Concerns that rules raise too, by the key whose value the schema refuses. */
const REFUSALS: readonly (readonly [key: RegExp, id: ConcernId])[] = [
  [/\/runOnce$/, 'schedule.exactly-one'],
  [/^\/waves\/\d+$/, 'file.outside-project'],
];

/** Explains a value in the words of the schema: what it is; what to do. */
function explainRefusal(
  refusal: string,
  written: string,
  name: string,
  { instancePath }: ErrorObject,
): ValueProblem {
  const [what = '', remedy = ''] = refusal.split('; ');
  const id = REFUSALS.find(([key]) => key.test(instancePath))?.[1] ?? 'schema.value';
  return { id, message: `${name} ${written} is ${what}`, remedy };
}

/** Whether a concern can be one that the schema of a document raises. */
export function isOfSchema(id: string): boolean {
  return id.startsWith('schema.') || REFUSALS.some(([, refusal]) => refusal === id);
}

function rangeRemedy(schema: object): string {
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  return maximum === undefined
    ? `use ${String(minimum)} or more`
    : `use ${String(minimum)} to ${String(maximum)}`;
}

const TYPE_NAMES: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
};

interface TextSchema {
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type?: string };
}

/** What text of the right form looks like, where a value would not have it in quotes either. */
function expectedForm(schema: AnySchemaObject, data: unknown): string | undefined {
  const { pattern, patternErrorMessage: hint, enum: words, items } = schema as TextSchema;
  if (items?.type === 'string' && typeof data === 'string') return `write a list: [${shorten(data)}]`;
  if (words !== undefined) return `use ${orList(words)}`;
  if (pattern === undefined || (typeof data !== 'number' && typeof data !== 'boolean')) return undefined;
  return new RegExp(pattern, 'u').test(String(data)) ? undefined : hint;
}

/** Whether an error says that an item of a list is text and must be a mapping. */
export function isTextItem({ keyword, params, data, instancePath }: ErrorObject): boolean {
  const isType = keyword === 'type' && params['type'] === 'object';
  return isType && typeof data === 'string' && /\/\d+$/.test(instancePath);
}

/** Returns the remedy for text where an item of a list must be a mapping: `name:web` lacks a space, `web` its key. */
export function itemRemedy(
  text: string,
  written: string,
  [first, ...more]: readonly string[],
): string | undefined {
  if (first === undefined) return undefined;
  const [, key = '', value = ''] = /^(\w+):(\S.*)$/.exec(text) ?? [];
  if ([first, ...more].includes(key)) return `put a space after the colon: ${key}: ${shorten(value)}`;
  return `write - ${first}: ${written}`;
}

/** `better` is a remedy that goes before quotes. */
function explainType(
  type: string | string[],
  data: unknown,
  written: string,
  name: string,
  better?: string,
): ValueProblem {
  // A message does not repeat that a value may be empty.
  const types = [type].flat().filter((each) => each !== 'null');
  const wanted = orList(types.map((each) => TYPE_NAMES[each] ?? each));
  const wrong = data === null || data === undefined ? 'empty' : describeFound(data, types, written);
  const remedy = suggestFix(types, data, written, better) ?? `write ${wanted}`;
  return { id: 'schema.type', message: `${name} is ${wrong}`, remedy };
}

function describeFound(data: unknown, types: readonly string[], written: string): string {
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a mapping';
  if (typeof data === 'string') return `text: ${written}`;
  if (typeof data === 'boolean') return `true or false: ${written}`;
  if (Number.isNaN(data)) return `not a number: ${written}`;
  if (!Number.isFinite(data)) return `too large a number: ${written}`;
  return types.includes('integer') ? `not a whole number: ${written}` : `a number: ${written}`;
}

/** Returns the remedy for a value whose meaning is clear; undefined for any other value. */
function suggestFix(
  types: readonly string[],
  data: unknown,
  written: string,
  better: string | undefined,
): string | undefined {
  const number = types.includes('integer') || types.includes('number');
  if (number && typeof data === 'string') {
    const [digits, wrong] = /^-?\d+(?= ?(h|hrs?|hours?|,|;)?$)/i.exec(data) ?? [];
    if (digits !== undefined)
      return wrong === undefined ? `write ${digits} without quotes` : `write ${digits}`;
  }
  if (types.includes('array')) return better ?? 'write a list: "- " before each of its items';
  if (types.includes('object') && Array.isArray(data))
    return 'write a mapping: keys without "- " before them';
  const items: readonly unknown[] = Array.isArray(data) ? data : [];
  if (types.includes('string') && items.length === 1 && typeof items[0] === 'string')
    return `write ${shorten(items[0])}, without the list`;
  if (types.includes('boolean') && typeof data === 'string') {
    if (/^(yes|on|true)$/i.test(data)) return 'write true';
    if (/^(no|off|false)$/i.test(data)) return 'write false';
  }
  if (types.includes('string') && (typeof data === 'number' || typeof data === 'boolean'))
    return better ?? `put it in quotes: "${written}"`;
  return undefined;
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
