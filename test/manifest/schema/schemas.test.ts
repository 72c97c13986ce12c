import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { EDITOR_KEYWORDS, KINDS, readSchema } from '../../../src/manifest/schemas.ts';
import { manifestValidators } from '../../../src/manifest/schema/validators.ts';
import { NAME_PATTERN } from '../../../src/core/names.ts';
import { JOB_SETTINGS } from '../../../src/manifest/settings.ts';

const schemas = KINDS.map((kind) => [kind, readSchema(kind)] as const);

function strictAjv(): Ajv2020 {
  return new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    keywords: EDITOR_KEYWORDS,
  });
}

/** Every schema within a schema, with the path to it. */
function* parts(schema: unknown, path = ''): Generator<[path: string, part: AnySchemaObject]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'examples' || key === 'default' || key === 'enum') continue;
    if (/\/(properties|\$defs)$/.test(path)) yield [`${path}/${key}`, value as AnySchemaObject];
    yield* parts(value, `${path}/${key}`);
  }
}

describe.each(schemas)('the schema of %s', (kind, schema) => {
  it('is draft 2020-12, and strict', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema['$id']).toMatch(/^urn:/);
    const ajv = strictAjv();
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  it('has a title and a description for every field', () => {
    const isWhole = ({ title, description }: AnySchemaObject) => Boolean(title && description);
    const definitions = schema['$defs'] as Record<string, AnySchemaObject>;
    const definitionOf = ({ $ref = '' }: AnySchemaObject) =>
      definitions[String($ref).slice('#/$defs/'.length)];
    const bare = [...parts(schema)].filter(
      ([path, part]) =>
        !/\/(anyOf|then|if)\//.test(path) &&
        // A form that fields share is described by each of them.
        !(path.startsWith('/$defs/') && part['properties'] === undefined) &&
        !isWhole(part) &&
        !isWhole(definitionOf(part) ?? {}),
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('has an example, a default, or a list of values for every scalar', () => {
    const scalars = [...parts(schema)].filter(([, { type }]) => ['string', 'integer'].includes(String(type)));
    const bare = scalars.filter(([, part]) => !('examples' in part || 'default' in part || 'enum' in part));
    expect(bare.map(([path]) => path)).toEqual([]);
    expect(scalars.length).toBeGreaterThan(5);
  });

  it('has the one pattern of names for its own name', () => {
    const name = new Map(parts(schema)).get('/properties/metadata/properties/name');
    expect(name?.['pattern']).toBe(NAME_PATTERN);
  });

  it('takes its own examples and defaults', () => {
    const ajv = strictAjv();
    ajv.addSchema(schema, kind);
    for (const [path, part] of parts(schema)) {
      if (/\/(anyOf|if|then)\//.test(path)) continue;
      const examples = (part['examples'] as unknown[] | undefined) ?? [];
      const values = 'default' in part ? [...examples, part['default'] as unknown] : examples;
      for (const value of values)
        expect([path, value, ajv.validate(`${kind}#${path}`, value)]).toEqual([path, value, true]);
    }
  });

  it('lets no mapping have keys it does not name', () => {
    const open = [...parts(schema), ['', schema] as const].filter(
      ([path, part]) =>
        [part['type']].flat().includes('object') &&
        path !== '/$defs/jobSettings' &&
        part['additionalProperties'] === undefined &&
        part['unevaluatedProperties'] !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });
});

describe('manifestValidators', () => {
  it('has the schema of a single VM', () => {
    expect(manifestValidators.get('Wave#/$defs/vm')({ name: 'a' })).toBe(true);
  });
});

describe('JOB_SETTINGS', () => {
  it('are those of the schema', () => {
    const { jobSettings } = readSchema('Wave')['$defs'] as Record<string, { properties: object }>;
    const scalars = Object.keys(jobSettings?.properties ?? {}).filter((name) => name !== 'mgn');
    expect(JOB_SETTINGS).toEqual(scalars.sort());
  });
});

describe('settings of MGN', () => {
  it('are the same for the templates of a target and for a VM, but for what only a VM has', () => {
    type Part = Record<'launch' | 'replication', { properties: Record<string, object> }>;
    const partsOf = (kind: 'Project' | 'Wave') => {
      const { mgn } = readSchema(kind)['$defs'] as Record<string, { properties: Part }>;
      return mgn?.properties;
    };
    const [project, wave] = [partsOf('Project'), partsOf('Wave')];
    const { name, template, ...launch } = wave?.launch.properties ?? {};
    const { replicatedDisks, ...replication } = wave?.replication.properties ?? {};
    expect([name, template, replicatedDisks]).not.toContain(undefined);
    expect(project?.launch.properties).toEqual(launch);
    expect(project?.replication.properties).toEqual(replication);
  });

  it('are members of the API', () => {
    // A key that the service does not know would be sent, and passed over.
    const models = readFileSync(
      new URL('../../../node_modules/@aws-sdk/client-mgn/dist-types/models/models_0.d.ts', import.meta.url),
      'utf8',
    );
    const membersOf = (shape: string) =>
      new RegExp(`^export interface ${shape} \\{(.*?)^\\}`, 'ms').exec(models)?.[1]?.match(/\w+(?=\??: )/g) ??
      [];
    const { mgn } = readSchema('Wave')['$defs'] as Record<string, { properties: Record<string, object> }>;
    const keysOf = (part: string) =>
      Object.keys((mgn?.properties[part] as { properties: object } | undefined)?.properties ?? {});
    // The launch template is one of EC2.
    const launch = keysOf('launch').filter((key) => key !== 'template');
    expect(membersOf('UpdateLaunchConfigurationRequest')).toEqual(expect.arrayContaining(launch));
    expect(membersOf('UpdateReplicationConfigurationRequest')).toEqual(
      expect.arrayContaining(keysOf('replication')),
    );
    expect(keysOf('replication').length).toBeGreaterThan(10);
  });
});
