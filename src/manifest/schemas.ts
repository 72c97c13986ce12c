import { readFileSync } from 'node:fs';
import type { AnySchemaObject } from 'ajv/dist/2020.js';

export type Kind = 'Project' | 'Wave';

/** The version and the kinds of documents landfall reads. */
export const API_VERSION = 'landfall/v1';
export const KINDS: readonly Kind[] = ['Project', 'Wave'];

/** The schema as it ships in schemas/, beside both src/ and dist/. */
export function readSchema(kind: Kind): AnySchemaObject {
  const url = new URL(`../../schemas/${kind.toLowerCase()}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
}

/** The schema of plans as JSON, which is what policies read. */
export function readPlanSchema(): unknown {
  return JSON.parse(readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8'));
}

/** Keywords that only editors read: VS Code's own, which yaml-language-server reads too. */
export const EDITOR_KEYWORDS = [
  'enumDescriptions',
  'errorMessage',
  'markdownDescription',
  'patternErrorMessage',
];
