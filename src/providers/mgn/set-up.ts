import type {
  CreateReplicationConfigurationTemplateCommandInput,
  LaunchConfigurationTemplate,
  ReplicationConfigurationTemplate,
} from '@aws-sdk/client-mgn';
import { isServiceError } from '../../aws/service-error.ts';
import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { SetUpStep } from '../../core/provider.ts';
import type { Clock } from '../../core/time.ts';
import type { MgnApi } from './api.ts';
import type { MgnContext } from './context.ts';
import { haveTemplate, type TemplateKind } from './have-template.ts';
import { projectTags } from './marker.ts';
import { listAll } from './paging.ts';
import { readLaunch, readReplication } from './read-settings.ts';
import { LAUNCH, REPLICATION } from './setting-names.ts';
import { writeLaunch, writeReplication } from './write-settings.ts';

/**
 * What CreateReplicationConfigurationTemplate demands and the project file may leave out: small replication servers,
 * shared, that nothing outside can reach, and a bandwidth that is not throttled. The subnet is for the user to name.
 */
const DEFAULTS = {
  associateDefaultSecurityGroup: true,
  replicationServersSecurityGroupsIDs: [],
  replicationServerInstanceType: 't3.small',
  useDedicatedReplicationServer: false,
  defaultLargeStagingDiskType: 'GP3',
  ebsEncryption: 'DEFAULT',
  bandwidthThrottling: 0,
  dataPlaneRouting: 'PRIVATE_IP',
  createPublicIP: false,
  stagingAreaTags: {},
} satisfies Partial<CreateReplicationConfigurationTemplateCommandInput>;

/**
 * Gives an account what agentless replication needs of it (domain, MGN: agentless flow, step 1): the service
 * initialised, a replication configuration template, a launch configuration template. What is there is changed in
 * place where the project file says otherwise, and a second call changes nothing.
 * @param setup the target's `setup`
 * @throws LandfallError USAGE where a template is to be made and the project file names no subnet; SERVICE_ERROR where
 *   a template is another project's and differs
 */
export async function setUp(
  setup: Settings,
  project: string,
  { api, clock }: MgnContext,
): Promise<readonly SetUpStep[]> {
  const replication = replicationTemplate(api, setup, project);
  const seen = await replication.find().catch((error: unknown) => {
    if (!isServiceError(error, 'UninitializedAccountException')) throw error;
    return 'uninitialized' as const;
  });
  const uninitialized = seen === 'uninitialized';
  const there = uninitialized ? undefined : seen;
  // Before anything is done: an account that is half set up helps nobody.
  if (there === undefined) subnetOf(setup);
  if (uninitialized) {
    await api.initializeService();
    await ready(replication, clock);
  }
  const launch = launchTemplate(api, setup, project);
  return [
    { what: 'AWS MGN in this region', done: uninitialized ? 'created' : 'there already' },
    await haveTemplate(
      replication,
      there,
      only(setup, (name) => name.startsWith(REPLICATION) || name === 'kmsKeyId'),
      project,
      clock,
    ),
    await haveTemplate(
      launch,
      await launch.find(),
      only(setup, (name) => name.startsWith(LAUNCH)),
      project,
      clock,
    ),
  ];
}

/** How long the service may take to get ready, in milliseconds, look by look: half a minute in all. */
const WAITS = [1000, 2000, 4000, 8000, 16_000] as const;

/** Waits until other operations know what InitializeService has done. */
async function ready(kind: TemplateKind<unknown>, clock: Clock): Promise<void> {
  for (const wait of WAITS) {
    try {
      await kind.find();
      return;
    } catch (error) {
      if (!isServiceError(error, 'UninitializedAccountException')) throw error;
      await clock.sleep(wait);
    }
  }
}

function replicationTemplate(
  api: MgnApi,
  setup: Settings,
  project: string,
): TemplateKind<ReplicationConfigurationTemplate> {
  return {
    what: 'replication configuration template',
    find: async () => (await listAll((page) => api.describeReplicationConfigurationTemplates(page)))[0],
    create: () =>
      api.createReplicationConfigurationTemplate({
        ...DEFAULTS,
        ...writeReplication(setup),
        stagingAreaSubnetId: subnetOf(setup),
        tags: projectTags(project),
      }),
    read: readReplication,
    update: (template, changed) =>
      api.updateReplicationConfigurationTemplate({
        ...writeReplication(changed, template),
        replicationConfigurationTemplateID: template.replicationConfigurationTemplateID,
      }),
  };
}

function launchTemplate(
  api: MgnApi,
  setup: Settings,
  project: string,
): TemplateKind<LaunchConfigurationTemplate> {
  return {
    what: 'launch configuration template',
    find: async () => (await listAll((page) => api.describeLaunchConfigurationTemplates(page)))[0],
    create: () =>
      api.createLaunchConfigurationTemplate({ ...writeLaunch(setup), tags: projectTags(project) }),
    read: readLaunch,
    update: (template, changed) =>
      api.updateLaunchConfigurationTemplate({
        ...writeLaunch(changed),
        launchConfigurationTemplateID: template.launchConfigurationTemplateID,
      }),
  };
}

function subnetOf(setup: Settings): string {
  const name = `${REPLICATION}stagingAreaSubnetId`;
  const subnet = setup[name];
  if (subnet !== undefined) return String(subnet);
  throw new LandfallError(
    'USAGE',
    `the target has no ${name}, and no replication template can be made without`,
    {
      remedy: `write ${name} at the target in the project file: the subnet that replication servers are to be in`,
    },
  );
}

function only(settings: Settings, fits: (name: string) => boolean): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => fits(name)));
}
