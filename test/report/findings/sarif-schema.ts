// The part of SARIF 2.1.0 that a report of landfall can use, written from the standard's own schema: the same names,
// types, required properties, ranges and closed sets of properties. Kept short, as a report uses a tenth of it.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const text = { type: 'string' };
const index = { type: 'integer', minimum: -1 };
const position = { type: 'integer', minimum: 1 };
const list = (items: object): object => ({ type: 'array', items });
const set = (items: object): object => ({ type: 'array', items, uniqueItems: true });
const closed = (properties: object, ...required: readonly string[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const level = { enum: ['none', 'note', 'warning', 'error'] };
const propertyBag = { type: 'object', properties: { tags: set(text) } };
const multiformat = closed({ text, markdown: text }, 'text');
const message = {
  ...closed({ text, markdown: text, id: text, arguments: list(text) }),
  anyOf: [{ required: ['text'] }, { required: ['id'] }],
};
const artifactLocation = closed({
  uri: { type: 'string', format: 'uri-reference' },
  uriBaseId: text,
  index,
  description: message,
});
const region = closed({
  startLine: position,
  startColumn: position,
  endLine: position,
  endColumn: position,
});
const location = closed({
  id: index,
  physicalLocation: closed({ artifactLocation, region }),
  logicalLocations: set(closed({ name: text, fullyQualifiedName: text, index, kind: text })),
});
const rule = closed(
  {
    id: text,
    name: text,
    shortDescription: multiformat,
    fullDescription: multiformat,
    help: multiformat,
    helpUri: { type: 'string', format: 'uri' },
    defaultConfiguration: closed({ enabled: { type: 'boolean' }, level }),
    properties: propertyBag,
  },
  'id',
);
const result = closed(
  {
    ruleId: text,
    ruleIndex: index,
    level,
    message,
    locations: list(location),
    partialFingerprints: { type: 'object', additionalProperties: text },
    properties: propertyBag,
  },
  'message',
);
const driver = closed(
  {
    name: text,
    version: text,
    semanticVersion: text,
    informationUri: { type: 'string', format: 'uri' },
    rules: set(rule),
  },
  'name',
);
const run = closed(
  {
    tool: closed({ driver }, 'driver'),
    automationDetails: closed({ id: text, description: message }),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    originalUriBaseIds: { type: 'object', additionalProperties: artifactLocation },
    results: list(result),
  },
  'tool',
);
const log = closed(
  { $schema: { type: 'string', format: 'uri' }, version: { enum: ['2.1.0'] }, runs: list(run) },
  'version',
  'runs',
);

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
const validate = ajv.compile(log);

/** What is wrong with a SARIF log; nothing where it is right. */
export function sarifProblems(data: unknown): readonly string[] {
  return validate(data)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message: said = '' }) => `${instancePath} ${said}`);
}
