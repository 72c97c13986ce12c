import type { DataReplicationInfo, SourceServer } from '@aws-sdk/client-mgn';
import type { Settings } from '../../core/desired.ts';
import type { JobState, ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { JobBook } from './job-book.ts';
import { projectOf, readOwner } from './marker.ts';
import { isUntouched } from './read-server.ts';
import { replicationWords } from './replication-words.ts';

/** What each state of a replication is in words that hold for every provider. */
const STATES: ReadonlyMap<string | undefined, JobState> = new Map([
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
export interface JobContext {
  readonly jobs: JobBook;
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
  const marked = projectOf(server.tags);
  if (isUntouched(server)) return marked !== undefined && project !== undefined && marked !== project;
  return server.lifeCycle?.state !== 'STOPPED' || server.isArchived === true || marked !== undefined;
}

/** The replication of a server, which is a job under the server's own id. */
export function readJob(server: SourceServer, observed: ObservedServer, context: JobContext): ObservedJob {
  const { settings } = context;
  const { dataReplicationInfo: info } = server;
  const owner = readOwner(server.tags);
  const words = replicationWords(info);
  const state = stateOf(server);
  return {
    id: observed.serverId,
    server: observed,
    state,
    settings,
    facts: factsOf(server, context),
    ...(owner !== undefined && { owner }),
    ...(words !== undefined && state !== 'completed' && state !== 'pending' && { statusMessage: words }),
  };
}

/** What a job is doing, in words that hold for every provider. */
export function stateOf(server: SourceServer): JobState {
  const { lifeCycle, isArchived, dataReplicationInfo: info } = server;
  if (isArchived === true || lifeCycle?.state === 'CUTOVER') return 'completed';
  if (lifeCycle?.state === 'DISCONNECTED') return 'failed';
  if (isUntouched(server)) return 'pending';
  return STATES.get(info?.dataReplicationState) ?? 'unknown';
}

/**
 * What the phases go by. A saved plan is stale once one of them has moved, so a replication that runs says nothing of
 * the many states that it goes through.
 */
function factsOf(
  server: SourceServer,
  { jobs, application, launchError, groupsOpen }: JobContext,
): Readonly<Record<string, string>> {
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
  const runs = STATES.get(replication) === 'active';
  return {
    ...(lifeCycle?.state !== undefined && { lifecycle: lifeCycle.state }),
    ...(replication !== undefined && !runs && { replication }),
    // Whether there is anything to launch: a new key has all of it shipped anew.
    ...(!isUntouched(server) && { snapshot: isShipped(info) ? 'there' : 'none' }),
    ...(isArchived === true && { archived: 'true' }),
    ...(groupsOpen && { groups: 'open' }),
    ...(launch?.status !== undefined && { launch: launch.status, launchOf: launch.of }),
    ...(launchError !== undefined && { launchError }),
    ...(instance !== undefined && launch?.status !== 'TERMINATED' && { instance }),
    ...(jobs.isBusy(id) && { busy: 'true' }),
    ...(application !== undefined && { application }),
  };
}

/** Whether all disks have been shipped once: only then is there a snapshot, and a lag behind it. */
function isShipped(info: DataReplicationInfo | undefined): boolean {
  return info?.lastSnapshotDateTime !== undefined || info?.lagDuration !== undefined;
}
