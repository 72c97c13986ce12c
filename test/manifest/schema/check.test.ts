import { describe, expect, it } from '@jest/globals';
import { concernsOf, checkDocuments, project, summary, wave, waveOf } from '../documents.ts';

/** A concern's words: `id: message; remedy`. */
function words(concerns: ReturnType<typeof concernsOf>): string[] {
  return concerns.map(({ id, message, remedy }) => `${id}: ${message}; ${remedy ?? ''}`);
}

describe('a wave', () => {
  it('is valid to begin with', () => {
    expect(concernsOf(wave())).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a misspelt key',
      { licenceType: 'AWS' },
      'schema.unknown-key: unknown key licenceType; did you mean licenseType?',
    ],
    [
      'an unknown key',
      { colour: 'red' },
      'schema.unknown-key: unknown key colour; known here: name, path, serverId, vmManagerId, vmId, vmWareUuid, os, adopt, replication, protect, sizeGiB, after, frequency, runOnce, licenseType, roleName, description, seedReplicationTime, nextReplicationRunStartTime, numberOfRecentAmisToKeep, encrypted, kmsKeyId, app, mgn',
    ],
    [
      'a misspelt value',
      { licenseType: 'BYLO' },
      'schema.value: licenseType BYLO is not one of Auto, AWS, BYOL; did you mean BYOL?',
    ],
    [
      'a value in the wrong case',
      { licenseType: 'auto' },
      'schema.value: licenseType auto is not one of Auto, AWS, BYOL; did you mean Auto?',
    ],
    [
      'a value of another world',
      { licenseType: 'free' },
      'schema.value: licenseType free is not one of Auto, AWS, BYOL; use Auto, AWS or BYOL',
    ],
    [
      'a number in quotes',
      { frequency: '12' },
      'schema.type: frequency is text: "12"; write 12 without quotes',
    ],
    [
      'text for a number',
      { frequency: 'daily' },
      'schema.type: frequency is text: daily; write a whole number',
    ],
    [
      'a fraction',
      { frequency: 1.5 },
      'schema.type: frequency is not a whole number: 1.5; write a whole number',
    ],
    ['yes for true', { runOnce: 'yes', frequency: 3 }, 'schema.type: runOnce is text: yes; write true'],
    ['off for false', { encrypted: 'off' }, 'schema.type: encrypted is text: off; write false'],
    ['a number for a name', { name: 42 }, 'schema.type: name is a number: 42; put it in quotes: "42"'],
    ['true for a name', { name: true }, 'schema.type: name is true or false: true; put it in quotes: "true"'],
    [
      'seconds for a time',
      { seedReplicationTime: 1541830200 },
      'schema.type: seedReplicationTime is a number: 1541830200; write date and time with Z or an offset, such as 2026-12-01T20:00:00-08:00',
    ],
    [
      'a number for a licence',
      { licenseType: 7 },
      'schema.type: licenseType is a number: 7; use Auto, AWS or BYOL',
    ],
    ['a number for a role', { roleName: 7 }, 'schema.type: roleName is a number: 7; put it in quotes: "7"'],
    ['no number', { frequency: NaN }, 'schema.type: frequency is not a number: .nan; write a whole number'],
    ['a list for a name', { name: ['a'] }, 'schema.type: name is a list; write a, without the list'],
    ['a mapping for a name', { name: { a: 1 } }, 'schema.type: name is a mapping; write text'],
    ['a value left out', { os: null }, 'schema.type: os is empty; write text'],
    ['empty text', { os: '' }, 'schema.value: os is empty; write a value, or leave the key out'],
    ['hours below 1', { frequency: 0 }, 'schema.value: frequency 0 is out of range; use 1 to 24'],
    ['hours above 24', { frequency: 25 }, 'schema.value: frequency 25 is out of range; use 1 to 24'],
    [
      'fewer AMIs than none',
      { numberOfRecentAmisToKeep: -1 },
      'schema.value: numberOfRecentAmisToKeep -1 is out of range; use 0 to 270',
    ],
    [
      'more AMIs than 270',
      { numberOfRecentAmisToKeep: 271 },
      'schema.value: numberOfRecentAmisToKeep 271 is out of range; use 0 to 270',
    ],
    [
      'a time without offset',
      { seedReplicationTime: '2026-12-01T20:00:00' },
      'schema.value: seedReplicationTime 2026-12-01T20:00:00 does not have the right form; write date and time with Z or an offset, such as 2026-12-01T20:00:00-08:00',
    ],
    [
      'a day there is not',
      { nextReplicationRunStartTime: '2026-11-31T20:00:00Z' },
      'schema.value: nextReplicationRunStartTime 2026-11-31T20:00:00Z is not a valid time; check month, day, hour and offset',
    ],
    [
      'a schedule that repeats and runs once',
      { frequency: 12, runOnce: true },
      'schedule.exactly-one: runOnce true is set together with frequency: a job either repeats or runs once; remove one of the two',
    ],
    [
      'a key without encryption',
      { kmsKeyId: 'alias/a', encrypted: false },
      'schema.value: kmsKeyId alias/a is set, but encrypted is false: the images would not be encrypted; write encrypted: true, or remove kmsKeyId',
    ],
    [
      'half of an address',
      { vmId: 'vm-1' },
      'schema.missing-key: item 1 of vms has no vmManagerId; add vmManagerId',
    ],
    [
      'a name of 10 million letters',
      { name: 'x'.repeat(10_000_000) },
      `schema.value: name ${'x'.repeat(80)}… (10000000 characters) is too long; use 255 characters at most`,
    ],
  ])('refuses %s', (_, vm, expected) => {
    expect(words(concernsOf(waveOf(vm)))).toEqual([expected]);
  });

  it.each(['defaults', 'limits'])('may have %s of which all is commented out', (key) => {
    expect(concernsOf(wave({ [key]: null, vms: [{ name: 'a', frequency: 1 }] }))).toEqual([]);
  });

  it('may have labels of which all are commented out', () => {
    expect(concernsOf({ ...wave(), metadata: { name: 'a', labels: null } })).toEqual([]);
  });

  it('may not have text for defaults', () => {
    expect(words(concernsOf(wave({ defaults: 'none', vms: [{ name: 'a', frequency: 1 }] })))).toEqual([
      'schema.type: defaults is text: none; write a mapping',
    ]);
  });

  it.each([1, 24])('may replicate every %i hours', (frequency) => {
    expect(concernsOf(waveOf({ frequency }))).toEqual([]);
  });

  it.each([0, 270])('may keep %i AMIs', (numberOfRecentAmisToKeep) => {
    expect(concernsOf(waveOf({ numberOfRecentAmisToKeep }))).toEqual([]);
  });

  it('refuses a number too large for any computer', () => {
    const text =
      'apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: a }\nspec: { vms: [{ name: b, frequency: 1e400 }] }\n';
    expect(words(concernsOf(text))).toEqual([
      'schema.type: frequency is too large a number: 1e400; write a whole number',
    ]);
  });

  it('says of a VM without name that nothing tells which it is, once', () => {
    const text = words(concernsOf(wave({ vms: [{ os: 'rhel-7.3' }] })));
    expect(text).toEqual([
      'schema.missing-key: nothing says which VM this is; add name, path, serverId, or vmManagerId and vmId',
    ]);
  });

  it.each([{ name: 'a' }, { path: '/a' }, { serverId: 's-1' }, { vmManagerId: 'm', vmId: 'v' }])(
    'finds a VM by %j',
    (vm) => {
      expect(concernsOf(wave({ vms: [vm] }))).toEqual([]);
    },
  );

  it.each<[string, object, string]>([
    [
      'a boot mode there is not',
      { launch: { bootMode: 'BIOS' } },
      'schema.value: bootMode BIOS is not one of LEGACY_BIOS, UEFI, USE_SOURCE; use LEGACY_BIOS, UEFI or USE_SOURCE',
    ],
    [
      'a tag with a picture',
      { replication: { stagingAreaTags: { 'a💡': 'b', 'Größe 1': 'c' } } },
      'schema.value: the name a💡 does not have the right form; use letters, digits, spaces and _.:/=+@-, and no aws: in front',
    ],
    [
      'a tag with a sign',
      { replication: { stagingAreaTags: { 'a!': 'b' } } },
      'schema.value: the name a! does not have the right form; use letters, digits, spaces and _.:/=+@-, and no aws: in front',
    ],
    [
      'a misspelt part',
      { lunch: { bootMode: 'UEFI' } },
      'schema.unknown-key: unknown key lunch; did you mean launch?',
    ],
    [
      'more bandwidth than MGN takes',
      { replication: { bandwidthThrottling: 10_001 } },
      'schema.value: bandwidthThrottling 10001 is out of range; use 0 to 10000',
    ],
    [
      'the name of a subnet',
      { replication: { stagingAreaSubnetId: 'staging' } },
      'schema.value: stagingAreaSubnetId staging does not have the right form; write the id of a subnet, such as subnet-0123456789abcdef0',
    ],
    [
      'the name of a security group',
      { replication: { replicationServersSecurityGroupsIDs: ['default'] } },
      'schema.value: item 1 of replicationServersSecurityGroupsIDs default does not have the right form; write the id of a security group, such as sg-0123456789abcdef0',
    ],
    [
      'a tag that only AWS may give',
      { replication: { stagingAreaTags: { 'AWS:x': 'y' } } },
      'schema.value: the name AWS:x does not have the right form; use letters, digits, spaces and _.:/=+@-, and no aws: in front',
    ],
    [
      'a disk without device name',
      { replication: { replicatedDisks: [{ iops: 1 }] } },
      'schema.missing-key: item 1 of replicatedDisks has no deviceName; add deviceName',
    ],
  ])('of MGN refuses %s', (_, mgn, expected) => {
    const targets = { local: { provider: 'mgn', region: 'us-west-2' } };
    for (const spec of [
      { defaults: { mgn }, vms: [{ name: 'a' }] },
      { defaults: null, vms: [{ name: 'a', mgn }] },
    ]) {
      expect(words(checkDocuments(project({ targets }), wave(spec)).concerns)).toEqual([expected]);
    }
  });

  it('does not call a misspelt key missing as well', () => {
    expect(words(concernsOf(wave({ vms: [{ nmae: 'a' }] })))).toEqual([
      'schema.unknown-key: unknown key nmae; did you mean name?',
    ]);
    const { spec, ...rest } = wave();
    expect(words(concernsOf({ ...rest, spcs: spec }))).toEqual([
      'schema.unknown-key: unknown key spcs; did you mean spec?',
    ]);
  });

  it('points at the key, the value, or the mapping', () => {
    const text = [
      'apiVersion: landfall/v1',
      'kind: Wave',
      'metadata: { labels: { n: 3 } }',
      'spec:',
      '  defaults:',
      '    freqency: 12',
      '  vms:',
      '    - name: a',
      '      frequency: 99',
      '    - os: rhel-7.3',
      '    - just text',
    ].join('\n');
    expect(concernsOf(text).map(summary)).toEqual([
      'schema.missing-key waves/1.yaml:3:1 "metadata"',
      'schema.type waves/1.yaml:3:26 "3"',
      'schema.unknown-key waves/1.yaml:6:5 "freqency"',
      'schema.value waves/1.yaml:9:18 "99"',
      'schema.missing-key waves/1.yaml:10:7 "os"',
      'schema.type waves/1.yaml:11:7 "just text"',
    ]);
  });

  /** Problems of a wave in which this stands under spec. */
  const ofSpec = (...lines: readonly string[]) =>
    concernsOf(
      ['apiVersion: landfall/v1', 'kind: Wave', 'metadata: { name: a }', 'spec:', ...lines, ''].join('\n'),
    ).map(summary);

  it('is read to its end whatever tags it has', () => {
    const vms = ['  vms:', '    - { name: a, frequency: 99 }', '    - name: !!timestamp b'];
    expect(ofSpec('  tagret: x', ...vms, '      frequency: !int 1')).toEqual([
      'schema.unknown-key waves/1.yaml:5:3 "tagret"',
      'schema.value waves/1.yaml:7:29 "99"',
      'yaml.syntax waves/1.yaml:8:13 "!!timestamp"',
      'yaml.syntax waves/1.yaml:9:18 "!int"',
    ]);
  });

  it('is not said to lack what an alias without anchor may stand for', () => {
    expect(
      ofSpec('  vms:', '    - *nope', '    - name: *gone', '    - { name: a, frequency: *lost }'),
    ).toEqual([
      'yaml.alias waves/1.yaml:6:7 "*nope"',
      'schedule.exactly-one waves/1.yaml:7:7 "name"',
      'yaml.alias waves/1.yaml:7:13 "*gone"',
      'yaml.alias waves/1.yaml:8:29 "*lost"',
    ]);
    expect(concernsOf('*nope\n').map(({ id }) => id)).toEqual(['yaml.alias']);
    expect(concernsOf('apiVersion: landfall/v1\nkind: *nope\n').map(({ id }) => id)).toEqual(['yaml.alias']);
  });

  it('is not said to lack what a merge key may stand for', () => {
    expect(
      ofSpec('  vms:', '    - &a { name: a, frequency: 1 }', '    - <<: *a', '      os: rhel-7'),
    ).toEqual(['yaml.merge-key waves/1.yaml:7:7 "<<"']);
  });

  it('shows a repeated VM where it is repeated', () => {
    expect(ofSpec('  vms:', '    - &a { name: a, frequency: 1 }', '    - *a')).toEqual([
      'vm.duplicate waves/1.yaml:7:7 "*a"',
    ]);
  });

  it('explains that merge keys are not YAML 1.2', () => {
    const text =
      'apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: a }\nspec:\n  <<: { x: 1 }\n  vms: [{ name: a, frequency: 1 }]\n';
    const [concern] = concernsOf(text);
    expect(concern).toMatchObject({
      id: 'yaml.merge-key',
      message: 'the merge key << is not part of YAML 1.2',
      remedy: 'write the keys out, or put settings that VMs share under defaults',
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'has no key %s, and takes no harm from it',
    (key) => {
      const text = `apiVersion: landfall/v1\nkind: Wave\n${key}: { polluted: true }\nmetadata: { name: a, ${key}: b }\nspec: { vms: [{ name: c, frequency: 1, ${key}: { adopt: true } }] }\n`;
      expect(concernsOf(text).map(summary)).toEqual([
        `schema.unknown-key waves/1.yaml:3:1 "${key}"`,
        `schema.unknown-key waves/1.yaml:4:22 "${key}"`,
        `schema.unknown-key waves/1.yaml:5:40 "${key}"`,
      ]);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(({} as Record<string, unknown>)['adopt']).toBeUndefined();
    },
  );

  it.each(['__proto__', 'a b', '-a', ''])('has no label called %j', (label) => {
    const text = `apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: a, labels: { "${label}": x } }\nspec: { vms: [{ name: a, frequency: 1 }] }\n`;
    expect(concernsOf(text)).toMatchObject([{ id: 'schema.value', place: { line: 3, column: 32 } }]);
  });

  it.each(['SDSC', 'a_b', '-a', 'a-', 'a/b', 'a]', 'a'.repeat(64)])('cannot be called %s', (name) => {
    expect(concernsOf(wave({}, name))).toMatchObject([{ id: 'schema.value' }]);
  });

  it.each(['a', '1', 'sdsc-01', 'a'.repeat(63)])('can be called %s', (name) => {
    expect(concernsOf(wave({}, name))).toEqual([]);
  });

  it('reports a problem in each of ten thousand VMs', () => {
    const vms = Array.from({ length: 10_000 }, (_, index) => ({ name: `vm-${index}`, frequency: 99 }));
    expect(concernsOf(wave({ vms }))).toHaveLength(10_000);
  });
});

describe('a project', () => {
  const target = { provider: 'sms', region: 'us-west-2' };

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a provider there is not',
      { provider: 'mgm' },
      'schema.value: provider mgm is not one of sms, mgn; did you mean mgn?',
    ],
    ['no region', { region: undefined }, 'schema.missing-key: local has no region; add region'],
    [
      'a region that is none',
      { region: 'Oregon' },
      'schema.value: region Oregon does not have the right form; write a region such as us-west-2',
    ],
    [
      'an endpoint with a password',
      { endpoint: 'https://me:secret@host' },
      'schema.value: endpoint https://me:secret@host does not have the right form; write local, or a URL that begins with http:// or https:// and holds no user name',
    ],
    [
      'a role that is no ARN',
      { assumeRole: 'landfall' },
      'schema.value: assumeRole landfall does not have the right form; write the ARN of an IAM role, such as arn:aws:iam::123456789012:role/landfall',
    ],
    [
      'an external id without its role',
      { assumeRole: { externalId: 'migration' } },
      'schema.missing-key: assumeRole has no roleArn; add roleArn',
    ],
    [
      'an account that is a number',
      { account: 123456789012 },
      'schema.type: account is a number: 123456789012; put it in quotes: "123456789012"',
    ],
    [
      'no room for replications',
      { limits: { activeReplications: 0 } },
      'schema.value: activeReplications 0 is out of range; use 1 or more',
    ],
    [
      'too many requests',
      { limits: { apiRequests: 1001 } },
      'schema.value: apiRequests 1001 is out of range; use 1 to 1000',
    ],
    [
      'a percentage without its sign',
      { guards: { maxDeletes: '30' } },
      'schema.value: maxDeletes "30" does not have the right form; write a percentage such as 30%',
    ],
    [
      'more than all',
      { guards: { maxUpdates: 30 } },
      'schema.value: maxUpdates 30 is out of range; use 0 to 1',
    ],
    [
      'more than 100 %',
      { guards: { maxUpdates: '101%' } },
      'schema.value: maxUpdates 101% does not have the right form; write a percentage such as 30%',
    ],
  ])('refuses a target with %s', (_, more, expected) => {
    const targets = { local: { ...target, ...more } };
    expect(words(checkDocuments(project({ targets }), wave()).concerns)).toEqual([expected]);
  });

  it.each(['limits', 'guards'])('may have %s of which all is commented out', (key) => {
    expect(
      checkDocuments(project({ targets: { local: { ...target, [key]: null } } }), wave()).concerns,
    ).toEqual([]);
  });

  it('refuses a target under a name that is none', () => {
    const { concerns } = checkDocuments(project({ targets: { local: target, Production: target } }), wave());
    expect(words(concerns)).toEqual([
      'schema.value: the name Production does not have the right form; use lower-case letters, digits and hyphens, with a letter or digit at both ends, such as sdsc-01',
    ]);
  });

  it('needs a target', () => {
    expect(words(checkDocuments(project({ targets: {} }), wave()).concerns)).toEqual([
      'schema.value: targets is empty; add at least one',
    ]);
  });

  // Stars are tried in every combination of places: more of them would take years on a long name.
  it.each(['a*b*c*.yaml', '**/a/**/b/**/c', 'a***'])(
    'refuses the glob %j, which might take years',
    (glob) => {
      expect(checkDocuments(project({ waves: [glob] }), wave()).concerns).toMatchObject([
        { id: 'schema.value' },
      ]);
    },
  );

  it.each(['waves/**/*.yaml', '!waves/drafts/**', '*', 'a*b*.y?ml', 'Wellen/Übung 1/*.yaml'])(
    'takes the glob %j',
    (glob) => {
      expect(checkDocuments(project({ waves: [glob] }), wave()).concerns).toEqual([]);
    },
  );

  it.each(['waves\\a.yaml', '{a,b}.yaml', '+(a).yaml', 'a[b].yaml', 'a!b', ''])(
    'refuses the glob %j',
    (glob) => {
      expect(checkDocuments(project({ waves: [glob] }), wave()).concerns).toMatchObject([
        { id: 'schema.value' },
      ]);
    },
  );
});

describe('a document', () => {
  it.each<[string, string, string]>([
    [
      'that is a list',
      '- a\n',
      'schema.kind: the document is a list, not a mapping; begin the document with apiVersion: landfall/v1 and kind: Wave',
    ],
    [
      'that is text',
      'just text\n',
      'schema.kind: the document is "just text", not a mapping; begin the document with apiVersion: landfall/v1 and kind: Wave',
    ],
    [
      'without a header',
      'a: b\n',
      'schema.kind: the document has neither apiVersion nor kind; begin the document with apiVersion: landfall/v1 and kind: Wave',
    ],
    [
      'of another program',
      'apiVersion: landfall/v1\nkind: Deployment\n',
      'schema.kind: kind "Deployment" is not supported; write kind: Project or kind: Wave',
    ],
    [
      'without a kind',
      'apiVersion: landfall/v1\n',
      'schema.kind: the document has no kind; write kind: Project or kind: Wave',
    ],
  ])('%s is of no kind', (_, text, expected) => {
    expect(words(concernsOf(wave(), text))).toEqual([expected]);
  });

  it('of a misspelt kind or version is checked as what was meant', () => {
    const found = words(concernsOf({ ...waveOf({ frequency: 99 }), kind: 'wave', apiVersion: 'v1' }));
    expect(found).toEqual([
      'schema.kind: apiVersion "v1" is not supported; write apiVersion: landfall/v1',
      'schema.kind: kind "wave" is not supported; did you mean Wave?',
      'schema.value: frequency 99 is out of range; use 1 to 24',
    ]);
  });
});
