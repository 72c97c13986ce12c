import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const spec = readFileSync(new URL('../../src/local/SPEC.md', import.meta.url), 'utf8');
const here = new URL('./', import.meta.url);
const tests = readdirSync(here)
  .filter((name) => name.endsWith('.test.ts') && name !== 'spec.test.ts')
  .map((name) => readFileSync(new URL(name, here), 'utf8'))
  .join('\n');

const stated = [...spec.matchAll(/^- \*\*(S\d+\.\d+)\*\* (.*)$/gm)].map(([, number = '', text = '']) => ({
  number,
  text,
}));
/** A test's name begins with the numbers of the statements it is about. */
const tested = new Set(
  [...tests.matchAll(/['"`]((?:S\d+\.\d+ )+)/g)].flatMap(([, numbers = '']) => numbers.trim().split(' ')),
);

describe('the specification', () => {
  it('has a test for each statement, and a statement for each test', () => {
    expect([...tested].sort()).toEqual(stated.map(({ number }) => number).sort());
  });

  it('says must once in each statement, and nowhere else', () => {
    expect(stated.length).toBeGreaterThan(80);
    for (const { number, text } of stated)
      expect([number, text.split(/\bmust\b/).length]).toEqual([number, 2]);
    const elsewhere = spec.split('\n').filter((line) => /\bmust\b/.test(line) && !/^- \*\*S\d/.test(line));
    expect(elsewhere).toEqual([
      'Each numbered statement with "must" in it has a test whose name begins with its number. Sources: the API model',
    ]);
  });

  it('numbers statements in order', () => {
    const order = stated.map(({ number }) => number.slice(1).split('.').map(Number));
    expect(order).toEqual([...order].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
  });
});
