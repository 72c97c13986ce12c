import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { SERVICES, serviceOf } from '../../src/providers/registry.ts';

const SRC = new URL('../../src/', import.meta.url);

describe('the registry', () => {
  it('has each service once, by its name', () => {
    const names = SERVICES.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const service of SERVICES) expect(serviceOf(service.name)).toBe(service);
    expect(() => serviceOf('drs')).toThrow('there is no service drs');
  });
});

/** The name of a service compared with something, or as a case. Names of commands and keys of manifests are none. */
const DECISION =
  /[!=]==? ?'(?:sms|mgn)'|'(?:sms|mgn)' ?[!=]==?|case '(?:sms|mgn)'|\?\? '(?:sms|mgn)'|= '(?:sms|mgn)'[,)]/;

it('nothing outside of providers/ and local/ decides by the name of a service', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/^(?:providers|local)\//.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    readFileSync(new URL(file, SRC), 'utf8')
      .split('\n')
      .flatMap((line, index) => (DECISION.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
