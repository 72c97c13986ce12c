import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeSettings, readBlocks } from '../../src/manifest/settings.ts';

const disk = (deviceName: string, more: object = {}) => ({ deviceName, stagingDiskType: 'GP3', ...more });
const disks = (...replicatedDisks: object[]) =>
  readBlocks({ mgn: { replication: { replicatedDisks } } } as never);

describe('readBlocks', () => {
  it('makes nested settings flat, sorted by name', () => {
    expect(
      Object.entries(
        readBlocks({
          mgn: {
            replication: {
              replicationServersSecurityGroupsIDs: ['sg-b', 'sg-a', 'sg-b'],
              stagingAreaTags: { 'a.b': 'x', Owner: 'y' },
              replicatedDisks: [{ deviceName: '/dev/sda', iops: 3000, isBootDisk: true }],
              bandwidthThrottling: 0,
            },
            launch: { copyTags: false, bootMode: 'UEFI' },
          },
        }),
      ),
    ).toEqual([
      ['mgn.launch.bootMode', 'UEFI'],
      ['mgn.launch.copyTags', false],
      ['mgn.replication.bandwidthThrottling', 0],
      ['mgn.replication.replicatedDisks./dev/sda.iops', 3000],
      ['mgn.replication.replicatedDisks./dev/sda.isBootDisk', true],
      ['mgn.replication.replicationServersSecurityGroupsIDs', 'sg-a, sg-b'],
      ['mgn.replication.stagingAreaTags.Owner', 'y'],
      ['mgn.replication.stagingAreaTags.a.b', 'x'],
    ]);
  });

  it('does not mind the order of lists and keys', () => {
    const groups = fc.uniqueArray(fc.stringMatching(/^sg-[0-9a-f]{8}$/));
    fc.assert(
      fc.property(groups, (ids) => {
        const read = (replicationServersSecurityGroupsIDs: string[]) =>
          readBlocks({ mgn: { replication: { replicationServersSecurityGroupsIDs } } });
        expect(read(ids)).toEqual(read(ids.toReversed()));
      }),
    );
    expect(Object.keys(disks(disk('b'), disk('a')))).toEqual(Object.keys(disks(disk('a'), disk('b'))));
  });

  it.each([{}, { mgn: null }, { mgn: { launch: null, replication: null } }, { mgn: { launch: {} } }])(
    'finds nothing in %j',
    (map) => {
      expect(readBlocks(map)).toEqual({});
    },
  );
});

describe('mergeSettings', () => {
  it('takes a list of disks whole, and tags one by one', () => {
    const defaults = {
      ...disks(disk('/dev/sda'), disk('/dev/sdb')),
      'mgn.replication.stagingAreaTags.A': '1',
    };
    const own = { ...disks(disk('/dev/sdb', { iops: 1 })), 'mgn.replication.stagingAreaTags.B': '2' };
    expect(mergeSettings(defaults, own)).toEqual({
      'mgn.replication.replicatedDisks./dev/sdb.iops': 1,
      'mgn.replication.replicatedDisks./dev/sdb.stagingDiskType': 'GP3',
      'mgn.replication.stagingAreaTags.A': '1',
      'mgn.replication.stagingAreaTags.B': '2',
    });
    expect(mergeSettings(defaults, {})).toEqual(defaults);
  });
});
