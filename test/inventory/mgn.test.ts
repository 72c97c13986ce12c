import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assemble } from '../../src/inventory/assemble.ts';
import { readMgnCsv } from '../../src/inventory/mgn/read.ts';
import { writeMgnCsv } from '../../src/inventory/mgn/write.ts';
import { writeWave } from '../../src/inventory/write-wave.ts';
import type { Desired, Settings, Target } from '../../src/core/desired.ts';
import { toServerId } from '../../src/core/names.ts';
import { anyText } from '../setup/any-text.ts';
import { OPTIONS, validate } from './support.ts';

const TARGET: Target = {
  name: 'local',
  provider: 'sms',
  region: 'us-west-2',
  account: '123456789012',
  limits: { activeReplications: 50, apiRequests: 8 },
  guards: { maxDeletes: 0.3, maxDestroys: 1, maxUpdates: 0.3 },
  place: { file: 'landfall.yaml', line: 1, column: 1 },
};

const exported = ({ vms, waves }: Desired): string => writeMgnCsv(vms, waves, TARGET).text;
const imported = (text: string) => assemble(readMgnCsv(Buffer.from(text), { file: 'mgn.csv' }), OPTIONS);

/** Names that a CSV can hold: nothing that a spreadsheet would run, no spaces at the ends, and no line of its own. */
const word = fc
  .oneof(
    fc.constantFrom(
      'web01',
      'Web 01',
      'a,b',
      '"q"',
      'null',
      'yes',
      '__proto__',
      'ü',
      'x; y',
      '#1',
      'a\nb',
      "'q",
    ),
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  )
  .map((text) => text.trim())
  .filter((text) => text !== '' && !/^[=+\-@]/.test(text) && !/\p{Cs}|\r|\ufeff/u.test(text));
const system = fc.constantFrom(
  'rhel-7.3',
  'windows-server-2016',
  'windows-10',
  'Microsoft Windows Server 2012 (64-bit)',
  'TempleOS',
);
const reference = fc.oneof(
  fc.record({ name: word }),
  fc.record({ name: word, path: word.map((text) => `/Datacenters/A/vm/${text}`) }),
  fc.record({ path: word.map((text) => `/${text}`) }),
  fc.record({ serverId: word.map(toServerId) }, { requiredKeys: ['serverId'] }),
  fc.record({ name: word, vmManagerId: word, vmId: word }),
);
const vm = fc.record({
  reference,
  os: fc.option(system, { nil: undefined }),
  licenseType: fc.option(fc.constantFrom('Auto', 'BYOL'), { nil: undefined }),
});
const labels = fc.dictionary(fc.constantFrom('owner', 'data/class', 'X', 'constructor'), word);
const waves = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('a', 'sdsc-01', 'sdsc-02', '0'),
    fc.array(vm, { minLength: 1, maxLength: 5 }),
    labels,
  ),
  {
    minLength: 1,
    selector: ([name]) => name,
  },
);

/** Manifests of VMs, as validate reads them; those that it refuses are no example. */
function desiredOf(list: typeof waves extends fc.Arbitrary<infer T> ? T : never): Desired | undefined {
  const files = list.map(([name, vms, labelsOf]) => ({
    wave: name,
    vms: vms.length,
    commentedOut: 0,
    adopt: false,
    text: writeWave({
      schema: '',
      heading: [],
      name,
      labels: new Map(Object.entries(labelsOf)),
      adopt: false,
      defaults: { frequency: 24 },
      vms: vms.map(({ reference, os, licenseType }) => ({
        reference,
        ...(os !== undefined && { os }),
        settings: licenseType === undefined ? {} : { licenseType },
        comments: [],
        refused: false,
      })),
    }),
  }));
  const { desired, wrong } = validate(files);
  return wrong.length === 0 ? desired : undefined;
}

/** What is to come back: which VMs, in which waves, with which system and labels. */
const essence = ({ waves, vms }: Desired) => ({
  waves: waves.map(({ name, labels }) => ({ name, labels })),
  vms: vms.map(({ address, wave, reference, os }) => ({ address, wave, reference, os })),
});

describe('an inventory CSV of MGN', () => {
  it('gives the same waves and VMs when it is imported again, and then the same CSV', () => {
    fc.assert(
      fc.property(waves, (list) => {
        const desired = desiredOf(list);
        fc.pre(desired !== undefined);
        const text = exported(desired);
        const { files, leftOut } = imported(text);
        const { desired: back, wrong } = validate(files);
        expect({ leftOut, wrong }).toEqual({ leftOut: [], wrong: [] });
        fc.pre(back !== undefined);
        expect(essence(back)).toEqual(essence(desired));
        expect(exported(back)).toBe(text);
      }),
    );
  });

  it('of anything at all makes waves that validate', () => {
    const title = fc.constantFrom(
      'mgn:wave:name',
      'mgn:wave:tag:owner',
      'mgn:wave:tag:__proto__',
      'mgn:app:name',
      'mgn:launch:instance-type',
      'mgn:launch:placement:operating-system-licensing',
      'mgn:server:tag:landfall:path',
      'mgn:server:tag:landfall:os',
      'mgn:server:tag:landfall:vmId',
      'My notes',
    );
    const cell = fc.oneof(fc.constantFrom('', 'LI', 'BYOL', 'rhel-7.3', '../x', '\u202e'), anyText());
    fc.assert(
      fc.property(
        fc.uniqueArray(title),
        fc.array(fc.array(cell, { maxLength: 10 }), { minLength: 1 }),
        (titles, rows) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const known = rows.map((row) => row.slice(0, titles.length));
          const lines = known.map((row, index) => [`vm${index % 5}`, ...row].map(quote).join(','));
          const text = [['mgn:server:user-provided-id', ...titles].join(','), ...lines].join('\n');
          const { files, leftOut } = imported(text);
          expect(validate(files).wrong).toEqual([]);
          const written = files.reduce((sum, { vms, commentedOut }) => sum + vms + commentedOut, 0);
          expect(written + leftOut.length).toBe(rows.length);
        },
      ),
    );
  });

  it('keeps what has no field as comments, and says so', () => {
    const text = [
      'mgn:region,mgn:wave:name,mgn:app:name,mgn:server:user-provided-id,mgn:launch:instance-type,mgn:launch:placement:operating-system-licensing,Notes',
      'eu-west-1,Wave 1,Payroll,web01,t3.large,LI,"two\nlines"',
      'eu-west-1,Wave 1,Payroll,web02,,BYOL,',
    ].join('\n');
    const found = readMgnCsv(Buffer.from(text), { file: 'mgn.csv' });
    expect(found.notes).toEqual([
      "mgn:region is the target's to say: the rows have eu-west-1",
      'columns without a field in a manifest, kept as comments: Notes, mgn:launch:instance-type',
    ]);
    expect(imported(text).files[0]?.text).toContain(`  name: wave-1
spec:
  defaults:
    frequency: 24
    licenseType: Auto
  vms:
    # mgn:app:name: Payroll
    # mgn:launch:instance-type: t3.large
    # Notes: two\\u000alines
    - name: web01
      licenseType: AWS
    # mgn:app:name: Payroll
    - name: web02
      licenseType: BYOL
`);
  });

  it('needs the id of the server', () => {
    expect(() => imported('mgn:wave:name\na\n')).toThrow('there is no column "mgn:server:user-provided-id"');
  });

  it('has two equal rows for one server, and two rows that differ for what cannot be told apart', () => {
    const text = (rows: readonly string[]) =>
      ['mgn:region,mgn:wave:name,mgn:server:user-provided-id', ...rows].join('\n');
    const once = imported(
      text(['eu-west-1,a,web', 'eu-west-1,a,web', 'eu-west-1,a,web ,', 'eu-west-1,a,db']),
    );
    expect(once.files).toMatchObject([{ wave: 'a', vms: 2 }]);
    expect(once.leftOut).toEqual(
      ['line 3', 'line 4'].map((origin) => ({ name: 'web', origin, reason: 'repeats line 2 in every cell' })),
    );
    const two = imported(text(['eu-west-1,a,web', 'us-east-1,a,web']));
    expect(two.files).toEqual([]);
    expect(two.leftOut.map(({ origin, reason }) => [origin, reason.slice(0, 33)])).toEqual([
      ['line 2', 'cannot be told apart from line 3:'],
      ['line 3', 'cannot be told apart from line 2:'],
    ]);
  });

  it('has two servers by an id that the service of the waves does not support', () => {
    const text = [
      'mgn:server:user-provided-id,mgn:server:tag:landfall:vmManagerId,mgn:server:tag:landfall:vmId,mgn:server:tag:landfall:path',
      'web,A,vm-1,/Datacenters/DC/vm/web',
      'web,B,vm-1,/Datacenters/DC/vm/web',
    ].join('\n');
    const found = readMgnCsv(Buffer.from(text), { file: 'mgn.csv' }, 'mgn');
    const { leftOut, files } = assemble(found, { ...OPTIONS, provider: 'mgn', defaults: {} });
    expect(files).toEqual([]);
    expect(leftOut.map(({ reason }) => reason.slice(0, 33))).toEqual([
      'cannot be told apart from line 3:',
      'cannot be told apart from line 2:',
    ]);
  });

  it('has a row left out whose name another program has read in a wrong encoding', () => {
    const text = 'mgn:server:user-provided-id,mgn:server:platform\r\nZ\ufffdrich,aws\r\nweb,aws\r\n';
    expect(imported(text).leftOut).toMatchObject([
      { name: 'Z\ufffdrich', origin: 'line 2', reason: expect.stringContaining('U+FFFD') },
    ]);
  });

  it('has a row left out where a comma without quotes has moved its cells, and not for empty cells at its end', () => {
    const header = 'mgn:wave:name,mgn:wave:description,mgn:server:user-provided-id\n';
    expect(imported(`${header}a,web, then data,p-till-db01\n`)).toMatchObject({
      files: [],
      leftOut: [{ name: '', origin: 'line 2', reason: 'has 4 cells, and the header has 3' }],
    });
    for (const row of ['a,"web, then data",p-till-db01', 'a,web,p-till-db01,,'])
      expect(readMgnCsv(Buffer.from(header + row), { file: 'mgn.csv' }).vms).toMatchObject([
        { reference: { name: 'p-till-db01' } },
      ]);
  });

  it.each(['=1+1', '+1', '-1', '@x'])('has no cell that a spreadsheet would run: %s', (name) => {
    const desired = desiredOf([['a', [{ reference: { name }, os: undefined, licenseType: undefined }], {}]]);
    if (desired === undefined) throw new Error('an example that does not validate');
    expect(() => exported(desired)).toThrow(
      /user-provided-id ".*" \(waves\/a\.yaml:\d+:\d+\): a spreadsheet would run it/,
    );
  });

  it.each(['a\u001b[31mb', 'a\u202eb', 'a\rb'])('has no cell that a terminal would obey: %j', (owner) => {
    const vm = { reference: { name: 'a' }, os: undefined, licenseType: undefined };
    const desired = desiredOf([['a', [vm], { owner }]]);
    if (desired === undefined) throw new Error('an example that does not validate');
    expect(() => exported(desired)).toThrow('it has invisible characters');
  });
});

describe('launch templates in an inventory CSV of MGN', () => {
  const MGN: Target = { ...TARGET, provider: 'mgn' };
  const importedMgn = (text: string) =>
    assemble(readMgnCsv(Buffer.from(text), { file: 'mgn.csv' }, 'mgn'), {
      ...OPTIONS,
      provider: 'mgn',
      defaults: {},
    });

  const id = (prefix: string) => fc.constantFrom('aaaaaaaa', 'bbbbbbbb').map((text) => `${prefix}-0${text}`);
  const tagKey = fc.constantFrom('Owner', 'owner', 'a:b', 'cost.centre', 'Größe', 'x y', '0');
  const device = fc.constantFrom('/dev/sda', '/dev/SDA', 'c:0', 'a.b', ':type');
  /** What has a column; addresses differ, as a rule asks for. */
  const template = fc.record(
    {
      instanceType: fc.constantFrom('m5.large', 'u-6tb1.112xlarge'),
      iamInstanceProfile: word.filter((text) => !text.startsWith('arn:') && !/\p{C}/u.test(text)),
      subnetId: id('subnet'),
      securityGroupIds: fc.uniqueArray(id('sg'), { minLength: 1 }).map((ids) => ids.sort().join(', ')),
      hostId: id('h'),
      tenancy: fc.constant('host'),
      tags: fc.dictionary(
        tagKey,
        fc.oneof(
          fc.constant(''),
          word.filter((text) => !/\p{C}/u.test(text)),
        ),
      ),
      disks: fc.dictionary(device, fc.constantFrom('gp2', 'gp3', 'st1')),
    },
    { requiredKeys: ['tenancy'] },
  );

  function settingsOf(
    { tags = {}, disks = {}, ...fields }: Partial<typeof template extends fc.Arbitrary<infer T> ? T : never>,
    index: number,
  ): Settings {
    const T = 'mgn.launch.template.';
    return {
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${T}${name}`, value])),
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${T}tags.${key}`, value])),
      ...Object.fromEntries(
        Object.entries(disks).map(([name, type]) => [`${T}disks.${name}.volumeType`, type]),
      ),
      ...(fields.instanceType !== undefined && { 'mgn.launch.targetInstanceTypeRightSizingMethod': 'NONE' }),
      ...(index % 2 === 0 && {
        [`${T}privateIp`]: `10.0.${index}.9`,
        [`${T}secondaryPrivateIps`]: `10.0.${index}.10, 10.0.${index}.8`,
      }),
    };
  }

  it('are the same after an export and an import, and then the same CSV', () => {
    fc.assert(
      fc.property(fc.array(template, { minLength: 1, maxLength: 4 }), (templates) => {
        const text = writeWave({
          ...{ schema: '', heading: [], name: 'a', labels: new Map(), adopt: false, defaults: {} },
          vms: templates.map((each, index) => ({
            ...{ reference: { name: `web${index}` }, comments: [], refused: false },
            settings: settingsOf(each, index),
          })),
        });
        const file = { wave: 'a', vms: 1, commentedOut: 0, adopt: false, text };
        const { desired, wrong } = validate([file], 'mgn');
        expect(wrong).toEqual([]);
        if (desired === undefined) throw new Error('does not validate');
        const csv = writeMgnCsv(desired.vms, desired.waves, MGN);
        expect(csv.notes.filter((note) => note.startsWith('settings'))).toEqual([]);
        const { files, concerns } = importedMgn(csv.text);
        expect(concerns).toEqual([]);
        const back = validate(files, 'mgn');
        expect(back.wrong).toEqual([]);
        const templatesOf = ({ vms = [] }: Partial<Desired> = {}) =>
          vms.map(({ address, settings }) => [
            address,
            Object.entries(settings).filter(([name]) => name.startsWith('mgn.launch.')),
          ]);
        expect(templatesOf(back.desired)).toEqual(templatesOf(desired));
        expect(writeMgnCsv(back.desired?.vms ?? [], back.desired?.waves ?? [], MGN).text).toBe(csv.text);
      }),
    );
  });

  it('come with how their servers replicate, also from an export of MGN itself', () => {
    const text = `mgn:server:user-provided-id,mgn:server:replication-type,mgn:server:tag:landfall:replication
a,AGENT_BASED,
b,SNAPSHOT_SHIPPING,
c,,agent
d,AGENT_BASED,agentless
e,,
f,ECHO,
`;
    const { files, concerns } = importedMgn(text);
    expect(concerns).toEqual([]);
    const { desired } = validate(files, 'mgn');
    const kinds = ['agent', undefined, 'agent', 'agentless', undefined, undefined];
    expect(desired?.vms.map(({ replication }) => replication)).toEqual(kinds);
    expect(files[0]?.text).toContain('# mgn:server:replication-type: ECHO');
    const csv = writeMgnCsv(desired?.vms ?? [], desired?.waves ?? [], MGN).text;
    const again = validate(importedMgn(csv).files, 'mgn').desired;
    expect(again?.vms.map(({ replication }) => replication)).toEqual(kinds);
    // AWS SMS has no agents: there the columns are comments.
    const [sms] = imported(text).files;
    expect(validate(sms === undefined ? [] : [sms]).wrong).toEqual([]);
    expect(sms?.text).toContain('# mgn:server:replication-type: AGENT_BASED');
  });

  it('are comments where a manifest cannot have them, or MGN would clear them, and the summary names each column', () => {
    const titles = [
      'mgn:server:user-provided-id',
      'mgn:wave:name',
      'mgn:wave:tag:owner',
      'mgn:launch:nic:0:subnet-id',
      'mgn:launch:nic:0:private-ip:0',
      'mgn:launch:nic:0:network-interface-id',
      'mgn:launch:nic:1:subnet-id',
      'mgn:launch:iam-instance-profile:name',
      'mgn:launch:placement:tenancy',
      'mgn:launch:tag:instance:Cost',
      'mgn:launch:tag:instance:Old',
      'mgn:launch:volume:/dev/sda1:type',
      'mgn:launch:post-actions:enabled',
    ];
    const row = [
      ...['web', '', '[DELETE_TAG]', 'subnet-12345678', '10.0.0.999', 'eni-1', 'subnet-2', '[RESET_VALUE]'],
      ...['Shared', '[reset_value]', '[DELETE_TAG]', 'fast', 'TRUE'],
    ];
    const text = [titles, row].map((cells) => cells.join(',')).join('\n');
    const found = readMgnCsv(Buffer.from(text), { file: 'mgn.csv' }, 'mgn');
    expect(found.notes).toEqual([
      'columns without a field in a manifest, kept as comments: mgn:launch:nic:0:network-interface-id, mgn:launch:nic:1:subnet-id, mgn:launch:post-actions:enabled',
      '1 server with [RESET_VALUE] or [DELETE_TAG], kept as comments: a manifest clears no field',
    ]);
    const { files, concerns } = importedMgn(text);
    expect(concerns.map(({ id }) => id)).toEqual(['schema.value', 'launch.address']);
    expect(files[0]?.text.split('  vms:\n')[1])
      .toBe(`    # schema.value: mgn.launch.template.disks./dev/sda1 cannot be "fast": must be equal to one of the allowed values
    # launch.address: 10.0.0.999 is not an address that an instance can have
    # mgn:launch:nic:0:network-interface-id: eni-1
    # mgn:launch:nic:1:subnet-id: subnet-2
    # mgn:launch:post-actions:enabled: TRUE
    # mgn:wave:tag:owner: [DELETE_TAG]
    # mgn:launch:iam-instance-profile:name: [RESET_VALUE]
    # mgn:launch:tag:instance:Old: [DELETE_TAG]
    # mgn.launch.template.disks./dev/sda1.volumeType: fast
    # mgn.launch.template.privateIp: 10.0.0.999
    - name: web
`);
  });

  it('are read from several columns for groups and addresses, in any letter case', () => {
    const text = [
      'MGN:server:user-provided-id,mgn:launch:nic:0:security-group-id:1,mgn:launch:nic:0:security-group-id:0,mgn:launch:instance-type,MGN:launch:tag:instance:CostCenter',
      'web,sg-0bbbbbbbb,sg-0aaaaaaaa,R5.Large,42',
    ].join('\n');
    expect(importedMgn(text).files[0]?.text.split('  defaults:\n')[1]).toBe(`    mgn:
      launch:
        targetInstanceTypeRightSizingMethod: NONE
        template:
          securityGroupIds:
            - sg-0aaaaaaaa
            - sg-0bbbbbbbb
          instanceType: r5.large
          tags:
            CostCenter: "42"
  vms:
    - name: web
`);
  });

  it('are named in the notes of an export where they have no column', () => {
    const settings = {
      'mgn.launch.template.iamInstanceProfile': 'arn:aws:iam::123456789012:instance-profile/web',
      'mgn.launch.template.disks./dev/sda.volumeType': 'io1',
      'mgn.launch.template.disks./dev/sda.iops': 5000,
      'mgn.launch.template.volumeTags.a': 'b',
      'mgn.launch.template.tags.b': '[RESET_VALUE]',
    };
    const text = writeWave({
      ...{ schema: '', heading: [], name: 'a', labels: new Map(), adopt: false, defaults: {} },
      vms: [{ reference: { name: 'web.example.org' }, comments: [], refused: false, settings }],
    });
    const { desired } = validate([{ wave: 'a', vms: 1, commentedOut: 0, adopt: false, text }], 'mgn');
    expect(writeMgnCsv(desired?.vms ?? [], desired?.waves ?? [], MGN)).toMatchObject({
      text: expect.stringContaining('mgn:launch:volume:/dev/sda:type') as unknown,
      notes: [
        'settings without a column: mgn.launch.template.disks./dev/sda.iops, mgn.launch.template.iamInstanceProfile, mgn.launch.template.tags.b, mgn.launch.template.volumeTags.a',
      ],
    });
  });

  it('are in applications of at most 200 servers, and a note says so', () => {
    const rows = Array.from({ length: 401 }, (_, index) => `web${index},crm,Wave 1`);
    const text = ['mgn:server:user-provided-id,mgn:app:name,mgn:wave:name', ...rows].join('\n');
    const { files, notes } = importedMgn(text);
    expect(validate(files, 'mgn').wrong).toEqual([]);
    expect(notes).toEqual([
      'MGN takes 200 servers into an application: the VMs of "crm" are in crm, crm-2, crm-3',
    ]);
  });
});
