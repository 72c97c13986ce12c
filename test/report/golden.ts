// Golden files: what renderers are expected to print, kept as files so that a reviewer sees it as a user would.
// `npm run golden` writes them again; look at each difference before it is committed.
import { expect } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('golden/', import.meta.url);

/** Holds what a terminal of so many columns shows against `test/report/golden/<name>`, and its lines against that width. */
export function expectGoldenToFit(name: string, columns: number, text: string): void {
  expectGolden(name, text);
  // A word that is longer than a line stays whole.
  const long = text.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));
  expect(long).toEqual([]);
}

/** Holds a text against `test/report/golden/<name>`. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(name, FOLDER);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
