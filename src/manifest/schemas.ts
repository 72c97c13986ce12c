import { readFileSync } from 'node:fs';
import type { AnySchemaObject } from 'ajv/dist/2020.js';

export type Kind = 'Project' | 'Wave';

/** The version and the kinds of documents landfall reads. */
export const API_VERSION = 'landfall/v1';
export const KINDS: readonly Kind[] = ['Project', 'Wave'];

/** The schema as it ships in schemas/, beside both src/ and dist/. */
export function readSchema(kind: Kind): AnySchemaObject {
  return readShipped(kind.toLowerCase());
}

/** The schema of plans as JSON, which is what policies read. */
export function readPlanSchema(): unknown {
  return readShipped('plan');
}

/** The schema of tests of policies. */
export function readPolicyTestSchema(): AnySchemaObject {
  return readShipped('policy-test');
}

function readShipped(name: string): AnySchemaObject {
  const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
}

/** Keywords that only editors read: VS Code's own, which yaml-language-server reads too. */
export const EDITOR_KEYWORDS = [
  'enumDescriptions',
  'errorMessage',
  'markdownDescription',
  'patternErrorMessage',
];
