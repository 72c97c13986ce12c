// docs/reference/wave.md and project.md: every field of a file, as its JSON Schema has it.
import { stringify } from 'yaml';
import { code, codes, GENERATED, prose, slug, table, toHeading } from './markdown.mjs';
import { groupsOf, wordsOf } from './schema-fields.mjs';

/**
 * The page of a schema.
 * @param about `title`, `file` (what it is called), `example` (`{ path, text }`), `schema` (its path from the page)
 */
export function schemaPage(schema, { title, words, example }) {
  const groups = groupsOf(schema);
  const titles = new Map(groups.map((group) => [group.name, group.title]));
  refuseTwice(groups.flatMap(({ fields }) => fields.map(({ path }) => path)));
  return [
    `# ${title}`,
    GENERATED,
    prose(schema.description),
    words,
    `A whole one, \`${example.path}\`:`,
    `\`\`\`yaml\n${example.text.trimEnd()}\n\`\`\``,
    ...groups.flatMap((group) => [
      `## ${group.title ?? 'Fields'}`,
      ...(group.description === undefined ? [] : [prose(group.description)]),
      table(
        ['field', 'type', 'default'],
        group.fields.map((field) => [toHeading(field.path), typeOf(field), standardOf(field)]),
      ),
      ...group.fields.map((field) => section(field, titles)),
    ]),
    '',
  ].join('\n\n');
}

/** Two headings with one anchor: links would go to the first of them. */
function refuseTwice(paths) {
  const twice = paths.filter((path, at) => paths.findIndex((other) => slug(other) === slug(path)) !== at);
  if (twice.length > 0) throw new Error(`two fields with the anchor of ${twice.join(', ')}`);
}

function section(field, titles) {
  const { path, schema, entry, uses } = field;
  const facts = [
    `**Type:** ${typeOf(field)}`,
    ...allowed(field).map((text) => `**Allowed:** ${text}`),
    ...form(field).map((text) => `**Form:** ${text}`),
    `**Default:** ${standardOf(field)}`,
    ...needs(entry ?? schema).map((text) => `**Needs:** ${text}`),
    ...exampleOf(field).map((text) => `**Example:** ${code(text)}`),
  ];
  return [
    `### ${code(path)}`,
    prose(field.description),
    ...(entry === undefined ? [] : [prose(wordsOf(entry))]),
    ...uses.map(
      (name) => `Takes the [${titles.get(name).toLowerCase()}](#${slug(titles.get(name))}) as well.`,
    ),
    facts.map((fact) => `- ${fact}`).join('\n'),
  ].join('\n\n');
}

const WORDS = { object: 'mapping', array: 'list', integer: 'whole number', null: undefined };

export function typeOf({ schema, item, value }) {
  const types = [schema.type ?? 'any value'].flat();
  return types
    .map((type) => {
      if (type === 'array' && item?.type !== undefined) return `list of ${plural(item.type)}`;
      if (type === 'object' && value?.type !== undefined) return `mapping of names to ${plural(value.type)}`;
      return type in WORDS ? WORDS[type] : type;
    })
    .filter((word) => word !== undefined)
    .join(' or ');
}

function plural(type) {
  const [first, ...others] = [type].flat().filter((one) => one !== 'null');
  return others.length > 0 ? 'values' : `${WORDS[first] ?? first}s`;
}

function standardOf({ isRequired, schema }) {
  if (isRequired) return 'required';
  return schema.default === undefined ? '–' : code(flow(schema.default));
}

/** What the rules below are about: of a plain list, its entries. */
function valueOf({ schema, item, entry }) {
  return entry === undefined ? (item ?? schema) : schema;
}

/** Which values may be written. */
function allowed(field) {
  const { enum: choices, const: only, minimum, maximum } = valueOf(field);
  if (choices !== undefined) return [codes(choices)];
  if (only !== undefined) return [codes([only])];
  return minimum === undefined && maximum === undefined ? [] : [range({ minimum, maximum })];
}

/** What a value must look like, and how long it may be. */
function form(field) {
  const { schema } = field;
  const { pattern, patternErrorMessage, maxLength, enum: choices } = valueOf(field);
  const names = schema.propertyNames?.patternErrorMessage;
  const texts = [
    ...(pattern !== undefined && patternErrorMessage !== undefined ? [prose(patternErrorMessage)] : []),
    ...(names === undefined ? [] : [`of the names: ${prose(names)}`]),
    ...(maxLength === undefined || choices !== undefined ? [] : [`${maxLength} characters at most`]),
    ...(schema.maxItems === undefined ? [] : [`${schema.maxItems} entries at most`]),
  ];
  return texts.length === 0 ? [] : [texts.join('; ')];
}

function range({ minimum, maximum }) {
  if (maximum === undefined) return `from ${minimum} up`;
  return minimum === undefined ? `up to ${maximum}` : `from ${minimum} to ${maximum}`;
}

/** What must stand beside a field, or in it. */
function needs({ anyOf = [], oneOf = [], dependentRequired = {} }) {
  const sets = [...anyOf, ...oneOf].flatMap(({ required }) =>
    required === undefined ? [] : [codes(required, ' and ')],
  );
  const pairs = Object.entries(dependentRequired).map(
    ([key, others]) => `${code(key)} only with ${codes(others)}`,
  );
  return [...(sets.length > 0 ? [`one of: ${sets.join('; ')}`] : []), ...pairs];
}

/** An example as it stands in a file: from the schema, or a value other than the default. */
function exampleOf({ path, schema }) {
  const own = schema.examples ?? schema.enum?.slice(-1) ?? booleanExample(schema);
  const values =
    own ?? (schema.default === undefined || typeof schema.default === 'object' ? [] : [schema.default]);
  const isWhole = [schema.type].flat().some((type) => ['object', 'array'].includes(type));
  if (values.length === 0 && !isWhole) {
    throw new Error(`no example of ${path}`);
  }
  return values.slice(0, 1).map((value) => `${path.split('.').at(-1)}: ${flow(value)}`);
}

function booleanExample({ type, default: standard }) {
  return type === 'boolean' ? [standard !== true] : undefined;
}

/** A value as YAML in one line. */
function flow(value) {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, singleQuote: true }).trim();
}
