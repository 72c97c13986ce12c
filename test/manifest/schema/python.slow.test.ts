import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { KINDS, readSchema } from '../../../src/manifest/schemas.ts';
import { manifestValidators } from '../../../src/manifest/schema/validators.ts';
import { documentsOf } from './corpus.ts';

const CHECK = `
import json, sys
from jsonschema import Draft202012Validator
given = json.load(sys.stdin)
Draft202012Validator.check_schema(given["schema"])
validator = Draft202012Validator(given["schema"])
json.dump([validator.is_valid(document) for document in given["documents"]], sys.stdout)
`;

const isInstalled = spawnSync('python3', ['-c', 'from jsonschema import Draft202012Validator']).status === 0;

// Debian: python3-jsonschema. Where it is not installed, the test is skipped.
(isInstalled ? describe : describe.skip)('Python’s jsonschema, where it is installed,', () => {
  it.each(KINDS)('agrees on documents of the kind %s', (kind) => {
    const documents = documentsOf(kind);
    const { stdout, stderr } = spawnSync('python3', ['-c', CHECK], {
      input: JSON.stringify({ schema: readSchema(kind), documents }),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(stderr).toBe('');
    const found = JSON.parse(stdout) as boolean[];
    const isValid = manifestValidators.get(kind);
    expect(documents.filter((document, index) => found[index] !== isValid(document))).toEqual([]);
    expect(found).toContain(true);
  });
});
