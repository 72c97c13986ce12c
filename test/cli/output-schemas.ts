// The schema of what each command prints with --format json. World holds every run of every test to it.
import type { ValidateFunction } from 'ajv';
import { shippedSchema } from '../report/shipped-schema.ts';

/** Schemas by command, as it is typed. */
export const OUTPUT_SCHEMAS: Readonly<Record<string, string>> = {
  validate: 'validation',
  plan: 'plan',
  show: 'plan',
  apply: 'outcome',
  rollback: 'outcome',
  drift: 'drift',
  status: 'status',
  describe: 'describe',
  output: 'output',
  runs: 'runs',
  forecast: 'forecast',
  'what-if': 'what-if',
  runbook: 'runbook',
  targets: 'targets',
  merge: 'plan',
  'policy test': 'policy-results',
  run: 'run',
  'catalog list': 'catalog-list',
  'catalog import': 'catalog-import',
  'catalog delete': 'catalog-delete',
  'connectors list': 'connectors-list',
  'connectors disassociate': 'connectors-disassociate',
  comment: 'comment',
  'import rvtools': 'import',
  'import live': 'import',
  'import mgn-csv': 'import',
  convert: 'convert',
  'mgn init': 'mgn-init',
  explain: 'explanation',
};

const compiled = new Map<string, ValidateFunction>();

/** Throws where a run printed JSON that its schema does not allow; returns the schema's name if it printed JSON. */
export function checkOutput(argv: readonly string[], stdout: string): string | undefined {
  const format = argv.indexOf('--format');
  if (stdout === '' || argv[format + 1] !== 'json' || format < 0) return undefined;
  const [first = '', second = ''] = argv.filter((word) => !word.startsWith('-'));
  const name = OUTPUT_SCHEMAS[`${first} ${second}`] ?? OUTPUT_SCHEMAS[first];
  if (name === undefined) return undefined;
  const validate = compiled.get(name) ?? shippedSchema(name, 'forbidden');
  compiled.set(name, validate);
  for (const text of argv.includes('--watch') ? stdout.trim().split('\n') : [stdout]) {
    const data: unknown = JSON.parse(text);
    if (!validate(data)) {
      const problems = validate.errors?.map(
        ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
      );
      throw new Error(
        `${argv.join(' ')} does not keep to ${name}.schema.json: ${(problems ?? []).join('; ')}`,
      );
    }
  }
  return name;
}
