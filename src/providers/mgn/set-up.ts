import {
  type CreateReplicationConfigurationTemplateCommandInput,
  type LaunchConfigurationTemplate,
  paginateDescribeLaunchConfigurationTemplates,
  paginateDescribeReplicationConfigurationTemplates,
  type ReplicationConfigurationTemplate,
} from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { SetUpStep } from '../../core/provider.ts';
import type { Clock } from '../../core/time.ts';
import { isServiceError } from '../aws/errors.ts';
import { listItems } from '../aws/paging.ts';
import { isConflict, retryAfterLookup } from '../aws/retries.ts';
import type { MgnApi, MgnContext } from './api.ts';
import { describeOwner, projectOf, projectTags, type Tags } from './marker.ts';
import {
  LAUNCH,
  readLaunch,
  readReplication,
  REPLICATION,
  writeLaunch,
  writeReplication,
} from './configurations.ts';

/**
 * What CreateReplicationConfigurationTemplate demands and the project file may leave out: small replication servers,
 * shared, that nothing outside can reach, and a bandwidth that is not throttled. The subnet is for the user to name.
 */
const TEMPLATE_DEFAULTS = {
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
  if (there === undefined) requireSubnet(setup);
  if (uninitialized) {
    await api.initializeService({});
    await waitUntilInitialized(replication, clock);
  }
  const launch = launchTemplate(api, setup, project);
  return [
    { what: 'AWS MGN in this region', done: uninitialized ? 'created' : 'there already' },
    await ensureTemplate(
      replication,
      there,
      filterSettings(setup, (name) => name.startsWith(REPLICATION) || name === 'kmsKeyId'),
      project,
      clock,
    ),
    await ensureTemplate(
      launch,
      await launch.find(),
      filterSettings(setup, (name) => name.startsWith(LAUNCH)),
      project,
      clock,
    ),
  ];
}

/** How long the service may take to get ready, in milliseconds, look by look: half a minute in all. */
const INITIALIZE_WAITS = [1000, 2000, 4000, 8000, 16_000] as const;

/** Waits until other operations know what InitializeService has done. */
async function waitUntilInitialized(kind: TemplateKind<unknown>, clock: Clock): Promise<void> {
  for (const wait of INITIALIZE_WAITS) {
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
    find: async () =>
      (
        await listItems((size) =>
          paginateDescribeReplicationConfigurationTemplates({ client: api, ...size }, {}),
        )
      )[0],
    create: () =>
      api.createReplicationConfigurationTemplate({
        ...TEMPLATE_DEFAULTS,
        ...writeReplication(setup),
        stagingAreaSubnetId: requireSubnet(setup),
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
    find: async () =>
      (
        await listItems((size) => paginateDescribeLaunchConfigurationTemplates({ client: api, ...size }, {}))
      )[0],
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

function requireSubnet(setup: Settings): string {
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

function filterSettings(settings: Settings, fits: (name: string) => boolean): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => fits(name)));
}

/** A kind of template of which an account has at most one, and what is done with it. */
interface TemplateKind<T> {
  /** `replication configuration template`. */
  readonly what: string;
  /** The one that is there. */
  find(): Promise<T | undefined>;
  create(): Promise<unknown>;
  /** What it gives to servers. */
  read(template: T): Settings;
  update(template: T, changed: Settings): Promise<unknown>;
}

/**
 * Has the account have a template that says what the project file says; what this leaves out is not compared.
 * @param there the template that was seen, if there was one
 * @throws LandfallError SERVICE_ERROR where it is another project's, and says something else
 */
async function ensureTemplate<T extends { readonly tags?: Tags }>(
  kind: TemplateKind<T>,
  there: T | undefined,
  wanted: Settings,
  project: string,
  clock: Clock,
): Promise<SetUpStep> {
  const { what } = kind;
  const template =
    there ??
    (await retryAfterLookup<T | 'created'>({
      async call() {
        await kind.create();
        return 'created';
      },
      lookUp: () => kind.find(),
      isRefusal: isConflict,
      clock,
    }));
  if (template === 'created') return { what, done: 'created' };
  const before = kind.read(template);
  const changed = Object.entries(wanted).filter(([name, value]) => before[name] !== value);
  // One that is exactly as ours was to be was made by a call whose reply was lost.
  if (changed.length === 0) return { what, done: there === undefined ? 'created' : 'there already' };
  const owner = projectOf(template);
  if (owner !== undefined && owner !== project) {
    const names = changed.map(([name]) => name).join(', ');
    throw new LandfallError(
      'SERVICE_ERROR',
      `the ${what} belongs to ${describeOwner(template)}, and differs in ${names}`,
      {
        remedy: `an account has one: agree on it with "${owner}", and set at the VMs what is to differ`,
      },
    );
  }
  await kind.update(template, Object.fromEntries(changed));
  return { what, done: 'updated' };
}
