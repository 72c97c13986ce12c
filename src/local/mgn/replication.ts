import type { Replication, ReplicationState, SourceServer } from './records.ts';
import {
  failingStepIndex,
  INITIATION_DURATION,
  plannedStallOf,
  shipmentDuration,
  shippedShare,
  SNAPSHOT_DURATION,
  SNAPSHOT_INTERVAL,
  STEP_DURATION,
} from './replication-timing.ts';
import { type MgnSimulationContext, updateCounts } from './account.ts';

const SHIPPING: readonly ReplicationState[] = ['INITIAL_SYNC', 'SHIPPING_SNAPSHOT', 'BACKLOG', 'RESCAN'];

export const isShipping = ({ state }: Replication) => SHIPPING.includes(state);

/** Whether a server has one of the slots of shipments. Agents need none: they send their data themselves. */
export const usesSlot = ({ type, replication }: SourceServer) =>
  type === 'SNAPSHOT_SHIPPING' && replication !== undefined && isShipping(replication);

/** Whether a server has a snapshot to launch an instance from. */
export const isLaunchable = ({ replication }: SourceServer) => replication?.snapshotAt !== undefined;

/** Starts a replication, or repeats its initiation; data that was shipped before is kept. */
export function initiateReplication(simulation: MgnSimulationContext, server: SourceServer): void {
  const { now, account } = simulation;
  const before = server.replication;
  const kept = before !== undefined && before.state !== 'STOPPED' && before.state !== 'DISCONNECTED';
  const replication: Replication = {
    ...(kept ? before : { done: 0, span: 0, shipments: 0, synced: false }),
    state: 'INITIATING',
    initiatedAt: now,
    since: now,
  };
  delete replication.stalled;
  delete replication.pausedIn;
  server.replication = replication;
  if (server.state === 'DISCOVERED' || server.state === 'STOPPED') server.state = 'NOT_READY';
  const fate = plannedStallOf(account.faults, server);
  const step = fate === undefined ? -1 : failingStepIndex(fate.error);
  enterState(
    simulation,
    server,
    'INITIATING',
    step < 0 ? INITIATION_DURATION : Math.round((step + 0.5) * STEP_DURATION),
  );
  if (fate !== undefined && step >= 0) replication.fate = fate;
}

/** Moves a replication to its next state, when the current state ends. */
export function endReplicationState(
  simulation: MgnSimulationContext,
  server: SourceServer,
  at: number,
): void {
  const { replication } = server;
  if (replication?.until !== at) return;
  if (usesSlot(server)) simulation.slots.release();
  const { fate, state } = replication;
  if (fate !== undefined) {
    if (isShipping(replication)) replication.done = shippedShare(replication, at);
    replication.stalled = { ...fate, during: state };
    enterState(simulation, server, 'STALLED');
    return;
  }
  switch (state) {
    case 'INITIATING':
    case 'CONTINUOUS':
      ship(simulation, server, 'RESCAN');
      return;
    case 'INITIAL_SYNC':
      replication.synced = true;
      replication.done = 0;
      enterState(simulation, server, 'CREATING_SNAPSHOT', SNAPSHOT_DURATION);
      return;
    case 'CREATING_SNAPSHOT':
      replication.snapshotAt = at;
      if (server.state === 'NOT_READY') server.state = 'READY_FOR_TEST';
      replicateContinuously(simulation, server);
      return;
    case 'SHIPPING_SNAPSHOT':
    case 'BACKLOG':
    case 'RESCAN':
      replication.snapshotAt = replication.since;
      replication.done = 0;
      replicateContinuously(simulation, server);
      return;
    case 'STOPPED':
    case 'PAUSED':
    case 'STALLED':
    case 'DISCONNECTED':
    case 'PENDING_SNAPSHOT_SHIPPING':
  }
}

/** Without an agent, a new snapshot follows after an interval. An agent sends each change at once. */
function replicateContinuously(simulation: MgnSimulationContext, server: SourceServer): void {
  const length = server.type === 'AGENT_BASED' ? undefined : SNAPSHOT_INTERVAL;
  enterState(simulation, server, 'CONTINUOUS', length);
}

/** Gives free slots to servers that wait to ship. */
export function startWaitingShipments(simulation: MgnSimulationContext): void {
  const { slots } = simulation;
  for (let next = slots.startNext(); next !== undefined; next = slots.startNext())
    startShipment(simulation, next.server, 'SHIPPING_SNAPSHOT');
}

/**
 * Ships data: an agent at once, other servers when they get a slot.
 * @param again the state of an agent that has sent all disks before
 */
function ship(simulation: MgnSimulationContext, server: SourceServer, again: 'BACKLOG' | 'RESCAN'): void {
  if (server.type === 'AGENT_BASED') {
    startShipment(simulation, server, again);
    return;
  }
  enterState(simulation, server, 'PENDING_SNAPSHOT_SHIPPING');
  simulation.slots.add({ since: simulation.now, server });
}

function startShipment(
  simulation: MgnSimulationContext,
  server: SourceServer,
  again: ReplicationState,
): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { now, account } = simulation;
  replication.shipments += 1;
  replication.span = Math.max(
    1,
    Math.round(shipmentDuration(server.machine, replication) * (1 - replication.done)),
  );
  replication.firstByteAt ??= now;
  const fate = plannedStallOf(account.faults, server);
  const state = replication.synced ? again : 'INITIAL_SYNC';
  enterState(
    simulation,
    server,
    state,
    fate === undefined ? replication.span : Math.ceil(replication.span / 2),
  );
  if (fate !== undefined) replication.fate = fate;
}

/** Stalls agents that have sent everything, where a fault says so: they begin no shipment in which they could stall. */
export function stallIdleAgents(simulation: MgnSimulationContext): void {
  const { account, mgn, now } = simulation;
  for (const server of mgn.servers.values()) {
    const { replication, type } = server;
    if (type !== 'AGENT_BASED' || replication?.state !== 'CONTINUOUS') continue;
    const fate = plannedStallOf(account.faults, server);
    if (fate === undefined || failingStepIndex(fate.error) >= 0) continue;
    replication.stalled = { ...fate, during: 'CONTINUOUS' };
    replication.snapshotAt = now;
    enterState(simulation, server, 'STALLED');
  }
}

export function pauseReplication(simulation: MgnSimulationContext, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { state } = replication;
  stopShipment(simulation, server);
  if (server.type === 'AGENT_BASED' && state === 'CONTINUOUS') replication.snapshotAt = simulation.now;
  replication.pausedIn = state;
  enterState(simulation, server, 'PAUSED');
}

export function resumeReplication(simulation: MgnSimulationContext, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { pausedIn } = replication;
  delete replication.pausedIn;
  if (pausedIn === 'INITIATING' || pausedIn === 'STALLED') initiateReplication(simulation, server);
  else if (pausedIn === 'CREATING_SNAPSHOT') enterState(simulation, server, pausedIn, SNAPSHOT_DURATION);
  else ship(simulation, server, 'BACKLOG');
}

/** Ships all data again, because the copies get another key. */
export function resyncReplication(simulation: MgnSimulationContext, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  stopShipment(simulation, server);
  replication.synced = false;
  replication.done = 0;
  delete replication.snapshotAt;
  if (server.state === 'READY_FOR_TEST') server.state = 'NOT_READY';
  if (replication.state === 'PAUSED') {
    if (replication.pausedIn !== 'INITIATING') replication.pausedIn = 'PENDING_SNAPSHOT_SHIPPING';
  } else if (replication.state !== 'INITIATING' && replication.state !== 'STALLED')
    ship(simulation, server, 'RESCAN');
}

/** Ends a replication; it can only be started again from the beginning. */
export function stopReplication(
  simulation: MgnSimulationContext,
  server: SourceServer,
  state: 'STOPPED' | 'DISCONNECTED',
): void {
  const { now } = simulation;
  server.replication ??= {
    state,
    initiatedAt: now,
    since: now,
    done: 0,
    span: 0,
    shipments: 0,
    synced: false,
  };
  stopShipment(simulation, server);
  delete server.replication.snapshotAt;
  delete server.replication.stalled;
  delete server.replication.pausedIn;
  enterState(simulation, server, state);
}

/** Keeps the data that was shipped so far, and releases the slot. */
function stopShipment({ now, slots }: MgnSimulationContext, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined || !isShipping(replication)) return;
  replication.done = shippedShare(replication, now);
  if (usesSlot(server)) slots.release();
}

function enterState(
  simulation: MgnSimulationContext,
  server: SourceServer,
  state: ReplicationState,
  length?: number,
): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { now } = simulation;
  replication.state = state;
  replication.since = now;
  delete replication.fate;
  delete replication.until;
  if (length !== undefined) {
    replication.until = now + length;
    simulation.events.add({ at: replication.until, kind: 'replication', server: server.id });
  }
  updateCounts(simulation.mgn, server);
}
