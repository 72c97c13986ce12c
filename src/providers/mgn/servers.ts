import type { DataReplicationInfo, LifeCycle, SourceServer } from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import { byKeys } from '../../core/lists.ts';
import { toServerId } from '../../core/names.ts';
import type { IdleServer, JobState, Milestone, ObservedServer } from '../../core/observed.ts';
import type { JobIndex } from './launch/jobs.ts';
import { copyOf } from './observing/durations.ts';
import { projectOf, documentFacts, readOwner, retryFacts } from './marker.ts';
import { parseLag, replicationText, replicationTimes } from './progress.ts';
import type { MgnFacts, MgnJob } from './steps/sequence.ts';

/** Maps each replication state of MGN to the job state that all providers share. */
const JOB_STATES: ReadonlyMap<string | undefined, JobState> = new Map([
  ['INITIATING', 'active'],
  ['INITIAL_SYNC', 'active'],
  ['BACKLOG', 'active'],
  ['CREATING_SNAPSHOT', 'active'],
  ['CONTINUOUS', 'active'],
  ['RESCAN', 'active'],
  ['PENDING_SNAPSHOT_SHIPPING', 'active'],
  ['SHIPPING_SNAPSHOT', 'active'],
  ['PAUSED', 'paused'],
  ['STOPPED', 'paused'],
  ['STALLED', 'failing'],
  ['DISCONNECTED', 'failed'],
]);

/** What a job needs beside the server itself. */
interface JobContext {
  readonly jobs: JobIndex;
  /** The name of the application that the server is in. */
  readonly application: string | undefined;
  /** The application has the marker of the project. */
  readonly ownApplication: boolean;
  readonly settings: Settings;
  /** What MGN itself has set of these, where it is known. */
  readonly created?: Settings;
  /** Why its latest launch failed. */
  readonly launchError: string | undefined;
  /** Its application or wave must still be archived: all servers of it are. */
  readonly groupsOpen: boolean;
}

/**
 * Whether a server has a job: it replicates or has replicated. A server that was only discovered, or was stopped and has
 * no marker, has none, so a plan creates one. A discovered server with the marker of another project counts as a job, so
 * that a plan refuses it.
 */
export function hasJob(server: SourceServer, project: string | undefined): boolean {
  const marked = projectOf(server);
  if (isOnlyDiscovered(server)) return marked !== undefined && project !== undefined && marked !== project;
  return server.lifeCycle?.state !== 'STOPPED' || server.isArchived === true || marked !== undefined;
}

/**
 * Lists the servers without a job, with the reason: those that do not replicate, and archived ones whose VM has another
 * server.
 * @param present the servers that a manifest can refer to
 * @param replicating those that have a job
 */
export function idleServers(
  all: readonly SourceServer[],
  present: ReadonlySet<SourceServer>,
  replicating: ReadonlySet<SourceServer>,
  scope: { readonly project: string } | undefined,
): readonly IdleServer[] {
  const twins = new Map(
    [...replicating].flatMap((one) => {
      const server = readServer(one);
      const uuid = server?.vmWareUuid?.toLowerCase();
      return server === undefined || uuid === undefined ? [] : [[uuid, server] as const];
    }),
  );
  return all.flatMap((one): readonly IdleServer[] => {
    const server = readServer(one);
    if (server === undefined || replicating.has(one)) return [];
    if (!present.has(one)) return [{ server, reason: SUPERSEDED }];
    const twin = twins.get(server.vmWareUuid?.toLowerCase() ?? '');
    return [{ server, reason: twin === undefined ? idleReason(one, scope?.project) : twinReason(twin) }];
  });
}

/** Says that a VM replicates already, by another source server of it. */
function twinReason({ serverId, hasAgent: byAgent }: ObservedServer): string {
  return `is the same VM as source server ${serverId}, which replicates ${byAgent === true ? 'by an agent' : 'agentless'}`;
}

const SUPERSEDED = 'is archived, and another source server is the same VM';

function idleReason(server: SourceServer, project: string | undefined): string {
  if (project !== undefined && projectOf(server) === project)
    return 'was prepared by an apply that was interrupted: add it to its wave again to start its replication';
  const { state } = server.lifeCycle ?? {};
  if (state === 'STOPPED') return 'is stopped: add it to a wave to start its replication again';
  return state === 'PENDING_INSTALLATION'
    ? 'has no agent yet: import again once the agent is installed and replicates'
    : 'has never replicated: add it to a wave to start its replication';
}

/** Reads the replication of a server as a job. The job has the server's id. */
export function readJob(server: SourceServer, observed: ObservedServer, context: JobContext): MgnJob {
  const { settings, created } = context;
  const { dataReplicationInfo: info, launchedInstance } = server;
  const instanceId = launchedInstance?.ec2InstanceID;
  const owner = readOwner(server.tags);
  const message = replicationText(info);
  const state = jobStateOf(server);
  const lag = parseLag(info?.lagDuration);
  return {
    id: observed.serverId,
    server: observed,
    state,
    settings,
    ...(created !== undefined && { created }),
    facts: serverFacts(server, context),
    ...milestonesOf(server, context.jobs),
    ...replicationTimes(info),
    ...copyOf(server),
    ...context.jobs.actionsOf(server),
    // A server that is finalized can still be tagged; one that is archived is hidden on purpose.
    ...(state === 'completed' && server.isArchived !== true && { isMarkable: true }),
    ...(instanceId !== undefined && { instanceId }),
    ...(lag !== undefined && { lag }),
    ...(info?.dataReplicationState === 'RESCAN' && { isRescanning: true }),
    ...(owner !== undefined && { owner }),
    ...(message !== undefined && state !== 'completed' && state !== 'pending' && { statusMessage: message }),
  };
}

/** Reads what happened to a server, oldest first. */
function milestonesOf(server: SourceServer, jobs: JobIndex): Pick<MgnJob, 'milestones'> {
  const { lifeCycle = {} } = server;
  const { lastTest = {}, lastCutover = {} } = lifeCycle;
  const events: readonly (readonly [string, string | undefined, (string | undefined)?])[] = [
    ['added to AWS MGN', lifeCycle.addedToServiceDateTime],
    ['first data received', lifeCycle.firstByteDateTime],
    ['test launched', lastTest.initiated?.apiCallDateTime, lastTest.initiated?.jobID],
    ['test passed', lastTest.finalized?.apiCallDateTime],
    ['test reverted', lastTest.reverted?.apiCallDateTime],
    ['cut-over launched', lastCutover.initiated?.apiCallDateTime, lastCutover.initiated?.jobID],
    ['cut-over reverted', lastCutover.reverted?.apiCallDateTime],
    ['cut-over finalized', lastCutover.finalized?.apiCallDateTime],
  ];
  const milestones = events
    .flatMap(([event, time, id]): readonly Milestone[] => {
      const at = Date.parse(time ?? '');
      if (Number.isNaN(at)) return [];
      const instanceId = id === undefined ? undefined : jobs.instanceOf(server, id);
      const of = { ...(id !== undefined && { id }), ...(instanceId !== undefined && { instanceId }) };
      return [{ event, at, ...of }];
    })
    .toSorted((a, b) => a.at - b.at);
  return milestones.length === 0 ? {} : { milestones };
}

/** Returns the state of a server's job. */
export function jobStateOf(server: SourceServer): JobState {
  const { lifeCycle, isArchived, dataReplicationInfo: info } = server;
  if (isArchived === true || lifeCycle?.state === 'CUTOVER') return 'completed';
  if (lifeCycle?.state === 'DISCONNECTED') return 'failed';
  if (isOnlyDiscovered(server)) return 'pending';
  return JOB_STATES.get(info?.dataReplicationState) ?? 'unknown';
}

/**
 * Returns the facts that the phases decide by. A saved plan is stale once a fact changes, so the states that a running
 * replication passes through are not among them.
 */
function serverFacts(
  server: SourceServer,
  { jobs, application, ownApplication, launchError, groupsOpen }: JobContext,
): MgnFacts {
  const {
    sourceServerID: id = '',
    lifeCycle,
    dataReplicationInfo: info,
    launchedInstance,
    isArchived,
  } = server;
  const launch = jobs.launchOf(server);
  const failedLaunches = jobs.failedLaunchesOf(server);
  const firstBoot = launchedInstance?.firstBoot;
  const instance = launchedInstance?.ec2InstanceID;
  const replication = info?.dataReplicationState;
  const isRunning = JOB_STATES.get(replication) === 'active';
  return {
    ...(lifeCycle?.state !== undefined && { lifecycle: lifeCycle.state }),
    ...(replication !== undefined && !isRunning && { replication }),
    ...(replication === 'STALLED' && retryFacts(server)),
    // A new encryption key makes the service ship all disks again.
    ...(!isOnlyDiscovered(server) && { shipped: isShipped(info) }),
    ...(isArchived === true && { archived: true }),
    ...(groupsOpen && { groupsOpen: true }),
    ...(launch?.status !== undefined && { launch: launch.status, launchOf: launch.of }),
    ...(launchError !== undefined && { launchError }),
    ...(instance !== undefined &&
      launch?.status !== 'TERMINATED' && { instance, ...(firstBoot !== undefined && { firstBoot }) }),
    ...launch?.postLaunch,
    ...(failedLaunches > 0 && { failedLaunches }),
    ...(isTakenBack(lifeCycle) && { reverted: true }),
    ...(jobs.isBusy(id) && { busy: true }),
    ...(application !== undefined && { application }),
    ...(ownApplication && { ownApplication: true }),
    ...documentFacts(server),
  };
}

/** Whether the latest cut-over was taken back, and nothing has been launched since. */
function isTakenBack({ lastTest, lastCutover }: LifeCycle = {}): boolean {
  const time = (text: string | undefined): number => Date.parse(text ?? '') || -Infinity;
  const reverted = time(lastCutover?.reverted?.apiCallDateTime);
  const launched = [lastCutover?.initiated, lastTest?.initiated].map((launch) =>
    time(launch?.apiCallDateTime),
  );
  return reverted > -Infinity && launched.every((at) => at <= reverted);
}

/**
 * Whether all disks have been shipped once: only then does the service report a snapshot, or a lag behind the
 * source.
 */
function isShipped(info: DataReplicationInfo | undefined): boolean {
  return info?.lastSnapshotDateTime !== undefined || info?.lagDuration !== undefined;
}

/** Lifecycle states before the first replication (domain, MGN: agentless flow, step 2). */
const DISCOVERED_STATES: ReadonlySet<string | undefined> = new Set(['DISCOVERED', 'PENDING_INSTALLATION']);

/** Whether a server was discovered and has never replicated. */
export function isOnlyDiscovered({ lifeCycle }: SourceServer): boolean {
  return DISCOVERED_STATES.has(lifeCycle?.state);
}

/**
 * Whether a server replicates by an agent, or is to: StartReplication is for servers without one (API reference). A server
 * that was imported, and has no type yet, waits for an agent.
 */
export function hasAgent({ replicationType, lifeCycle }: SourceServer): boolean {
  const isImported = replicationType === undefined && lifeCycle?.state === 'PENDING_INSTALLATION';
  return replicationType === 'AGENT_BASED' || isImported;
}

/** Whether a server is to replicate by an agent that does not run: it starts once a person has installed it. */
function awaitsAgent(server: SourceServer): boolean {
  return hasAgent(server) && (isOnlyDiscovered(server) || server.lifeCycle?.state === 'STOPPED');
}

/** Reads the identifiers of a source server; undefined if it has no id, without which no call can name it. */
export function readServer(server: SourceServer): ObservedServer | undefined {
  const { sourceServerID: id, sourceProperties, tags, userProvidedID } = server;
  if (id === undefined) return undefined;
  const { hostname, fqdn, vmPath, vmWareUuid } = sourceProperties?.identificationHints ?? {};
  const names = new Set(
    [hostname, tags?.['Name'], fqdn, userProvidedID].flatMap((name) => (name === '' ? [] : (name ?? []))),
  );
  const [name, ...others] = names;
  return {
    serverId: toServerId(id),
    ...(name !== undefined && { name }),
    ...(others.length > 0 && { otherNames: others }),
    ...(vmPath !== undefined && vmPath !== '' && { path: vmPath }),
    ...(vmWareUuid !== undefined && vmWareUuid !== '' && { vmWareUuid }),
    ...(!isOnlyDiscovered(server) && { hadJob: true }),
    ...(hasAgent(server) && { hasAgent: true }),
    ...(awaitsAgent(server) && { awaitsAgent: true }),
  };
}

/**
 * Returns the servers that a manifest can refer to. An archived server is left out if another one is the same VM, by
 * UUID or path, so that a VM that was discovered again is not ambiguous.
 */
export function currentServers(all: readonly SourceServer[]): readonly SourceServer[] {
  const identities = new Set(all.filter(({ isArchived }) => isArchived !== true).flatMap(serverIdentities));
  const archived = all.filter(({ isArchived }) => isArchived === true).toSorted(latestFirst);
  const latest = new Set(
    archived.filter((server) => {
      const own = serverIdentities(server);
      const isSuperseded = own.some((identity) => identities.has(identity));
      for (const identity of own) identities.add(identity);
      return !isSuperseded;
    }),
  );
  return all.filter((server) => server.isArchived !== true || latest.has(server));
}

function serverIdentities({ sourceProperties }: SourceServer): readonly string[] {
  const { vmPath, vmWareUuid } = sourceProperties?.identificationHints ?? {};
  return [
    ...(vmWareUuid === undefined || vmWareUuid === '' ? [] : [`uuid ${vmWareUuid.toLowerCase()}`]),
    ...(vmPath === undefined || vmPath === '' ? [] : [`path ${vmPath}`]),
  ];
}

const byAddedTime = byKeys<SourceServer>(
  ({ lifeCycle }) => lifeCycle?.addedToServiceDateTime ?? '',
  ({ sourceServerID }) => sourceServerID ?? '',
);
const latestFirst = (a: SourceServer, b: SourceServer): number => byAddedTime(b, a);
