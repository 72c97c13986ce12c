import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDocuments, project, wave } from './documents.ts';
import { tries } from '../setup/tries.ts';

const target = { provider: 'sms', region: 'us-west-2' };

describe('what git wants', () => {
  it('is the project, its targets with every default filled in', () => {
    const { desired } = checkDocuments(
      project({
        targets: {
          production: {
            ...target,
            assumeRole: 'arn:aws:iam::123456789012:role/landfall',
            limits: { activeReplications: 20 },
            guards: { maxDeletes: '7.5%', maxUpdates: 1 },
          },
          local: { ...target, endpoint: 'local' },
        },
      }),
      wave(),
    );
    expect(desired).toMatchObject({
      project: 'ucop',
      defaultTarget: 'local',
      targets: [
        {
          name: 'local',
          provider: 'sms',
          region: 'us-west-2',
          endpoint: 'local',
          limits: { activeReplications: 50, apiRequests: 8 },
          guards: { maxDeletes: 0.3, maxUpdates: 0.3 },
        },
        {
          name: 'production',
          assumeRole: 'arn:aws:iam::123456789012:role/landfall',
          limits: { activeReplications: 20, apiRequests: 8 },
          guards: { maxDeletes: 0.075, maxUpdates: 1 },
        },
      ],
    });
    expect(Object.keys(desired?.targets[1] ?? {})).not.toContain('endpoint');
    expect(desired?.targets.map(({ place }) => place.line)).toEqual([16, 7]);
  });

  it('is each wave and VM, with places and merged settings', () => {
    const text = `apiVersion: landfall/v1
kind: Wave
metadata:
  name: sdsc-01
  labels: { owner: scrum, constructor: x }
spec:
  target: local
  limits: { activeReplications: 10 }
  adopt: true
  protect: true
  defaults: { frequency: 12, seedReplicationTime: 2026-12-01T20:00:00-08:00 }
  vms:
    - { name: b, os: rhel-7.3, licenseType: BYOL }
    - path: /x/a
      name: a
      serverId: s-1
      os: windows-server-2016
      runOnce: true
      adopt: false
      protect: false
    - { vmManagerId: m, vmId: v, os: BeOS }
`;
    const { desired } = checkDocuments(project(), text);
    const common = { wave: 'sdsc-01', target: 'local' };
    const seedReplicationTime = '2026-12-02T04:00:00Z';
    expect(desired?.waves).toEqual([
      {
        name: 'sdsc-01',
        target: 'local',
        labels: { owner: 'scrum', constructor: 'x' },
        limits: { activeReplications: 10 },
        adopt: true,
        protect: true,
        place: { file: 'waves/1.yaml', line: 1, column: 1 },
      },
    ]);
    expect(desired?.vms).toEqual([
      {
        ...common,
        address: 'sdsc-01/a',
        reference: { serverId: 's-1', path: '/x/a', name: 'a' },
        os: 'windows-server-2016',
        autoLicenseType: 'AWS',
        settings: { runOnce: true, seedReplicationTime },
        adopt: false,
        protect: false,
        place: { file: 'waves/1.yaml', line: 14, column: 7 },
      },
      {
        ...common,
        address: 'sdsc-01/b',
        reference: { name: 'b' },
        os: 'rhel-7.3',
        autoLicenseType: 'BYOL',
        settings: { frequency: 12, licenseType: 'BYOL', seedReplicationTime },
        adopt: true,
        protect: true,
        place: { file: 'waves/1.yaml', line: 13, column: 7 },
      },
      {
        ...common,
        address: 'sdsc-01/v',
        reference: { vmManagerId: 'm', vmId: 'v' },
        os: 'BeOS',
        settings: { frequency: 12, seedReplicationTime },
        adopt: true,
        protect: true,
        place: { file: 'waves/1.yaml', line: 21, column: 7 },
      },
    ]);
  });

  it('goes to the default target, and adopts and protects nothing, unless told', () => {
    const { desired } = checkDocuments(
      project({ targets: { a: target, b: target }, defaultTarget: 'b' }),
      wave(),
    );
    expect(desired?.waves).toMatchObject([
      { target: 'b', adopt: false, protect: false, labels: {}, limits: {} },
    ]);
    expect(desired?.vms).toMatchObject([{ target: 'b', adopt: false, protect: false }]);
  });

  it('may stand in one file: project and waves', () => {
    const { desired, concerns } = checkDocuments(
      `apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: a }\nspec: { vms: [{ name: x, runOnce: true }] }\n---\napiVersion: landfall/v1\nkind: Project\nmetadata: { name: p }\ntargets: { t: { provider: sms, region: us-west-2 } }\n`,
    );
    expect(concerns).toEqual([]);
    expect(desired?.vms).toMatchObject([{ address: 'a/x', target: 't' }]);
  });

  it('is there with critical concerns and warnings, but not with errors', () => {
    expect(checkDocuments(project(), wave({ vms: [{ name: 'a', os: 'rhel-6.0' }] })).desired).toBeDefined();
    expect(checkDocuments(project(), wave({ vms: [{ name: 'a', os: 'BeOS' }] })).desired).toBeDefined();
    expect(checkDocuments(project(), wave({ vms: [{ name: 'a', frequency: 99 }] })).desired).toBeUndefined();
  });

  it('does not depend on the order of files, waves or VMs', () => {
    const waves = ['a', 'b', 'c'].map((name) => ({
      name,
      vms: ['1', '2', '3', '3'].map((vm, index) => ({ name: `${name}${vm}`, path: `/${name}/${index}` })),
    }));
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
    const vmOrder = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    const result = (files: readonly number[], list: readonly number[]) => {
      const documents = files.flatMap((index) => {
        const { name, vms } = waves[index] ?? { name: '', vms: [] };
        return [wave({ vms: list.flatMap((at) => vms[at] ?? []) }, name)];
      });
      const { desired } = checkDocuments(project(), ...documents);
      return JSON.stringify(desired, (key, value: unknown) => (key === 'place' ? undefined : value));
    };
    const sorted = result([0, 1, 2], [0, 1, 2, 3]);
    fc.assert(
      fc.property(order, vmOrder, (files, list) => {
        expect(result(files, list)).toBe(sorted);
      }),
      tries(15),
    );
  });
});

describe('a project', () => {
  it('may say more of the role and the account of a target', () => {
    const assumeRole = { roleArn: 'arn:aws:iam::123456789012:role/landfall', externalId: 'migration-2026' };
    const { desired, concerns } = checkDocuments(
      project({ targets: { local: { ...target, assumeRole, account: '123456789012' } } }),
      wave(),
    );
    expect(concerns).toEqual([]);
    expect(desired?.targets).toMatchObject([
      { assumeRole: assumeRole.roleArn, externalId: 'migration-2026', account: '123456789012' },
    ]);
  });

  it('must be there', () => {
    expect(checkDocuments('# nothing\n').concerns).toMatchObject([{ id: 'file.empty' }]);
    expect(checkDocuments(wave()).concerns).toMatchObject([
      { id: 'project.missing', place: { file: 'landfall.yaml' } },
    ]);
  });

  it('must be there once', () => {
    const second = checkDocuments(project(), wave(), project());
    expect(second.concerns).toMatchObject([
      { id: 'project.duplicate', place: { file: 'waves/2.yaml', line: 2 } },
    ]);
    expect(second.desired).toBeUndefined();
  });

  it('may be without waves', () => {
    const none = checkDocuments(project({ waves: ['w/*.yaml'] }));
    expect(none.concerns).toEqual([]);
    expect(none.desired?.vms).toEqual([]);
  });

  it('has the quotas of MGN for defaults, and what its account is set up with', () => {
    const arn = 'arn:aws:kms:us-west-2:123456789012:key/1';
    const mgn = { provider: 'mgn', region: 'us-west-2' };
    const { desired, concerns } = checkDocuments(
      project({
        targets: {
          local: {
            ...mgn,
            mgn: { kmsKeyId: arn, launch: { copyTags: true }, replication: { stagingAreaTags: { A: 'b' } } },
          },
          other: {
            ...mgn,
            prune: 'disconnect',
            limits: { activeReplications: 9, activeJobs: 2, serversInJobs: 3 },
          },
        },
      }),
    );
    expect(concerns).toEqual([]);
    expect(desired?.targets).toMatchObject([
      {
        provider: 'mgn',
        prune: 'release',
        limits: { activeReplications: 150, apiRequests: 8, activeJobs: 20, serversInJobs: 200 },
      },
      {
        prune: 'disconnect',
        limits: { activeReplications: 9, apiRequests: 8, activeJobs: 2, serversInJobs: 3 },
      },
    ]);
    expect(desired?.targets.map(({ setup }) => setup)).toEqual([
      { kmsKeyId: arn, 'mgn.launch.copyTags': true, 'mgn.replication.stagingAreaTags.A': 'b' },
      {},
    ]);
  });

  it('has nothing of MGN on SMS', () => {
    const [local] = checkDocuments(project(), wave()).desired?.targets ?? [];
    expect(local?.limits).toEqual({ activeReplications: 50, apiRequests: 8 });
    expect(Object.keys(local ?? {})).not.toEqual(expect.arrayContaining(['prune', 'setup']));
  });

  it('holds of a VM of MGN the licence that Auto means, where `os` tells', () => {
    const licences = (more: object) => {
      const target = project({ targets: { local: { provider: 'mgn', region: 'us-west-2' } } });
      const vms = [
        { name: 'a', os: 'rhel-7.3' },
        { name: 'b', os: 'windows-server-2016' },
        { name: 'c', os: 'windows-10', licenseType: 'BYOL' },
        { name: 'd' },
      ];
      const { desired } = checkDocuments(target, wave({ defaults: more, vms }));
      return desired?.vms.map(({ settings }) => settings['licenseType']);
    };
    expect(licences({})).toEqual(['BYOL', 'AWS', 'BYOL', undefined]);
    expect(licences({ licenseType: 'Auto' })).toEqual(['BYOL', 'AWS', 'BYOL', 'Auto']);
  });

  it('holds of a VM of MGN what matters there, and its application', () => {
    const { desired } = checkDocuments(
      project({ targets: { local: { provider: 'mgn', region: 'us-west-2' } } }),
      wave({
        defaults: { encrypted: true, licenseType: 'Auto', mgn: { launch: { bootMode: 'UEFI' } } },
        vms: [
          { name: 'a' },
          { name: 'b', app: 'shop', description: 'x', mgn: { launch: { bootMode: 'LEGACY_BIOS' } } },
          { vmWareUuid: '4226d9c1-5a8c-43f1-9d8e-0f6a1c2b3d4e' },
        ],
      }),
    );
    expect(desired?.vms.map(({ address, settings }) => [address, settings])).toEqual([
      [
        'sdsc-01/4226d9c1-5a8c-43f1-9d8e-0f6a1c2b3d4e',
        { app: 'sdsc-01', licenseType: 'Auto', 'mgn.launch.bootMode': 'UEFI' },
      ],
      ['sdsc-01/a', { app: 'sdsc-01', licenseType: 'Auto', 'mgn.launch.bootMode': 'UEFI' }],
      [
        'sdsc-01/b',
        { app: 'shop', description: 'x', licenseType: 'Auto', 'mgn.launch.bootMode': 'LEGACY_BIOS' },
      ],
    ]);
    expect(desired?.vms[0]?.reference).toEqual({ vmWareUuid: '4226d9c1-5a8c-43f1-9d8e-0f6a1c2b3d4e' });
  });
});
