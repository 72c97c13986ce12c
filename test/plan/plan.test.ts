import { describe, expect, it } from '@jest/globals';
import type { Concern } from '../../src/core/concern.ts';
import { toAddress, toServerId } from '../../src/core/names.ts';
import type { Plan } from '../../src/core/plan.ts';
import { planProject } from '../../src/plan/index.ts';
import {
  changeOf,
  job,
  NOW,
  observe,
  planOf,
  raised,
  RULES,
  server,
  SETTINGS,
  short,
  target,
  traitsOf,
  vm,
  wave,
  planInput,
} from './plan-input.ts';

const critical = (address: string): Concern => ({
  id: 'licence.linux-aws',
  severity: 'critical',
  message: 'Linux can be migrated with BYOL only',
  address: toAddress(address),
});

describe('concerns of validation', () => {
  it('block what would be done to their VM, and nothing else', () => {
    const plan = planOf({
      vms: [vm('new'), vm('changed', { settings: { frequency: 24 } }), vm('same'), vm('fine')],
      servers: ['new', 'changed', 'same', 'fine'],
      jobs: [job('changed'), job('same')],
      input: { concerns: ['new', 'changed', 'same'].map((name) => critical(`sdsc-01/${name}`)) },
    });
    expect(short(plan)).toEqual([
      'update sdsc-01/changed blocked by licence.linux-aws',
      'create sdsc-01/fine',
      'create sdsc-01/new blocked by licence.linux-aws',
      'no-op sdsc-01/same',
    ]);
    expect(plan.summary).toEqual({
      create: 1,
      update: 0,
      replace: 0,
      delete: 0,
      advance: 0,
      defer: 0,
      noOp: 1,
      blocked: 2,
    });
  });

  it('name each rule once, sorted, and warnings block nothing', () => {
    const concerns: readonly Concern[] = [
      critical('sdsc-01/new'),
      { ...critical('sdsc-01/new'), id: 'guest.unsupported' },
      critical('sdsc-01/new'),
      { ...critical('sdsc-01/new'), id: 'guest.unknown', severity: 'warning' },
    ];
    const plan = planOf({ vms: [vm('new')], servers: ['new'], input: { concerns } });
    expect(plan.changes[0]?.blockedBy).toEqual(['guest.unsupported', 'licence.linux-aws']);
    expect(plan.concerns).toHaveLength(4);
  });

  it('are carried along for what is planned, sorted by place with those of the plan', () => {
    const at = (line: number) => ({ place: { file: 'waves/sdsc-01.yaml', line, column: 1 } });
    const concerns: readonly Concern[] = [
      { ...critical('b/unselected'), ...at(30) },
      { ...critical('sdsc-01/web'), ...at(20) },
      { ...critical('sdsc-01/elsewhere'), ...at(10) },
      { id: 'file.none', severity: 'warning', message: 'no file', ...at(40) },
      { id: 'file.none', severity: 'warning', message: 'no file', target: 'staging' },
    ];
    const plan = planOf({
      vms: [vm('web'), vm('elsewhere', { target: 'staging' }), vm('unselected', { wave: 'b' }), vm('typo')],
      servers: ['web'],
      input: { concerns, selection: { wave: (name) => name === 'sdsc-01' } },
    });
    expect(raised(plan)).toEqual(['vm.unknown sdsc-01/typo', 'licence.linux-aws sdsc-01/web', 'file.none']);
  });
});

describe('a narrowed plan', () => {
  const parts = {
    vms: [vm('1', { wave: 'a' }), vm('2', { wave: 'a' }), vm('3', { wave: 'b' })],
    servers: ['1', '2', '3'],
    jobs: [
      job('gone', { owner: { project: 'ucop', wave: 'a' } }),
      job('left', { owner: { project: 'ucop', wave: 'b' } }),
    ],
  };
  const narrowed = (wave?: string, name?: string): readonly string[] =>
    short(
      planOf({
        ...parts,
        input: {
          selection: {
            ...(wave === undefined ? {} : { wave: (text: string) => text === wave }),
            ...(name === undefined ? {} : { vm: (text: string) => text === name }),
          },
        },
      }),
    );

  it('has the changes of its wave and no others', () => {
    expect(narrowed('a')).toEqual(['create a/1', 'create a/2', 'delete a/gone']);
    expect(narrowed('b')).toEqual(['create b/3', 'delete b/left']);
  });

  it('has the changes of its VMs and no others, by name or by address', () => {
    expect(narrowed(undefined, '2')).toEqual(['create a/2']);
    expect(narrowed(undefined, 'a/2')).toEqual(['create a/2']);
    expect(narrowed(undefined, 'gone')).toEqual(['delete a/gone']);
    expect(narrowed(undefined, 'b/left')).toEqual(['delete b/left']);
    expect(narrowed('b', 'gone')).toEqual([]);
  });

  it('knows a VM by its name where the address says its path', () => {
    const path = '/DC/web';
    const named = vm('web', { address: toAddress(`sdsc-01/${path}`), reference: { name: 'web', path } });
    const input = { selection: { vm: (text: string) => text === 'web' } };
    expect(short(planOf({ vms: [named], servers: [server('web', { path })], input }))).toHaveLength(1);
    const other = { selection: { vm: (text: string) => text === 'db' } };
    expect(short(planOf({ vms: [named], servers: [server('web', { path })], input: other }))).toEqual([]);
  });

  it('replaces by name, too', () => {
    const plan = planOf({
      vms: [vm('a'), vm('b')],
      servers: ['a', 'b'],
      jobs: [job('a'), job('b')],
      input: { replace: (text) => text === 'b' },
    });
    expect(short(plan)).toEqual(['no-op sdsc-01/a', 'replace sdsc-01/b']);
  });
});

describe('several targets', () => {
  const base = planInput({ vms: [vm('web'), vm('db', { wave: 'w2', target: 'staging' })], servers: ['web'] });
  const staging = { ...target('staging', 5), endpoint: 'local' };
  const desired = {
    ...base.desired,
    targets: [staging, ...base.desired.targets],
    waves: [wave('w2', 2, 'staging'), wave('sdsc-01', 3)],
  };
  const { catalog, connectors, calls } = observe();
  const unnamed = {
    at: NOW + 5000,
    catalog,
    connectors,
    calls,
    servers: [server('db')],
    jobs: [job('web')],
  };
  const traits = new Map([...base.traits, ['staging', traitsOf(RULES)]]);

  it('are planned side by side, each against its own account', () => {
    const observed = new Map([['staging', unnamed], ...base.observed]);
    const plan = planProject({ ...base, desired, observed, traits });
    const columns = expect.objectContaining({ runOnce: { column: 'schedule', text: 'once' } });
    expect(plan.targets).toEqual([
      {
        name: 'production',
        provider: 'sms',
        region: 'us-west-2',
        account: '123456789012',
        at: NOW,
        jobs: { managed: 0, others: 0 },
        columns,
      },
      {
        name: 'staging',
        provider: 'sms',
        region: 'us-west-2',
        endpoint: 'local',
        at: unnamed.at,
        jobs: { managed: 1, others: 0 },
        columns,
      },
    ]);
    expect(plan.changes.map((change) => `${change.target} ${change.action} ${change.address}`)).toEqual([
      'production create sdsc-01/web',
      'staging delete sdsc-01/web',
      'staging create w2/db',
    ]);
    expect(plan.capacity.map(({ target: name, wave: part, limit }) => [name, part, limit])).toEqual([
      ['production', undefined, 50],
      ['production', 'sdsc-01', 3],
      ['staging', undefined, 5],
      ['staging', 'w2', 2],
    ]);
    expect(plan.at).toBe(NOW + 5000);
    expect(plan.project).toBe('ucop');
  });

  it('have the time of the latest of them', () => {
    const early = { ...unnamed, at: NOW - 5000 };
    const plan = planProject({
      ...base,
      desired,
      observed: new Map([['staging', early], ...base.observed]),
      traits,
    });
    expect(plan.at).toBe(NOW);
  });

  it('are left out where nothing was observed', () => {
    const plan = planProject({ ...base, desired, traits });
    expect(plan.targets.map(({ name }) => name)).toEqual(['production']);
    expect(short(plan)).toEqual(['create sdsc-01/web']);
  });

  it('each need a provider that is known', () => {
    expect(() => planProject({ ...base, traits: new Map() })).toThrow(
      'nothing is known of the provider of target "production"',
    );
  });
});

describe('the changes of many VMs', () => {
  it('share what they have in common', () => {
    const { changes } = planOf({ vms: [vm('web'), vm('db')], servers: ['web', 'db'] });
    const [web, db] = changes;
    expect(web?.fields.length).toBeGreaterThan(0);
    expect(web?.fields.every((field, index) => field === db?.fields[index])).toBe(true);
    expect(web?.effects).toBe(db?.effects);
  });
});

describe('the checksum', () => {
  const parts = {
    vms: [vm('web'), vm('db', { settings: { ...SETTINGS, frequency: 24 } }), vm('late')],
    servers: ['web', 'db', 'late'],
    jobs: [job('db'), job('gone')],
    limit: 2,
  };
  const base = planOf(parts);
  const checksumOf = (more: object): Plan['checksum'] => planOf({ ...parts, ...more }).checksum;

  it('is a digest', () => {
    expect(base.checksum).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(changeOf(base, 'sdsc-01/web').action).toBe('defer');
  });

  it('stays the same whatever the time, the place in the file, and what others do', () => {
    const later = { observed: { at: NOW + 1e9, calls: 7 } };
    expect(checksumOf(later)).toBe(base.checksum);
    const moved = parts.vms.map((item) => ({ ...item, place: { ...item.place, line: 99 } }));
    expect(checksumOf({ vms: moved })).toBe(base.checksum);
    const ended = job('x', { owner: { project: 'other', wave: 'x' }, state: 'completed' });
    expect(checksumOf({ jobs: [...parts.jobs, ended] })).toBe(base.checksum);
    const described = job('same', { settings: { ...SETTINGS, description: 'by hand' } });
    const [vms, servers] = [
      [...parts.vms, vm('same')],
      [...parts.servers, 'same'],
    ];
    expect(checksumOf({ vms, servers, limit: 3, jobs: [...parts.jobs, described] })).toBe(
      checksumOf({ vms, servers, limit: 3, jobs: [...parts.jobs, job('same')] }),
    );
    const turned = [...parts.vms].map((item) => ({
      ...item,
      settings: Object.fromEntries(Object.entries(item.settings).reverse()),
    }));
    expect(checksumOf({ vms: turned })).toBe(base.checksum);
  });

  it('changes with any setting of a job that is created in place of another', () => {
    const renewed = (seedReplicationTime: string): string =>
      checksumOf({ vms: [vm('db', { settings: { runOnce: true, seedReplicationTime } })] });
    expect(renewed('2026-12-02T04:00:00Z')).not.toBe(renewed('2026-12-03T04:00:00Z'));
  });

  it.each<[string, object]>([
    ['another account', { observed: { account: '2' } }],
    ['another setting', { vms: [vm('web', { settings: { frequency: 8 } }), ...parts.vms.slice(1)] }],
    ['another job', { jobs: [job('db'), job('gone', { id: 'sms-job-2' })] }],
    ['another state that counts', { jobs: [job('db'), job('gone', { state: 'failed' })] }],
    ['another action', { limit: 3 }],
    ['another server', { servers: ['web', 'db', server('late', { serverId: toServerId('s-2') })] }],
    ['another wave', { vms: [vm('web', { wave: 'b' }), ...parts.vms.slice(1)] }],
    ['a concern that blocks', { input: { concerns: [critical('sdsc-01/db')] } }],
  ])('changes with %s', (_, more) => {
    expect(checksumOf(more)).not.toBe(base.checksum);
  });
});
