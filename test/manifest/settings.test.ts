import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeSettings, readSettings } from '../../src/manifest/settings.ts';

describe('readSettings', () => {
  it('keeps job settings, and no other keys', () => {
    expect(readSettings({ name: 'a', os: 'b', frequency: 12, encrypted: false })).toEqual({
      frequency: 12,
      encrypted: false,
    });
  });

  it('writes times in one way', () => {
    expect(
      readSettings({
        seedReplicationTime: '2026-12-01T20:00:00-08:00',
        nextReplicationRunStartTime: '2026-12-01T20:00Z',
      }),
    ).toEqual({
      seedReplicationTime: '2026-12-02T04:00:00Z',
      nextReplicationRunStartTime: '2026-12-01T20:00:00Z',
    });
  });
});

describe('mergeSettings', () => {
  it('lays a VM over the defaults', () => {
    expect(
      mergeSettings({ frequency: 12, licenseType: 'AWS' }, { licenseType: 'BYOL', roleName: 'x' }),
    ).toEqual({
      frequency: 12,
      licenseType: 'BYOL',
      roleName: 'x',
    });
  });

  it('lays the MGN settings of a VM over the defaults, one by one', () => {
    expect(
      mergeSettings(
        { app: 'a', 'mgn.launch.bootMode': 'UEFI', 'mgn.launch.copyTags': true },
        { 'mgn.launch.copyTags': false, 'mgn.replication.useFipsEndpoint': true },
      ),
    ).toEqual({
      app: 'a',
      'mgn.launch.bootMode': 'UEFI',
      'mgn.launch.copyTags': false,
      'mgn.replication.useFipsEndpoint': true,
    });
  });

  it('makes one choice of frequency and runOnce', () => {
    expect(mergeSettings({ frequency: 12 }, { runOnce: true })).toEqual({ runOnce: true });
    expect(mergeSettings({ runOnce: true }, { frequency: 12 })).toEqual({ frequency: 12 });
    expect(mergeSettings({ runOnce: true }, { runOnce: false })).toEqual({});
    expect(mergeSettings({ frequency: 12 }, { runOnce: false })).toEqual({ frequency: 12 });
  });

  it('keeps false and 0, which say something', () => {
    expect(
      mergeSettings(
        { encrypted: true, numberOfRecentAmisToKeep: 7 },
        { encrypted: false, numberOfRecentAmisToKeep: 0 },
      ),
    ).toEqual({
      encrypted: false,
      numberOfRecentAmisToKeep: 0,
    });
  });

  it('has exactly one of frequency and runOnce where both sides have one', () => {
    const schedule = fc.constantFrom({ frequency: 6 }, { runOnce: true });
    fc.assert(
      fc.property(schedule, schedule, (defaults, own) => {
        expect(mergeSettings(defaults, own)).toEqual(own);
      }),
    );
  });
});
