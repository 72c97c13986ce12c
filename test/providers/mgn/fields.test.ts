import { describe, expect, it } from '@jest/globals';
import type { SettingValue } from '../../../src/core/desired.ts';
import { toServerId } from '../../../src/core/names.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import { compareFields } from '../../../src/plan/compare.ts';
import { mgnSettings } from '../../../src/providers/mgn/settings.ts';
import { KEY } from '../../local/mgn.ts';
import { vm as anyVm } from '../../plan/plan-input.ts';

type Values = Readonly<Record<string, SettingValue>>;

function compare(desired: Values, observed: Values, more: Partial<ObservedJob> = {}) {
  const vm = { ...anyVm('lnx'), settings: desired };
  const job: ObservedJob = {
    id: 's-1',
    server: { serverId: toServerId('s-1') },
    state: 'active',
    settings: observed,
    ...more,
  };
  const { fields, effects, unchangeable: stuck } = compareFields(vm, job, mgnSettings, 0);
  return { fields: fields.map(({ field }) => field), effects, stuck: stuck.map(({ id }) => id) };
}

const SAME = { fields: [], effects: [], stuck: [] };

describe('the fields of AWS MGN', () => {
  it('compares the wave of an application where git names it, or where application or owner change', () => {
    const W = 'mgn.waveName';
    const owned = { owner: { project: 'ucop', wave: anyVm('lnx').wave } };
    const there = { app: 'a', [W]: 'theirs' };
    // Nobody owns the job, or git gives the name: the application of others stays in its wave.
    for (const desired of [{ app: 'a' }, { app: 'a', [W]: 'w' }])
      expect(compare(desired, there)).toEqual({ ...SAME, stuck: ['field.not-in-place'] });
    expect(compare({ app: 'a', [W]: 'theirs' }, there)).toEqual(SAME);
    expect(compare({ app: 'a', 'mgn.manageWave': false }, there)).toEqual(SAME);
    expect(compare({ 'mgn.manageWave': false }, there)).toEqual(SAME);
    expect(compare({ app: 'b' }, there).fields).toEqual(['app', W]);
    expect(compare({ app: 'b' }, {}).fields).toEqual(['app']);
    expect(compare({ app: 'b', 'mgn.manageWave': false }, there).fields).toEqual(['app', 'mgn.manageWave']);
    // One of ours moves.
    const ours = { facts: { ownApplication: true } };
    expect(compare({ app: 'a' }, there, ours).fields).toEqual([W]);
    expect(compare({ app: 'a' }, there, { ...ours, ...owned })).toEqual(SAME);
    expect(compare({ app: 'a', [W]: 'w' }, there, { ...ours, ...owned }).fields).toEqual([W]);
  });

  it.each([
    'description',
    'kmsKeyId',
    'mgn.launch.bootMode',
    'mgn.launch.copyPrivateIp',
    'mgn.launch.copyTags',
    'mgn.launch.launchDisposition',
    'mgn.launch.name',
    'mgn.launch.targetInstanceTypeRightSizingMethod',
    'mgn.replication.associateDefaultSecurityGroup',
    'mgn.replication.bandwidthThrottling',
    'mgn.replication.createPublicIP',
    'mgn.replication.dataPlaneRouting',
    'mgn.replication.defaultLargeStagingDiskType',
    'mgn.replication.replicatedDisks./dev/sda.iops',
    'mgn.replication.replicationServerInstanceType',
    'mgn.replication.replicationServersSecurityGroupsIDs',
    'mgn.replication.stagingAreaSubnetId',
    'mgn.replication.stagingAreaTags.cost.centre',
    'mgn.replication.useDedicatedReplicationServer',
    'mgn.replication.useFipsEndpoint',
  ])('%s changes in place, and is not compared where git leaves it out', (name) => {
    expect(compare({ [name]: 'a' }, { [name]: 'b' }).fields).toEqual([name]);
    expect(compare({ [name]: 'a' }, {}).fields).toEqual([name]);
    expect(compare({ [name]: 'a' }, { [name]: 'a' })).toEqual(SAME);
    expect(compare({}, { [name]: 'a' })).toEqual(SAME);
  });

  it('a change of the key costs a full resync, and says so', () => {
    expect(compare({ kmsKeyId: KEY }, { kmsKeyId: `${KEY}2` }).effects).toEqual(['forces_resync: kmsKeyId']);
  });

  it('a list is the same in any order', () => {
    const name = 'mgn.replication.replicationServersSecurityGroupsIDs';
    expect(compare({ [name]: 'sg-2, sg-1' }, { [name]: 'sg-1, sg-2' })).toEqual(SAME);
    expect(compare({ [name]: '' }, {})).toEqual(SAME);
    expect(compare({ [name]: '' }, { [name]: 'sg-1' }).fields).toEqual([name]);
  });

  it('a disk that the server does not have is told, and keeps nothing else from changing', () => {
    const disk = (device: string, iops: number) => ({
      [`mgn.replication.replicatedDisks.${device}.iops`]: iops,
    });
    const there = { ...disk('c:0', 0), 'mgn.launch.copyTags': true };
    const wanted = { ...disk('c:0', 100), ...disk('c:7', 100), 'mgn.launch.copyTags': false };
    expect(compare(wanted, there)).toEqual({
      fields: ['mgn.launch.copyTags', 'mgn.replication.replicatedDisks.c:0.iops'],
      effects: [],
      stuck: ['field.not-in-place'],
    });
    expect(compare(disk('c:7', 100), {}).fields).toHaveLength(1);
  });

  it('what is replicated is always encrypted', () => {
    expect(compare({ encrypted: false }, { encrypted: true })).toEqual(SAME);
    expect(compare({ encrypted: true }, {})).toEqual(SAME);
  });

  it.each([
    ['AWS', 'BYOL', ['licenseType']],
    ['BYOL', 'BYOL', []],
    ['BYOL', undefined, ['licenseType']],
    ['Auto', 'AWS', []],
    [undefined, 'AWS', []],
  ])('licence %s, where the server has %s', (desired, observed, fields) => {
    const wanted = desired === undefined ? {} : { licenseType: desired };
    const there = observed === undefined ? {} : { licenseType: observed };
    expect(compare(wanted, there)).toEqual({ ...SAME, fields });
  });

  it('settings of SMS are none of them', () => {
    const names = mgnSettings.map(({ name }) => name);
    for (const name of [
      'frequency',
      'runOnce',
      'seedReplicationTime',
      'roleName',
      'numberOfRecentAmisToKeep',
    ]) {
      expect(names).not.toContain(name);
    }
  });
});
