import { describe, expect, it } from '@jest/globals';
import { fullName, toAddress, toServerId } from '../../src/core/names.ts';
import type { ObservedServer } from '../../src/core/observed.ts';
import type { VmEntry } from '../../src/core/status.ts';
import { listCatalog } from '../../src/journey/catalog.ts';
import { indexServers } from '../../src/journey/servers.ts';
import { findSubjects, matchSubjects, subjectNames } from '../../src/journey/subjects.ts';
import { findDrift } from '../../src/plan/drift.ts';
import { planProject } from '../../src/plan/index.ts';
import { job, observe, server, unmarked, vm, type PlanParts, planInput } from '../plan/plan-input.ts';

/** The VM `jenkins` of a vCenter, in a folder. */
function jenkins(vCenter: string, folder = 'vm', id = `s-${vCenter}-${folder}`): ObservedServer {
  return server('jenkins', {
    serverId: toServerId(id),
    path: `/${vCenter}/${folder}/jenkins`,
    vmManagerId: `id-${vCenter}`,
    vmManagerName: vCenter,
    vmId: id,
  });
}

const [ZRH, GVA] = [jenkins('vc-zrh'), jenkins('vc-gva')];

function byPath(one: ObservedServer, wave = 'sdsc-01') {
  const { path = '' } = one;
  return vm(path, { wave, address: toAddress(`${wave}/${path}`), reference: { name: 'jenkins', path } });
}

function jobOf(one: ObservedServer, wave = 'sdsc-01') {
  return job(one.serverId, { server: one, owner: { project: 'ucop', wave } });
}

function subjects(parts: PlanParts): readonly VmEntry[] {
  const { desired, observed, traits } = planInput(parts);
  return findSubjects(desired, observed, traits);
}

const named = (parts: PlanParts) => subjects(parts).map(fullName);

describe('the label of a server', () => {
  it.each<[string, ObservedServer[], (string | undefined)[]]>([
    ['is nothing where no other has the name', [ZRH, server('db')], [undefined, undefined]],
    ['is its vCenter', [ZRH, GVA], ['jenkins (vc-zrh)', 'jenkins (vc-gva)']],
    [
      'is its path in one vCenter',
      [jenkins('vc-zrh', 'a'), jenkins('vc-zrh', 'b'), GVA],
      ['jenkins (/vc-zrh/a/jenkins)', 'jenkins (/vc-zrh/b/jenkins)', 'jenkins (vc-gva)'],
    ],
    [
      'is its id where it has no path of its own',
      [jenkins('vc-zrh', 'vm', 's-1'), jenkins('vc-zrh', 'vm', 's-2')],
      ['jenkins (s-1)', 'jenkins (s-2)'],
    ],
  ])('%s', (_what, servers, labels) => {
    const index = indexServers(observe({ servers }));
    expect(servers.map((one) => index.labelOf(one))).toEqual(labels);
  });
});

describe('two VMs of one name', () => {
  it('are told apart in one wave and in two', () => {
    const servers = [ZRH, GVA];
    expect(named({ vms: [byPath(ZRH), byPath(GVA)], servers })).toEqual([
      'sdsc-01/jenkins (vc-gva)',
      'sdsc-01/jenkins (vc-zrh)',
    ]);
    expect(named({ vms: [byPath(ZRH, 'a'), byPath(GVA, 'b')], servers })).toEqual([
      'a/jenkins (vc-zrh)',
      'b/jenkins (vc-gva)',
    ]);
  });

  it('are told apart where one is in no manifest, or is of others, or has several jobs', () => {
    const servers = [ZRH, GVA, jenkins('vc-bsl')];
    const parts = {
      vms: [byPath(ZRH)],
      servers,
      jobs: [jobOf(GVA), { ...jobOf(GVA), id: 'sms-job-2' }, unmarked(jobOf(jenkins('vc-bsl')))],
    };
    expect(named(parts)).toEqual([
      'sdsc-01/jenkins (vc-zrh)',
      'sdsc-01/jenkins (vc-gva)#sms-job-2',
      'sdsc-01/jenkins (vc-gva)#sms-job-s-vc-gva-vm',
      'jenkins (vc-bsl)',
    ]);
  });

  it('keep their addresses where both VMs of the manifests are one server', () => {
    const twice = [byPath(ZRH), vm('again', { reference: { serverId: ZRH.serverId } })];
    expect(named({ vms: twice, servers: [ZRH, GVA] })).toEqual([
      'sdsc-01//vc-zrh/vm/jenkins',
      'sdsc-01/again',
    ]);
  });

  it('are both found by the name, and each by its label', () => {
    const all = subjects({ vms: [byPath(ZRH)], servers: [ZRH, GVA], jobs: [jobOf(GVA, 'old')] });
    const found = (name: string) => matchSubjects(all, (one) => one === name).map(fullName);
    expect(found('jenkins')).toEqual(['old/jenkins (vc-gva)', 'sdsc-01/jenkins (vc-zrh)']);
    expect(found('jenkins (vc-zrh)')).toEqual(['sdsc-01/jenkins (vc-zrh)']);
    expect(found('old/jenkins (vc-gva)')).toEqual(['old/jenkins (vc-gva)']);
    for (const entry of all) expect(subjectNames(entry)).toContain(entry.address);
  });

  it('have one label in the plan, its concerns, the drift and the catalogue, and their addresses', () => {
    const foreign = { ...jobOf(GVA), owner: { project: 'other', wave: 'x' } };
    const input = planInput({
      vms: [byPath(ZRH), byPath(GVA)],
      servers: [ZRH, GVA, jenkins('vc-bsl')],
      jobs: [foreign, jobOf(jenkins('vc-bsl'), 'old')],
    });
    const { changes, concerns } = planProject(input);
    expect(changes.map(({ address, label }) => [address, label])).toEqual([
      ['old/jenkins', 'jenkins (vc-bsl)'],
      ['sdsc-01//vc-zrh/vm/jenkins', 'jenkins (vc-zrh)'],
    ]);
    expect(concerns).toContainEqual(
      expect.objectContaining({
        id: 'job.unmanaged',
        address: 'sdsc-01//vc-gva/vm/jenkins',
        shownAs: 'sdsc-01/jenkins (vc-gva)',
        message: expect.stringContaining('sdsc-01/jenkins (vc-gva) already has') as unknown,
      }),
    );
    expect(findDrift(input).drift.map(({ label }) => label)).toEqual([
      'jenkins (vc-bsl)',
      'jenkins (vc-gva)',
      'jenkins (vc-zrh)',
    ]);
    const [account] = input.observed.values();
    const listed = account && listCatalog('production', account, 'ucop').entries;
    expect(listed?.map(({ label }) => label)).toEqual([
      'jenkins (vc-bsl)',
      'jenkins (vc-gva)',
      'jenkins (vc-zrh)',
    ]);
  });
});

describe('the suggestion for an unknown name', () => {
  const remedyOf = (name: string, servers: readonly string[]) =>
    planProject(planInput({ vms: [vm('x', { reference: { name } })], servers })).concerns.find(
      ({ id }) => id === 'vm.unknown',
    )?.remedy;

  it.each([
    ['jenkns', 'jenkins'],
    ['jenkins ', 'jenkins'],
    ['"Jenkins"', 'jenkins'],
    ['build server', 'build\u00a0server'],
    ['a/b', 'a%2fb'],
    ['a%2Fb', 'a%2fb'],
  ])('takes %j for %j', (name, meant) => {
    expect(remedyOf(name, ['jenkins', 'build\u00a0server', 'a%2fb', 'b'])).toBe(
      `did you mean name "${meant}"?`,
    );
  });

  it.each(['12346', 'web-prod-1', 'sms-job-1'])('is none for %s', (name) => {
    expect(remedyOf(name, ['12345', 'db-test-7', 'sms'])).toContain('landfall catalog import');
  });

  it('is looked for by edit distance for the first 20 only', () => {
    const typos = Array.from({ length: 30 }, (_, index) => {
      const name = `jenkin${String.fromCharCode(97 + (index % 26)).repeat(index < 26 ? 1 : 2)}`;
      return vm(String(index).padStart(2, '0'), { reference: { name } });
    });
    const { concerns } = planProject(planInput({ vms: typos, servers: ['jenkins'] }));
    expect(concerns.filter(({ remedy }) => remedy === 'did you mean name "jenkins"?')).toHaveLength(20);
  });
});
