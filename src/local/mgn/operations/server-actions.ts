import type { ServerAction } from '../commands.ts';
import { missingAction } from '../post-launch.ts';
import type { ReplicationState, SourceServer } from '../records.ts';
import { isLaunchable } from '../replication.ts';
import { configuredReplication } from '../settings.ts';
import { findServer } from '../account.ts';
import { type MgnOperationContext, serverOf } from './context.ts';
import { conflict, invalidRequest, quotaExceeded } from './errors.ts';
import { wireDisks, wireServer } from './wire-server.ts';

interface ServerInput {
  readonly sourceServerID: string;
}

const BUSY_MESSAGE =
  'One or more of the Source Servers included in API call are currently being processed by a Job';

/** Returns the error if an action is not allowed in the current state of a server. */
type Rule = (server: SourceServer, context: MgnOperationContext) => Error | undefined;

const replicationStateOf = ({ replication }: SourceServer): ReplicationState =>
  replication?.state ?? 'STOPPED';
const NOT_REPLICATING: readonly ReplicationState[] = ['STOPPED', 'DISCONNECTED'];

/** The condition of each action, besides that the server is not archived and no job processes it. */
const ACTION_RULES: Readonly<Record<ServerAction, Rule>> = {
  start: (server, context) => {
    if (server.type === 'AGENT_BASED' && server.state === 'PENDING_INSTALLATION') {
      return invalidRequest(`The agent of source server ${server.id} is not installed.`);
    }
    if (server.state !== 'DISCOVERED' && server.state !== 'STOPPED') return wrongState(server);
    if (configuredReplication(context.mgn, server)['stagingAreaSubnetId'] === undefined) {
      return invalidRequest(
        'There is no replication configuration template, and the source server has no staging area subnet.',
      );
    }
    return replicationQuotaError(context);
  },
  stop: (server) =>
    NOT_REPLICATING.includes(replicationStateOf(server)) || ['CUTOVER', 'DISCONNECTED'].includes(server.state)
      ? wrongReplication(server)
      : undefined,
  pause: (server) =>
    [...NOT_REPLICATING, 'PAUSED', 'STALLED'].includes(replicationStateOf(server))
      ? wrongReplication(server)
      : undefined,
  resume: (server, context) =>
    replicationStateOf(server) === 'PAUSED' ? replicationQuotaError(context) : wrongReplication(server),
  retry: (server) =>
    replicationStateOf(server) === 'STALLED'
      ? undefined
      : invalidRequest(
          `Source server ${server.id} is not stalled: its replication is ${replicationStateOf(server)}.`,
        ),
  disconnect: (server) =>
    ['DISCOVERED', 'PENDING_INSTALLATION', 'CUTOVER', 'DISCONNECTED'].includes(server.state)
      ? wrongState(server)
      : undefined,
  finalize: (server, context) => {
    if (server.state !== 'CUTTING_OVER') return wrongState(server);
    const { id, launched, lastCutover } = server;
    if (launched === undefined || launched.job !== lastCutover.job)
      return conflict(`Source server ${id} has no launched cutover instance.`, 'SourceServer', [id]);
    const action = missingActionOf(server, context);
    return action === undefined
      ? undefined
      : conflict(`Post-launch action ${action} of ${id} has not succeeded.`, 'SourceServer', [id]);
  },
  archive: (server) => (['CUTOVER', 'DISCONNECTED'].includes(server.state) ? undefined : wrongState(server)),
  delete: (server) => (['CUTOVER', 'DISCONNECTED'].includes(server.state) ? undefined : wrongState(server)),
};

/** Returns the name of a post-launch action that must succeed before the cutover is finalized, and has not. */
function missingActionOf(
  { id, launched }: SourceServer,
  { mgn, account }: MgnOperationContext,
): string | undefined {
  const job = mgn.jobs.get(launched?.job ?? 0);
  const part = job?.participants.find(({ serverId }) => serverId === id);
  return part === undefined ? undefined : missingAction(part, account.now);
}

/** Executes an action on one server, and returns the server. */
export function runServerAction(
  action: ServerAction,
  context: MgnOperationContext,
  { sourceServerID: id }: ServerInput,
): object {
  const server = serverOf(context, id);
  const disks = action === 'finalize' ? wireDisks(context, server) : undefined;
  if (action === 'archive' && server.archived) return wireServer(context, server);
  if (server.archived && action !== 'delete') {
    throw conflict(`Source server ${id} is archived.`, 'SourceServer', [id]);
  }
  checkNoActiveJob(context, [id]);
  const refusal = ACTION_RULES[action](server, context);
  if (refusal !== undefined) throw refusal;
  context.commit({ do: action, id });
  const after = findServer(context.account.inventory, context.mgn, id);
  return after === undefined ? {} : wireServer(context, after, disks);
}

export function changeServerLifeCycleState(
  context: MgnOperationContext,
  input: ServerInput & {
    readonly lifeCycle: { readonly state: 'READY_FOR_TEST' | 'READY_FOR_CUTOVER' | 'CUTOVER' };
  },
): object {
  const server = serverOf(context, input.sourceServerID);
  const { state: wanted } = input.lifeCycle;
  checkNoActiveJob(context, [server.id]);
  if (wanted === 'CUTOVER') {
    if (server.archived || !['DISCONNECTED', 'CUTOVER'].includes(server.state)) throw wrongState(server);
    if (server.state !== wanted) context.commit({ do: 'life-cycle', id: server.id, state: wanted });
    return wireServer(context, serverOf(context, server.id));
  }
  // A test can be skipped (domain, MGN: learnt since).
  const from = ['TESTING', 'CUTTING_OVER', 'READY_FOR_CUTOVER', 'READY_FOR_TEST'];
  if (server.archived || (server.state !== wanted && !from.includes(server.state))) throw wrongState(server);
  if (!isLaunchable(server)) throw notLaunchable([server]);
  if (server.state !== wanted) context.commit({ do: 'life-cycle', id: server.id, state: wanted });
  return wireServer(context, serverOf(context, server.id));
}

export function updateSourceServerReplicationType(
  context: MgnOperationContext,
  input: ServerInput & { readonly replicationType: SourceServer['type'] },
): object {
  const server = serverOf(context, input.sourceServerID);
  const { replicationType: type } = input;
  if (server.type !== type) {
    if (server.archived || !['DISCOVERED', 'PENDING_INSTALLATION'].includes(server.state))
      throw wrongState(server);
    context.commit({ do: 'replication-type', id: server.id, type });
  }
  return wireServer(context, serverOf(context, server.id));
}

/** Refuses servers that a job processes. */
export function checkNoActiveJob({ mgn }: MgnOperationContext, ids: readonly string[]): void {
  const busy = ids.filter((id) => mgn.activeJobByServer.has(id));
  if (busy.length > 0) throw conflict(BUSY_MESSAGE, 'SourceServer', busy);
}

export const notLaunchable = (servers: readonly SourceServer[]) => {
  const ids = servers.map(({ id }) => id);
  return conflict(`${ids.join(', ')}: not launchable, for want of a snapshot.`, 'SourceServer', ids);
};

function replicationQuotaError({ mgn, quotas }: MgnOperationContext): Error | undefined {
  const { replicatingServers } = quotas;
  return mgn.replicating.size >= replicatingServers
    ? quotaExceeded('source servers that replicate', replicatingServers)
    : undefined;
}

const wrongState = ({ id, state: now }: SourceServer) =>
  conflict(`Source server ${id} is in lifecycle state ${now}.`, 'SourceServer', [id]);

const wrongReplication = (server: SourceServer) =>
  conflict(
    `The data replication of source server ${server.id} is ${replicationStateOf(server)}.`,
    'SourceServer',
    [server.id],
  );
