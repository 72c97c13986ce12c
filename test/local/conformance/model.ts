import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A type of a model: of a member, an element or a value. */
export type Type =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'time' | 'any' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: Type }
  | { readonly kind: 'structure'; readonly name: string };

export interface Member {
  readonly required: boolean;
  readonly type: Type;
}

export type Members = ReadonlyMap<string, Member>;

export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly input: Members;
  readonly output: Members;
  /** The errors that the model declares. */
  readonly errors: readonly string[];
}

export interface Model {
  readonly operations: readonly Operation[];
  /** Returns the members of a structure. */
  readonly membersOf: (name: string) => Members;
}

const require = createRequire(import.meta.url);

/** Reads the published model of a service from the types that its SDK client ships with. */
export function readModel(client: string): Model {
  const root = join(dirname(require.resolve(`@aws-sdk/${client}`)), '..');
  const models = join(root, 'dist-types/models');
  const text = readdirSync(models)
    .filter((name) => /^(models_\d+|enums)\.d\.ts$/.test(name))
    .map((name) => withoutComments(readFileSync(join(models, name), 'utf8')))
    .join('\n');
  const bodies = new Map(
    [...text.matchAll(/^export interface (\w+)(?: extends (\w+))? \{\n([^}]*)^\}/gm)].map(
      ([, name = '', parent = '', body = '']) => [name, { parent, body }],
    ),
  );
  const enums = new Map(
    [...text.matchAll(/^export declare const (\w+): \{\n([^}]*)^\};/gm)].map(([, name = '', body = '']) => [
      name,
      [...body.matchAll(/: "([^"]*)";/g)].map(([, value = '']) => value),
    ]),
  );
  const typeOf = (written: string): Type => {
    const type = written.replace(/ \| (undefined|null|string)\b/g, '').replace(/^\((.*)\)$/, '$1');
    if (type.endsWith('[]')) return { kind: 'list', of: typeOf(type.slice(0, -2)) };
    const [, value] = /^Record<string, (.*)>$/.exec(type) ?? [];
    if (value !== undefined) return { kind: 'map', of: typeOf(value) };
    if (type === 'string' || type === 'number' || type === 'boolean') return { kind: type };
    if (type === 'Date') return { kind: 'time' };
    const values = enums.get(type);
    if (values !== undefined) return { kind: 'enum', values };
    return bodies.has(type) ? { kind: 'structure', name: type } : { kind: 'any' };
  };
  const known = new Map<string, Members>();
  const membersOf = (name: string): Members => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const { parent = '', body = '' } = bodies.get(name) ?? {};
    const own = [...body.matchAll(/^ {4}(\w+)(\??): (.*);$/gm)].map(
      ([, member = '', optional, type = '']): [string, Member] => [
        member,
        { required: optional === '', type: typeOf(type) },
      ],
    );
    const members: Members = new Map([...(parent === '' ? [] : membersOf(parent)), ...own]);
    known.set(name, members);
    return members;
  };
  // Later clients have schemas instead of serializers; of those, only services without paths are read.
  const serializers = join(root, 'dist-es/protocols');
  const protocol = (existsSync(serializers) ? readdirSync(serializers) : [])
    .map((name) => readFileSync(join(serializers, name), 'utf8'))
    .join('\n');
  const folder = join(root, 'dist-types/commands');
  const operations = readdirSync(folder)
    .filter((name) => name.endsWith('Command.d.ts'))
    .map((file) => {
      const name = file.slice(0, -'Command.d.ts'.length);
      const command = readFileSync(join(folder, file), 'utf8');
      const shape = (of: string) =>
        new RegExp(`interface ${name}Command${of} extends (\\w+)`).exec(command)?.[1] ?? '';
      const serializer = protocol.slice(protocol.indexOf(`export const se_${name}Command = `));
      const [, path = '/'] =
        /^\s*b\.bp\("([^"]+)"\)/m.exec(serializer.slice(0, serializer.indexOf('\n};'))) ?? [];
      const [, method = 'POST'] =
        /b\.m\("(\w+)"\)/.exec(serializer.slice(0, serializer.indexOf('\n};'))) ?? [];
      return {
        ...{ name, method, path },
        input: membersOf(shape('Input')),
        output: membersOf(shape('Output')),
        errors: [...command.matchAll(/@throws \{@link (\w+)\} \(/g)].map(([, error = '']) => error),
      };
    });
  return { operations, membersOf };
}

const withoutComments = (text: string) => text.replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '');

/** A shape of the model as botocore has it. */
export interface Shape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
}

export interface Limits {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Reads the model with its limits and patterns from botocore, where that is installed; SDK clients ship without them. */
export function readLimits(service: string, version: string): Limits | undefined {
  try {
    const program = 'import botocore; print(botocore.__path__[0])';
    const found = execFileSync('python3', ['-c', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const file = join(found.trim(), 'data', service, version, 'service-2.json');
    const text = existsSync(file)
      ? readFileSync(file, 'utf8')
      : gunzipSync(readFileSync(`${file}.gz`)).toString();
    return JSON.parse(text) as Limits;
  } catch {
    return undefined;
  }
}

/** Returns where a value is not of a type, and what is wrong there. Times are text in MGN, and seconds in SMS. */
function mismatches(model: Model, type: Type, value: unknown, path = ''): string[] {
  switch (type.kind) {
    case 'any':
      return [];
    case 'time':
      return typeof value === 'number' ? [] : [`${path}: not a time`];
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type.kind ? [] : [`${path}: not a ${type.kind}`];
    case 'enum':
      return type.values.includes(value as string)
        ? []
        : [`${path}: ${JSON.stringify(value)} is not a value`];
    case 'list':
      if (!Array.isArray(value)) return [`${path}: not a list`];
      return value.flatMap((item, index) => mismatches(model, type.of, item, `${path}[${index}]`));
    case 'map':
      return entriesOf(value, path, (key, item) => mismatches(model, type.of, item, `${path}.${key}`));
    case 'structure':
      return misfits(model, model.membersOf(type.name), value, path);
  }
}

/** Does the same for the members of a structure. */
export function misfits(model: Model, members: Members, value: unknown, path = ''): string[] {
  const missing = [...members].flatMap(([name, { required }]) =>
    required && (value as Record<string, unknown> | null)?.[name] === undefined
      ? [`${path}.${name}: missing`]
      : [],
  );
  return [
    ...missing,
    ...entriesOf(value, path, (name, item) => {
      const member = members.get(name);
      return member === undefined
        ? [`${path}.${name}: unknown`]
        : mismatches(model, member.type, item, `${path}.${name}`);
    }),
  ];
}

function entriesOf(value: unknown, path: string, check: (key: string, item: unknown) => string[]): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not an object`];
  return Object.entries(value).flatMap(([key, item]) => check(key, item));
}
