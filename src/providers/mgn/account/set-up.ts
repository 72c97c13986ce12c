import {
  type CreateReplicationConfigurationTemplateCommandInput,
  type LaunchConfigurationTemplate,
  paginateDescribeLaunchConfigurationTemplates,
  paginateDescribeReplicationConfigurationTemplates,
  type ReplicationConfigurationTemplate,
} from '@aws-sdk/client-mgn';
import type { Settings } from '../../../core/desired.ts';
import { LandfallError } from '../../../core/error.ts';
import type { SetUpStep } from '../../../core/operations.ts';
import type { Clock } from '../../../core/time.ts';
import { isServiceError } from '../../aws/errors.ts';
import { listItems } from '../../aws/paging.ts';
import { isConflict, retryAfterLookup } from '../../aws/retries.ts';
import type { MgnApi, MgnContext } from '../api.ts';
import { describeOwner, projectOf, projectTags, type Tags } from '../marker.ts';
import { changesPostLaunch, namesActions } from '../launch/post-launch.ts';
import {
  LAUNCH,
  readLaunch,
  readReplication,
  REPLICATION,
  writeLaunch,
  writeReplication,
} from '../configurations.ts';

/**
 * Values that CreateReplicationConfigurationTemplate requires and the project file may omit: small, shared replication
 * servers without public addresses, and no bandwidth limit. Only the subnet has no default.
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
 * Sets an account up for agentless replication (domain, MGN: agentless flow, step 1): initialises the service, and
 * creates a replication and a launch configuration template. Existing templates that differ from the project file are
 * updated. A second call changes nothing.
 * @param setup the target's `setup`
 * @throws LandfallError USAGE if a template must be created and the project file names no subnet; SERVICE_ERROR if a
 *   template of another project differs
 */
export async function setUp(
  setup: Settings,
  project: string,
  { api, clock }: MgnContext,
): Promise<readonly SetUpStep[]> {
  const replication = replicationTemplate(api, setup, project);
  const found = await replication.find().catch((error: unknown) => {
    if (!isServiceError(error, 'UninitializedAccountException')) throw error;
    return 'uninitialized' as const;
  });
  const uninitialized = found === 'uninitialized';
  const existing = uninitialized ? undefined : found;
  // Check this first, so that no account is left half set up.
  if (existing === undefined) requireSubnet(setup);
  if (uninitialized) {
    await api.initializeService({});
    await waitUntilInitialized(replication, clock);
  }
  const launch = launchTemplate(api, setup, project);
  const steps: SetUpStep[] = [
    { what: 'AWS MGN in this region', done: uninitialized ? 'created' : 'there already' },
    await ensureTemplate(
      replication,
      existing,
      filterSettings(setup, (name) => name.startsWith(REPLICATION) || name === 'kmsKeyId'),
      project,
      clock,
    ),
    await ensureTemplate(
      launch,
      await launch.find(),
      filterSettings(setup, (name) => name.startsWith(LAUNCH) || changesPostLaunch([name])),
      project,
      clock,
    ),
  ];
  if (!namesActions(setup)) return steps;
  const { launchConfigurationTemplateID: id = '' } = (await launch.find()) ?? {};
  const { changeTemplateActions } = await import('../launch/actions.ts');
  const isChanged = await changeTemplateActions(api, id, setup, project);
  return [
    ...steps,
    { what: 'post-launch actions of the template', done: isChanged ? 'updated' : 'there already' },
  ];
}

/** Waits between checks whether the service is ready, in milliseconds: half a minute in all. */
const INITIALIZE_WAITS = [1000, 2000, 4000, 8000, 16_000] as const;

/** Waits until other operations see the effect of InitializeService. */
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
        ...writeLaunch(changed, template),
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
    `the target has no ${name}, which a replication configuration template requires`,
    {
      remedy: `add ${name} to the target in the project file: the subnet of the replication servers`,
    },
  );
}

function filterSettings(settings: Settings, fits: (name: string) => boolean): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => fits(name)));
}

/** A kind of template, of which an account has at most one. */
interface TemplateKind<T> {
  /** `replication configuration template`. */
  readonly what: string;
  /** Finds the template of the account. */
  find(): Promise<T | undefined>;
  create(): Promise<unknown>;
  /** Reads the settings that it gives to servers. */
  read(template: T): Settings;
  update(template: T, changed: Settings): Promise<unknown>;
}

/**
 * Creates a template, or updates it where it differs from the wanted settings. Other settings are not compared.
 * @param existing the template that was found
 * @throws LandfallError SERVICE_ERROR if it differs and belongs to another project
 */
async function ensureTemplate<T extends { readonly tags?: Tags }>(
  kind: TemplateKind<T>,
  existing: T | undefined,
  wanted: Settings,
  project: string,
  clock: Clock,
): Promise<SetUpStep> {
  const { what } = kind;
  const template =
    existing ??
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
  const current = kind.read(template);
  const changed = Object.entries(wanted).filter(([name, value]) => current[name] !== value);
  // A template that was found only afterwards and does not differ was created by a call whose reply was lost.
  if (changed.length === 0) return { what, done: existing === undefined ? 'created' : 'there already' };
  const owner = projectOf(template);
  if (owner !== undefined && owner !== project) {
    const names = changed.map(([name]) => name).join(', ');
    throw new LandfallError(
      'SERVICE_ERROR',
      `the ${what} belongs to ${describeOwner(template)}, and differs in ${names}`,
      {
        remedy: `an account has one such template: agree on it with "${owner}", and set differing values at the VMs`,
      },
    );
  }
  await kind.update(template, Object.fromEntries(changed));
  return { what, done: 'updated' };
}
