import { PLAN_MINOR_VERSION } from '../../core/results/plan-data.ts';
import { didYouMean } from '../../core/suggest.ts';
import { shorten } from '../../core/text.ts';
import { parseInstant } from '../../core/time.ts';
import { explainValue } from '../schema/explain-value.ts';
import { parsePointer, propertiesOf } from '../schema/homes.ts';
import { API_VERSION, readPolicyTestSchema } from '../schemas.ts';
import type { Path } from '../yaml/node.ts';
import { policyTestValidators } from './validators.ts';

/** What is wrong with a plan as JSON, and what to do. */
interface PlanProblem {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Checks a plan that a program or a person has written as JSON: a policy would read nothing where a field has another name,
 * and the test would pass. Fields that only a later minor version has are passed over.
 */
export function problemOfPlan(data: object): PlanProblem | undefined {
  const validate = policyTestValidators.get('PolicyTest');
  const cases = [{ name: 'plan', plan: data, expect: { plan: 'pass' } }];
  const isLater = minorVersionOf(data) > PLAN_MINOR_VERSION;
  const errors = validate({ apiVersion: API_VERSION, kind: 'PolicyTest', cases }) ? [] : validate.errors;
  for (const error of errors ?? []) {
    const { keyword, instancePath, params, parentSchema = {} } = error;
    const at = parsePointer(instancePath).slice(3).join('.');
    const key: unknown = params['additionalProperty'];
    const schema = readPolicyTestSchema();
    if (keyword === 'additionalProperties' && typeof key === 'string') {
      if (isLater) continue;
      const known = Object.keys(propertiesOf(parentSchema, schema));
      const message = `${at === '' ? 'it' : at} has the unknown key ${shorten(key)}`;
      return { message, remedy: didYouMean(key, known, `known here: ${known.join(', ')}`) };
    }
    const written = shorten(JSON.stringify(error.data));
    return explainValue(error, written, at === '' ? 'it' : at, schema);
  }
  const [time] = wrongTimes(data);
  return time === undefined
    ? undefined
    : { message: `there is no such time: ${time.join('.')}`, remedy: NO_SUCH_TIME };
}

/** What to do about a time that no calendar has. */
export const NO_SUCH_TIME = 'look at the day of the month, the hour and the offset';

function minorVersionOf(data: object): number {
  const version: unknown = 'format_version' in data ? data.format_version : '';
  return Number(/^1\.(\d+)$/.exec(String(version))?.[1] ?? 0);
}

/** Fields of plans that are times. */
const TIMES: ReadonlySet<string | number> = new Set([
  ...[
    'timestamp',
    'valid_until',
    'observed_at',
    'since',
    'until',
    'at',
    'starts_at',
    'opens_at',
    'closes_at',
  ],
]);

/** Finds times that have the right form and do not exist, such as 31 February: JavaScript reads some as another day. */
export function wrongTimes(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string')
    return TIMES.has(path.at(-1) ?? '') && parseInstant(value) === undefined ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  // Labels and settings have names of their own.
  return entries.flatMap(([key, each]: readonly [string | number, unknown]) =>
    NAMED_BY_OTHERS.has(key) ? [] : wrongTimes(each, [...path, key]),
  );
}

const NAMED_BY_OTHERS: ReadonlySet<string | number> = new Set(['labels', 'settings', 'change']);
