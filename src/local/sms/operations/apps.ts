import { omitUndefined } from '../../collections.ts';
import { invalidParameter, operationNotPermitted, ServiceError } from '../../errors.ts';
import { pageOf } from '../../http/page.ts';
import type { App, AppTag, ServerGroup } from '../records.ts';
import { jobsOf, launchStatus, replicationStatus } from '../simulation/apps.ts';
import { isFinished } from '../simulation/job-states.ts';
import type { OperationContext, PageInput, ServerReplication } from './context.ts';
import { checkServer } from './jobs.ts';
import { checkOnDemand } from './runs.ts';
import { wireServer } from './wire.ts';

/** A server in a request: by its id, or by its address in a vCenter. */
export interface ServerInput {
  readonly serverId?: string;
  readonly vmServer?: {
    readonly vmServerAddress?: { readonly vmManagerId?: string; readonly vmId?: string };
  };
}

interface FactsInput {
  readonly name?: string;
  readonly description?: string;
  readonly roleName?: string;
  readonly serverGroups?: readonly {
    readonly serverGroupId?: string;
    readonly name?: string;
    readonly serverList?: readonly ServerInput[];
  }[];
  readonly tags?: readonly AppTag[];
}

export interface AppInput {
  readonly appId: string;
}

/** The number of applications on a page unless the request says otherwise (API model). */
const DEFAULT_PAGE = 100;

export function createApp(context: OperationContext, input: FactsInput & { clientToken?: string }): object {
  const { clientToken } = input;
  const { apps } = context.account;
  const same = [...apps.values()].find((app) => clientToken !== undefined && app.clientToken === clientToken);
  if (same !== undefined) return wireApp(context, same);
  const facts = { groups: [], tags: [], ...factsOf(context, input) };
  context.commit({ do: 'create-app', facts, ...omitUndefined({ clientToken }) });
  const [made] = [...apps.values()].slice(-1);
  return made === undefined ? {} : wireApp(context, made);
}

export function updateApp(context: OperationContext, input: AppInput & FactsInput): object {
  const app = appOf(context, input);
  const facts = factsOf(context, input, app);
  if (facts.groups !== undefined) {
    const kept = new Set(facts.groups.flatMap(({ servers }) => servers));
    const lost = jobsOf(context.account, app).find(
      (job) => !isFinished(job) && !kept.has(job.machine.serverId),
    );
    if (lost !== undefined)
      throw operationNotPermitted(`Server ${lost.machine.serverId} is replicating in the application.`);
  }
  context.commit({ do: 'update-app', app: app.id, facts });
  return wireApp(context, app);
}

export const getApp = (context: OperationContext, input: AppInput): object =>
  wireApp(context, appOf(context, input));

export function listApps(
  context: OperationContext,
  input: PageInput & { readonly appIds?: readonly string[] },
): object {
  const { apps, tokenKey } = context.account;
  const { appIds = [], maxResults = DEFAULT_PAGE } = input;
  const { items, nextToken } = pageOf<App>(
    {
      operation: 'ListApps',
      filter: JSON.stringify(appIds),
      tokenKey,
      after: (cursor, count) =>
        [...apps.values()]
          .filter(({ number, id }) => number > Number(cursor) && (appIds.length === 0 || appIds.includes(id)))
          .slice(0, count),
      cursorOf: ({ number }) => String(number),
    },
    { ...input, maxResults },
  );
  return { apps: items.map((app) => summaryOf(context, app)), nextToken };
}

export function deleteApp(
  context: OperationContext,
  input: AppInput & { readonly forceStopAppReplication?: boolean; readonly forceTerminateApp?: boolean },
): object {
  const app = appOf(context, input);
  if (isReplicating(context, app) && input.forceStopAppReplication !== true)
    throw operationNotPermitted(`The replication of application ${app.id} has not been stopped.`);
  if (isLaunched(app) && input.forceTerminateApp !== true)
    throw operationNotPermitted(`Application ${app.id} is launched.`);
  context.commit({ do: 'delete-app', app: app.id });
  return {};
}

/** Creates a replication job for each server of the application. */
export function startAppReplication(context: OperationContext, input: AppInput): object {
  const { account } = context;
  const app = appOf(context, input);
  const servers = app.facts.groups.flatMap(({ servers: ids }) => ids);
  if (isReplicating(context, app)) throw operationNotPermitted(`Application ${app.id} is replicating.`);
  if (servers.length === 0) throw operationNotPermitted(`Application ${app.id} has no servers.`);
  const configured = replicationsOf(app);
  const jobs = servers.map((serverId) => {
    const parameters = configured.get(serverId);
    if (parameters === undefined)
      throw operationNotPermitted(`The replication of server ${serverId} is not configured.`);
    permitted(() => checkServer(context, serverId));
    const { seedTime = account.now / 1000, runOnce = false, ...settings } = parameters;
    const { roleName } = app.facts;
    const all = { ...settings, ...omitUndefined({ roleName, description: app.facts.name }) };
    return { serverId, seedAt: Math.round(seedTime * 1000), runOnce, settings: all };
  });
  context.commit({ do: 'start-app', app: app.id, jobs });
  return {};
}

/** Deletes the replication job of each server of the application. */
export function stopAppReplication(context: OperationContext, input: AppInput): object {
  const app = appOf(context, input);
  if (!isReplicating(context, app)) throw operationNotPermitted(`Application ${app.id} is not replicating.`);
  context.commit({ do: 'stop-app', app: app.id });
  return {};
}

export function startOnDemandAppReplication(
  context: OperationContext,
  input: AppInput & { readonly description?: string },
): object {
  const app = appOf(context, input);
  if (!isReplicating(context, app)) throw operationNotPermitted(`Application ${app.id} is not replicating.`);
  for (const job of jobsOf(context.account, app)) {
    permitted(() => {
      checkOnDemand(context.account, job);
    });
  }
  const { description } = input;
  context.commit({ do: 'run-app', app: app.id, ...omitUndefined({ description }) });
  return {};
}

/** Launches the application as a stack, once each of its servers has been replicated. */
export function launchApp(context: OperationContext, input: AppInput): object {
  const app = appOf(context, input);
  if (app.configurations.launch === undefined)
    throw operationNotPermitted(`The launch of application ${app.id} is not configured.`);
  checkReplicated(context, app);
  const status = launchStatus(context.account, app);
  if (/PENDING|PROGRESS/.test(status))
    throw operationNotPermitted(`Application ${app.id} cannot be launched in status ${status}.`);
  context.commit({ do: 'launch-app', app: app.id });
  return {};
}

export function terminateApp(context: OperationContext, input: AppInput): object {
  const app = appOf(context, input);
  if (!isLaunched(app)) throw operationNotPermitted(`Application ${app.id} is not launched.`);
  context.commit({ do: 'terminate-app', app: app.id });
  return {};
}

/** Checks that each server has an AMI (user guide: "A replication job must complete before you perform this action"). */
export function checkReplicated({ account }: OperationContext, app: App): void {
  const servers = app.facts.groups.flatMap(({ servers: ids }) => ids);
  const missing = servers.find((id) => account.latestJobs.get(id)?.latestAmiId === undefined);
  if (missing !== undefined || servers.length === 0)
    throw operationNotPermitted(`Server ${missing ?? ''} of application ${app.id} has not been replicated.`);
}

/** Returns the parameters of the replication by the ids of servers. */
function replicationsOf({ configurations }: App): ReadonlyMap<string, ServerReplication> {
  const groups = (configurations.replication?.['serverGroupReplicationConfigurations'] ?? []) as readonly {
    readonly serverReplicationConfigurations?: readonly {
      readonly server?: ServerInput;
      readonly serverReplicationParameters?: ServerReplication;
    }[];
  }[];
  return new Map(
    groups
      .flatMap(({ serverReplicationConfigurations = [] }) => serverReplicationConfigurations)
      .map(({ server, serverReplicationParameters = {} }) => [
        server?.serverId ?? '',
        serverReplicationParameters,
      ]),
  );
}

export const isReplicating = ({ account }: OperationContext, app: App): boolean =>
  app.stopped !== true && jobsOf(account, app).some((job) => !isFinished(job));

const isLaunched = ({ launch }: App): boolean => launch !== undefined && launch.goneAt === undefined;

/** Turns the errors of operations on jobs into the one that operations on applications have. */
function permitted(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (error instanceof ServiceError && error.code !== 'InvalidParameterException')
      throw operationNotPermitted(error.message);
    throw error;
  }
}

/** Finds an application. The API model has no error of its own for an unknown one. */
export function appOf({ account }: OperationContext, { appId }: AppInput): App {
  const app = account.apps.get(appId);
  if (app === undefined) throw invalidParameter(`Application ${appId} not found.`);
  return app;
}

/** Finds the id of a server in the catalogue. */
export function serverIdOf({ account }: OperationContext, { serverId, vmServer }: ServerInput): string {
  const { vmManagerId = '', vmId = '' } = vmServer?.vmServerAddress ?? {};
  const { catalog, inventory } = account;
  const found = serverId === undefined ? inventory.at(vmManagerId, vmId) : inventory.get(serverId);
  if (found === undefined || !catalog.listed)
    throw invalidParameter(`Server ${serverId ?? `${vmManagerId} ${vmId}`} not found in the server catalog.`);
  return found.serverId;
}

function factsOf(context: OperationContext, input: FactsInput, app?: App): Partial<App['facts']> {
  const { name, description, roleName, tags } = input;
  const known = new Set(app?.facts.groups.map(({ id }) => id));
  const seen = new Set<string>();
  const groups = input.serverGroups?.map(({ serverGroupId, name: groupName, serverList = [] }) => {
    if (serverGroupId !== undefined && !known.has(serverGroupId))
      throw invalidParameter(`Server group ${serverGroupId} not found.`);
    const servers = serverList.map((server) => serverIdOf(context, server));
    for (const id of servers) {
      if (seen.has(id)) throw invalidParameter(`Server ${id} is given twice.`);
      seen.add(id);
    }
    return { servers, ...omitUndefined({ id: serverGroupId, name: groupName }) };
  });
  return omitUndefined({ name, description, roleName, tags, groups }) as Partial<App['facts']>;
}

function wireApp(context: OperationContext, app: App): object {
  const { groups, tags } = app.facts;
  return {
    appSummary: summaryOf(context, app),
    serverGroups: groups.map((group) => wireGroup(context, group)),
    tags,
  };
}

const wireGroup = (context: OperationContext, { id, name, servers }: ServerGroup): object => ({
  serverGroupId: id,
  name,
  serverList: servers.map((server) => wireMember(context, server)),
});

/** Returns a server as GetServers has it, or its id if it is not in the inventory any more. */
export function wireMember(context: OperationContext, serverId: string): object {
  const machine = context.account.inventory.get(serverId);
  return machine === undefined ? { serverId } : wireServer(context, machine);
}

function summaryOf(context: OperationContext, app: App): object {
  const { account, spell, region } = context;
  const { id, facts, configurations, createdAt, modifiedAt, launch } = app;
  const jobs = jobsOf(account, app);
  const runs = jobs.flatMap((job) => job.runs.filter(({ state }) => state === 'COMPLETED'));
  const replicatedAt = Math.max(...runs.map(({ completedAt = 0 }) => completedAt));
  const launched = launch !== undefined && account.now >= launch.endsAt;
  const configured = (done: boolean) => spell(done ? 'CONFIGURED' : 'NOT_CONFIGURED');
  const servers = facts.groups.flatMap((group) => group.servers);
  return {
    appId: id,
    name: facts.name,
    description: facts.description,
    status: spell('ACTIVE'),
    replicationConfigurationStatus: configured(configurations.replication !== undefined),
    replicationStatus: spell(replicationStatus(account, app)),
    replicationStatusMessage: jobs.find(({ message }) => message !== undefined)?.message,
    latestReplicationTime: runs.length === 0 ? undefined : replicatedAt / 1000,
    launchConfigurationStatus: configured(configurations.launch !== undefined),
    launchStatus: spell(launchStatus(account, app)),
    launchDetails: launch && {
      latestLaunchTime: launched ? launch.endsAt / 1000 : undefined,
      stackName: launch.stack,
      stackId: `arn:aws:cloudformation:${region}:000000000000:stack/${launch.stack}/${id}`,
    },
    creationTime: createdAt / 1000,
    lastModified: modifiedAt / 1000,
    roleName: facts.roleName,
    totalServerGroups: facts.groups.length,
    totalServers: servers.length,
  };
}
