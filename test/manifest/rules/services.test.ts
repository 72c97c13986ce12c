import { describe, expect, it } from '@jest/globals';
import type { Concern } from '../../../src/core/concern.ts';
import { type Fields, checkDocuments, project, summary, wave } from '../documents.ts';

const KEY = 'arn:aws:kms:us-west-2:123456789012:alias/migration';
const targets = {
  mgn: { provider: 'mgn', region: 'us-west-2' },
  sms: { provider: 'sms', region: 'us-west-2' },
};
const world = project({ defaultTarget: 'mgn', targets });

/** Concerns of waves whose target is MGN unless they say otherwise. */
function concernsOf(...waves: readonly (Fields | string)[]): readonly Concern[] {
  return checkDocuments(world, ...waves).concerns;
}

function found(...waves: readonly (Fields | string)[]): string[] {
  return concernsOf(...waves).map(summary);
}

/** A wave of MGN. */
function ofMgn(spec: Fields, name = 'sdsc-01'): Fields {
  return wave({ defaults: null, ...spec }, name);
}

describe('setting.not-on-mgn', () => {
  const settings = {
    frequency: 12,
    runOnce: false,
    seedReplicationTime: '2026-12-01T20:00:00-08:00',
    nextReplicationRunStartTime: '2026-12-06T22:30:00Z',
    roleName: 'sms',
    numberOfRecentAmisToKeep: 0,
  };

  it.each(Object.entries(settings))('is %s, in the defaults and at a VM', (setting, value) => {
    const [concern, ...more] = concernsOf(ofMgn({ defaults: { [setting]: value } }));
    expect(more).toEqual([]);
    expect(concern).toMatchObject({ id: 'setting.not-on-mgn', severity: 'error' });
    expect(concern?.message).toContain(`MGN does not support ${setting}: it `);
    expect(concern?.remedy).toContain('`landfall convert --to mgn` rewrites the file');
    expect(found(ofMgn({ vms: [{ name: 'a', [setting]: value }] }))).toHaveLength(1);
  });

  it('is said where it stands, and of the defaults once', () => {
    const vms = Array.from({ length: 3 }, (_, index) => ({ name: `vm-${index}` }));
    expect(
      found(ofMgn({ defaults: { frequency: 12 }, vms: [...vms, { name: 'x', runOnce: true }] })),
    ).toEqual(['setting.not-on-mgn waves/1.yaml:7:16 "12"', 'setting.not-on-mgn waves/1.yaml:13:16 "true"']);
  });

  it('leaves waves of SMS alone, and all waves where the target is not known', () => {
    expect(found(wave({ target: 'sms' }))).toEqual([]);
    expect(found(wave({ target: 'gone' })).map((text) => text.split(' ')[0])).toEqual(['target.unknown']);
    const broken = project({ targets: { local: { provider: 'mng', region: 'us-west-2' } } });
    for (const each of [wave(), ofMgn({})]) {
      expect(checkDocuments(broken, each).concerns.map(({ id }) => id)).toEqual(['schema.value']);
    }
  });
});

it('a wave of MGN needs no schedule', () => {
  expect(found(ofMgn({}))).toEqual([]);
  expect(found(ofMgn({ target: 'sms' }))).toHaveLength(1);
});

describe('setting.not-on-sms', () => {
  const mgn = { launch: { bootMode: 'UEFI' }, replication: { createPublicIP: true } };

  it('is app, and mgn once for a mapping', () => {
    const defaults = { frequency: 12, app: 'shop', mgn };
    expect(
      found(
        wave({
          target: 'sms',
          defaults,
          vms: [
            { name: 'a', mgn },
            { name: 'b', app: 'x' },
          ],
        }),
      ),
    ).toEqual([
      'setting.not-on-sms waves/1.yaml:8:10 "shop"',
      'setting.not-on-sms waves/1.yaml:9:5 "mgn"',
      'setting.not-on-sms waves/1.yaml:16:7 "mgn"',
      'setting.not-on-sms waves/1.yaml:18:12 "x"',
    ]);
    expect(concernsOf(wave({ target: 'sms', defaults }))[0]).toMatchObject({
      severity: 'error',
      message: 'SMS does not support app: it has no applications',
      remedy: 'remove app, or give the wave a target with provider: mgn',
    });
  });

  it('is not an empty mgn, nor anything on MGN', () => {
    expect(
      found(
        wave({
          target: 'sms',
          vms: [
            { name: 'a', mgn: null },
            { name: 'b', mgn: { launch: null } },
          ],
        }),
      ),
    ).toEqual([]);
    expect(found(ofMgn({ defaults: { app: 'shop', mgn } }))).toEqual([]);
  });
});

describe('target.not-on-sms', () => {
  it.each<[string, Fields]>([
    ['limits.activeJobs', { limits: { activeJobs: 20 } }],
    ['limits.serversInJobs', { limits: { serversInJobs: 200 } }],
    ['prune', { prune: 'release' }],
    ['mgn', { mgn: {} }],
  ])('is %s', (key, more) => {
    const { concerns } = checkDocuments(project({ targets: { local: { ...targets.sms, ...more } } }), wave());
    expect(concerns).toMatchObject([{ id: 'target.not-on-sms', severity: 'error' }]);
    expect(concerns[0]?.remedy).toBe(`remove ${key}, or choose another provider`);
    expect(
      checkDocuments(project({ targets: { local: { ...targets.mgn, ...more } } }), ofMgn({})).concerns,
    ).toEqual([]);
  });
});

describe('vm.not-findable', () => {
  const moRef = { vmManagerId: 'm', vmId: 'vm-1' };
  const vmWareUuid = '4226d9c1-5a8c-43f1-9d8e-0f6a1c2b3d4e';

  it('is a MoRef alone on MGN, and a UUID alone on SMS', () => {
    expect(found(ofMgn({ vms: [moRef] }))).toEqual(['vm.not-findable waves/1.yaml:9:13 "vm-1"']);
    expect(found(wave({ target: 'sms', vms: [{ vmWareUuid }] }))).toEqual([
      `vm.not-findable waves/1.yaml:9:19 "${vmWareUuid}"`,
    ]);
  });

  it('is not a VM that something else points at too, and the rest is left out of what git wants', () => {
    const all = { ...moRef, vmWareUuid };
    const { desired, concerns } = checkDocuments(
      world,
      ofMgn({ vms: [all, { name: 'a', ...moRef, vmId: 'vm-2' }] }),
      wave({ target: 'sms', vms: [all] }, 'sdsc-02'),
    );
    expect(concerns).toEqual([]);
    expect(desired?.vms.map(({ reference }) => reference)).toEqual([{ name: 'a' }, { vmWareUuid }, moRef]);
  });
});

describe('phase.not-there', () => {
  it.each(['test', 'archive'])('is %s on SMS', (phase) => {
    expect(found(wave({ target: 'sms', phase }))).toEqual([`phase.not-there waves/1.yaml:11:10 "${phase}"`]);
    expect(found(ofMgn({ phase }))).toEqual([]);
  });

  it.each(['replicate', 'cutover', 'finalize'])('is not %s', (phase) => {
    expect(found(wave({ target: 'sms', phase }))).toEqual([]);
  });
});

describe('encryption on MGN', () => {
  it('takes the ARN of a key, and needs nothing else', () => {
    expect(found(ofMgn({ defaults: { kmsKeyId: KEY } }))).toEqual([]);
    expect(found(ofMgn({ defaults: { kmsKeyId: KEY, encrypted: true } }))).toEqual([]);
    expect(found(ofMgn({ defaults: { kmsKeyId: 'alias/migration' } }))).toEqual([
      'encryption.key-arn waves/1.yaml:7:15 "alias/migration"',
    ]);
    expect(found(ofMgn({ vms: [{ name: 'a', kmsKeyId: 'arn:aws:s3:::bucket' }] }))).toHaveLength(1);
  });

  it('cannot be turned off', () => {
    expect(found(ofMgn({ defaults: { encrypted: false }, vms: [{ name: 'a', encrypted: true }] }))).toEqual([
      'encryption.always-on waves/1.yaml:7:16 "false"',
    ]);
  });

  it('is needed for a key on SMS', () => {
    expect(found(wave({ target: 'sms', defaults: { frequency: 12, kmsKeyId: 'x' } }))).toEqual([
      'encryption.key-unused waves/1.yaml:8:15 "x"',
    ]);
  });
});

describe('app.two-waves', () => {
  const shop = (name: string, more: Fields = {}) =>
    ofMgn({ vms: [{ name: `${name}-vm`, app: 'shop' }], ...more }, name);

  it('is an application in two waves of a target', () => {
    expect(found(shop('a'), shop('b'))).toEqual(['app.two-waves waves/2.yaml:9:12 "shop"']);
    expect(concernsOf(shop('a'), shop('b'))[0]?.message).toBe(
      'the application "shop" is in wave a already (waves/1.yaml:1:1), and an application of MGN belongs to one wave',
    );
  });

  it('is an application called like another wave, which its VMs are in by default', () => {
    expect(found(shop('a'), ofMgn({}, 'shop'))).toEqual(['app.two-waves waves/2.yaml:4:9 "shop"']);
  });

  it('is said once for a wave, at the defaults where it is written there', () => {
    const vms = [{ name: 'x' }, { name: 'y' }];
    expect(found(shop('a'), ofMgn({ defaults: { app: 'shop' }, vms }, 'b'))).toEqual([
      'app.two-waves waves/2.yaml:7:10 "shop"',
    ]);
  });

  it('is not one of several targets, nor two of a wave', () => {
    const other = project({ defaultTarget: 'mgn', targets: { ...targets, other: targets.mgn } });
    expect(checkDocuments(other, shop('a'), shop('b', { target: 'other' })).concerns).toEqual([]);
    expect(found(ofMgn({ vms: [{ name: 'a', app: 'x' }, { name: 'b', app: 'y' }, { name: 'c' }] }))).toEqual(
      [],
    );
  });

  it('is not one of a wave that leaves applications in their waves', () => {
    expect(found(shop('a'), shop('b', { mgn: { manageWave: false } }))).toEqual([]);
  });
});

describe('wave.mgn-name', () => {
  const named = (name: string, waveName: string, target = 'mgn') =>
    ofMgn({ mgn: { waveName }, vms: [{ name: `${name}-vm` }], target }, name);

  it('is a wave of MGN that two waves of a target name, or that one names and another has', () => {
    const both = concernsOf(named('a', 'Wave 1 (EU)'), named('b', 'Wave 1 (EU)'));
    expect(both).toMatchObject([
      {
        id: 'wave.mgn-name',
        message: 'the MGN wave "Wave 1 (EU)" is that of wave a already (waves/1.yaml:1:1)',
        place: { file: 'waves/2.yaml' },
      },
    ]);
    expect(found(named('a', 'b'), ofMgn({}, 'b'))).toEqual([
      expect.stringMatching(/^wave.mgn-name waves\/1.yaml:\d+:\d+ "b"$/),
    ]);
    expect(found(named('a', 'a'), named('b', 'Wave'))).toEqual([]);
  });

  it('is a name that a wave gives to no effect', () => {
    const wave = ofMgn({ mgn: { waveName: 'x', manageWave: false } });
    expect(found(wave)).toEqual([expect.stringMatching(/^wave.mgn-name /)]);
  });

  it('is not for SMS, which has no waves', () => {
    const sms = wave({ target: 'sms', mgn: { waveName: 'x' } });
    expect(found(sms)).toEqual([expect.stringMatching(/^setting.not-on-sms /)]);
  });
});

describe('disk.duplicate', () => {
  it('is a disk that stands twice in a list', () => {
    const disks = (...names: string[]) => ({
      mgn: { replication: { replicatedDisks: names.map((deviceName) => ({ deviceName })) } },
    });
    expect(
      found(ofMgn({ defaults: disks('a', 'b'), vms: [{ name: 'x', ...disks('a', 'c', 'a') }] })),
    ).toEqual(['disk.duplicate waves/1.yaml:19:27 "a"']);
  });
});

describe('guests and licences', () => {
  it('that SMS cannot migrate are no concern of MGN', () => {
    const vms = [
      { name: 'a', os: 'rhel-9' },
      { name: 'b', os: 'Other Linux (64-bit)' },
      { name: 'c', os: 'BeOS' },
    ];
    expect(found(ofMgn({ vms }))).toEqual(['guest.unknown waves/1.yaml:13:11 "BeOS"']);
    expect(concernsOf(ofMgn({ vms }))[0]?.message).toContain('its licence is not checked');
    expect(found(wave({ target: 'sms', vms }))).toHaveLength(3);
  });

  it('hold for both, with what each asks of dedicated hosts', () => {
    const vms = [
      { name: 'a', os: 'rhel-7.3', licenseType: 'AWS' },
      { name: 'b', os: 'windows-10', licenseType: 'AWS' },
      { name: 'c', os: 'windows-server-2016', licenseType: 'BYOL' },
    ];
    const ids = concernsOf(ofMgn({ vms })).map(({ id }) => id);
    expect(ids).toEqual(['licence.linux-aws', 'licence.windows-client-aws', 'licence.windows-byol']);
    expect(concernsOf(ofMgn({ vms }))[2]?.remedy).toContain('tenancy Host in the EC2 launch template');
    expect(concernsOf(wave({ target: 'sms', vms }))[2]?.remedy).toContain('dedicated hosts are ready');
  });
});

it('descriptions carry no marker on MGN', () => {
  const description = `${'x'.repeat(240)} [landfall:`;
  expect(found(ofMgn({ defaults: { description } }))).toEqual([]);
  expect(found(wave({ target: 'sms', defaults: { frequency: 1, description } }))).toHaveLength(2);
});

it('the same UUID is the same VM, in whatever letters', () => {
  const vms = [{ name: 'a', vmWareUuid: '4226D9C1-5A8C' }, { vmWareUuid: '4226d9c1-5a8c' }];
  expect(found(ofMgn({ vms })).map((text) => text.split(' ')[0])).toEqual(['vm.duplicate']);
});

it('two VMs of one name that only ids of vCenter tell apart are the same to MGN', () => {
  const vms = ['vm-1', 'vm-2'].map((vmId) => ({ name: 'a', vmManagerId: 'm', vmId }));
  const [concern] = concernsOf(ofMgn({ vms }));
  expect(concern).toMatchObject({
    id: 'vm.duplicate',
    remedy: expect.stringContaining('give each its path') as unknown,
  });
  expect(found(wave({ target: 'sms', vms }))).toEqual([]);
});

describe('launch templates', () => {
  const vm = (name: string, template: object, more: object = {}) => ({
    name,
    ...more,
    mgn: { launch: { template } },
  });
  /** The findings as `id: message`, without places. */
  const said = (...vms: object[]) => concernsOf(ofMgn({ vms })).map(({ id, message }) => `${id}: ${message}`);
  const disk = (settings: object) => vm('a', { disks: [{ deviceName: '/dev/sda', ...settings }] });

  it.each<[string, object]>([
    [
      'launch.address: 10.0.0.256 is not an address that an instance can have',
      vm('a', { privateIp: '10.0.0.256' }),
    ],
    [
      'launch.address: 127.0.0.1 is not an address that an instance can have',
      vm('a', { secondaryPrivateIps: ['127.0.0.1'] }),
    ],
    [
      'launch.address: 10.0.0.9 is used twice',
      vm('a', { privateIp: '10.0.0.9', secondaryPrivateIps: ['10.0.0.9'] }),
    ],
    [
      'launch.tags: the tag "AWSApplicationMigrationServiceManaged" belongs to MGN',
      vm('a', { tags: { AWSApplicationMigrationServiceManaged: 'x' } }),
    ],
    [
      'launch.tenancy: hostId has no effect without tenancy: host',
      vm('a', { hostId: 'h-0123456789abcdef0' }),
    ],
    ['launch.unadvised: AWS advises not to put keyName', vm('a', { keyName: 'ops' })],
    [
      'launch.capacity-reservation: EC2 takes only one of preference and resourceGroupArn',
      vm('a', { capacityReservation: { preference: 'open', resourceGroupArn: 'arn:x' } }),
    ],
    [
      'launch.stopped: launchDisposition STOPPED: nobody starts the instance, and cutover.requires.firstBoot: succeeded needs',
      { name: 'a', mgn: { launch: { launchDisposition: 'STOPPED' } } },
    ],
    [
      'launch.stopped: launchDisposition STOPPED: nobody starts the instance, and cutover.requires.firstBoot: succeeded, post-launch actions need',
      {
        name: 'a',
        mgn: { launch: { launchDisposition: 'STOPPED' }, postLaunch: { deployment: 'TEST_ONLY' } },
      },
    ],
    ['launch.volume: /dev/sda: io1 volumes need iops', disk({ volumeType: 'io1' })],
    ['launch.volume: /dev/sda: gp2 volumes take no iops', disk({ volumeType: 'gp2', iops: 3000 })],
    [
      'launch.volume: /dev/sda: 2999 iops are outside of 3000 to 16000',
      disk({ volumeType: 'gp3', iops: 2999 }),
    ],
    [
      'launch.volume: /dev/sda: io2 volumes take no throughput',
      disk({ volumeType: 'io2', iops: 3000, throughput: 125 }),
    ],
    [
      'launch.volume: /dev/sda: a throughput of 1001 is outside of 125 to 1000',
      disk({ volumeType: 'gp3', throughput: 1001 }),
    ],
    [
      'launch.volume: /dev/sda: a throughput of 1000 needs 4000 iops',
      disk({ volumeType: 'gp3', throughput: 1000 }),
    ],
    ['launch.volume: /dev/sda: kmsKeyId needs encrypted: true', disk({ kmsKeyId: 'key' })],
  ])('%s', (text, one) => {
    expect(said(one).filter((each) => each.startsWith(text))).toHaveLength(1);
  });

  it('with the address of another VM name that VM', () => {
    const own = { privateIp: '10.0.0.9' };
    expect(
      said(vm('first', own), vm('second', { secondaryPrivateIps: ['10.0.0.9'] }), vm('third', {})),
    ).toEqual(['launch.address: 10.0.0.9 is also the address of sdsc-01/first']);
  });

  it('that AWS would launch are fine', () => {
    const template = {
      instanceType: 'm5.large',
      privateIp: '10.0.0.9',
      tenancy: 'host',
      hostId: 'h-0123456789abcdef0',
    };
    const disks = [{ deviceName: 'c:0', volumeType: 'gp3', iops: 4000, throughput: 1000 }];
    expect(said(vm('a', { ...template, disks }), vm('b', { privateIp: '10.0.0.10' }))).toEqual([]);
    const inTwoSubnets = ['subnet-0aaaaaaaa', 'subnet-0bbbbbbbb'].map((subnetId, index) =>
      vm(`v${index}`, { privateIp: '10.0.0.9', subnetId }),
    );
    expect(said(...inTwoSubnets)).toEqual([]);
  });

  it('are checked with right-sizing, copies of addresses and licences', () => {
    const launch = { targetInstanceTypeRightSizingMethod: 'BASIC', copyPrivateIp: true };
    const one = {
      name: 'a',
      mgn: { launch: { ...launch, template: { instanceType: 'm5.large', privateIp: '10.0.0.9' } } },
    };
    expect(said(one).map((text) => text.split(':')[0])).toEqual(['launch.instance-type', 'launch.address']);
    const windows = { os: 'windows-server-2016', licenseType: 'BYOL' };
    const ids = (template: object) =>
      said(vm('a', template, windows))
        .map((text) => text.split(':')[0])
        .sort();
    expect(ids({ tenancy: 'default' })).toEqual(['launch.tenancy', 'licence.windows-byol']);
    expect(ids({ subnetId: 'subnet-0aaaaaaaa' })).toEqual(['launch.tenancy', 'licence.windows-byol']);
    expect(ids({ tenancy: 'host' })).toEqual(['licence.windows-byol']);
  });

  it('have their places, in the defaults and at VMs', () => {
    const concerns = concernsOf(
      ofMgn({
        defaults: { mgn: { launch: { template: { keyName: 'ops' } } } },
        vms: [vm('a', { privateIp: '10.0.0.9' }), vm('b', { privateIp: '10.0.0.9' })],
      }),
    );
    const places = concerns.map(({ id, excerpt }) => `${id} ${excerpt?.text ?? ''}`);
    expect(places.some((text) => /^launch\.address .*privateIp/.test(text))).toBe(true);
    expect(places.some((text) => /^launch\.unadvised .*keyName/.test(text))).toBe(true);
  });
});
