import { describe, expect, it } from '@jest/globals';
import type { VmReference } from '../../src/core/desired.ts';
import { toAddress, toServerId } from '../../src/core/names.ts';
import { observePreconditions } from '../../src/plan/saved/preconditions.ts';
import {
  changeOf,
  job,
  MANAGER,
  observe,
  planOf,
  raised,
  RULES,
  server,
  SETTINGS,
  short,
  vm,
  wave,
} from './plan-input.ts';

const inWave = (name: string) => ({ owner: { project: 'ucop', wave: name } });

describe('a job whose VM is in no manifest', () => {
  it('is deleted', () => {
    const plan = planOf({ vms: [vm('web')], servers: ['web', 'gone'], jobs: [job('web'), job('gone')] });
    expect(changeOf(plan, 'sdsc-01/gone')).toEqual({
      address: toAddress('sdsc-01/gone'),
      target: 'production',
      wave: 'sdsc-01',
      action: 'delete',
      id: 'sms-job-gone',
      serverId: toServerId('s-gone'),
      owner: { project: 'ucop', wave: 'sdsc-01' },
      settings: SETTINGS,
      fields: [],
      reason: 'no longer in any manifest',
      effects: ['AMIs stay'],
      activeBefore: true,
      blockedBy: [],
    });
    expect(raised(plan)).toEqual([]);
  });

  it('is let go of though its creation was cut off, and is created where the VM is wanted', () => {
    const unfinished = ['gone', 'web'].map((name) => job(name, { state: 'failed', settings: {} }));
    const parts = { vms: [vm('web')], servers: ['web', 'gone'], observed: { unfinished } };
    const plan = planOf(parts);
    expect(short(plan)).toEqual(['delete sdsc-01/gone', 'create sdsc-01/web']);
    expect(changeOf(plan, 'sdsc-01/gone')).toMatchObject({
      id: 'sms-job-gone',
      effects: ['its creation was cut off: nothing replicates yet'],
      activeBefore: false,
    });
    expect(plan.capacity).toMatchObject([{ active: 0, freed: 0, starting: 1 }]);
    const ground = observePreconditions(observe(parts.observed), RULES);
    expect(plan.changes.map((change) => ground.jobs(change).map(({ id }) => id))).toEqual([
      ['sms-job-gone'],
      [],
    ]);
  });

  it('is deleted though it has ended, and though the catalogue has lost the server', () => {
    const plan = planOf({ vms: [vm('web')], servers: ['web'], jobs: [job('gone', { state: 'completed' })] });
    expect(changeOf(plan, 'sdsc-01/gone')).toMatchObject({ action: 'delete', activeBefore: false });
  });

  it('is called by what is known of its server', () => {
    const jobs = [
      job('a', { server: { serverId: toServerId('s-a'), path: '/DC/a' } }),
      job('b', { server: { serverId: toServerId('s-b') } }),
    ];
    const plan = planOf({ vms: [vm('web')], servers: ['web'], jobs });
    expect(short(plan)).toEqual(['delete sdsc-01//DC/a', 'delete sdsc-01/s-b', 'create sdsc-01/web']);
  });

  it('has an address of its own where names meet', () => {
    const jobs = [
      job('gone', { id: 'j1' }),
      job('gone', { id: 'j2', server: server('gone', { serverId: toServerId('s-2'), vmId: 'vm-2' }) }),
      job('web', {
        id: 'j3',
        server: server('web', { serverId: toServerId('s-3'), vmId: 'vm-3', path: '/DC/old' }),
      }),
    ];
    const path = '/Datacenters/SDSC/vm/web';
    const plan = planOf({ vms: [vm('web', { reference: { path } })], servers: ['web'], jobs });
    expect(short(plan)).toEqual([
      'delete sdsc-01/gone#j1',
      'delete sdsc-01/gone#j2',
      'create sdsc-01/web',
      'delete sdsc-01/web#j3',
    ]);
  });

  it('stays where another wave has the VM now', () => {
    const plan = planOf({ vms: [vm('web', { wave: 'b' })], servers: ['web'], jobs: [job('web')] });
    expect(short(plan)).toEqual(['update b/web']);
  });
});

describe('deletes are held back', () => {
  it('in a wave that has a VM which cannot be found, once for all of them', () => {
    const plan = planOf({
      vms: [vm('web'), vm('typo'), vm('other', { wave: 'b' })],
      servers: ['web', 'other'],
      jobs: [job('gone-1'), job('gone-2'), job('gone-b', inWave('b'))],
    });
    expect(short(plan)).toContain('delete sdsc-01/gone-1 blocked by delete.unresolved');
    expect(short(plan)).toContain('delete sdsc-01/gone-2 blocked by delete.unresolved');
    expect(short(plan)).toContain('delete b/gone-b');
    expect(raised(plan)).toEqual(['delete.unresolved', 'vm.unknown sdsc-01/typo']);
    expect(plan.concerns[0]).toMatchObject({ severity: 'critical', target: 'production' });
    expect(plan.concerns[0]?.message).toBe(
      '2 deletes of wave "sdsc-01" are held back, as it is not certain which server this VM is: sdsc-01/typo',
    );
  });

  it('in waves whose VMs are one server: one of them was meant for another', () => {
    const path = '/Datacenters/SDSC/vm/web';
    const plan = planOf({
      vms: [vm('web'), vm('db', { reference: { path } })],
      servers: ['web', 'db'],
      jobs: [job('web'), job('db')],
    });
    expect(short(plan)).toEqual(['delete sdsc-01/db#sms-job-db blocked by delete.unresolved']);
  });

  it('in any wave, if a VM that is not certain might be the one: its wave may have been renamed', () => {
    const plan = planOf({
      vms: [vm('web', { wave: 'new-name' })],
      servers: ['web', server('web', { serverId: toServerId('s-2'), path: '/DC/2', vmId: 'vm-2' })],
      jobs: [job('web', inWave('old-name')), job('gone', inWave('old-name'))],
    });
    expect(short(plan)).toEqual(['delete old-name/gone', 'delete old-name/web blocked by delete.unresolved']);
    expect(plan.concerns.map(({ message }) => message).join()).toContain('new-name/web');
  });

  it.each<[string, VmReference]>([
    ['serverId', { serverId: toServerId('s-web') }],
    ['VM id', { vmManagerId: MANAGER, vmId: 'vm-web' }],
    ['path', { path: '/Datacenters/SDSC/vm/web' }],
    ['name', { path: '/nowhere', name: 'web' }],
  ])('in any wave, if the %s of a VM whose identifiers disagree is that of the job', (_, reference) => {
    const uncertain = vm('web', { wave: 'new-name', reference: { name: 'other', ...reference } });
    const plan = planOf({ vms: [uncertain], servers: ['web'], jobs: [job('web', inWave('old-name'))] });
    expect(short(plan)).toEqual(['delete old-name/web blocked by delete.unresolved']);
  });

  it('by VMs outside of the selection, too', () => {
    const plan = planOf({
      vms: [vm('typo')],
      jobs: [job('gone')],
      input: { selection: { vm: (name) => name === 'gone' } },
    });
    expect(short(plan)).toEqual(['delete sdsc-01/gone blocked by delete.unresolved']);
    expect(raised(plan)).toEqual(['delete.unresolved']);
  });
});

describe('a target that no manifest names any more', () => {
  const parts = { jobs: [job('a'), job('b')], waves: [wave('sdsc-01')] };

  it('keeps its jobs', () => {
    const plan = planOf(parts);
    expect(short(plan)).toEqual([
      'delete sdsc-01/a blocked by guard.allow-empty',
      'delete sdsc-01/b blocked by guard.allow-empty',
    ]);
    expect(plan.concerns).toMatchObject([
      {
        id: 'guard.allow-empty',
        severity: 'critical',
        target: 'production',
        place: { file: 'landfall.yaml' },
      },
    ]);
    expect(plan.concerns[0]?.message).toContain('2 of 2');
  });

  it('loses them if that is meant', () => {
    const plan = planOf({ ...parts, input: { allowEmpty: true } });
    expect(short(plan)).toEqual(['delete sdsc-01/a', 'delete sdsc-01/b']);
    expect(raised(plan)).toEqual([]);
  });

  it('is nothing to speak of where nothing is ours', () => {
    const plan = planOf({ jobs: [job('a', { owner: { project: 'other', wave: 'x' } })] });
    expect(short(plan)).toEqual([]);
    expect(raised(plan)).toEqual([]);
  });
});

describe('a job whose wave is in a file that no glob matches', () => {
  const file = { file: 'waves/two.yml', path: 'waves/two.yml', waves: ['two'] };
  const jobs = [job('web'), job('a', inWave('two')), job('b', inWave('two')), job('c', inWave('three'))];
  const servers = ['web', 'a', 'b', 'c'];

  it('is not deleted', () => {
    const plan = planOf({ vms: [vm('web')], servers, jobs, unmatched: [file] });
    expect(short(plan)).toEqual([
      'no-op sdsc-01/web',
      'delete three/c',
      'delete two/a blocked by delete.file-unmatched',
      'delete two/b blocked by delete.file-unmatched',
    ]);
    expect(plan.concerns).toEqual([
      {
        id: 'delete.file-unmatched',
        severity: 'critical',
        target: 'production',
        message:
          '2 deletes of wave "two" blocked: waves/two.yml has the wave, and no glob of the project matches the file',
        remedy:
          'add a glob that matches it to waves in the project file; if the deletes are intended, remove the file',
        place: { file: 'waves/two.yml', line: 1, column: 1 },
      },
    ]);
  });

  it('is deleted where a file that a glob matches has the wave too: the other file is a copy', () => {
    const waves = [wave('sdsc-01'), wave('two')];
    const plan = planOf({ vms: [vm('web')], servers, jobs, waves, unmatched: [file] });
    expect(short(plan)).toEqual(['no-op sdsc-01/web', 'delete three/c', 'delete two/a', 'delete two/b']);
  });
});
