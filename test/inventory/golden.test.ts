import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assemble } from '../../src/inventory/assemble.ts';
import { readMgnCsv } from '../../src/inventory/mgn/read.ts';
import { expectGolden } from '../report/golden.ts';
import { importBytes, OPTIONS, validate } from './support.ts';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

describe('what is written', () => {
  it('of an export of RVTools, for people to read', () => {
    const { files } = importBytes(fixture('rvtools.csv'));
    expect(validate(files).wrong).toEqual([]);
    expectGolden('import-rvtools.yaml', files.map(({ text }) => text).join('---\n'));
  });

  it('of an inventory CSV of MGN', () => {
    const options = { ...OPTIONS, origin: 'landfall import mgn-csv mgn.csv, wave' };
    const { files } = assemble(readMgnCsv(fixture('mgn.csv'), { file: 'mgn.csv' }), options);
    expect(validate(files).wrong).toEqual([]);
    expectGolden('import-mgn-csv.yaml', files.map(({ text }) => text).join('---\n'));
  });
});
