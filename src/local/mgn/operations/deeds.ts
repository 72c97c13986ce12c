import type { Deed } from '../commands.ts';
import type { ReplicationState, SourceServer } from '../records.ts';
import { isLaunchable } from '../replication.ts';
import { configuredReplication } from '../settings.ts';
import { findServer } from '../world.ts';
import { serverOf } from './desk.ts';
import type { MgnDesk } from './desk.ts';
import { conflict, invalid, overQuota } from './errors.ts';
import { wireServer } from './wire-server.ts';

interface ServerInput {
  readonly sourceServerID: string;
}

const BUSY = 'One or more of the Source Servers included in API call are currently being processed by a Job';

/** Why a deed cannot be done with a server as it is; nothing if it can. */
type Rule = (server: SourceServer, desk: MgnDesk) => Error | undefined;

const state = ({ replication }: SourceServer): ReplicationState => replication?.state ?? 'STOPPED';
const OFF: readonly ReplicationState[] = ['STOPPED', 'DISCONNECTED'];

/** What each deed asks of a server, besides that it is not archived and no job processes it. */
const RULES: Readonly<Record<Deed, Rule>> = {
  start: (server, desk) => {
    if (server.type !== 'SNAPSHOT_SHIPPING') {
      return invalid(`Source server ${server.id} does not replicate by snapshot shipping.`);
    }
    if (server.state !== 'DISCOVERED' && server.state !== 'STOPPED') return wrongState(server);
    if (configuredReplication(desk.mgn, server)['stagingAreaSubnetId'] === undefined) {
      return invalid(
        'There is no replication configuration template, and the source server has no staging area subnet.',
      );
    }
    return roomToReplicate(server, desk);
  },
  stop: (server) =>
    OFF.includes(state(server)) || ['CUTOVER', 'DISCONNECTED'].includes(server.state)
      ? wrongReplication(server)
      : undefined,
  pause: (server) =>
    [...OFF, 'PAUSED', 'STALLED'].includes(state(server)) ? wrongReplication(server) : undefined,
  resume: (server, desk) =>
    state(server) === 'PAUSED' ? roomToReplicate(server, desk) : wrongReplication(server),
  retry: (server) =>
    state(server) === 'STALLED'
      ? undefined
      : invalid(`Source server ${server.id} is not stalled: its replication is ${state(server)}.`),
  disconnect: (server) =>
    ['DISCOVERED', 'PENDING_INSTALLATION', 'CUTOVER', 'DISCONNECTED'].includes(server.state)
      ? wrongState(server)
      : undefined,
  finalize: (server) => {
    if (server.state !== 'CUTTING_OVER') return wrongState(server);
    return server.launched?.job === server.lastCutover.job
      ? undefined
      : conflict(`Source server ${server.id} has no launched cutover instance.`, 'SourceServer', [server.id]);
  },
  archive: (server) => (['CUTOVER', 'DISCONNECTED'].includes(server.state) ? undefined : wrongState(server)),
  delete: (server) => (['CUTOVER', 'DISCONNECTED'].includes(server.state) ? undefined : wrongState(server)),
};

/** Does one thing with one server, and answers with the server. */
export function doWith(deed: Deed, desk: MgnDesk, { sourceServerID: id }: ServerInput): object {
  const server = serverOf(desk, id);
  if (deed === 'archive' && server.archived) return wireServer(desk, server);
  if (server.archived && deed !== 'delete') {
    throw conflict(`Source server ${id} is archived.`, 'SourceServer', [id]);
  }
  checkIdle(desk, [id]);
  const refusal = RULES[deed](server, desk);
  if (refusal !== undefined) throw refusal;
  desk.commit({ do: deed, id });
  const after = findServer(desk.world.inventory, desk.mgn, id);
  return after === undefined ? {} : wireServer(desk, after);
}

export function changeServerLifeCycleState(
  desk: MgnDesk,
  input: ServerInput & { readonly lifeCycle: { readonly state: string } },
): object {
  const server = serverOf(desk, input.sourceServerID);
  const { state: wanted } = input.lifeCycle;
  if (wanted !== 'READY_FOR_TEST' && wanted !== 'READY_FOR_CUTOVER') {
    const message = 'must be READY_FOR_TEST or READY_FOR_CUTOVER: FinalizeCutover is the way to CUTOVER';
    throw invalid(`lifeCycle.state ${message}.`, [{ name: 'lifeCycle.state', message }]);
  }
  checkIdle(desk, [server.id]);
  const from = ['TESTING', 'CUTTING_OVER', 'READY_FOR_CUTOVER'];
  if (server.archived || (server.state !== wanted && !from.includes(server.state))) throw wrongState(server);
  if (!isLaunchable(server)) throw notLaunchable([server]);
  if (server.state !== wanted) desk.commit({ do: 'life-cycle', id: server.id, state: wanted });
  return wireServer(desk, serverOf(desk, server.id));
}

export function updateSourceServerReplicationType(
  desk: MgnDesk,
  input: ServerInput & { readonly replicationType: SourceServer['type'] },
): object {
  const server = serverOf(desk, input.sourceServerID);
  const { replicationType: type } = input;
  if (server.type !== type) {
    if (server.archived || !['DISCOVERED', 'PENDING_INSTALLATION'].includes(server.state))
      throw wrongState(server);
    desk.commit({ do: 'replication-type', id: server.id, type });
  }
  return wireServer(desk, serverOf(desk, server.id));
}

/** Refuses servers that a job is working on. */
export function checkIdle({ mgn }: MgnDesk, ids: readonly string[]): void {
  const busy = ids.filter((id) => mgn.busy.has(id));
  if (busy.length > 0) throw conflict(BUSY, 'SourceServer', busy);
}

export const notLaunchable = (servers: readonly SourceServer[]) => {
  const ids = servers.map(({ id }) => id);
  return conflict(`${ids.join(', ')}: not launchable, for want of a snapshot.`, 'SourceServer', ids);
};

function roomToReplicate({ id, state: now }: SourceServer, { mgn, quotas }: MgnDesk): Error | undefined {
  const { replicatingServers, nonArchivedServers } = quotas;
  if (mgn.replicating.size >= replicatingServers) {
    return overQuota('source servers that replicate', replicatingServers);
  }
  const more = now === 'DISCOVERED' && !mgn.present.has(id);
  return more && mgn.present.size >= nonArchivedServers
    ? overQuota('source servers that are not archived', nonArchivedServers)
    : undefined;
}

const wrongState = ({ id, state: now }: SourceServer) =>
  conflict(`Source server ${id} is in lifecycle state ${now}.`, 'SourceServer', [id]);

const wrongReplication = (server: SourceServer) =>
  conflict(`The data replication of source server ${server.id} is ${state(server)}.`, 'SourceServer', [
    server.id,
  ]);
