// docs/reference/ pages of what landfall prints for programs: every field, as its JSON Schema has it.
import { code, codes, GENERATED, prose, sentence, table } from './markdown.mjs';
import { groupsOf } from './schema-fields.mjs';
import { typeOf } from './schema-page.mjs';

/** The page of the schema `name`. */
export function outputPage(schema, { name, title }) {
  const [own, ...others] = groupsOf(schema);
  return [
    `# ${title}`,
    GENERATED,
    prose(schema.description),
    `The schema: ${code(`landfall schema ${name}`)}. Fields that are not always there are left out, not null, where they say nothing.`,
    fieldTable(own.fields),
    ...others.flatMap((group) => [
      `## ${code(group.title)}`,
      ...(group.description === undefined ? [] : [prose(sentence(group.description))]),
      fieldTable(group.fields),
    ]),
    '',
  ].join('\n\n');
}

/** One page of several schemas, each with its own heading. */
export function outputsPage(outputs) {
  return [
    '# What the other commands print as JSON',
    GENERATED,
    'Fields that are not always there are left out, not null, where they say nothing. Minor versions of a format only add keys and values.',
    ...outputs.flatMap(({ name, schema }) => {
      const [own, ...others] = groupsOf(schema);
      return [
        `## ${schema.title}`,
        `${prose(schema.description.split(' Minor versions')[0])} The schema: ${code(`landfall schema ${name}`)}.`,
        fieldTable(own.fields),
        ...others.flatMap((group) => [
          `${code(group.title)}: ${group.description === undefined ? '' : prose(sentence(group.description))}`,
          fieldTable(group.fields),
        ]),
      ];
    }),
    '',
  ].join('\n\n');
}

function fieldTable(fields) {
  return table(
    ['field', 'type', 'there', 'what it is'],
    fields.map((field) => [
      code(field.path),
      typeOf(field).replaceAll('mapping', 'object'),
      field.isRequired ? 'always' : 'at times',
      whatOf(field),
    ]),
  );
}

function whatOf({ description, entry, schema, item }) {
  const { enum: values = [] } = item ?? schema;
  return [
    prose(description),
    ...(entry?.description === undefined ? [] : [prose(entry.description)]),
    ...(values.length > 1 ? [`One of ${codes(values)}.`] : []),
    ...(values.length === 1 ? [`${codes(values)}.`] : []),
  ].join(' ');
}
