// An account of the built-in endpoint, with a front door between it and the adapter.
import {
  GetLaunchConfigurationCommand,
  GetReplicationConfigurationCommand,
  ListApplicationsCommand,
  ListWavesCommand,
} from '@aws-sdk/client-mgn';
import type { Settings } from '../../../src/core/desired.ts';
import type { CreateRequest, UpdateRequest } from '../../../src/core/provider.ts';
import {
  createMgnProvider,
  type MgnProvider,
  type MgnProviderOptions,
} from '../../../src/providers/mgn/index.ts';
import {
  beginMgn,
  KEY,
  LINUX,
  type MgnOptions,
  type MgnTest,
  serverById,
  talkToMgn,
} from '../../local/mgn.ts';
import { begin, onCleanup } from '../../local/support.ts';
import { SMALL_INVENTORY } from '../../local/jobs.ts';
import { FakeClock } from '../sms/mocked.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

export const OWNER = { project: 'ucop', wave: 'sdsc-01' };
export const SCOPE = { project: 'ucop', phases: new Map(), vms: 'all' as const };

/** Everything that a manifest can say of a VM on MGN. */
export const EVERYTHING: Settings = {
  app: 'payroll',
  description: 'the front end',
  licenseType: 'BYOL',
  encrypted: true,
  kmsKeyId: KEY,
  'mgn.launch.bootMode': 'UEFI',
  'mgn.launch.copyPrivateIp': true,
  'mgn.launch.copyTags': false,
  'mgn.launch.launchDisposition': 'STOPPED',
  'mgn.launch.name': 'payroll-front',
  'mgn.launch.targetInstanceTypeRightSizingMethod': 'IN_AWS',
  'mgn.replication.associateDefaultSecurityGroup': false,
  'mgn.replication.bandwidthThrottling': 100,
  'mgn.replication.createPublicIP': true,
  'mgn.replication.dataPlaneRouting': 'PUBLIC_IP',
  'mgn.replication.defaultLargeStagingDiskType': 'ST1',
  'mgn.replication.replicatedDisks./dev/sda.iops': 3000,
  'mgn.replication.replicatedDisks./dev/sda.isBootDisk': true,
  'mgn.replication.replicatedDisks./dev/sda.stagingDiskType': 'GP3',
  'mgn.replication.replicatedDisks./dev/sda.throughput': 250,
  'mgn.replication.replicationServerInstanceType': 'm5.large',
  'mgn.replication.replicationServersSecurityGroupsIDs': 'sg-0aaaaaaaa, sg-0bbbbbbbb',
  'mgn.replication.stagingAreaSubnetId': 'subnet-00000001',
  'mgn.replication.stagingAreaTags.team': 'scrum',
  'mgn.replication.stagingAreaTags.cost.centre': '42',
  'mgn.replication.useDedicatedReplicationServer': true,
  'mgn.replication.useFipsEndpoint': true,
};

export interface Account extends MgnTest {
  readonly door: FrontDoor;
  /** A new adapter, as a new run of the program has one. */
  readonly open: (options?: Partial<MgnProviderOptions>) => MgnProvider;
  /** What a create asks for of the VM with that name. */
  readonly request: (name: string, settings?: Settings, wave?: string) => Promise<CreateRequest>;
}

/** An account in which everything is ready for agentless replication; of few servers, unless `options` say otherwise. */
export async function beginAccount(options: MgnOptions = {}): Promise<Account> {
  return withDoor(await beginMgn({ inventory: SMALL_INVENTORY, ...options }));
}

/** One that never saw MGN. */
export async function beginFresh(options: Parameters<typeof begin>[0] = {}): Promise<Account> {
  const test = talkToMgn(await begin(options));
  await test.endpoint.load(SMALL_INVENTORY);
  return withDoor(test);
}

async function withDoor(test: MgnTest): Promise<Account> {
  const door = await openFrontDoor(test.endpoint.url);
  return {
    ...test,
    door,
    open(options = {}) {
      const provider = createMgnProvider({
        region: 'us-west-2',
        endpoint: door.url,
        local: true,
        sessionName: 'landfall-ucop',
        apiRequests: 8,
        clock: new FakeClock(),
        prune: 'release',
        ...options,
      });
      onCleanup(() => {
        provider.close();
      });
      return provider;
    },
    request: async (name, settings = {}, wave = OWNER.wave) => ({
      serverId: await test.id(name),
      settings: { app: wave, ...settings },
      owner: { ...OWNER, wave },
    }),
  };
}

/** All that a create leaves behind of some servers, without ids and times: what two ways must have in common. */
export async function leftBehind({ client }: MgnTest, ids: readonly string[]): Promise<unknown> {
  const applications = (await client.send(new ListApplicationsCommand({ maxResults: 1000 }))).items ?? [];
  const waves = (await client.send(new ListWavesCommand({ maxResults: 1000 }))).items ?? [];
  const waveName = (id: string | undefined) => waves.find(({ waveID }) => waveID === id)?.name;
  const appName = (id: string | undefined) =>
    applications.find(({ applicationID }) => applicationID === id)?.name;
  return {
    waves: waves.map(({ name, tags }) => ({ name, tags })),
    applications: applications.map(({ name, tags, waveID }) => ({ name, tags, wave: waveName(waveID) })),
    servers: await Promise.all(
      ids.map(async (sourceServerID) => {
        const { tags, applicationID, lifeCycle, dataReplicationInfo } = await serverById(
          client,
          sourceServerID,
        );
        const launch = await client.send(new GetLaunchConfigurationCommand({ sourceServerID }));
        const replication = await client.send(new GetReplicationConfigurationCommand({ sourceServerID }));
        return {
          tags,
          application: appName(applicationID),
          lifecycle: lifeCycle?.state,
          state: dataReplicationInfo?.dataReplicationState,
          launch: { ...launch, $metadata: {} },
          replication: { ...replication, $metadata: {} },
        };
      }),
    ),
  };
}

/** An account with a server of ours that replicates; what its creation called is forgotten. */
export async function withJob(settings: Settings = {}, name = LINUX) {
  const account = await beginAccount();
  const request = await account.request(name, settings);
  await account.open().create(request);
  account.door.calls.length = 0;
  const { serverId: id } = request;
  const after = request.settings;
  const update = (more: Partial<UpdateRequest>): UpdateRequest => ({
    id,
    settings: {},
    after: { ...after, ...more.settings },
    owner: OWNER,
    ...more,
  });
  return { account, id, update };
}

export const operations = ({ door }: Account) => door.calls.map(({ operation }) => operation);
