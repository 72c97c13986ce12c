import { describe, expect, it } from '@jest/globals';
import { toServerId } from '../../src/core/names.ts';
import type { ObservedJob, PastJob, ReplicationRun } from '../../src/core/observed.ts';
import type { VmEntry } from '../../src/core/status.ts';
import {
  displayNames,
  findSubjects,
  matchSubjects,
  subjectNames,
  subjectsById,
  vmNames,
} from '../../src/journey/subjects.ts';
import {
  job,
  observe,
  server,
  target,
  traitsOf,
  unmarked,
  vm,
  type PlanParts,
  planInput,
} from '../plan/plan-input.ts';

function subjects(parts: PlanParts): readonly VmEntry[] {
  const { desired, observed, traits } = planInput(parts);
  return findSubjects(desired, observed, traits);
}

const brief = ({ address, wave, vm: listed, server: on, job: of, problem }: VmEntry) =>
  [
    address,
    wave ?? '-',
    listed ? 'listed' : 'unlisted',
    on?.serverId ?? '-',
    of?.id ?? '-',
    problem?.id ?? '-',
  ].join(' ');

describe('the VMs of a target', () => {
  it('are those of the manifests, then all other jobs, sorted', () => {
    const found = subjects({
      vms: [vm('web'), vm('typo'), vm('new')],
      servers: ['web', 'new', 'old', 'theirs'],
      jobs: [
        job('web'),
        job('old', { owner: { project: 'ucop', wave: 'a-gone' } }),
        job('theirs', { owner: { project: 'ucsd', wave: 'sdsc-01' } }),
        unmarked(job('nobody')),
      ],
    });
    expect(found.map(brief)).toEqual([
      'a-gone/old a-gone unlisted s-old sms-job-old -',
      'sdsc-01/new sdsc-01 listed s-new - -',
      'sdsc-01/typo sdsc-01 listed - - vm.unknown',
      'sdsc-01/web sdsc-01 listed s-web sms-job-web -',
      'nobody - unlisted s-nobody sms-job-nobody -',
      'theirs - unlisted s-theirs sms-job-theirs -',
    ]);
  });

  it('have the job that a plan would take', () => {
    const jobs = [
      job('web', { id: 'sms-job-1', state: 'completed' }),
      job('web', { id: 'sms-job-2' }),
      job('web', { id: 'sms-job-3', owner: { project: 'ucsd', wave: 'x' } }),
    ];
    expect(subjects({ vms: [vm('web')], servers: ['web'], jobs }).map(({ job: of }) => of?.id)).toEqual([
      'sms-job-2',
    ]);
  });

  it('say why it is not certain which server one is', () => {
    const twins = [server('web'), server('web', { serverId: toServerId('s-2'), path: '/elsewhere/web' })];
    expect(subjects({ vms: [vm('web')], servers: twins }).map(brief)).toEqual([
      'sdsc-01/web sdsc-01 listed - - vm.ambiguous',
    ]);
    const both = [vm('web'), vm('two', { reference: { name: 'web' } })];
    expect(subjects({ vms: both, servers: ['web'] }).map(({ problem }) => problem?.id)).toEqual([
      'vm.same-server',
      'vm.same-server',
    ]);
    const wrong = vm('web', { reference: { serverId: toServerId('s-web'), name: 'other' } });
    expect(subjects({ vms: [wrong], servers: ['web'] })[0]?.problem?.id).toBe('vm.identity-mismatch');
  });

  it('are not called unknown one by one where there is no catalogue', () => {
    expect(subjects({ vms: [vm('web')], observed: { catalog: 'deleted' } }).map(brief)).toEqual([
      'sdsc-01/web sdsc-01 listed - - -',
    ]);
  });

  it('have addresses of their own', () => {
    const jobs = ['1', '2'].map((id) => job('old', { id }));
    const found = subjects({
      vms: [vm('old', { reference: { name: 'another' } })],
      servers: ['another'],
      jobs,
    });
    expect(found.map(({ address }) => address)).toEqual(['sdsc-01/old', 'sdsc-01/old#1', 'sdsc-01/old#2']);
  });

  it('belong to one of two targets in the same account, not to both', () => {
    const { desired, observed, traits } = planInput({ vms: [vm('web', { target: 'b' })], servers: ['web'] });
    const account = observe({ servers: [server('web')], jobs: [job('web'), job('old')] });
    const found = findSubjects(
      { ...desired, targets: [target('a'), target('b')], waves: [] },
      new Map([...observed, ['a', account], ['b', account]]),
      new Map([...traits, ['a', traitsOf([])], ['b', traitsOf([])]]),
    );
    expect(found.map((subject) => `${subject.target} ${brief(subject)}`)).toEqual([
      'a sdsc-01/old sdsc-01 unlisted s-old sms-job-old -',
      'b sdsc-01/web sdsc-01 listed s-web sms-job-web -',
    ]);
  });
});

describe('names', () => {
  const found = subjects({
    vms: [vm('web'), vm('db', { wave: 'sdsc-02' })],
    servers: ['web', 'db'],
    jobs: [job('web'), unmarked(job('x'))],
  });

  it('are the address, the name, the path, the server and the job', () => {
    const [web] = found;
    expect(web && subjectNames(web)).toEqual([
      'sdsc-01/web',
      'web',
      '/Datacenters/SDSC/vm/web',
      's-web',
      'sms-job-web',
    ]);
  });

  it('are also the DNS name and the VMware UUID that the service lists', () => {
    const uuid = '42084e4d-bbda-cdac-a2df-000000000001';
    const listed = server('web', { otherNames: ['web.corp.example'], vmWareUuid: uuid });
    const [web] = subjects({ vms: [vm('web')], servers: [listed] });
    expect(web && subjectNames(web)).toEqual(expect.arrayContaining(['web.corp.example', uuid]));
    expect(web && vmNames(web)).toContain('web.corp.example');
    expect(web && displayNames(web)).not.toContain('web.corp.example');
  });

  it.each([
    ['sdsc-02', ['sdsc-02/db']],
    ['web', ['sdsc-01/web']],
    ['sms-job-x', ['x']],
    ['s-db', ['sdsc-02/db']],
    ['nothing', []],
  ])('%s means %j', (name, addresses) => {
    expect(matchSubjects(found, (text) => text === name).map(({ address }) => address)).toEqual(addresses);
  });

  it('are looked up backwards from whatever the account has of a VM', () => {
    const run = (id: string, amiId?: string): ReplicationRun => ({
      ...{ id, state: 'completed', type: 'automatic' },
      ...(amiId !== undefined && { amiId }),
    });
    const gone: PastJob = { ...job('web', { id: 'sms-job-0' }), runs: [run('sms-run-0', 'ami-0')] };
    const milestones = [{ event: 'test launched', at: 0, id: 'mgnjob-1' }];
    const { desired, observed, traits } = planInput({
      vms: [vm('web'), vm('db')],
      servers: ['web', 'db'],
      jobs: [
        { ...job('web'), runs: [run('sms-run-1', 'ami-1')], latestAmiId: 'ami-2' },
        { ...job('db'), milestones, instanceId: 'i-1', finalizedAmi: 'ami-3' },
      ],
    });
    const account = { ...(observed.get('production') ?? observe()), pastJobs: [gone] };
    const all = findSubjects(desired, new Map([['production', account]]), traits);
    const find = (id: string) =>
      [...(subjectsById(all, new Set([id])).get(id) ?? [])].map(({ address }) => address);
    for (const id of ['sms-job-0', 'sms-run-0', 'ami-0', 'sms-run-1', 'ami-1', 'ami-2', 'sms-job-web'])
      expect([id, find(id)]).toEqual([id, ['sdsc-01/web']]);
    for (const id of ['mgnjob-1', 'i-1', 'ami-3']) expect([id, find(id)]).toEqual([id, ['sdsc-01/db']]);
    expect(find('ami-9')).toEqual([]);
  });

  it('of VMs of which only deleted jobs are left are looked up last', () => {
    const gone = (name: string, id: string, more: Partial<ObservedJob> = {}): PastJob =>
      job(name, { id, ...more });
    const { desired, observed, traits } = planInput({
      vms: [vm('web')],
      servers: ['web', 'old'],
      jobs: [job('web')],
    });
    const twin = { ...server('web'), serverId: toServerId('s-twin'), path: '/gone/web' };
    const pastJobs = [
      gone('web', 'sms-job-0'),
      gone('old', 'sms-job-1'),
      gone('web', 'sms-job-2', { server: { ...twin, name: 'web', vmId: 'vm-twin' } }),
      gone('theirs', 'sms-job-3', { owner: { project: 'other', wave: 'a' } }),
    ];
    const account = { ...(observed.get('production') ?? observe()), pastJobs };
    const all = findSubjects(desired, new Map([['production', account]]), traits);
    expect(all.map(({ address, isPast }) => [address, isPast])).toEqual([
      ['sdsc-01/old', true],
      ['sdsc-01/web', undefined],
      ['sdsc-01/web#sms-job-2', true],
    ]);
    const find = (name: string) =>
      matchSubjects(all, (text) => text === name, subjectsById(all, new Set([name])).get(name)).map(
        ({ address }) => address,
      );
    expect(find('web')).toEqual(['sdsc-01/web']);
    expect(find('old')).toEqual(['sdsc-01/old']);
    expect(find('sdsc-01')).toEqual(['sdsc-01/web']);
    expect(find('sms-job-2')).toEqual(['sdsc-01/web#sms-job-2']);
  });
});
