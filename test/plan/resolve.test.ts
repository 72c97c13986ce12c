import { describe, expect, it } from '@jest/globals';
import type { VmReference } from '../../src/core/desired.ts';
import { toAddress, toServerId } from '../../src/core/names.ts';
import type { ObservedServer } from '../../src/core/observed.ts';
import type { Plan } from '../../src/core/plan.ts';
import { job, MANAGER, planOf, raised, server, short, vm } from './plan-input.ts';

const OTHER = { serverId: toServerId('s-other'), path: '/Datacenters/OAK/vm/web', vmId: 'vm-2' };

/** Plans one VM with that reference against two servers named web and one named db. */
function find(reference: VmReference) {
  const plan = planOf({ vms: [vm('web', { reference })], servers: ['web', server('web', OTHER), 'db'] });
  return { found: plan.changes.map(({ serverId }) => serverId), raised: raised(plan), plan };
}

describe('finding the server of a VM', () => {
  it.each<[string, VmReference, string]>([
    ['its serverId', { serverId: toServerId('s-other') }, 's-other'],
    ['vmManagerId and vmId', { vmManagerId: MANAGER, vmId: 'vm-2' }, 's-other'],
    ['a vmManagerId in lower case', { vmManagerId: MANAGER.toLowerCase(), vmId: 'vm-web' }, 's-web'],
    ['its path', { path: '/Datacenters/OAK/vm/web' }, 's-other'],
    ['its name', { name: 'db' }, 's-db'],
    ['a name and the path that tells it apart', { name: 'web', path: OTHER.path }, 's-other'],
    [
      'a serverId and all else that agrees',
      { serverId: toServerId('s-web'), name: 'web', vmId: 'vm-web' },
      's-web',
    ],
  ])('goes by %s', (_, reference, serverId) => {
    expect(find(reference)).toMatchObject({ found: [serverId], raised: [] });
  });

  it.each<[VmReference, string]>([
    [{ serverId: toServerId('s-none'), name: 'other' }, 'serverId "s-none"'],
    [{ vmManagerId: MANAGER, vmId: 'vm-9' }, `vmId "vm-9" of vmManagerId "${MANAGER}"`],
    [{ path: '/nowhere' }, 'path "/nowhere"'],
    [{ name: 'mail' }, 'name "mail"'],
    [{ name: 'storage-1' }, 'name "storage-1"'],
  ])('knows no VM by %j', (reference, words) => {
    const { found, plan } = find(reference);
    expect(found).toEqual([]);
    expect(plan.concerns).toMatchObject([
      { id: 'vm.unknown', severity: 'critical', address: toAddress('sdsc-01/web'), place: { line: 9 } },
    ]);
    expect(plan.concerns[0]?.message).toContain(words);
    expect(plan.concerns[0]?.remedy).toContain('landfall catalog import');
  });

  it.each<[VmReference, string]>([
    [{ name: 'DB' }, 'name "db"'],
    [{ name: 'db.sdsc.example' }, 'name "db"'],
    [{ name: 'Web' }, 'name "web"'],
    [{ path: '/Datacenters/SDSC/vm/Moved/db' }, 'path "/Datacenters/SDSC/vm/db"'],
    [{ path: '/web' }, 'path "/Datacenters/OAK/vm/web" or "/Datacenters/SDSC/vm/web"'],
    [{ serverId: toServerId('s-none'), name: 'db' }, 'serverId "s-db"'],
    [{ vmManagerId: MANAGER, vmId: 'vm-9', name: 'db' }, `vmManagerId "${MANAGER}" and vmId "vm-db"`],
  ])('asks about %j whether it is another one', (reference, meant) => {
    const { found, plan } = find(reference);
    expect(found).toEqual([]);
    expect(plan.concerns).toMatchObject([{ id: 'vm.unknown', remedy: `did you mean ${meant}?` }]);
  });

  it('lists the places that an ambiguous name fits', () => {
    const { found, plan } = find({ name: 'web' });
    expect(found).toEqual([]);
    expect(plan.concerns).toMatchObject([{ id: 'vm.ambiguous', severity: 'critical' }]);
    expect(plan.concerns[0]?.message).toBe(
      'name "web" fits 2 VMs: /Datacenters/OAK/vm/web (s-other, vm-2 on p-sdsc-vcenter1), ' +
        '/Datacenters/SDSC/vm/web (s-web, vm-web on p-sdsc-vcenter1)',
    );
    expect(plan.concerns[0]?.remedy).toBe('add the path of the intended one');
  });

  describe('where the account knows VMs by VMware’s UUID and by other names', () => {
    const UUID = '42381C5B-2D8B-4F7B-9C9D-0A0B0C0D0E0F';
    const source = (serverId: string, more: Partial<ObservedServer>): ObservedServer => ({
      serverId: toServerId(serverId),
      ...more,
    });
    const servers = [
      source('s-1', {
        name: 'web',
        path: '/SDSC/web',
        vmWareUuid: UUID,
        otherNames: ['front', 'web.ucop.edu'],
      }),
      source('s-2', { name: 'ip-10-0-0-7', path: '/SDSC/db', vmWareUuid: 'u-2', otherNames: ['db', 'web'] }),
      source('s-3', { name: 'bare', vmWareUuid: 'u-3' }),
      source('s-4', { name: 'bare', vmWareUuid: 'u-4' }),
    ];
    const plan = (reference: VmReference): Plan => planOf({ vms: [vm('x', { reference })], servers });

    it.each<[string, VmReference, string]>([
      ['the UUID in either case', { vmWareUuid: UUID.toLowerCase() }, 's-1'],
      ['the UUID before the path', { vmWareUuid: UUID, path: '/SDSC/web' }, 's-1'],
      ['another name', { name: 'front' }, 's-1'],
      ['another name and the UUID', { name: 'db', vmWareUuid: 'U-2' }, 's-2'],
      ['a name that two have, and the path of one', { name: 'web', path: '/SDSC/db' }, 's-2'],
    ])('goes by %s', (_, reference, serverId) => {
      expect(plan(reference).changes.map((change) => change.serverId)).toEqual([serverId]);
    });

    it('lists all that a name fits, whichever kind of name', () => {
      const { concerns } = plan({ name: 'web' });
      expect(concerns).toMatchObject([{ id: 'vm.ambiguous' }]);
      expect(concerns[0]?.message).toBe(
        `name "web" fits 2 VMs: /SDSC/db (s-2, u-2), /SDSC/web (s-1, ${UUID})`,
      );
      expect(concerns[0]?.remedy).toBe('add the path of the intended one');
      expect(plan({ name: 'bare' }).concerns[0]?.remedy).toBe('add the vmWareUuid of the intended one');
    });

    it('refuses a UUID and a path that point two ways, and a UUID that nobody has', () => {
      expect(raised(plan({ vmWareUuid: UUID, path: '/SDSC/db' }))).toEqual([
        'vm.identity-mismatch sdsc-01/x',
      ]);
      expect(raised(plan({ name: 'db', vmWareUuid: UUID }))).toEqual(['vm.identity-mismatch sdsc-01/x']);
      expect(plan({ vmWareUuid: 'u-9' }).concerns[0]?.message).toContain('vmWareUuid "u-9"');
    });
  });

  it('asks for the ids of a VM whose very path is ambiguous', () => {
    const plan = planOf({
      vms: [vm('web')],
      servers: ['web', server('web', { serverId: toServerId('s-2'), vmManagerId: 'OTHER', vmId: 'vm-1' })],
    });
    expect(plan.concerns[0]?.remedy).toContain('vmManagerId and vmId');
  });

  it.each<[VmReference, string, string]>([
    [{ serverId: toServerId('s-web'), name: 'db' }, 'name "web"', 'name "db"'],
    [{ serverId: toServerId('s-web'), path: '/x' }, 'path "/Datacenters/SDSC/vm/web"', 'path "/x"'],
    [{ path: OTHER.path, vmId: 'vm-3' }, 'vmId "vm-2"', 'vmId "vm-3"'],
    [{ name: 'db', vmManagerId: 'X' }, `vmManagerId "${MANAGER}"`, 'vmManagerId "X"'],
  ])('refuses %j, which points two ways', (reference, actual, wanted) => {
    const { found, plan } = find(reference);
    expect(found).toEqual([]);
    expect(plan.concerns).toMatchObject([{ id: 'vm.identity-mismatch', severity: 'critical' }]);
    expect(plan.concerns[0]?.message).toContain(actual);
    expect(plan.concerns[0]?.message).toContain(wanted);
  });

  it('refuses in the same words whichever server comes first', () => {
    const servers = [server('web'), server('web', OTHER)];
    const vms = [vm('web', { reference: { name: 'web', path: '/x', vmId: 'vm-9' } })];
    const byName = [vm('web', { reference: { name: 'web', vmId: 'vm-9' } })];
    expect(raised(planOf({ vms, servers }))).toEqual(['vm.unknown sdsc-01/web']);
    const plan = planOf({ vms: byName, servers });
    expect(plan.concerns[0]?.message).toContain('vmId "vm-2"');
    expect(planOf({ vms: byName, servers: servers.toReversed() })).toEqual(plan);
  });

  it('compares only what the catalogue knows', () => {
    const plan = planOf({
      vms: [vm('web', { reference: { serverId: toServerId('s-1'), name: 'web', path: '/x' } })],
      servers: [{ serverId: toServerId('s-1') }],
    });
    expect(short(plan)).toEqual(['create sdsc-01/web']);
  });

  it('refuses two VMs that are one server', () => {
    const twin = vm('alias', { reference: { serverId: toServerId('s-web') }, wave: 'sdsc-02' });
    const plan = planOf({ vms: [vm('web'), twin], servers: ['web'], jobs: [job('web')] });
    expect(short(plan)).toEqual([]);
    expect(raised(plan)).toEqual(['vm.same-server sdsc-01/web', 'vm.same-server sdsc-02/alias']);
    expect(plan.concerns[0]?.message).toContain('sdsc-02/alias');
    expect(plan.concerns[1]?.message).toContain('sdsc-01/web');
  });

  it('says so of the selected one only', () => {
    const twin = vm('alias', { reference: { serverId: toServerId('s-web') }, wave: 'sdsc-02' });
    const selection = { wave: (name: string) => name === 'sdsc-02' };
    const plan = planOf({ vms: [vm('web'), twin], servers: ['web'], input: { selection } });
    expect(raised(plan)).toEqual(['vm.same-server sdsc-02/alias']);
  });
});

describe('servers that only a job knows', () => {
  it('keeps the job of a VM whose catalogue is gone', () => {
    const plan = planOf({ vms: [vm('web')], jobs: [job('web')], observed: { catalog: 'expired' } });
    expect(short(plan)).toEqual(['no-op sdsc-01/web']);
    expect(raised(plan)).toEqual([]);
  });

  it('finds the job of a VM that a new catalogue has under a new id', () => {
    const plan = planOf({
      vms: [vm('web')],
      servers: [server('web', { serverId: toServerId('s-new'), vmManagerId: MANAGER.toLowerCase() })],
      jobs: [job('web')],
    });
    expect(short(plan)).toEqual(['no-op sdsc-01/web']);
    expect(plan.changes[0]?.serverId).toBe('s-new');
  });

  it('knows two jobs of one VM that no catalogue has, whichever comes first', () => {
    const jobs = [
      job('web', { id: 'j1', state: 'failed', server: server('web', { serverId: toServerId('s-1') }) }),
      job('web', { id: 'j2', server: server('web', { serverId: toServerId('s-2') }) }),
    ];
    const plan = planOf({ vms: [vm('web')], jobs });
    expect(plan.changes).toMatchObject([{ action: 'no-op', id: 'j2', serverId: toServerId('s-1') }]);
    expect(planOf({ vms: [vm('web')], jobs: jobs.toReversed() })).toEqual(plan);
  });

  it('does not guess which of two servers with the same VM a job is for', () => {
    const twins = ['s-1', 's-2'].map((serverId) => server('web', { serverId: toServerId(serverId) }));
    const plan = planOf({ vms: [vm('web')], servers: twins, jobs: [job('web')] });
    expect(plan.concerns.map(({ id }) => id)).toContain('vm.ambiguous');
    expect(plan.concerns.map(({ message }) => message).join()).toContain('fits 3 VMs');
  });

  it('takes a job of a VM that was registered again for another VM of that name', () => {
    const plan = planOf({
      vms: [vm('web')],
      servers: [server('web', { serverId: toServerId('s-new'), vmId: 'vm-new' })],
      jobs: [job('web')],
    });
    expect(raised(plan)).toContain('vm.ambiguous sdsc-01/web');
    expect(short(plan)).toEqual(['delete sdsc-01/web#sms-job-web blocked by delete.unresolved']);
  });
});
