import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Settings } from '../../../src/core/desired.ts';
import { mgnSettings } from '../../../src/providers/mgn/settings.ts';
import {
  changesTagsOrDisks,
  joinList,
  readLaunch,
  readReplication,
  splitList,
  writeLaunch,
  writeReplication,
} from '../../../src/providers/mgn/configurations.ts';
import { autoLicence } from '../../../src/providers/mgn/source-server.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });
const device = fc.oneof(
  fc.constantFrom('/dev/sda', 'c:0', 'disk.with.dots'),
  text.filter((name) => name !== '__proto__'),
);
const tag = text.filter((name) => name !== '__proto__');

/** Any settings of one kind, by the names of the table. */
function settingsUnder(prefix: string, except = '-'): fc.Arbitrary<Settings> {
  const plain = mgnSettings.filter(
    ({ name, family }) => name.startsWith(prefix) && !name.startsWith(except) && family !== true,
  );
  const fields = fc.record(
    Object.fromEntries(
      plain.map(({ name }) => [
        name,
        name.endsWith('GroupsIDs')
          ? fc.uniqueArray(fc.stringMatching(/^sg-[0-9a-f]{8}$/)).map((ids) => ids.sort().join(', '))
          : fc.oneof(text, fc.boolean(), fc.nat()),
      ]),
    ),
    { requiredKeys: [] },
  );
  return fields as fc.Arbitrary<Settings>;
}

const families = fc.record({
  tags: fc.dictionary(tag, text, { maxKeys: 4 }),
  disks: fc.dictionary(
    device,
    fc.record(
      { iops: fc.nat(), throughput: fc.nat(), isBootDisk: fc.boolean(), stagingDiskType: text },
      { requiredKeys: ['iops'] },
    ),
    { maxKeys: 3 },
  ),
});

const flat = ({ tags, disks }: { tags: Record<string, string>; disks: Record<string, object> }): Settings =>
  Object.fromEntries([
    ...Object.entries(tags).map(([key, value]) => [`mgn.replication.stagingAreaTags.${key}`, value] as const),
    ...Object.entries(disks).flatMap(([name, disk]) =>
      Object.entries(disk).map(
        ([member, value]) => [`mgn.replication.replicatedDisks.${name}.${member}`, value as string] as const,
      ),
    ),
  ]);

describe('settings', () => {
  it('of a launch come back as they were written', () => {
    fc.assert(
      fc.property(settingsUnder('mgn.launch.', 'mgn.launch.template.'), (settings) => {
        expect(readLaunch(writeLaunch(settings))).toEqual(settings);
      }),
    );
  });

  it('of a replication come back as they were written, beside what was there', () => {
    fc.assert(
      fc.property(settingsUnder('mgn.replication.'), families, families, (plain, more, before) => {
        const settings = { ...plain, ...flat(more) };
        const there = writeReplication(flat(before));
        const { encrypted, ...after } = readReplication({ ...there, ...writeReplication(settings, there) });
        expect(encrypted).toBe(true);
        expect(after).toEqual({ ...flat(before), ...settings });
        expect(changesTagsOrDisks(settings)).toBe(Object.keys(flat(more)).length > 0);
      }),
    );
  });

  it('a key makes the encryption a custom one, and the default key is none', () => {
    const written = writeReplication({ kmsKeyId: 'arn:k' });
    expect(written).toEqual({ ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: 'arn:k' });
    expect(readReplication(written)).toEqual({ encrypted: true, kmsKeyId: 'arn:k' });
    expect(readReplication({ ebsEncryption: 'DEFAULT', ebsEncryptionKeyArn: 'arn:k' })).toEqual({
      encrypted: true,
    });
  });

  it('that are not of a configuration write nothing', () => {
    const others = { app: 'a', description: 'b', encrypted: true, licenseType: 'AWS', 'mgn.launch.bogus': 1 };
    expect([writeLaunch(others), writeReplication(others)]).toEqual([{}, {}]);
  });

  it('lists lose nothing but order and repeats', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^sg-[0-9a-f]{1,4}$/)), (items) => {
        expect(splitList(joinList(items))).toEqual([...new Set(items)].sort());
      }),
    );
  });
});

describe('the licence that Auto means', () => {
  it.each([
    ['Microsoft Windows Server 2016 (64-bit)', 'AWS'],
    ['Microsoft Windows Server 2008 R2 (64-bit)', 'AWS'],
    ['Microsoft Windows 2003 (32-bit)', 'AWS'],
    ['Microsoft Windows 10 (64-bit)', 'BYOL'],
    ['Microsoft Windows 8.1 (64-bit)', 'BYOL'],
    ['Microsoft Windows XP Professional (32-bit)', 'BYOL'],
    ['Red Hat Enterprise Linux 7 (64-bit)', 'BYOL'],
    ['SUSE Linux Enterprise 12 (64-bit)', 'BYOL'],
    ['Ubuntu Linux (64-bit)', 'BYOL'],
    ['CentOS 7 (64-bit)', 'BYOL'],
    ['Microsoft Windows', undefined],
    ['FreeBSD (64-bit)', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('for %s is %s', (os, licence) => {
    expect(autoLicence(os)).toBe(licence);
  });
});
