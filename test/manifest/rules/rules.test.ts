import { describe, expect, it } from '@jest/globals';
import { RULES } from '../../../src/manifest/rules/index.ts';
import { concernsOf, checkDocuments, type Fields, project, summary, wave, waveOf } from '../documents.ts';

const target = { provider: 'sms', region: 'us-west-2' };

/** Ids with addresses: `licence.linux-aws sdsc-01/vm-0`. */
function found(...waves: readonly Fields[]): string[] {
  return concernsOf(...waves).map(({ id, address = '-' }) => `${id} ${address}`);
}

describe('the rules', () => {
  it('are sorted by id, each there once', () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('find nothing wrong with a valid world', () => {
    expect(found(wave())).toEqual([]);
  });
});

describe('vm.duplicate', () => {
  const twice = (first: object, second: object) => found(wave({ vms: [first, second] })).length > 0;

  it.each<[string, object, object]>([
    ['the same name', { name: 'a' }, { name: 'a' }],
    ['the same path', { name: 'a', path: '/x' }, { name: 'b', path: '/x' }],
    ['the same serverId', { serverId: 's-1' }, { name: 'b', serverId: 's-1' }],
    [
      'the same vmId of the same vCenter',
      { vmManagerId: 'm', vmId: 'v' },
      { name: 'b', vmManagerId: 'm', vmId: 'v' },
    ],
    ['the same vCenter in other letters', { vmManagerId: 'AB', vmId: 'v' }, { vmManagerId: 'ab', vmId: 'v' }],
    ['a name alone and a path that ends in it', { name: 'a' }, { path: '/x/a' }],
    ['a path and a name alone that it ends in', { path: '/x/a' }, { name: 'a' }],
    ['a name alone and the same name with an id', { name: 'a' }, { name: 'a', serverId: 's-1' }],
  ])('is two VMs of %s', (_, first, second) => {
    expect(twice(first, second)).toBe(true);
  });

  it.each<[string, object, object]>([
    ['different names', { name: 'a' }, { name: 'b' }],
    ['the same name in different folders', { name: 'a', path: '/x' }, { name: 'a', path: '/y' }],
    ['the same name and different ids', { name: 'a', serverId: 's-1' }, { name: 'a', serverId: 's-2' }],
    ['the same vmId of different vCenters', { vmManagerId: 'm', vmId: 'v' }, { vmManagerId: 'n', vmId: 'v' }],
    ['a name like the path of another', { name: '/x' }, { path: '/x' }],
    ['paths that end in the same name', { path: '/x/a' }, { path: '/y/a' }],
    ['a name alone and a path that ends otherwise', { name: 'a' }, { path: '/a/b' }],
    ['a name alone and a path that ends in it, of another name', { name: 'a' }, { name: 'b', path: '/x/a' }],
    ['a name alone and another in another case', { name: 'a' }, { path: '/x/A' }],
  ])('is not two VMs of %s', (_, first, second) => {
    expect(twice(first, second)).toBe(false);
  });

  it('looks across waves and files, and names the other place', () => {
    const [concern, ...more] = concernsOf(wave(), wave({}, 'sdsc-02'));
    expect(more).toEqual([]);
    expect(concern).toMatchObject({
      id: 'vm.duplicate',
      address: 'sdsc-02/web',
      message: 'the VM web is in wave sdsc-01 already, at waves/1.yaml:9:7',
    });
    expect(concern && summary(concern)).toBe('vm.duplicate waves/2.yaml:9:7 "name"');
  });

  it('advises paths only where a name alone is at fault', () => {
    const remedyOf = (...vms: readonly object[]) => concernsOf(wave({ vms })).map(({ remedy }) => remedy);
    expect(remedyOf({ serverId: 's-1' }, { serverId: 's-1' })).toEqual(['keep one of the two']);
    expect(remedyOf({ name: 'a', path: '/x/a' }, { name: 'a' })).toEqual([
      'keep one of the two; if they are different VMs of one name, give each its path',
    ]);
  });

  it('lets a VM move to two targets', () => {
    const world = project({ targets: { local: target, other: target } });
    expect(checkDocuments(world, wave(), wave({ target: 'other' }, 'sdsc-02')).concerns).toEqual([]);
    expect(checkDocuments(world, wave(), wave({ target: 'local' }, 'sdsc-02')).concerns).toHaveLength(1);
  });

  it('is said of each copy once, even if all identifiers are the same', () => {
    const vm = { name: 'a', path: '/x', serverId: 's-1' };
    expect(found(wave({ vms: [vm, vm, vm] }))).toHaveLength(2);
  });
});

describe('wave.duplicate', () => {
  it('is two waves of one name, in one file or two', () => {
    const two = concernsOf(wave(), wave({ vms: [{ name: 'b' }] }));
    expect(two.map(summary)).toEqual(['wave.duplicate waves/2.yaml:4:9 "sdsc-01"']);
    expect(two[0]?.message).toBe('there is a wave sdsc-01 already, at waves/1.yaml:1:1');
  });

  it('is not two waves of different names', () => {
    expect(found(wave(), wave({ vms: [{ name: 'b' }] }, 'sdsc-02'))).toEqual([]);
  });
});

describe('wave.empty', () => {
  it.each([[[]], [null]])('warns of a wave whose vms are %j', (vms) => {
    const concerns = concernsOf(wave({ vms }));
    expect(concerns.map(({ id, severity }) => `${id} ${severity}`)).toEqual(['wave.empty warning']);
    expect(concerns[0]).toMatchObject({ place: { line: 8 }, message: 'the wave sdsc-01 lists no VMs' });
  });

  it.each(['text', ['text'], undefined])('is not said where vms is wrong: %j', (vms) => {
    expect(concernsOf(wave({ vms })).map(({ id }) => id)).not.toContain('wave.empty');
  });
});

describe('target.unknown', () => {
  const targets = { local: target, production: target };

  it('is a target the project does not define', () => {
    const { concerns } = checkDocuments(
      project({ targets }),
      wave({ target: 'prodution' }),
      wave({ target: 'x' }, 'b'),
    );
    expect(concerns.filter(({ id }) => id === 'target.unknown')).toMatchObject([
      {
        message: 'there is no target "prodution"',
        remedy: 'did you mean production?',
        place: { file: 'waves/1.yaml' },
      },
      { message: 'there is no target "x"', remedy: 'the project has local, production' },
    ]);
  });

  it('is a default that the project does not define', () => {
    const { concerns } = checkDocuments(project({ targets, defaultTarget: 'lokal' }), wave());
    expect(concerns.map(summary)).toEqual(['target.unknown landfall.yaml:5:16 "lokal"']);
  });

  it('is a wave without target where there is no default', () => {
    const { concerns } = checkDocuments(project({ targets, defaultTarget: undefined }), wave());
    expect(concerns).toMatchObject([
      {
        id: 'target.unknown',
        message: 'the wave sdsc-01 names no target, and the project has no defaultTarget',
      },
    ]);
  });

  it('is not a known target, nor the only one', () => {
    expect(checkDocuments(project({ targets }), wave({ target: 'production' })).concerns).toEqual([]);
    const { desired, concerns } = checkDocuments(project({ defaultTarget: undefined }), wave());
    expect(concerns).toEqual([]);
    expect(desired?.vms[0]?.target).toBe('local');
  });

  it('is not a target that is defined, but wrong', () => {
    const broken = { local: target, production: { ...target, region: 7 } };
    const { concerns } = checkDocuments(project({ targets: broken }), wave({ target: 'production' }));
    expect(concerns.map(({ id }) => id)).toEqual(['schema.type']);
  });
});

describe('target.lock-not-local', () => {
  const locked = (lock: unknown, more: Fields = { endpoint: 'local' }) =>
    checkDocuments(project({ targets: { local: { ...target, ...more, lock } } }), wave()).concerns.map(
      summary,
    );
  const s3 = (endpoint: string) => ({ s3: { bucket: 'locks', key: 'local.json', endpoint } });

  it('is a local target that locks at AWS', () => {
    expect(locked('s3://locks/local.json')).toEqual([
      'target.lock-not-local landfall.yaml:11:11 "s3://locks/local.json"',
    ]);
    expect(locked({ s3: { bucket: 'locks', key: 'local.json' } })).toEqual([
      'target.lock-not-local landfall.yaml:11:5 "lock"',
    ]);
  });

  it.each(['https://s3.us-west-2.amazonaws.com', 'http://10.0.0.1:9000', 'http://localhost:9000'])(
    'is a local target that locks at %s',
    (endpoint) => {
      expect(locked(s3(endpoint))).toEqual([
        `target.lock-not-local landfall.yaml:15:19 ${JSON.stringify(endpoint)}`,
      ]);
    },
  );

  it.each([
    's3://a-b/../../x',
    's3://locks/./x',
    's3://locks/a//b',
    's3://locks/a/',
    's3://locks/..',
    's3://locks/a\u0000b',
    's3://locks/a\nb',
    's3://lo..cks/x',
    's3://lo.-cks/x',
    's3://-locks/x',
    's3://192.168.0.1/x',
    's3://xn--locks/x',
    's3://ab/x',
    's3://LOCKS/x',
    `s3://${'a'.repeat(64)}/x`,
  ])('has a lock that S3 can hold: not %j', (text) => {
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/([^]*)$/.exec(text) ?? [];
    for (const lock of [text, { s3: { bucket, key } }]) {
      expect(locked(lock, {})).toEqual([expect.stringMatching(/^\S+ landfall\.yaml:\d+:\d+/)]);
    }
  });

  it.each(['s3://a-b/x', 's3://a.b-c.d/a/.b/..c/d..e', "s3://abc/a!*'()+=@:_-"])('may lock at %s', (text) => {
    expect(locked(text, {})).toEqual([]);
  });

  it('is not a local target that locks on this machine, nor any other target', () => {
    expect(locked(s3('http://127.0.0.1:9000'))).toEqual([]);
    expect(locked('s3://locks/local.json', {})).toEqual([]);
    expect(locked('s3://locks/local.json', { endpoint: 'http://127.0.0.1:1' })).toEqual([]);
  });
});

describe('schedule.exactly-one', () => {
  const id = 'schedule.exactly-one';
  const bare = (...vms: readonly object[]) =>
    wave({ defaults: {}, vms: vms.map((vm, index) => ({ name: `vm-${index}`, ...vm })) });

  it.each<[string, object, object]>([
    ['frequency alone', { frequency: 1 }, {}],
    ['runOnce alone', {}, { runOnce: true }],
    ['a frequency that overrides runOnce', { runOnce: true }, { frequency: 1 }],
    ['runOnce that overrides a frequency', { frequency: 1 }, { runOnce: true }],
    ['runOnce: false beside a frequency', { frequency: 1, runOnce: false }, { runOnce: false }],
  ])('is content with %s', (_, defaults, vm) => {
    expect(found(wave({ defaults, vms: [{ name: 'a', ...vm }] }))).toEqual([]);
  });

  it('refuses both in one mapping, at runOnce', () => {
    const both = { frequency: 12, runOnce: true };
    expect(concernsOf(wave({ defaults: both })).map(summary)).toEqual([`${id} waves/1.yaml:8:14 "true"`]);
    expect(concernsOf(wave({ vms: [{ name: 'a', ...both }] })).map(summary)).toEqual([
      `${id} waves/1.yaml:11:16 "true"`,
    ]);
  });

  it('refuses neither, at the VM', () => {
    expect(found(bare({}, { frequency: 1 }))).toEqual([`${id} sdsc-01/vm-0`]);
    expect(found(bare({ runOnce: false }, { frequency: 1 }))).toEqual([`${id} sdsc-01/vm-0`]);
    expect(found(wave({ defaults: { runOnce: true }, vms: [{ name: 'a', runOnce: false }] }))).toEqual([
      `${id} sdsc-01/a`,
    ]);
  });

  it('is said once of a wave in which no VM has a schedule', () => {
    const concerns = concernsOf(bare({}, {}, {}));
    expect(concerns).toMatchObject([
      { message: 'none of the 3 VMs of the wave sdsc-01 has a frequency or runOnce: true' },
    ]);
    expect(concerns.map(summary)).toEqual([`${id} waves/1.yaml:6:3 "defaults"`]);
  });

  it('does not call a schedule missing that is there, but wrong', () => {
    expect(
      found(bare({ frequency: 99 }, { frequncy: 1 }, { frequency: 1 })).map((text) => text.split(' ')[0]),
    ).toEqual(['schema.value', 'schema.unknown-key']);
    expect(found(wave({ defaults: { frequency: 99 } }))).toEqual(['schema.value -']);
    expect(found(wave({ defaults: { runOnce: 'ja' } }))).toEqual(['schema.type -']);
  });

  it('is found beside any other problem', () => {
    expect(found(wave({ defaults: { roleName: '' } }))).toEqual(['schema.value -', `${id} sdsc-01/web`]);
    expect(found(bare({ os: '' }, { frequency: 1 })).sort()).toEqual([
      `${id} sdsc-01/vm-0`,
      'schema.value -',
    ]);
  });
});

describe('schedule.seed-far', () => {
  // 30 days after the tests' now, 2026-11-23T12:00:00Z.
  const limit = '2026-12-23T12:00:00Z';
  const beyond = '2026-12-23T04:00:01-08:00';

  it('warns of a seed more than 30 days ahead', () => {
    expect(concernsOf(waveOf({ seedReplicationTime: beyond }))).toMatchObject([
      {
        id: 'schedule.seed-far',
        severity: 'warning',
        address: 'sdsc-01/vm-0',
        message: 'the seed replication is 31 days ahead; the service takes times up to 30 days ahead',
      },
    ]);
  });

  it('warns once of the defaults of a wave, about its target', () => {
    const concerns = concernsOf(
      wave({ defaults: { frequency: 1, seedReplicationTime: beyond }, vms: [{ name: 'a' }, { name: 'b' }] }),
    );
    expect(concerns).toMatchObject([{ id: 'schedule.seed-far', target: 'local' }]);
  });

  it.each([limit, '2020-01-01T00:00:00Z'])('is content with %s', (seedReplicationTime) => {
    expect(found(waveOf({ seedReplicationTime }))).toEqual([]);
  });
});

describe('encryption.key-unused', () => {
  const kmsKeyId = 'alias/migration';

  it('refuses a key without encryption, for each VM it would leave open', () => {
    expect(found(waveOf({ kmsKeyId }, { kmsKeyId, encrypted: false }))).toEqual([
      'encryption.key-unused sdsc-01/vm-0',
      // The schema refuses the two beside each other.
      'schema.value -',
    ]);
    const inDefaults = wave({
      defaults: { frequency: 1, kmsKeyId },
      vms: [{ name: 'a' }, { name: 'b', encrypted: true }],
    });
    expect(found(inDefaults)).toEqual(['encryption.key-unused sdsc-01/a']);
    expect(concernsOf(inDefaults).map(summary)).toEqual([
      'encryption.key-unused waves/1.yaml:8:15 "alias/migration"',
    ]);
  });

  it('is content with a key and encryption, or neither', () => {
    expect(found(waveOf({ kmsKeyId, encrypted: true }, { encrypted: true }, {}))).toEqual([]);
  });

  it.each([{ encrpted: true }, { encrypted: 'ja' }, { '<<': { encrypted: true } }])(
    'leaves to the schema what may be encrypted in disguise: %j',
    (disguise) => {
      const ids = (concerns: readonly string[]) => concerns.map((text) => text.replace(/ .*/, ''));
      const wrong =
        'encrypted' in disguise ? 'schema.type' : '<<' in disguise ? 'yaml.merge-key' : 'schema.unknown-key';
      expect(ids(found(waveOf({ kmsKeyId, ...disguise })))).toEqual([wrong]);
      const defaults = { frequency: 1, ...disguise };
      expect(ids(found(wave({ defaults, vms: [{ name: 'a', kmsKeyId }] })))).toEqual([wrong]);
    },
  );

  it('is found beside any other problem', () => {
    const vms = [{ name: 'a', kmsKeyId }];
    const expected = ['schema.value -', 'encryption.key-unused sdsc-01/a'];
    expect(found(wave({ defaults: { frequency: 25 }, vms }))).toEqual(expected);
    const inVm = { ...vms[0], os: '' };
    expect(found(wave({ vms: [inVm] })).sort()).toEqual([...expected].sort());
  });
});

describe('description', () => {
  it('must leave room for the marker in 255 characters', () => {
    const room = 255 - ' [landfall:ucop/sdsc-01]'.length;
    expect(found(waveOf({ description: 'x'.repeat(room) }))).toEqual([]);
    expect(concernsOf(waveOf({ description: 'x'.repeat(room + 1) }))).toMatchObject([
      {
        id: 'description.too-long',
        message: `the description has ${room + 1} characters; with the ownership marker there is room for ${room}`,
      },
    ]);
  });

  it.each(['moved [landfall:other/wave]', '[LANDFALL:x'])('must not hold a marker: %s', (description) => {
    expect(found(waveOf({ description }))).toEqual(['description.marker sdsc-01/vm-0']);
  });

  it('may speak of landfall', () => {
    expect(found(waveOf({ description: 'moved by landfall: [see wiki]' }))).toEqual([]);
  });
});

describe('name.spaces', () => {
  it.each([
    [{ name: ' web' }, 'name " web" begins with a space'],
    [{ name: 'web ' }, 'name "web " ends with a space'],
    [{ name: 'web\u00a001' }, 'name "web\u00a001" has the character U+00A0, which looks like a space'],
    [
      { name: 'web', path: '/SDSC/\u3000web' },
      'path "/SDSC/\u3000web" has the character U+3000, which looks like a space',
    ],
  ])('warns of a space that people overlook: %j', (vm, message) => {
    expect(concernsOf(waveOf(vm))).toMatchObject([{ id: 'name.spaces', severity: 'warning', message }]);
  });

  it('lets ordinary spaces pass', () => {
    expect(concernsOf(waveOf({ name: 'my web server (old)' }))).toEqual([]);
  });
});
