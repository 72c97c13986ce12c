import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { KINDS } from '../../../src/manifest/schemas.ts';
import { manifestValidators, type ValidatorName } from '../../../src/manifest/schema/validators.ts';
import { PROGRAM_FOLDER } from '../../setup/program.ts';
import { documentsOf } from './corpus.ts';

type Validators = Pick<typeof manifestValidators, 'get'>;

describe('the validators in the bundle', () => {
  const cases: [ValidatorName, readonly unknown[]][] = [
    ...KINDS.map((kind): [ValidatorName, readonly unknown[]] => [kind, documentsOf(kind)]),
    ['Wave#/$defs/vm', documentsOf('Wave').flatMap(vmsOf)],
  ];
  it.each(cases)('find the same errors as those of the sources: %s', async (name, documents) => {
    const url = pathToFileURL(join(PROGRAM_FOLDER, 'validators', 'index.js')).href;
    const bundled = (await import(url)) as { readonly manifestValidators: Validators };
    const errorsBy = (validators: Validators) => (document: unknown) => {
      const validate = validators.get(name);
      validate(document);
      return validate.errors ?? [];
    };
    const found = documents.map(errorsBy(bundled.manifestValidators));
    expect(found.filter((errors) => errors.length > 0).length).toBeGreaterThan(1000);
    expect(found).toEqual(documents.map(errorsBy(manifestValidators)));
  });
});

function vmsOf(document: object): readonly unknown[] {
  const { spec } = document as { readonly spec?: { readonly vms?: unknown } };
  return Array.isArray(spec?.vms) ? spec.vms : [];
}
