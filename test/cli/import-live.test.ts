import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CreateReplicationJobCommandInput,
  CreateReplicationJobCommand,
  GetServersCommand,
  SMSClient,
} from '@aws-sdk/client-sms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { openLocalEndpoint } from '../../src/local/index.ts';
import { type AnyAccount, writeAccount } from './mgn-accounts.ts';
import { PROJECT, ScratchProject } from './scratch-project.ts';
import { tries } from '../setup/tries.ts';

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject();
});
afterEach(async () => {
  await world.dispose();
});

type Job = Omit<CreateReplicationJobCommandInput, 'serverId' | 'seedReplicationTime'> & {
  readonly seed?: Date;
};

/** Has the plain SDK create jobs, for VMs by name; of a name that several have, for the first. */
async function createJobs(jobs: Readonly<Record<string, Job>>): Promise<void> {
  await world.serve({ wireStyle: 'model' });
  const endpoint = await openLocalEndpoint({
    folder: join(world.folder, '.landfall', 'local'),
    clock: { now: () => world.now, setTimer: () => () => undefined },
  });
  const client = new SMSClient({
    endpoint: endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { serverList = [] } = await client.send(new GetServersCommand({ maxResults: 1000 }));
  for (const [name, { seed = new Date(world.now), ...job }] of Object.entries(jobs)) {
    const server = serverList.find(({ vmServer }) => vmServer?.vmName === name);
    await client.send(
      new CreateReplicationJobCommand({ serverId: server?.serverId, seedReplicationTime: seed, ...job }),
    );
  }
  client.destroy();
  await endpoint.close();
}

const JOBS: Readonly<Record<string, Job>> = {
  'awsscrum-lnx1': { frequency: 12, licenseType: 'BYOL', roleName: 'sms', description: 'by hand' },
  'awsscrum-lnx2': { frequency: 24, roleName: 'other+role@x' },
  'awsscrum-win1': { runOnce: true, licenseType: 'AWS' },
  jenkins: { frequency: 1, numberOfRecentAmisToKeep: 7 },
  'p-payroll-web01': { frequency: 24, encrypted: true },
  'p-payroll-web02': { frequency: 24, encrypted: true, kmsKeyId: 'alias/finance' },
  'p-payroll-app01': {
    frequency: 6,
    encrypted: true,
    kmsKeyId: 'arn:aws:kms:us-west-2:123456789012:alias/x',
  },
  'p-payroll-app02': { frequency: 6, description: 'yes: # "no"\u202e' },
  'p-payroll-db01': { frequency: 6, description: 'mentions [landfall:x/y] in the middle' },
  'p-ledger-web01': { frequency: 6, description: `long ${'x'.repeat(245)}` },
  'vdi-fin01': { frequency: 24, description: 'theirs [landfall:other/wave-1]' },
  'vdi-fin02': { frequency: 24, description: 'ours [landfall:ucop/gone-01]' },
  'vdi-fin03': { runOnce: true, description: '[landfall:ucop/gone-01]' },
  'vdi-fin04': { frequency: 3, seed: new Date('2026-12-10T20:00:00Z') },
  'q-payroll-web01': { frequency: 24 },
};

/** VMs of the built-in inventory, of several folders; nobody shares their names. */
const VMS = [...Object.keys(JOBS), 'p-ledger-web02', 'q-payroll-app01', 'd-payroll-all01'];

interface Change {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly before: object; readonly after: object };
}
interface PlanJson {
  readonly changes: readonly Change[];
  readonly summary: Readonly<Record<string, number>>;
  readonly has_changes: boolean;
  readonly concerns: readonly { readonly id: string }[];
}

async function planned(): Promise<PlanJson> {
  const { stdout, stderr } = await world.run('plan', '--format', 'json');
  expect(stderr).toBe('');
  return JSON.parse(stdout) as PlanJson;
}

describe('import live', () => {
  it('writes what runs, so that a plan only adopts, and the plan after is empty', async () => {
    await createJobs(JOBS);
    const { code, stdout, stderr } = await world.run('import', 'live', '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as { left_out: { name: string; reason: string }[]; files: object[] };
    expect(report.left_out).toMatchObject([{ name: 'vdi-fin01', reason: 'belongs to project other' }]);
    expect(report.files).toContainEqual(
      expect.objectContaining({ wave: 'gone-01', vm_count: 2, adopt: false }),
    );
    expect(await world.run('validate')).toMatchObject({ code: 0 });

    const plan = await planned();
    const adopted = plan.changes.filter(({ change }) => !change.actions.includes('no-op'));
    expect(plan.concerns).toEqual([]);
    expect(adopted).toHaveLength(12);
    for (const { change } of adopted) {
      expect(change.actions).toEqual(['update']);
      expect(Object.keys(change.after)).toEqual(['owner']);
    }
    expect((await world.run('apply', '--auto-approve')).code).toBe(0);
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
    const again = await world.run('import', 'live');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to write') as unknown });

    // Lost manifests come back from the account, under the names that the markers have.
    const before = readdirSync(join(world.folder, 'waves')).sort();
    rmSync(join(world.folder, 'waves'), { recursive: true });
    expect((await world.run('import', 'live')).code).toBe(0);
    expect(readdirSync(join(world.folder, 'waves')).sort()).toEqual(before);
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
  });

  /** What a person or another tool may have made of a VM; a job with a marker is another project's, or ours. */
  const anyJob: fc.Arbitrary<Job> = fc
    .record(
      {
        licenseType: fc.constantFrom('AWS' as const, 'BYOL' as const),
        roleName: fc.constantFrom('sms', 'other+role@x'),
        description: fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 255 }).filter((text) => text.length <= 255),
          fc.constantFrom(
            'yes: # "no"',
            'theirs [landfall:other/wave-1]',
            'ours [landfall:ucop/gone-01]',
            '[landfall:ucop/gone-02]',
            'x'.repeat(255),
            '- *anchor',
            ' ',
          ),
        ),
        numberOfRecentAmisToKeep: fc.integer({ min: 1, max: 270 }),
        encrypted: fc.boolean(),
        seed: fc
          .integer({ min: 0, max: 90 * 24 })
          .map((hours) => new Date(Date.parse('2026-11-23T08:00:00Z') + hours * 3_600_000)),
      },
      { requiredKeys: [] },
    )
    .chain((job) =>
      fc
        .oneof(fc.constant({ runOnce: true }), fc.record({ frequency: fc.integer({ min: 1, max: 24 }) }))
        .map((schedule) => ({ ...job, ...schedule })),
    );
  const anyFlags = fc.oneof(
    fc.record({ by: fc.constantFrom('datacenter', 'vcenter') }).map(({ by }) => ['--by', by]),
    fc.integer({ min: 1, max: 4 }).map((depth) => ['--folder-depth', String(depth)]),
    fc.integer({ min: 1, max: 5 }).map((size) => ['--max-size', String(size)]),
  );

  it('has a plan only adopt, and then do nothing, whatever there is in the account', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...VMS), anyJob, { minKeys: 1, maxKeys: 12 }),
        anyFlags,
        async (jobs, flags) => {
          await world.dispose();
          world = new ScratchProject();
          await createJobs(jobs);
          const { code, stdout } = await world.run('import', 'live', '--format', 'json', ...flags);
          expect(code).toBe(0);
          const { left_out: leftOut, files } = JSON.parse(stdout) as {
            left_out: { reason: string }[];
            files: { vm_count: number }[];
          };
          const written = files.reduce((sum, file) => sum + file.vm_count, 0);
          expect(written + leftOut.length).toBe(Object.keys(jobs).length);
          for (const { reason } of leftOut) expect(reason).toBe('belongs to project other');
          if (written === 0) return;
          expect(await world.run('validate')).toMatchObject({ code: 0 });

          const { changes } = await planned();
          expect(changes).toHaveLength(written);
          for (const { change } of changes) {
            if (change.actions[0] === 'no-op') continue;
            expect(change).toMatchObject({ actions: ['update'] });
            expect(Object.keys(change.after)).toEqual(['owner']);
          }
          expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
          expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
        },
      ),
      tries(8),
    );
  }, 300_000);

  it('writes only what is new when it is run again', async () => {
    await createJobs({ 'awsscrum-lnx1': { frequency: 12 } });
    await world.run('import', 'live', '--by', 'datacenter');
    expect(readdirSync(join(world.folder, 'waves'))).toEqual(['sdsc.yaml']);
    const first = world.read('waves/sdsc.yaml');
    expect(first).toContain('  adopt: true\n  defaults:\n    frequency: 12\n');
    world.write('waves/sdsc.yaml', first.replace('awsscrum-lnx1', 'awsscrum-lnx2'));
    const { code, stdout } = await world.run('import', 'live', '--by', 'datacenter');
    expect(code).toBe(0);
    expect(stdout).toContain('waves/sdsc-2.yaml');
  });

  it('leaves out jobs of nobody that have ended, and keeps ours', async () => {
    await createJobs({
      'awsscrum-lnx1': { runOnce: true },
      'awsscrum-lnx2': { runOnce: true, description: '[landfall:ucop/sdsc-01]' },
    });
    world.now += 7 * 24 * 3_600_000;
    const { stdout } = await world.run('import', 'live', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      left_out: [{ name: 'awsscrum-lnx1', reason: 'has completed: nothing is left to take over' }],
      files: [{ wave: 'sdsc-01', vm_count: 1, adopt: false }],
    });
    expect((await planned()).has_changes).toBe(false);
  });

  it('has nothing to write for an account without jobs', async () => {
    const { code, stdout } = await world.run('import', 'live');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing to write: 0 left out.\n' });
    // It has no waves and applications either.
    expect(await world.run('import', 'live', '--by', 'wave')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '--by wave is not supported on SMS, the service of target local',
      ) as unknown,
    });
  });
});

describe('import live of servers with an agent', () => {
  const MGN = PROJECT.replace(
    'provider: sms, region: us-west-2, endpoint: local',
    'provider: mgn, region: us-west-2, endpoint: local, mgn: { replication: { stagingAreaSubnetId: subnet-0a1b2c3d } }',
  );
  type Server = AnyAccount['servers'][number];
  const replicating: Server = {
    ...{ lifecycle: 'READY_FOR_TEST', replication: 'CONTINUOUS', type: 'AGENT_BASED', name: 'web01' },
    ...{ hasInstance: false, isArchived: false, folder: 'Prod', copyOf: false, app: 0, owner: 'nobody' },
    ...{ description: undefined, byol: false, launch: undefined },
  };
  const agentless: Server = { ...replicating, type: 'SNAPSHOT_SHIPPING' };
  /** The server with an agent of the VM of the first server. */
  const twin: Server = { ...replicating, copyOf: true };

  it.each<
    [string, readonly Server[], { wave?: string; vms: readonly unknown[]; leftOut: readonly string[] }]
  >([
    [
      'says it once, on a wave of agents',
      [
        { ...agentless, lifecycle: 'DISCOVERED', replication: undefined },
        twin,
        { ...replicating, name: 'web02' },
      ],
      {
        ...{ wave: 'agent', vms: [undefined, undefined] },
        leftOut: ['is the same VM as source server s-1, which replicates by an agent'],
      },
    ],
    [
      'says it of each VM where the wave has both kinds, and where a VM has a server of each kind',
      [agentless, twin, { ...replicating, name: 'web02' }, { ...agentless, name: 'web03' }],
      { vms: ['agentless', 'agent', 'agent', undefined], leftOut: [] },
    ],
    [
      'says nothing where no server has an agent',
      [agentless, { ...agentless, name: 'web02' }],
      { vms: [undefined, undefined], leftOut: [] },
    ],
  ])('%s', async (_what, servers, expected) => {
    world = new ScratchProject({ 'landfall.yaml': MGN });
    const account = { servers, waves: ['crm'], apps: [{ name: 'crm', wave: 0 }] };
    writeAccount(join(world.folder, '.landfall', 'local'), account, world.now);
    const { code, stdout } = await world.run('import', 'live', '--format', 'json');
    expect(code).toBe(0);
    const { left_out: leftOut } = JSON.parse(stdout) as { left_out: { reason: string }[] };
    const reasons = leftOut.map(({ reason }) => reason.replace(/s-\S+(?=,)/, 's-1'));
    const { spec } = parse(world.read('waves/crm.yaml')) as {
      spec: { replication?: string; vms: { name: string; replication?: string }[] };
    };
    const vms = spec.vms.map(({ replication }) => replication);
    expect({ wave: spec.replication, vms: vms.toSorted(), leftOut: reasons }).toEqual({
      ...expected,
      vms: expected.vms.toSorted(),
      wave: expected.wave,
    });

    const { changes, concerns } = await planned();
    expect(concerns.map(({ id }) => id)).toEqual([]);
    expect(changes.map(({ change }) => Object.keys(change.after))).toEqual(vms.map(() => ['owner']));
    expect((await world.run('apply', '--auto-approve')).code).toBe(0);
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
    expect((await world.run('import', 'live')).stdout).toContain('Nothing to write');
    // Lost manifests come back as they were, but for what adopts.
    const before = world.read('waves/crm.yaml').replace('  adopt: true\n', '');
    rmSync(join(world.folder, 'waves'), { recursive: true });
    expect((await world.run('import', 'live')).code).toBe(0);
    expect(world.read('waves/crm.yaml').replace(/^# .*\n/gm, '')).toBe(before.replace(/^# .*\n/gm, ''));
  });
});

describe('import live of launch templates', () => {
  const MGN = PROJECT.replace(
    'provider: sms, region: us-west-2, endpoint: local',
    'provider: mgn, region: us-west-2, endpoint: local, mgn: { replication: { stagingAreaSubnetId: subnet-0a1b2c3d } }',
  );
  type Server = AnyAccount['servers'][number];
  const edited: NonNullable<Server['launch']> = {
    settings: {
      targetInstanceTypeRightSizingMethod: 'NONE',
      postLaunchActions: {
        deployment: 'CUTOVER_ONLY',
        s3LogBucket: '',
        ssmDocuments: [
          {
            actionName: 'Harden v1.2',
            ssmDocumentName: 'AWS-RunShellScript',
            parameters: {
              commands: ['b', 'a'].map((parameterName) => ({ parameterName, parameterType: 'STRING' })),
            },
          },
        ],
      },
    },
    template: {
      InstanceType: 'r5.large',
      Placement: { HostId: 'h-0123456789abcdef0' },
      NetworkInterfaces: [
        {
          DeviceIndex: 0,
          SubnetId: 'subnet-0123456789abcdef0',
          Groups: ['sg-0bbbbbbbb', 'sg-0aaaaaaaa'],
          PrivateIpAddress: '10.0.0.10',
        },
      ],
    },
    disk: { VolumeType: 'io1' },
    isDefault: true,
    lacksFirst: false,
  };
  const web01: Server = {
    ...{ lifecycle: 'READY_FOR_TEST', replication: 'CONTINUOUS', type: 'AGENT_BASED', name: 'web01' },
    ...{ hasInstance: false, isArchived: false, folder: 'Prod', copyOf: false, app: 0, owner: 'nobody' },
    ...{ description: undefined, byol: false, launch: edited },
  };
  const web02: Server = { ...web01, name: 'web02' };

  async function imported(servers: readonly Server[]): Promise<string> {
    await world.dispose();
    world = new ScratchProject({ 'landfall.yaml': MGN });
    writeAccount(join(world.folder, '.landfall', 'local'), { servers, waves: [], apps: [] }, world.now);
    expect(await world.run('import', 'live')).toMatchObject({ code: 0 });
    return world.read('waves/unassigned.yaml');
  }

  it('writes what somebody has edited, common values as defaults, and as comments what no manifest can have', async () => {
    const text = await imported([web01, web02]);
    expect(text.slice(text.indexOf('  defaults:'))).toBe(`  defaults:
    licenseType: AWS
    mgn:
      launch:
        targetInstanceTypeRightSizingMethod: NONE
        template:
          instanceType: r5.large
          subnetId: subnet-0123456789abcdef0
          securityGroupIds:
            - sg-0aaaaaaaa
            - sg-0bbbbbbbb
          disks:
            - deviceName: /dev/sda
              volumeType: io1
              iops: 5000
      postLaunch:
        deployment: CUTOVER_ONLY
        ssmDocuments:
          - actionName: Harden v1.2
            ssmDocumentName: AWS-RunShellScript
            parameters:
              commands:
                - b
                - a
  vms:
    # launch.tenancy: hostId has no effect without tenancy: host
    # mgn.launch.template.hostId: h-0123456789abcdef0
    - name: web01
      vmWareUuid: 42084e4d-bbda-cdac-a2df-000000000000
      mgn:
        launch:
          template:
            privateIp: 10.0.0.10
    # launch.address: 10.0.0.10 is also the address of web01
    # launch.tenancy: hostId has no effect without tenancy: host
    # mgn.launch.template.hostId: h-0123456789abcdef0
    # mgn.launch.template.privateIp: 10.0.0.10
    - name: web02
      vmWareUuid: 42084e4d-bbda-cdac-a2df-000000000001
`);
  });

  it('writes nothing of templates that are as MGN has created them, or whose new version is not the default', async () => {
    const launch = { ...edited, settings: { targetInstanceTypeRightSizingMethod: 'NONE' }, isDefault: false };
    expect(
      await imported([
        { ...web01, launch: undefined },
        { ...web02, launch },
      ]),
    ).not.toContain('launch:');
  });

  it('leaves the instance type to MGN where MGN chooses it', async () => {
    const settings = { targetInstanceTypeRightSizingMethod: 'BASIC' };
    const text = await imported([{ ...web01, launch: { ...edited, settings } }]);
    expect(text).toContain('subnetId');
    expect(text).not.toContain('instanceType');
  });
});
