import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import {
  MAX_DESCRIPTION_LENGTH,
  MAX_FREQUENCY_HOURS,
  MAX_IDENTIFIER_LENGTHS,
  MAX_NAME_LENGTH,
  MAX_OS_LENGTH,
} from '../../src/core/limits.ts';

interface Schema {
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly properties: Readonly<Record<string, Schema>>;
  readonly $defs: Readonly<Record<'vmFields' | 'jobSettings', Schema>>;
}

const { properties, $defs } = JSON.parse(readFileSync('schemas/wave.schema.json', 'utf8')) as Schema;
const { vmFields: vm, jobSettings } = $defs;

it('the limits are those of the schema of waves', () => {
  const lengths = Object.keys(MAX_IDENTIFIER_LENGTHS).map((key) => [key, vm.properties[key]?.maxLength]);
  expect(Object.fromEntries(lengths)).toEqual(MAX_IDENTIFIER_LENGTHS);
  expect(vm.properties['os']?.maxLength).toBe(MAX_OS_LENGTH);
  expect(properties['metadata']?.properties['name']?.maxLength).toBe(MAX_NAME_LENGTH);
  expect(jobSettings.properties['description']?.maxLength).toBe(MAX_DESCRIPTION_LENGTH);
  expect(jobSettings.properties['frequency']?.maximum).toBe(MAX_FREQUENCY_HOURS);
});
