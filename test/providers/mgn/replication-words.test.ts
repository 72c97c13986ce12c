import type { DataReplicationInfo } from '@aws-sdk/client-mgn';
import { expect, it } from '@jest/globals';
import { replicationText } from '../../../src/providers/mgn/progress.ts';

const DISKS = [
  { deviceName: 'a', totalStorageBytes: 300, replicatedStorageBytes: 100 },
  { deviceName: 'b', totalStorageBytes: 100, replicatedStorageBytes: 69 },
];

it.each<[DataReplicationInfo, string | undefined]>([
  [{ dataReplicationState: 'INITIAL_SYNC', replicatedDisks: DISKS }, 'initial sync 42 %'],
  [
    {
      dataReplicationState: 'INITIAL_SYNC',
      replicatedDisks: DISKS,
      etaDateTime: '2026-11-23T14:00:00Z',
    },
    'initial sync 42 %, done about 2026-11-23 14:00 UTC',
  ],
  [{ dataReplicationState: 'INITIAL_SYNC', etaDateTime: 'soon' }, 'initial sync'],
  [{ dataReplicationState: 'CONTINUOUS', lagDuration: 'PT2H13M9.5S' }, 'continuous, 2 h 13 min behind'],
  [{ dataReplicationState: 'CONTINUOUS', lagDuration: 'P1DT0H5M' }, 'continuous, 1 d 5 min behind'],
  [{ dataReplicationState: 'CONTINUOUS', lagDuration: 'PT42S' }, 'continuous'],
  [{ dataReplicationState: 'CONTINUOUS', lagDuration: 'a while' }, 'continuous'],
  [{ dataReplicationState: 'BACKLOG', lagDuration: 'PT5M' }, 'catching up on a backlog, 5 min behind'],
  [
    {
      dataReplicationState: 'STALLED',
      dataReplicationError: { error: 'SNAPSHOTS_FAILURE', rawError: 'no space' },
    },
    'snapshots failure: no space',
  ],
  [
    {
      dataReplicationState: 'INITIATING',
      dataReplicationInitiation: { steps: [{ name: 'WAIT', status: 'IN_PROGRESS' }] },
    },
    'initiating',
  ],
  [{ dataReplicationState: 'CONTINUOUS', lagDuration: 'P0D' }, 'continuous'],
  [{ dataReplicationState: 'PAUSED', lagDuration: 'PT5M' }, undefined],
])('%j is told as %j', (info, words) => {
  expect(replicationText(info)).toBe(words);
});
