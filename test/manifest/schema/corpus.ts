// Documents for comparing validators: each field of a schema with each of its examples, and with values of other kinds.
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { type Kind, readSchema } from '../../../src/manifest/schemas.ts';

type Step = string | number;
type Fields = Record<string, unknown>;

/** Values that few fields allow, or that regular expressions of different languages read differently. */
const ODD_VALUES = [
  null,
  true,
  -1,
  1.5,
  1e9,
  '',
  ' a',
  'a b',
  'a\tb',
  'ä💡',
  '٣',
  'a'.repeat(300),
  'aws:x',
  '../a',
  'w/../x.yaml',
  '2026-02-29T00:00:00Z',
  '2028-02-29T23:59Z',
  '2026-12-01T24:00:00+01:00',
  [],
  ['a'],
  {},
  { a: 'b' },
];

/** Names of the user's choice: of targets, labels, tags and parameters. */
const ODD_NAMES = ['', 'a.b', 'a b', 'ä', 'AWS:x', 'x!', 'a\n'.trim(), 'a'.repeat(130)];

const BASE: Readonly<Record<Kind, Fields>> = {
  Project: {
    apiVersion: 'landfall/v1',
    kind: 'Project',
    metadata: { name: 'ucop' },
    targets: { local: { provider: 'sms', region: 'us-west-2' } },
  },
  Wave: {
    apiVersion: 'landfall/v1',
    kind: 'Wave',
    metadata: { name: 'sdsc-01' },
    spec: { vms: [{ name: 'web' }] },
  },
};

/** Sets that only together are wrong. */
const TOGETHER: Readonly<Record<Kind, readonly (readonly [path: readonly Step[], value: unknown])[]>> = {
  Project: [],
  Wave: [
    { frequency: 12, runOnce: true },
    { frequency: 12, runOnce: false },
    { runOnce: true },
    { kmsKeyId: 'alias/a', encrypted: false },
    { kmsKeyId: 'alias/a', encrypted: true },
    { kmsKeyId: 'alias/a' },
    { vmId: 'vm-1' },
    { vmId: 'vm-1', vmManagerId: 'm' },
    { frequncy: 12 },
  ].flatMap((fields) => [
    [['spec', 'defaults'], fields] as const,
    [['spec', 'vms', 0], { name: 'a', ...fields }] as const,
    [['spec', 'vms', 0], fields] as const,
  ]),
};

/** All documents of a kind, each with one field that differs from a valid document. */
export function documentsOf(kind: Kind): readonly Fields[] {
  const root = readSchema(kind);
  const documents = [BASE[kind]];
  const add = (path: readonly Step[], value: unknown): void => {
    documents.push(withValue(BASE[kind], path, value) as Fields);
  };
  for (const [path, value] of TOGETHER[kind]) add(path, value);
  visit(root, []);
  return documents;

  function visit(part: AnySchemaObject, path: readonly Step[]): void {
    const schema = resolve(part, root);
    if (path.length > 0) {
      const own = [...((schema['examples'] ?? []) as unknown[]), ...((schema['enum'] ?? []) as unknown[])];
      for (const value of [...own, schema['default'], ...ODD_VALUES])
        if (value !== undefined) add(path, value);
    }
    for (const [key, field] of Object.entries(
      (schema['properties'] ?? {}) as Record<string, AnySchemaObject>,
    ))
      visit(field, [...path, key]);
    const { items, additionalProperties: values } = schema as Record<string, AnySchemaObject | undefined>;
    if (typeof items === 'object') visit(items, [...path, 0]);
    if (typeof values !== 'object') return;
    for (const name of ODD_NAMES) add([...path, name], 'x');
    visit(values, [...path, 'local']);
  }
}

/** A schema with the fields of those that it refers to. */
function resolve(schema: AnySchemaObject, root: AnySchemaObject): AnySchemaObject {
  const parts = [schema, ...((schema['allOf'] ?? []) as AnySchemaObject[])].flatMap(({ $ref }) =>
    typeof $ref === 'string'
      ? [
          resolve(
            (root['$defs'] as Record<string, AnySchemaObject>)[$ref.slice('#/$defs/'.length)] ?? {},
            root,
          ),
        ]
      : [],
  );
  const properties = Object.assign(
    {},
    ...parts.map((part) => part['properties'] as object),
    schema['properties'],
  ) as object;
  return { ...Object.assign({}, ...parts), ...schema, properties } as AnySchemaObject;
}

/** A copy of a value with another value at a path; mappings on the way are made. */
function withValue(whole: unknown, path: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number')
    return [withValue(Array.isArray(whole) ? whole[step] : undefined, rest, value)];
  const map = typeof whole === 'object' && whole !== null ? (whole as Fields) : {};
  return { ...map, [step]: withValue(map[step], rest, value) };
}
