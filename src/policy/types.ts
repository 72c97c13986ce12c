// The types of the variables of policies, made of the schema of plans: what policies read is what the plan is as JSON.

/** The part of a JSON schema that types are made of. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** A type of CEL, and how a value of the JSON becomes one of it. What is absent becomes empty where the type has an empty value. */
interface CelType {
  readonly name: string;
  /** Undefined stays absent. */
  readonly convert: (value: unknown) => unknown;
}

/** An object type: its class, and its fields by name. */
interface ObjectType {
  readonly ctor: new () => Record<string, unknown>;
  readonly fields: Readonly<Record<string, string>>;
  /** The values of fields that have no others. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** The types of plans and changes. */
export interface PlanTypes {
  /** In an order in which each type comes after those of its fields. */
  readonly objects: ReadonlyMap<string, ObjectType>;
  readonly convertPlan: (data: unknown) => { readonly changes: readonly unknown[] };
}

/** The fields of a value of an object type. */
class Fields {
  [field: string]: unknown;
}

/** Makes the types of `schemas/plan.schema.json`. */
export function planTypes(schema: JsonSchema): PlanTypes {
  const objects = new Map<string, ObjectType>();
  const known = new Map<string, CelType>();

  const typeOf = (node: JsonSchema, name: string): CelType => {
    const ref = node.$ref?.replace('#/$defs/', '');
    if (ref !== undefined) {
      const title = capital(ref);
      const type = known.get(title) ?? typeOf(schema.$defs?.[ref] ?? {}, title);
      known.set(title, type);
      return type;
    }
    const kinds = [node.type ?? []].flat();
    if (kinds.includes('array')) {
      const { name: item, convert } = typeOf(node.items ?? {}, name);
      const all = (value: unknown): unknown => (Array.isArray(value) ? value : []).map(convert);
      return { name: `list<${item}>`, convert: all };
    }
    if (kinds.includes('object'))
      return node.properties === undefined ? mapOf(node, name) : objectOf(node, name);
    if (kinds.length !== 1) return { name: 'dyn', convert: scalar };
    switch (kinds[0] as string) {
      case 'string':
        return node.format === 'date-time'
          ? {
              name: 'google.protobuf.Timestamp',
              convert: (value) => (typeof value === 'string' ? new Date(value) : undefined),
            }
          : { name: 'string', convert: (value) => value ?? '' };
      case 'boolean':
        return { name: 'bool', convert: (value) => value ?? false };
      case 'integer':
        return { name: 'int', convert: scalar };
      default:
        return { name: 'double', convert: (value) => value };
    }
  };

  const mapOf = ({ additionalProperties }: JsonSchema, name: string): CelType => {
    const values = typeof additionalProperties === 'object' ? additionalProperties : {};
    const { name: value, convert } = typeOf(values, name);
    const all = (map: unknown): unknown =>
      new Map(Object.entries(map ?? {}).map(([key, each]) => [key, convert(each)]));
    return { name: `map<string, ${value}>`, convert: all };
  };

  const objectOf = ({ properties = {} }: JsonSchema, name: string): CelType => {
    const types = Object.entries(properties).map(
      ([key, node]) => [key, typeOf(node, `${name}${capital(key)}`)] as const,
    );
    // The evaluator knows the type of a value by its class.
    const ctor = class extends Fields {} as ObjectType['ctor'];
    const values = new Map(
      Object.entries(properties).flatMap(([key, { enum: all }]) => (all === undefined ? [] : [[key, all]])),
    );
    objects.set(name, {
      ...{ ctor, values, fields: Object.fromEntries(types.map(([key, type]) => [key, type.name])) },
    });
    const convert = (value: unknown): unknown => {
      if (value === undefined || value === null) return undefined;
      const result = new ctor();
      for (const [key, type] of types) {
        const field = type.convert((value as Record<string, unknown>)[key]);
        if (field !== undefined) result[key] = field;
      }
      return result;
    };
    return { name, convert };
  };

  const plan = typeOf({ ...schema, type: 'object' }, 'Plan');
  return { objects, convertPlan: plan.convert as PlanTypes['convertPlan'] };
}

/** Whole numbers are of type int. */
function scalar(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

function capital(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
