import { expect, it, jest } from '@jest/globals';
import * as fs from 'node:fs';

// Every file ends in a section without the parts of an explanation.
const opened: string[] = [];
jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  readFileSync(file: URL, encoding: 'utf8') {
    opened.push(file.pathname);
    return `${fs.readFileSync(file, encoding)}\n# broken\n\nNo parts.\n`;
  },
}));
const { allExplanations, explanationOf } = await import('../../src/report/explanations/index.ts');

it('reads one section for one id, and opens no file after it', () => {
  expect(explanationOf('TARGET.not-looked-at')).toMatchObject({
    id: 'target.not-looked-at',
    kind: 'concern',
  });
  expect(opened).toHaveLength(1);
  expect(explanationOf('PLAN_STALE')).toMatchObject({ kind: 'error', severity: 'error' });
  expect(explanationOf('licence.linux-asw')).toBeUndefined();
  expect(() => allExplanations()).toThrow('the explanation of broken does not have the parts of one');
});
