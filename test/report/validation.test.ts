import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import type { Concern } from '../../src/core/concern.ts';
import type { Desired, DesiredVm, DesiredWave } from '../../src/core/desired.ts';
import { toAddress } from '../../src/core/names.ts';
import {
  renderValidationJson,
  renderValidationText,
  type Validation,
} from '../../src/report/validation/validation.ts';
import { expectGolden } from './golden.ts';

const place = { file: 'waves/sdsc-01.yaml', line: 9, column: 7 };
const files = ['landfall.yaml', 'waves/sdsc-01.yaml'];

const desired: Desired = {
  project: 'ucop',
  defaultTarget: 'local',
  targets: [],
  waves: [{ name: 'sdsc-01' } as DesiredWave],
  vms: [{ address: toAddress('sdsc-01/a') } as DesiredVm, { address: toAddress('sdsc-01/b') } as DesiredVm],
};

const misspelt: Concern = {
  id: 'schema.unknown-key',
  severity: 'error',
  message: 'unknown key licenceType',
  remedy: 'did you mean licenseType?',
  place,
  excerpt: { text: '      licenceType: BYOL', length: 11 },
};

/** One mistake in the defaults of a wave, about each of its VMs. */
const ofDefaults = (address: string): Concern => ({
  id: 'encryption.key-unused',
  severity: 'critical',
  message: 'kmsKeyId is set, but encrypted is not true',
  remedy: 'add encrypted: true',
  address: toAddress(address),
  place: { ...place, line: 110, column: 15 },
  excerpt: { text: '    kmsKeyId: alias/migration', length: 15 },
});

const troubled: Validation = {
  desired: undefined,
  files,
  concerns: [
    { id: 'project.missing', severity: 'error', message: 'there is no project here' },
    misspelt,
    {
      id: 'schedule.seed-far',
      severity: 'warning',
      message: 'the seed replication is 89 days ahead',
      remedy: 'choose an earlier time',
      address: toAddress('sdsc-01/web'),
      target: 'production',
      place: { ...place, line: 12, column: 92 },
      excerpt: {
        text: `    - { name: web, description: ${'long '.repeat(12)}, seed: 2027-02-20T00:00:00Z, ${'k: v, '.repeat(20)}}`,
        length: 20,
      },
    },
    ...['a', 'b', 'c', 'd', 'e'].map((name) => ofDefaults(`sdsc-01/${name}`)),
  ],
};

const hostile: Validation = {
  desired: undefined,
  files: ['waves/\u001b[31m.yaml'],
  concerns: [
    {
      id: 'schema.value',
      severity: 'error',
      message: 'name \u001b[2J\u202e is too long',
      remedy: 'remove \u0007',
      address: toAddress('w/\u009b1m'),
      target: 't\u2066',
      place: { file: 'waves/\u001b[31m.yaml', line: 1, column: 9 },
      excerpt: { text: `\t\u001b[2Ja: "${'x'.repeat(10_000_000)}\u202e"`, length: 10_000_000 },
    },
  ],
};

function text(validation: Validation, color = false): string {
  return renderValidationText(validation, { colors: pc.createColors(color) });
}

describe('a validation as text', () => {
  it('shows each problem with its line, a caret and what to do', () => {
    expectGolden('validation-troubled.txt', text(troubled));
  });

  it('colours without changing a character', () => {
    const colored = text(troubled, true);
    expect(colored).not.toBe(text(troubled));
    expect(stripVTControlCharacters(colored)).toBe(text(troubled));
  });

  it('puts the caret under what is wrong, whatever escaping does to the line', () => {
    const excerpt = { text: '\u001b\t🚀x: y', length: 1 };
    const concern = { ...misspelt, place: { ...place, column: 5 }, excerpt };
    const [line = '', caret = ''] = text({ ...troubled, concerns: [concern] })
      .split('\n')
      .slice(2);
    expect(line.at(caret.indexOf('^'))).toBe('x');
  });

  it('lets nothing through that a terminal could obey, nor ten megabytes', () => {
    expectGolden('validation-hostile.txt', text(hostile));
  });

  it('is one line when nothing is wrong', () => {
    expect(text({ desired, concerns: [], files })).toBe('1 wave, 2 VMs: valid\n');
  });

  it('says valid with warnings too', () => {
    const warning: Concern = { ...misspelt, severity: 'warning' };
    expect(text({ desired, concerns: [warning], files })).toMatch(/\n1 wave, 2 VMs: valid, 1 warning\n$/);
  });

  it('counts a refused VM as an error', () => {
    const critical: Concern = { ...misspelt, severity: 'critical' };
    expect(text({ desired, concerns: [critical, critical], files })).toMatch(/\n2 errors in 1 file\n$/);
  });
});

describe('a validation as JSON', () => {
  it('holds every concern with its place and snippet', () => {
    expectGolden('validation-troubled.json', renderValidationJson(troubled));
  });

  it('holds data as it is, and nothing a terminal could obey', () => {
    const json = renderValidationJson(hostile);
    for (const raw of ['\u001b', '\u009b', '\u202e', '\u2066']) expect(json).not.toContain(raw);
    expect(JSON.parse(json)).toMatchObject({
      diagnostics: [
        {
          message: 'name \u001b[2J\u202e is too long',
          file: 'waves/\u001b[31m.yaml',
          address: toAddress('w/\u009b1m'),
        },
      ],
    });
    expect(json.length).toBeLessThan(2000);
  });

  it('is valid without errors, and not with refused VMs', () => {
    const parse = (severity: Concern['severity']) =>
      JSON.parse(renderValidationJson({ desired, concerns: [{ ...misspelt, severity }], files })) as object;
    expect(parse('warning')).toMatchObject({ valid: true, error_count: 0, warning_count: 1 });
    expect(parse('critical')).toMatchObject({ valid: false, error_count: 1, warning_count: 0 });
    expect(parse('error')).toMatchObject({ valid: false, error_count: 1, warning_count: 0 });
  });
});
