// A JSON Schema as a list of fields, for the reference.

/** Keywords that hold more schemas for the same value; those of `if` and `then` with a `$ref` are variants. */
const PARTS = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas'];

/**
 * The groups of fields of a schema: what stands in the file itself, then each definition that several places share.
 * @throws Error where a field has no description
 */
export function groupsOf(schema) {
  const shared = sharedSets(schema);
  const groups = [{ title: undefined, fields: fieldsOf(schema, schema, '', shared) }];
  for (const name of shared) {
    const set = schema.$defs[name];
    groups.push({
      name,
      title: set.title,
      description: set.description,
      fields: fieldsOf(set, schema, '', shared),
    });
  }
  for (const { name, set } of variantsOf(schema)) {
    groups.push({
      name,
      title: name,
      description: set.description,
      fields: fieldsOf(set, schema, '', shared),
    });
  }
  const missing = groups.flatMap(({ fields }) => fields.filter(({ description }) => !description));
  if (missing.length > 0) {
    throw new Error(`no description in ${schema.title}: ${missing.map(({ path }) => path).join(', ')}`);
  }
  return groups;
}

/** What an object has besides, by one of its values: `if` a key is this, `then` it is also of that definition. */
function variantsOf(schema) {
  return (schema.allOf ?? []).flatMap(({ if: condition, then }) => {
    const name = Object.values(condition?.properties ?? {}).find((value) => value.const !== undefined)?.const;
    const set = schema.$defs?.[/^#\/\$defs\/(\w+)$/.exec(then?.$ref ?? '')?.[1]];
    return name === undefined || set === undefined ? [] : [{ name, set }];
  });
}

/** Definitions with fields of their own that more than one place refers to. */
function sharedSets(schema) {
  const references = JSON.stringify(schema).match(/"#\/\$defs\/\w+"/g) ?? [];
  return Object.keys(schema.$defs ?? {}).filter(
    (name) =>
      schema.$defs[name].properties !== undefined &&
      references.filter((one) => one === `"#/$defs/${name}"`).length > 1,
  );
}

/** A schema with what it refers to, its own words first; `uses` names a set that is told elsewhere. */
function resolve(schema, root, shared) {
  const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref !== undefined)?.$ref;
  const name = /^#\/\$defs\/(\w+)$/.exec(reference ?? '')?.[1];
  if (name === undefined) return schema;
  if (shared.includes(name)) return { ...schema, uses: [...(schema.uses ?? []), name] };
  const { $ref, allOf } = root.$defs[name];
  const whole = { ...root.$defs[name], ...schema, $ref, allOf };
  return resolve(whole, root, shared);
}

/** All fields below a schema of an object, each with its path, in the order of the schema. */
function fieldsOf(schema, root, above, shared) {
  const required = new Set(schema.required ?? []);
  const fields = new Map();
  for (const [key, part] of propertiesOf(schema)) {
    const path = above === '' ? key : `${above}.${key}`;
    // A second mention, in a condition, only narrows what is told already.
    if (!fields.has(key)) fields.set(key, fieldAndBelow(path, part, required.has(key), root, shared));
  }
  return [...fields.values()].flat();
}

/** The description of a schema, with markup where it has any. */
export function wordsOf({ markdownDescription, description }) {
  return markdownDescription ?? description;
}

function propertiesOf(schema) {
  const more = PARTS.flatMap((keyword) => {
    const value = schema[keyword];
    if (value === undefined) return [];
    const parts = Array.isArray(value)
      ? value
      : keyword === 'dependentSchemas'
        ? Object.values(value)
        : [value];
    return parts.flatMap(propertiesOf);
  });
  return [...Object.entries(schema.properties ?? {}), ...more];
}

function fieldAndBelow(path, part, isRequired, root, shared) {
  const schema = resolve(part, root, shared);
  const item = schema.items === undefined ? undefined : resolve(schema.items, root, shared);
  const value =
    typeof schema.additionalProperties === 'object'
      ? resolve(schema.additionalProperties, root, shared)
      : undefined;
  const entry = [item, value].find((one) => one?.properties !== undefined);
  const uses = [...(schema.uses ?? []), ...(entry?.uses ?? [])];
  const field = { path, isRequired, schema, item, value, entry, description: wordsOf(schema), uses };
  const below = fieldsOf(schema, root, path, shared);
  if (entry === undefined) return [field, ...below];
  return [field, ...below, ...fieldsOf(entry, root, `${path}${entry === item ? '[]' : '.<name>'}`, shared)];
}
