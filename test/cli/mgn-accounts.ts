// Random accounts of AWS MGN, written as the state of the built-in endpoint: no call is made for them.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createMgnAccount, findServer } from '../../src/local/mgn/account.ts';
import { mgnInventoryOf } from '../../src/local/mgn/inventory.ts';
import {
  addVersion,
  defaultVersionOf,
  setDefaultVersion,
  withMembers,
} from '../../src/local/mgn/launch-template.ts';
import type { ReplicationState, Settings, SourceServer, Tags } from '../../src/local/mgn/records.ts';
import { Inventory, type Machine } from '../../src/local/simulation/account.ts';
import { createSmsAccount } from '../../src/local/sms/simulation/account.ts';
import { activateGeneration, writeGeneration } from '../../src/local/storage/generation.ts';

type Lifecycle = SourceServer['state'];

/** The states of a replication in each lifecycle state. */
const REPLICATIONS: Readonly<Record<Lifecycle, readonly (ReplicationState | undefined)[]>> = {
  DISCOVERED: [undefined],
  PENDING_INSTALLATION: [undefined],
  STOPPED: ['STOPPED'],
  NOT_READY: ['INITIATING', 'INITIAL_SYNC', 'CREATING_SNAPSHOT', 'PENDING_SNAPSHOT_SHIPPING', 'PAUSED'],
  READY_FOR_TEST: ['CONTINUOUS', 'SHIPPING_SNAPSHOT', 'STALLED', 'PAUSED'],
  TESTING: ['CONTINUOUS', 'STALLED'],
  READY_FOR_CUTOVER: ['CONTINUOUS', 'PAUSED'],
  CUTTING_OVER: ['CONTINUOUS', 'STALLED'],
  CUTOVER: ['DISCONNECTED'],
  DISCONNECTED: ['DISCONNECTED'],
};

const LIFECYCLES = Object.keys(REPLICATIONS) as Lifecycle[];
const ENDED: readonly Lifecycle[] = ['CUTOVER', 'DISCONNECTED'];
const IDLE: readonly Lifecycle[] = ['DISCOVERED', 'PENDING_INSTALLATION', 'STOPPED'];

/** A source server, with its groups by position. */
interface AnyServer {
  readonly lifecycle: Lifecycle;
  readonly replication: ReplicationState | undefined;
  readonly type: SourceServer['type'];
  readonly hasInstance: boolean;
  readonly isArchived: boolean;
  readonly name: string;
  readonly folder: string;
  readonly copyOf: boolean;
  readonly app: number;
  readonly owner: 'nobody' | 'other' | 'ours';
  readonly description: string | undefined;
  readonly byol: boolean;
  readonly launch: HandMade | undefined;
}

/** What somebody has edited in the console: launch settings, post-launch actions and the EC2 launch template. */
interface HandMade {
  readonly settings: Settings;
  /** Members of a further version of the template. */
  readonly template: Settings;
  readonly disk: Settings;
  readonly isDefault: boolean;
  /** The version that MGN has created is deleted. */
  readonly lacksFirst: boolean;
}

export interface AnyAccount {
  readonly servers: readonly AnyServer[];
  readonly waves: readonly string[];
  /** `wave`: its position; beyond the last one, the application is in no wave. */
  readonly apps: readonly { readonly name: string; readonly wave: number }[];
}

/** Names that are odd in YAML, in a file name, in a terminal or in HTML, or that become the same slug. */
const ODD_NAMES = [
  'Wave 1 - Finance (EU)',
  'wave 1 / finance: "EU"',
  'Wave_1_Finance_EU',
  'wave-1-finance-eu',
  'unassigned',
  'wave',
  'con',
  '007',
  '2024-01-01',
  'yes',
  '~',
  '- dash',
  '# hash',
  "it's",
  '{a: b}',
  '${VAR} {{ t }}',
  '<b>&amp;</b>',
  '../../etc/passwd',
  'Größe',
  '波',
  '🚀 moon',
  '\u200bhidden',
  '\u001b[31mred',
  'x'.repeat(256),
] as const;

/** What the API allows as the name of a wave or an application. */
const anyGroupName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_NAMES) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((name) => /^[^\s\0]( *[^\s\0])*$/.test(name)),
  },
);

/** Texts that people write into free fields: odd in YAML, or nothing that a manifest can have. */
const oddText = fc.constantFrom('web', 'a: "b" # c', '007', 'yes', 'Größe', '\u202ehidden', 'x'.repeat(300));

const some = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });

/** Values of a launch template as the console takes them, and as EC2 stores them unchecked. */
const anyTemplate = some<Record<string, unknown>>({
  InstanceType: fc.constantFrom('r5.large', 'm5.large', 'u-6tb1.112xlarge'),
  KeyName: oddText,
  Monitoring: fc.record({ Enabled: fc.boolean() }),
  DisableApiTermination: fc.boolean(),
  EbsOptimized: fc.boolean(),
  IamInstanceProfile: fc.oneof(
    fc.record({ Name: oddText }),
    fc.constant({ Arn: 'arn:aws:iam::123456789012:instance-profile/web' }),
  ),
  InstanceInitiatedShutdownBehavior: fc.constantFrom('stop', 'terminate'),
  Placement: some<Record<string, unknown>>({
    Tenancy: fc.constantFrom('default', 'dedicated', 'host'),
    HostId: fc.constant('h-0123456789abcdef0'),
    HostResourceGroupArn: fc.constant('arn:aws:resource-groups:us-west-2:123456789012:group/hosts'),
    GroupName: oddText,
    AvailabilityZone: fc.constant('us-west-2a'),
  }),
  CapacityReservationSpecification: fc.record({
    CapacityReservationPreference: fc.constantFrom('open', 'none', 'capacity-reservations-only'),
  }),
  MetadataOptions: some<Record<string, unknown>>({
    State: fc.constant('pending'),
    HttpTokens: fc.constantFrom('required', 'optional'),
    HttpPutResponseHopLimit: fc.constantFrom(1, 64),
    InstanceMetadataTags: fc.constantFrom('enabled', 'disabled'),
  }),
  LicenseSpecifications: fc.constant([
    { LicenseConfigurationArn: 'arn:aws:license-manager:us-west-2:123456789012:license-configuration:lic-1' },
  ]),
  NetworkInterfaces: some<Record<string, unknown>>({
    AssociatePublicIpAddress: fc.boolean(),
    SubnetId: fc.constant('subnet-0123456789abcdef0'),
    Groups: fc.uniqueArray(fc.constantFrom('sg-0aaaaaaaa', 'sg-0bbbbbbbb', 'sg-odd'), { minLength: 1 }),
    PrivateIpAddress: fc.constantFrom('10.0.0.10', '10.0.0.11', '10.0.0.12'),
    PrivateIpAddresses: fc.constant([{ Primary: false, PrivateIpAddress: '10.0.0.99' }]),
  }).map((first) => [
    { DeviceIndex: 0, ...first },
    { DeviceIndex: 1, Description: 'second' },
  ]),
  TagSpecifications: fc
    .dictionary(
      fc.constantFrom(
        'Cost',
        'a.b',
        'k: # "v"',
        'Größe',
        'bad{key}',
        'aws:x',
        'AWSApplicationMigrationServiceManaged',
      ),
      oddText,
      { noNullPrototype: true },
    )
    .map((tags) =>
      ['instance', 'volume', 'network-interface'].map((ResourceType) => ({
        ResourceType,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    ),
});

const anyPostLaunch = some<Record<string, unknown>>({
  deployment: fc.constantFrom('TEST_AND_CUTOVER', 'CUTOVER_ONLY', 'TEST_ONLY'),
  s3LogBucket: fc.constantFrom('', 'migration-logs'),
  s3OutputKeyPrefix: oddText,
  cloudWatchLogGroupName: fc.constantFrom('', '/mgn/post-launch'),
  ssmDocuments: fc.uniqueArray(
    fc.record(
      {
        actionName: fc.constantFrom('Harden', 'Harden v1.2', 'a: # "b"', 'Größe'),
        ssmDocumentName: fc.constantFrom(
          'AWS-RunShellScript',
          'arn:aws:ssm:us-west-2:123456789012:document/X',
        ),
        timeoutSeconds: fc.constantFrom(1, 600),
        mustSucceedForCutover: fc.boolean(),
        parameters: fc.constant({
          commands: [
            { parameterName: 'harden', parameterType: 'STRING' },
            { parameterName: 'more', parameterType: 'STRING' },
          ],
        }),
        externalParameters: fc.constant({ InstanceId: { dynamicPath: 'ec2.instanceID' } }),
      },
      { requiredKeys: ['actionName', 'ssmDocumentName'] },
    ),
    { selector: ({ actionName }) => actionName },
  ),
});

const anyHandMade: fc.Arbitrary<HandMade> = fc.record({
  settings: some<Record<string, unknown>>({
    targetInstanceTypeRightSizingMethod: fc.constantFrom('NONE', 'BASIC', 'IN_AWS'),
    copyPrivateIp: fc.boolean(),
    launchDisposition: fc.constantFrom('STARTED', 'STOPPED'),
    postLaunchActions: anyPostLaunch,
  }),
  template: anyTemplate,
  disk: some<Record<string, unknown>>({
    VolumeType: fc.constantFrom('gp2', 'gp3', 'io1', 'st1'),
    Iops: fc.constantFrom(100, 3000, 100_000),
    Throughput: fc.constantFrom(125, 1000),
    Encrypted: fc.boolean(),
    KmsKeyId: fc.constant('arn:aws:kms:us-west-2:123456789012:alias/x'),
  }),
  isDefault: fc.constantFrom(true, true, false),
  lacksFirst: fc.constantFrom(false, false, true),
});

const anyServer: fc.Arbitrary<AnyServer> = fc.constantFrom(...LIFECYCLES).chain((lifecycle) =>
  fc.record({
    lifecycle: fc.constant(lifecycle),
    replication: fc.constantFrom(...REPLICATIONS[lifecycle]),
    type:
      lifecycle === 'DISCOVERED' || lifecycle === 'PENDING_INSTALLATION'
        ? fc.constant(lifecycle === 'DISCOVERED' ? ('SNAPSHOT_SHIPPING' as const) : ('AGENT_BASED' as const))
        : fc.constantFrom('SNAPSHOT_SHIPPING' as const, 'AGENT_BASED' as const),
    hasInstance: fc.boolean(),
    isArchived: ENDED.includes(lifecycle) ? fc.boolean() : fc.constant(false),
    name: fc.constantFrom(
      'web01',
      'web02',
      'db: "1"',
      ' padded ',
      'name\u200bhidden',
      'w'.repeat(300),
      'Ä',
      '007',
    ),
    folder: fc.constantFrom('Prod', 'Dev / test', 'Größe'),
    copyOf: fc.boolean(),
    app: fc.nat(8),
    owner: fc.constantFrom(
      ...(['nobody', 'nobody', 'nobody', 'other'] as const),
      ENDED.includes(lifecycle) || IDLE.includes(lifecycle) ? ('nobody' as const) : ('ours' as const),
    ),
    description: fc.constantFrom(undefined, undefined, '', 'yes: # "no"', '\u202e', 'x'.repeat(256)),
    byol: fc.boolean(),
    launch: fc.option(anyHandMade, { nil: undefined }),
  }),
);

export const anyAccount: fc.Arbitrary<AnyAccount> = fc.record({
  servers: fc.array(anyServer, { minLength: 1, maxLength: 25 }),
  waves: fc.array(anyGroupName, { maxLength: 4 }),
  apps: fc.array(fc.record({ name: anyGroupName, wave: fc.nat(5) }), { maxLength: 7 }),
});

const SUBNET = { stagingAreaSubnetId: 'subnet-0123456789abcdef0' };
const DAY = 86_400_000;

/** The tags of the owner of a server. */
function tagsOf({ owner, description }: AnyServer): Tags {
  const wave = 'lost-01';
  return {
    ...(owner === 'nobody' ? {} : { 'landfall:project': owner === 'ours' ? 'ucop' : 'other' }),
    ...(owner === 'nobody' ? {} : { 'landfall:wave': wave }),
    ...(description === undefined ? {} : { 'landfall:description': description }),
  };
}

/** Writes an account as the state of the built-in endpoint in a folder. */
export function writeAccount(folder: string, { servers, waves, apps }: AnyAccount, now: number): void {
  const machines = servers.map(({ name, folder: place, copyOf }, index): Machine => {
    const vm = copyOf ? 0 : index;
    return {
      ...{
        serverId: `s-${String(index).padStart(8, '0')}`,
        vmId: `vm-${index}`,
        name,
        os: 'Ubuntu Linux (64-bit)',
      },
      path: `/Datacenters/DC/vm/${place}/${copyOf ? 'copy' : `${name}-${index}`}`,
      ...{ managerId: 'M-1', managerName: 'vc-1', gigabytes: 10 },
      ...(vm % 3 === 2 ? {} : { uuid: `42084e4d-bbda-cdac-a2df-${String(vm).padStart(12, '0')}` }),
    };
  });
  const inventory = new Inventory(machines);
  const mgn = createMgnAccount(now - 30 * DAY);
  const group = (prefix: string, name: string, index: number) => {
    mgn.count += 1;
    const id = `${prefix}-${String(index).padStart(17, '0')}`;
    const times = { createdAt: now - DAY, modifiedAt: now - DAY };
    return { id, number: mgn.count, name, tags: {}, archived: false, ...times };
  };
  mgn.templates.replication.set('rct-1', { number: ++mgn.count, id: 'rct-1', settings: SUBNET, tags: {} });
  const waveIds = waves.map((name, index) => {
    const wave = group('wave', name, index);
    mgn.groups.wave.set(wave.id, wave);
    return wave.id;
  });
  const appIds = apps.map(({ name, wave }, index) => {
    const waveId = waveIds[wave];
    const app = { ...group('app', name, index), ...(waveId === undefined ? {} : { waveId }) };
    mgn.groups.application.set(app.id, app);
    return app.id;
  });
  const ids = new Map(mgnInventoryOf(inventory).ids.map((id) => [mgnInventoryOf(inventory).get(id), id]));
  for (const [index, one] of servers.entries()) {
    const server = findServer(inventory, mgn, ids.get(machines[index]) ?? '');
    if (server === undefined) throw new Error('no server');
    const { lifecycle: state, replication, hasInstance, isArchived: archived, app, type, byol, launch } = one;
    const snapshotAt = state === 'NOT_READY' || state === 'STOPPED' ? {} : { snapshotAt: now - 60_000 };
    const started = { initiatedAt: now - DAY, since: now - DAY, done: 0, span: DAY, shipments: 1 };
    const applicationId = appIds[app];
    const mayHaveInstance = !IDLE.includes(state) && state !== 'NOT_READY';
    Object.assign(server, {
      ...{ state, archived, type, tags: { ...server.tags, ...tagsOf(one) } },
      ...(applicationId === undefined ? {} : { applicationId }),
      launchSettings: { licensing: { osByol: byol }, ...launch?.settings },
      ...(replication === undefined
        ? {}
        : {
            replication: {
              ...started,
              state: replication,
              synced: 'snapshotAt' in snapshotAt,
              ...snapshotAt,
            },
          }),
      ...(hasInstance && mayHaveInstance
        ? { launched: { instanceId: `i-${String(index).padStart(17, '0')}`, job: 1, at: now - DAY } }
        : {}),
    } satisfies Partial<SourceServer>);
    if (launch !== undefined) editTemplate(server, launch, now);
    mgn.servers.set(server.id, server);
  }
  mkdirSync(folder, { recursive: true });
  const account = { ...createSmsAccount(inventory, [], now, '0'.repeat(64)), mgn };
  activateGeneration(folder, writeGeneration(folder, account, 0, undefined, false));
}

/** Creates a version of the template of a server as somebody would in the console. */
function editTemplate(
  server: SourceServer,
  { template, disk, isDefault, lacksFirst }: HandMade,
  now: number,
): void {
  const { data } = defaultVersionOf(server);
  const [first, ...others] = data['BlockDeviceMappings'] as readonly { readonly Ebs: object }[];
  const devices = [{ ...first, Ebs: { ...first?.Ebs, ...disk } }, ...others];
  const edited = withMembers(data, { ...template, BlockDeviceMappings: devices });
  const { number } = addVersion(server, { createdAt: now - DAY, data: edited });
  if (!isDefault || server.template === undefined) return;
  setDefaultVersion(server, number);
  if (!lacksFirst) return;
  const versions = server.template.versions.filter((version) => version.number === number);
  server.template = { versions, defaultVersion: number };
}

/** The kinds of changes that were made to an account since it was written. */
export function changesOf(folder: string): ReadonlySet<string> {
  const [journal = ''] = readdirSync(folder).filter((name) => name.startsWith('journal-'));
  const text = readFileSync(join(folder, journal), 'utf8');
  return new Set([...text.matchAll(/"mgn":\{"do":"([^"]+)"/g)].map(([, kind = '']) => kind));
}
