import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import { LocalError } from '../error.ts';
import type { Faults } from './faults.ts';

const schema = JSON.parse(readFileSync(new URL('./faults.schema.json', import.meta.url), 'utf8')) as object;
const isFaults = new Ajv({ verbose: true }).compile<Faults>(schema);

/**
 * Takes what a fault file holds, already parsed.
 * @throws LocalError BAD_FAULTS naming the first thing that is wrong
 */
export function parseFaults(value: unknown): Faults {
  if (isFaults(value)) return value;
  // Of the branches that did not fit, the one that came furthest is what was meant.
  const [error] = [...(isFaults.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const place = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const remedy = 'see "Faults" in the endpoint\'s specification';
  throw new LocalError(
    'BAD_FAULTS',
    `${place === '' ? 'the faults' : `the fault ${place}`} ${explain(error)}`,
    remedy,
  );
}

function explain(error: ErrorObject | undefined): string {
  const params = (error?.params ?? {}) as { additionalProperty?: string; allowedValues?: readonly string[] };
  if (params.additionalProperty !== undefined) return `must not have "${params.additionalProperty}"`;
  if (params.allowedValues !== undefined) return `must be one of ${params.allowedValues.join(', ')}`;
  return error?.message ?? 'are not understood';
}
