// Golden files: what renderers are expected to print, kept as files so that a reviewer sees it as a user would.
// `npm run golden` writes them anew; look at each difference before it is committed.
import { expect } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('golden/', import.meta.url);

/** Holds a text against `test/report/golden/<name>`. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(name, FOLDER);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
