import {
  type Application,
  paginateDescribeJobs,
  paginateDescribeReplicationConfigurationTemplates,
  paginateDescribeSourceServers,
  paginateDescribeVcenterClients,
  paginateListApplications,
  paginateListWaves,
  type ReplicationConfigurationTemplate,
  type SourceServer,
  type VcenterClient,
  type Wave,
} from '@aws-sdk/client-mgn';
import type { Concern } from '../../../core/concern.ts';
import {
  isOwnedBy,
  type MissingSetup,
  type Observed,
  type ObservedConnector,
  type ObserveScope,
} from '../../../core/observed.ts';
import { isServiceError } from '../../aws/errors.ts';
import { listItems } from '../../aws/paging.ts';
import type { MgnApi } from '../api.ts';
import { hasUnarchivedGroup } from '../group-rules.ts';
import { indexJobs, launchErrors } from '../launch/jobs.ts';
import { projectOf, readOwner } from '../marker.ts';
import { currentServers, hasJob, idleServers, isOnlyDiscovered, readJob, readServer } from '../servers.ts';
import { usageOf } from '../account/quotas.ts';
import { TEMPLATE } from '../configurations.ts';
import type { ChangeContext } from '../source-server.ts';
import type { Mgn, MgnJob } from '../steps/sequence.ts';
import { jobDurations, sizeOf } from './durations.ts';
import { readSettings, type ServerGroup } from './settings.ts';

/**
 * Observes an account. Reads the listings concurrently, each page once; then the settings that the scope names, of the
 * servers of the project, and of those without an owner if a wave adopts.
 */
export async function observe(context: ChangeContext, scope?: ObserveScope): Promise<Observed<Mgn>> {
  const { api, time, groups } = context;
  const before = api.calls;
  const found = await listAccount(api).catch((error: unknown) => {
    if (!isServiceError(error, 'UninitializedAccountException')) throw error;
    return undefined;
  });
  if (found === undefined) {
    return {
      at: time.now(),
      catalog: 'not-imported',
      servers: [],
      jobs: [],
      connectors: [],
      missingSetup: [UNINITIALIZED],
      jobsRunning: { jobs: 0, servers: 0 },
      calls: api.calls - before,
    };
  }
  const { clients, applications, waves, templates } = found;
  groups.setObserved(applications, waves);
  const present = currentServers(found.servers);
  const jobs = indexJobs(found.jobs);
  const replicating = present.filter((server) => hasJob(server, scope?.project));
  const managed = replicating.filter((server) => isManaged(server, scope));
  const groupOf = groupLookup(applications, waves);
  const [errors, settings, concerns] = await Promise.all([
    launchErrors(api, managed, jobs),
    readSettings(context, managed, { all: found.servers, groupOf, scope: scope ?? {} }),
    subnetConcerns(context, scope),
  ]);
  const hasOpenGroup = hasUnarchivedGroup(scope?.project, { servers: found.servers, applications, waves });
  return {
    at: time.now(),
    catalog: 'available',
    servers: present.flatMap((server) => {
      const read = readServer(server);
      return read === undefined ? [] : [{ ...read, ...sizeOf(server) }];
    }),
    jobs: replicating.flatMap((server): readonly MgnJob[] => {
      const observed = readServer(server);
      if (observed === undefined) return [];
      return [
        readJob(server, observed, {
          jobs,
          application: groupOf(server).application?.name,
          ownApplication: isOwnApplication(groupOf(server), scope),
          ...(settings.get(observed.serverId) ?? { settings: {} }),
          launchError: errors.get(observed.serverId),
          groupsOpen: hasOpenGroup(server),
        }),
      ];
    }),
    idle: idleServers(found.servers, new Set(present), new Set(replicating), scope),
    unfinished: present.flatMap((server) => unfinishedJob(server, scope) ?? []),
    connectors: clients.flatMap(({ vcenterClientID: id, hostname, vcenterUUID }): ObservedConnector[] =>
      id === undefined
        ? []
        : [
            {
              id,
              // The API reports no health, and does not list a client that no longer exists.
              healthy: true,
              ...(hostname !== undefined && { name: hostname }),
              ...(vcenterUUID !== undefined && { vmManagerId: vcenterUUID }),
            },
          ],
    ),
    missingSetup: missingSetupOf(templates, clients, present),
    jobsRunning: jobs.running,
    ...jobDurations(found.jobs),
    usage: usageOf(found),
    ...(concerns.length > 0 && { concerns }),
    calls: api.calls - before,
  };
}

/** Compares private addresses in git with the subnets of their launch, where git has any. */
async function subnetConcerns(
  { templates }: ChangeContext,
  { vms = [] }: Partial<ObserveScope> = {},
): Promise<readonly Concern[]> {
  if (vms === 'all') return [];
  const launched = vms.flatMap(({ desired }) =>
    desired?.settings[`${TEMPLATE}subnetId`] === undefined ? [] : [desired],
  );
  return launched.length === 0 ? [] : (await templates()).subnetConcerns(launched);
}

/** Returns a function that finds the application and the wave of a server. */
function groupLookup(
  applications: readonly Application[],
  waves: readonly Wave[],
): (server: SourceServer) => ServerGroup {
  const waveById = new Map(waves.map((wave) => [wave.waveID, wave]));
  const groups = new Map(
    applications.map((application): [string | undefined, ServerGroup] => {
      const wave = application.waveID === undefined ? undefined : waveById.get(application.waveID);
      return [application.applicationID, { application, ...(wave !== undefined && { wave }) }];
    }),
  );
  return ({ applicationID }) => (applicationID === undefined ? {} : (groups.get(applicationID) ?? {}));
}

function isOwnApplication({ application }: ServerGroup, scope: ObserveScope | undefined): boolean {
  return scope !== undefined && application !== undefined && projectOf(application) === scope.project;
}

/**
 * Returns what an interrupted create left of a server that it marked and did not start; undefined if there was none.
 */
function unfinishedJob(server: SourceServer, scope: ObserveScope | undefined): MgnJob | undefined {
  const observed = readServer(server);
  const marked = { owner: readOwner(server.tags) };
  if (observed === undefined || scope === undefined || !isOnlyDiscovered(server)) return undefined;
  if (!isOwnedBy(marked, scope.project)) return undefined;
  return { id: observed.serverId, server: observed, state: 'failed', owner: marked.owner, settings: {} };
}

async function listAccount(api: MgnApi) {
  const [servers, clients, jobs, applications, waves, templates] = await Promise.all([
    listServers(api),
    listItems((size) => paginateDescribeVcenterClients({ client: api, ...size }, {})),
    listItems((size) => paginateDescribeJobs({ client: api, ...size }, {})),
    listItems((size) => paginateListApplications({ client: api, ...size }, {})),
    listItems((size) => paginateListWaves({ client: api, ...size }, {})),
    listItems((size) => paginateDescribeReplicationConfigurationTemplates({ client: api, ...size }, {})),
  ]);
  return { servers, clients, jobs, applications, waves, templates };
}

/** Lists all source servers. One that is listed twice, because the list changed while it was read, counts once. */
async function listServers(api: MgnApi): Promise<readonly SourceServer[]> {
  const all = await listItems((size) => paginateDescribeSourceServers({ client: api, ...size }, {}));
  return [...new Map(all.map((server) => [server.sourceServerID, server])).values()];
}

/** Whether landfall manages a server's settings, or will by adopting it. */
function isManaged(server: SourceServer, scope: ObserveScope | undefined): boolean {
  if (scope === undefined) return false;
  const project = projectOf(server);
  return project === undefined ? scope.adopt === true : project === scope.project;
}

const initCommand = (target: string): string => `run \`landfall mgn init ${target}\``;

/** An account in which InitializeService was never called. */
const UNINITIALIZED: MissingSetup = {
  id: 'account.uninitialized',
  describe: (target) => ({
    message: `AWS MGN is not initialised in the region of target "${target}": it lists no servers and replicates none`,
    remedy: `give target "${target}" a mgn.replication.stagingAreaSubnetId in the project file if it has none, and ${initCommand(target)}`,
  }),
};

/**
 * Lists what an account needs before an agentless replication can start in it (domain, MGN: agentless flow, step 1).
 */
function missingSetupOf(
  templates: readonly ReplicationConfigurationTemplate[],
  clients: readonly VcenterClient[],
  servers: readonly SourceServer[],
): readonly MissingSetup[] {
  const missing: MissingSetup[] = [];
  if (templates.length === 0) {
    missing.push({
      id: 'account.no-template',
      describe: (target) => ({
        message: `the account of target "${target}" has no replication configuration template, so no replication can start`,
        remedy: `${initCommand(target)}, which creates one from the target's \`mgn.replication\` in the project file`,
      }),
    });
  }
  // Servers that replicate with an agent need no vCenter client.
  const agentless = servers.length === 0 || servers.some(needsVcenterClient);
  if (clients.length === 0 && agentless) {
    missing.push({
      id: 'account.no-vcenter-client',
      isForAgentless: true,
      describe: (target) => ({
        message: `the account of target "${target}" has no vCenter client, so VMs are not discovered and do not replicate`,
        remedy:
          'install the AWS MGN vCenter Client in the datacenter: see "agentless replication" in the user guide of AWS MGN',
      }),
    });
  }
  return missing;
}

function needsVcenterClient({ replicationType }: SourceServer): boolean {
  return replicationType === 'SNAPSHOT_SHIPPING';
}
