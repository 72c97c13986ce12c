import type { Application, SourceServer } from '@aws-sdk/client-mgn';
import { isServiceError } from '../../aws/service-error.ts';
import type { Settings } from '../../core/desired.ts';
import type { Observed, ObservedConnector, ObservedJob } from '../../core/observed.ts';
import type { ObserveScope } from '../../core/provider.ts';
import type { MgnApi } from './api.ts';
import type { MgnContext } from './context.ts';
import { leftOpen } from './finished-groups.ts';
import type { Groups } from './groups.ts';
import { readJobs } from './job-book.ts';
import { lacksOf, UNINITIALIZED } from './lacks.ts';
import { launchErrors } from './launch-errors.ts';
import { projectOf, readDescription, readOwner } from './marker.ts';
import { listAll } from './paging.ts';
import { hasJob, readJob, stateOf } from './read-job.ts';
import { isUntouched, presentServers, readServer } from './read-server.ts';
import { readLaunch, readReplication } from './read-settings.ts';

/**
 * Everything the account holds. The listings are read side by side, each page once; then two calls for each server
 * whose settings are git's business: ours, and nobody's where a wave adopts.
 */
export async function observe(
  { api, time }: MgnContext,
  groups: Groups,
  scope?: ObserveScope,
): Promise<Observed> {
  const before = api.calls;
  const found = await listEverything(api).catch((error: unknown) => {
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
  groups.observed(applications, waves);
  const present = presentServers(found.servers);
  const jobs = readJobs(found.jobs);
  const replicating = present.filter((server) => hasJob(server, scope?.project));
  const ours = replicating.filter((server) => isOfInterest(server, scope));
  const [errors, settings] = await Promise.all([
    launchErrors(api, ours, jobs),
    settingsOf(api, ours, applications),
  ]);
  const names = new Map(applications.map(({ applicationID, name }) => [applicationID, name]));
  const isInOpen = leftOpen(scope?.project, { servers: found.servers, applications, waves });
  return {
    at: time.now(),
    catalog: 'available',
    servers: present.flatMap((server) => readServer(server) ?? []),
    jobs: replicating.flatMap((server): readonly ObservedJob[] => {
      const seen = readServer(server);
      if (seen === undefined) return [];
      return [
        readJob(server, seen, {
          jobs,
          application: names.get(server.applicationID),
          settings: settings.get(seen.serverId) ?? {},
          launchError: errors.get(seen.serverId),
          groupsOpen: isInOpen(server),
        }),
      ];
    }),
    unfinished: present.flatMap((server) => unfinishedJob(server, scope) ?? []),
    connectors: clients.flatMap(({ vcenterClientID: id, hostname, vcenterUUID }): ObservedConnector[] =>
      id === undefined
        ? []
        : [
            {
              id,
              // The API tells of no health: a client that is gone is not listed.
              healthy: true,
              ...(hostname !== undefined && { name: hostname }),
              ...(vcenterUUID !== undefined && { vmManagerId: vcenterUUID }),
            },
          ],
    ),
    missingSetup: lacksOf(templates, clients, present),
    jobsRunning: jobs.running,
    calls: api.calls - before,
  };
}

/** A server that a create has marked, and did not get to start. */
function unfinishedJob(server: SourceServer, scope: ObserveScope | undefined): ObservedJob | undefined {
  const seen = readServer(server);
  const owner = readOwner(server.tags);
  if (seen === undefined || !isUntouched(server) || owner?.project !== scope?.project) return undefined;
  if (owner === undefined) return undefined;
  return { id: seen.serverId, server: seen, state: 'failed', owner, settings: {} };
}

async function listEverything(api: MgnApi) {
  const [servers, clients, jobs, applications, waves, templates] = await Promise.all([
    listServers(api),
    listAll((page) => api.describeVcenterClients(page)),
    listAll((page) => api.describeJobs(page)),
    listAll((page) => api.listApplications(page)),
    listAll((page) => api.listWaves(page)),
    listAll((page) => api.describeReplicationConfigurationTemplates(page)),
  ]);
  return { servers, clients, jobs, applications, waves, templates };
}

/** What a list shows twice, because it changed while it was read, counts once. */
async function listServers(api: MgnApi): Promise<readonly SourceServer[]> {
  const all = await listAll((page) => api.describeSourceServers(page));
  return [...new Map(all.map((server) => [server.sourceServerID, server])).values()];
}

/** Whether git has a say in a server's settings. */
function isOfInterest(server: SourceServer, scope: ObserveScope | undefined): boolean {
  if (scope === undefined) return false;
  const project = projectOf(server.tags);
  return project === undefined ? scope.adopt === true : project === scope.project;
}

async function settingsOf(
  api: MgnApi,
  servers: readonly SourceServer[],
  applications: readonly Application[],
): Promise<ReadonlyMap<string, Settings>> {
  const names = new Map(applications.map(({ applicationID, name }) => [applicationID, name]));
  const read = servers.map(async (server): Promise<readonly [string, Settings]> => {
    const { sourceServerID = '', applicationID, tags } = server;
    const description = readDescription(tags);
    const app = names.get(applicationID);
    return [
      sourceServerID,
      {
        ...(app !== undefined && { app }),
        ...(description !== undefined && { description }),
        ...(isChangeable(server) && (await configurationOf(api, sourceServerID))),
      },
    ];
  });
  return new Map(await Promise.all(read));
}

/** What is cut over, disconnected or archived is not changed any more, whatever git says. */
function isChangeable(server: SourceServer): boolean {
  const state = stateOf(server);
  return state !== 'completed' && state !== 'failed';
}

async function configurationOf(api: MgnApi, sourceServerID: string): Promise<Settings> {
  const [launch, replication] = await Promise.all([
    api.getLaunchConfiguration({ sourceServerID }),
    api.getReplicationConfiguration({ sourceServerID }),
  ]);
  return { ...readLaunch(launch), ...readReplication(replication) };
}
