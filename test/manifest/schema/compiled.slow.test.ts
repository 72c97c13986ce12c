import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { ErrorObject } from 'ajv';
import { KINDS } from '../../../src/manifest/schemas.ts';
import { manifestValidators, type ValidatorName } from '../../../src/manifest/schema/validators.ts';
import { PROGRAM_FOLDER } from '../../setup/program.ts';
import { documentsOf } from './corpus.ts';

type Validators = Pick<typeof manifestValidators, 'get' | 'accepts'>;

async function bundledValidators(): Promise<Validators> {
  const url = pathToFileURL(join(PROGRAM_FOLDER, 'validators', 'index.js')).href;
  return ((await import(url)) as { readonly manifestValidators: Validators }).manifestValidators;
}

describe('the validators in the bundle', () => {
  const cases: [ValidatorName, readonly unknown[]][] = [
    ...KINDS.map((kind): [ValidatorName, readonly unknown[]] => [kind, documentsOf(kind)]),
    ['Wave#/$defs/vm', documentsOf('Wave').flatMap(vmsOf)],
  ];
  it.each(cases)('find the same errors as those of the sources: %s', async (name, documents) => {
    const bundled = await bundledValidators();
    const errorsBy = (validators: Pick<Validators, 'get'>) => (document: unknown) => {
      const validate = validators.get(name);
      validate(document);
      return (validate.errors ?? []).map(used);
    };
    const found = documents.map(errorsBy(bundled));
    expect(found.filter((errors) => errors.length > 0).length).toBeGreaterThan(1000);
    // Tests have compiled validators too (test/setup/validators-transformer.mjs); these are made of the schemas here.
    const compiler = manifestValidators.ajv();
    const sources = { get: () => compiler.getSchema(name) ?? raise(name) };
    const expected = documents.map(errorsBy(sources));
    // The difference of thousands of lists would take minutes to print.
    const different = documents.flatMap((document, index) =>
      isDeepStrictEqual(found[index], expected[index])
        ? []
        : [{ document, found: found[index], expected: expected[index] }],
    );
    expect(different.slice(0, 3)).toEqual([]);
  });

  it.each(cases)('accept what those of the sources find no error in: %s', async (name, documents) => {
    const bundled = await bundledValidators();
    const isValid = manifestValidators.get(name);
    const accepted = documents.filter((document) => bundled.accepts(name, document));
    expect(accepted.length).toBeGreaterThan(0);
    expect(accepted.length).toBeLessThan(documents.length);
    const different = documents.filter((document) => accepted.includes(document) !== isValid(document));
    expect(different.slice(0, 3)).toEqual([]);
  });
});

/** What messages are made of: a bundled validator has no texts for editors in its parts of the schema. */
function used({ instancePath, keyword, params, message, parentSchema, schemaPath }: ErrorObject): object {
  const { errorMessage, patternErrorMessage, type, examples } = parentSchema ?? {};
  const words = { errorMessage, patternErrorMessage, type, examples } as Readonly<Record<string, unknown>>;
  return { instancePath, keyword, params, message, schemaPath, ...words };
}

function raise(name: string): never {
  throw new Error(`there is no schema ${name}`);
}

function vmsOf(document: object): readonly unknown[] {
  const { spec } = document as { readonly spec?: { readonly vms?: unknown } };
  return Array.isArray(spec?.vms) ? spec.vms : [];
}
