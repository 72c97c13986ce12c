// The standard's own schema of SARIF 2.1.0, as OASIS approved it (rtm.5); @microsoft/jest-sarif ships it.
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const require = createRequire(import.meta.url);
const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<string, unknown>;

// It is draft 4, and uses nothing that draft 7 reads in another way but the names of itself. One of its patterns, for
// languages, is none with Unicode's stricter rules. Strictness is about how a schema is written: it is as it is.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(
  Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema' && name !== 'id')),
);

/** What is wrong with a SARIF log; nothing where it is right. */
export function sarifProblems(data: unknown): readonly string[] {
  return validate(data)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message: said = '' }) => `${instancePath} ${said}`);
}
