import type { DataReplicationInfo, SourceServer } from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import { byKeys } from '../../core/lists.ts';
import { toServerId } from '../../core/names.ts';
import type { JobState, ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { JobIndex } from './launch-jobs.ts';
import { projectOf, readOwner } from './marker.ts';
import { replicationText } from './progress.ts';
import type { MgnFacts } from './steps/sequence.ts';

/** What each state of a replication is in words that hold for every provider. */
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

/** What is known of a server beside itself. */
interface JobContext {
  readonly jobs: JobIndex;
  /** The name of the application that the server is in. */
  readonly application: string | undefined;
  readonly settings: Settings;
  /** Why its newest launch has failed. */
  readonly launchError: string | undefined;
  /** Its application or wave is to be archived: all servers of it are. */
  readonly groupsOpen: boolean;
}

/**
 * Whether a server has a job: it replicates, or did. One that only was discovered, or was stopped and carries nobody's
 * marker, has none, and is there to be created; unless another project has laid its hand on it, which is to be refused.
 */
export function hasJob(server: SourceServer, project: string | undefined): boolean {
  const marked = projectOf(server);
  if (isOnlyDiscovered(server)) return marked !== undefined && project !== undefined && marked !== project;
  return server.lifeCycle?.state !== 'STOPPED' || server.isArchived === true || marked !== undefined;
}

/** The replication of a server, which is a job under the server's own id. */
export function readJob(server: SourceServer, observed: ObservedServer, context: JobContext): ObservedJob {
  const { settings } = context;
  const { dataReplicationInfo: info } = server;
  const owner = readOwner(server.tags);
  const words = replicationText(info);
  const state = jobStateOf(server);
  return {
    id: observed.serverId,
    server: observed,
    state,
    settings,
    facts: serverFacts(server, context),
    ...(owner !== undefined && { owner }),
    ...(words !== undefined && state !== 'completed' && state !== 'pending' && { statusMessage: words }),
  };
}

/** What a job is doing, in words that hold for every provider. */
export function jobStateOf(server: SourceServer): JobState {
  const { lifeCycle, isArchived, dataReplicationInfo: info } = server;
  if (isArchived === true || lifeCycle?.state === 'CUTOVER') return 'completed';
  if (lifeCycle?.state === 'DISCONNECTED') return 'failed';
  if (isOnlyDiscovered(server)) return 'pending';
  return JOB_STATES.get(info?.dataReplicationState) ?? 'unknown';
}

/**
 * What the phases go by. A saved plan is stale once one of them has moved, so a replication that runs says nothing of
 * the many states that it goes through.
 */
function serverFacts(
  server: SourceServer,
  { jobs, application, launchError, groupsOpen }: JobContext,
): MgnFacts {
  const {
    sourceServerID: id = '',
    lifeCycle,
    dataReplicationInfo: info,
    launchedInstance,
    isArchived,
  } = server;
  const launch = jobs.launchOf(server);
  const instance = launchedInstance?.ec2InstanceID;
  const replication = info?.dataReplicationState;
  const runs = JOB_STATES.get(replication) === 'active';
  return {
    ...(lifeCycle?.state !== undefined && { lifecycle: lifeCycle.state }),
    ...(replication !== undefined && !runs && { replication }),
    // A new encryption key makes the service ship all disks again.
    ...(!isOnlyDiscovered(server) && { shipped: isShipped(info) }),
    ...(isArchived === true && { archived: true }),
    ...(groupsOpen && { groupsOpen: true }),
    ...(launch?.status !== undefined && { launch: launch.status, launchOf: launch.of }),
    ...(launchError !== undefined && { launchError }),
    ...(instance !== undefined && launch?.status !== 'TERMINATED' && { instance }),
    ...(jobs.isBusy(id) && { busy: true }),
    ...(application !== undefined && { application }),
  };
}

/** Whether all disks have been shipped once: only then is there a snapshot, and a lag behind it. */
function isShipped(info: DataReplicationInfo | undefined): boolean {
  return info?.lastSnapshotDateTime !== undefined || info?.lagDuration !== undefined;
}

/** Lifecycles of a server with which nothing has been done yet (domain, MGN: agentless flow, step 2). */
const DISCOVERED_STATES: ReadonlySet<string | undefined> = new Set(['DISCOVERED', 'PENDING_INSTALLATION']);

/** Whether a server is still only known to be there. */
export function isOnlyDiscovered({ lifeCycle }: SourceServer): boolean {
  return DISCOVERED_STATES.has(lifeCycle?.state);
}

/** A source server by what a manifest may call it; undefined for one without an id, which nothing can be done with. */
export function readServer(server: SourceServer): ObservedServer | undefined {
  const { sourceServerID: id, sourceProperties, tags } = server;
  if (id === undefined) return undefined;
  const { hostname, fqdn, vmPath, vmWareUuid } = sourceProperties?.identificationHints ?? {};
  const names = new Set(
    [hostname, tags?.['Name'], fqdn].flatMap((name) => (name === '' ? [] : (name ?? []))),
  );
  const [name, ...others] = names;
  return {
    serverId: toServerId(id),
    ...(name !== undefined && { name }),
    ...(others.length > 0 && { otherNames: others }),
    ...(vmPath !== undefined && vmPath !== '' && { path: vmPath }),
    ...(vmWareUuid !== undefined && vmWareUuid !== '' && { vmWareUuid }),
    ...(!isOnlyDiscovered(server) && { hadJob: true }),
  };
}

/**
 * The servers that a manifest may mean. An archived one is a VM's past: it counts only where no other is the same VM,
 * by UUID or path, so that a VM that was discovered again is not ambiguous.
 */
export function currentServers(all: readonly SourceServer[]): readonly SourceServer[] {
  const taken = new Set(all.filter(({ isArchived }) => isArchived !== true).flatMap(serverIdentities));
  const past = all.filter(({ isArchived }) => isArchived === true).toSorted(latestFirst);
  const kept = past.filter((server) => {
    const ids = serverIdentities(server);
    const superseded = ids.some((id) => taken.has(id));
    for (const id of ids) taken.add(id);
    return !superseded;
  });
  const left = new Set(kept);
  return all.filter((server) => server.isArchived !== true || left.has(server));
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
