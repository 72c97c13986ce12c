import { describe, expect, it } from '@jest/globals';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OUTPUT_SCHEMAS } from '../cli/output-schemas.ts';
import { shippedSchema } from './shipped-schema.ts';

/** Every field and definition of a schema, with the path to it. */
function* parts(schema: unknown, path = ''): Generator<[path: string, part: AnySchemaObject]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (['examples', 'enum', 'if', 'then'].includes(key)) continue;
    if (/\/(properties|\$defs)$/.test(path)) yield [`${path}/${key}`, value as AnySchemaObject];
    yield* parts(value, `${path}/${key}`);
  }
}

const OUTPUTS = [...new Set(Object.values(OUTPUT_SCHEMAS)), 'apply-event'];

describe.each(OUTPUTS)('the schema %s', (name) => {
  const schema = shippedSchema(name, 'allowed').schema as AnySchemaObject;

  it('has a title and a description for every field', () => {
    const bare = [...parts(schema)].filter(
      ([, part]) => part['$ref'] === undefined && !(part['title'] && part['description']),
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('takes its own examples', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
    addFormats.default(ajv);
    ajv.addSchema(schema, 'schema');
    let examples = 0;
    for (const [path, part] of parts(schema)) {
      for (const example of (part['examples'] as unknown[] | undefined) ?? []) {
        examples += 1;
        expect([path, ajv.validate(`schema#${path}`, example)]).toEqual([path, true]);
      }
    }
    expect(examples).toBeGreaterThan(2);
  });
});

it('has one shape for a VM, its jobs and its runs in all outputs that show them', () => {
  const defsOf = (name: string) =>
    (shippedSchema(name, 'allowed').schema as { $defs: Record<string, unknown> }).$defs;
  const [status, description, runs] = [defsOf('status'), defsOf('describe'), defsOf('runs')];
  for (const name of ['vm', 'phase', 'job', 'owner', 'run', 'concern'])
    expect([name, description[name]]).toEqual([name, status[name]]);
  for (const name of ['history', 'server', 'run'])
    expect([name, runs[name]]).toEqual([name, description[name]]);
});

describe('the schema of the stream', () => {
  const isEvent = shippedSchema('apply-event', 'forbidden');
  const line = {
    '@level': 'info',
    '@message': 'm',
    '@module': 'landfall.ui',
    '@timestamp': '2026-12-01T18:00:00Z',
  };

  it('lets lines and keys of later minor versions pass', () => {
    const isLater = shippedSchema('apply-event', 'allowed');
    expect(isLater({ ...line, type: 'later', more: 1 })).toBe(true);
    expect(isLater({ ...line, type: 'version', landfall: '9', ui: '1.9', more: 1 })).toBe(true);
    expect(isEvent({ ...line, type: 'version', landfall: '9', ui: '1.9', more: 1 })).toBe(false);
    expect(isLater({ ...line, type: 'version', landfall: '9', ui: '2.0' })).toBe(false);
    expect(isLater({ ...line, type: 'apply_start' })).toBe(false);
    expect(isLater({ ...line, type: 'apply_start', hook: { address: 'a/b' } })).toBe(false);
  });
});
