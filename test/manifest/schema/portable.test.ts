import { Validator } from '@cfworker/json-schema';
import { registerSchema, validate } from '@hyperjump/json-schema/draft-2020-12';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import { readdirSync, readFileSync } from 'node:fs';
import { parseInstant } from '../../../src/core/time.ts';
import { type Kind, KINDS, readSchema } from '../../../src/manifest/schemas.ts';
import { manifestValidators } from '../../../src/manifest/schema/validators.ts';
import { tries } from '../../setup/tries.ts';
import { documentsOf } from './corpus.ts';

// The schemas must mean the same to every validator and editor, not only to ajv.

describe.each(KINDS)('the schema of %s', (kind) => {
  const documents = documentsOf(kind);
  const schema = readSchema(kind);
  const ajv = new Ajv2020({ strict: false, allowUnionTypes: true });
  const isValid = ajv.compile(schema);
  const verdicts = documents.map((document) => isValid(document) as boolean);

  it('has documents of both kinds to compare by', () => {
    expect(verdicts.filter((verdict) => verdict).length).toBeGreaterThan(150);
    expect(verdicts.filter((verdict) => !verdict).length).toBeGreaterThan(1000);
  });

  it('means the same to @cfworker/json-schema', () => {
    const validator = new Validator(schema, '2020-12');
    expectSame(documents.map((document) => validator.validate(document).valid));
  });

  it('means the same to @hyperjump/json-schema', async () => {
    registerSchema(schema);
    const check = await validate(String(schema['$id']));
    expectSame(documents.map((document) => check(document as never).valid));
  });

  it('means the same to the language service of editors', async () => {
    const problemsOf = editor(kind);
    const found = await Promise.all(documents.map(problemsOf));
    expectSame(found.map((problems) => problems.length === 0));
  });

  function expectSame(found: readonly boolean[]): void {
    const different = documents.filter((_, index) => found[index] !== verdicts[index]);
    expect(different).toEqual([]);
  }
});

/** Returns a function that gives the problems that an editor shows of a document: the text at each, and its message. */
function editor(kind: Kind): (document: object) => Promise<readonly string[]> {
  const service = getLanguageService({});
  service.configure({
    validate: true,
    schemas: [{ uri: `${kind}.schema.json`, fileMatch: ['*.json'], schema: readSchema(kind) }],
  });
  return async (document) => {
    const text = TextDocument.create('file:///document.json', 'json', 1, JSON.stringify(document));
    const problems = await service.doValidation(text, service.parseJSONDocument(text));
    return problems.map(
      ({ range, message }) =>
        `${text.getText(range)}: ${typeof message === 'string' ? message : message.value}`,
    );
  };
}

describe('editors', () => {
  const problemsOf = editor('Wave');
  const ofVm = (vm: object) =>
    problemsOf({
      apiVersion: 'landfall/v1',
      kind: 'Wave',
      metadata: { name: 'a' },
      spec: { vms: [{ name: 'web', ...vm }] },
    });

  it.each<[object, string]>([
    [
      { frequency: 12, runOnce: true },
      'true: set together with frequency: a job either repeats or runs once; remove one of the two',
    ],
    [
      { kmsKeyId: 'k', encrypted: false },
      '"k": set, but encrypted is false: the images would not be encrypted; write encrypted: true, or remove kmsKeyId',
    ],
    [
      { seedReplicationTime: '2026-02-30T00:00:00Z' },
      '"2026-02-30T00:00:00Z": not a valid time; check month, day, hour and offset',
    ],
    [{ roleName: 'a b' }, '"a b": use letters, digits and +=,.@_-, as IAM does'],
  ])('explain %j in the words of landfall', async (vm, problem) => {
    expect(await ofVm(vm)).toEqual([problem]);
  });
});

describe('the pattern of times', () => {
  it('accepts the times that landfall reads, and no others', () => {
    const isTime = manifestValidators.ajv().getSchema('Wave#/$defs/instant');
    const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'));
    const year = fc.integer({ min: 1890, max: 2410 });
    const time = fc
      .tuple(
        year,
        two(13),
        two(32),
        two(25),
        two(61),
        fc.constantFrom('', ':00', ':59.5', ':60'),
        fc.constantFrom('Z', '+24:00', '-08:60', '+05:30', ''),
      )
      .map(
        ([y, month, day, hour, minute, second, zone]) =>
          `${y}-${month}-${day}T${hour}:${minute}${second}${zone}`,
      );
    fc.assert(
      fc.property(time, (text) => isTime?.(text) === (parseInstant(text) !== undefined)),
      tries(2000),
    );
  });
});

describe('every schema that is shipped', () => {
  const folder = new URL('../../../schemas/', import.meta.url);
  const names = readdirSync(folder);

  it.each(names)(
    '%s has an id, the formats of the standard only, and patterns for every language',
    (name) => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const { $id } = JSON.parse(text) as { $id: unknown };
      expect($id).toBe(`urn:landfall:schema:v1:${name.replace('.schema.json', '')}`);
      expect(text.match(/"format": "(?!date-time")[^"]*"/g)).toBeNull();
      // Classes of characters are different ones in Python, and \\p{} is not there.
      expect(text.match(/"pattern": ".*\\\\[dDwWsSbBpP].*"/g)).toBeNull();
    },
  );

  it.each(KINDS)('of %s explains each value of a list and each pattern to editors', (kind) => {
    for (const part of partsOf(readSchema(kind))) {
      const { enum: values = [], enumDescriptions, pattern, patternErrorMessage, errorMessage } = part;
      if (Array.isArray(values) && values.length > 1) expect(enumDescriptions).toHaveLength(values.length);
      if (typeof pattern === 'string')
        expect(patternErrorMessage ?? errorMessage).toEqual(expect.any(String));
      if (typeof errorMessage === 'string') expect(errorMessage.split('; ')).toHaveLength(2);
      const { description, markdownDescription } = part;
      if (typeof markdownDescription === 'string')
        expect(markdownDescription.replaceAll('`', '"')).toBe(description);
      else if (typeof description === 'string') expect(description).not.toContain('`');
    }
  });
});

function* partsOf(schema: unknown): Generator<Record<string, unknown>> {
  if (typeof schema !== 'object' || schema === null) return;
  if (!Array.isArray(schema)) yield schema as Record<string, unknown>;
  for (const value of Object.values(schema)) yield* partsOf(value);
}
