import {
  CREATING_SNAPSHOT,
  failingStep,
  INITIATION,
  REST,
  shippedShare,
  spanOf,
  stallOf,
  STEP,
} from './course.ts';
import type { Live } from './live.ts';
import type { Replication, ReplicationState, SourceServer } from './records.ts';
import { recount } from './world.ts';

export const isShipping = ({ state }: Replication) =>
  state === 'INITIAL_SYNC' || state === 'SHIPPING_SNAPSHOT';

/** Whether there is data to launch an instance from. */
export const isLaunchable = ({ replication }: SourceServer) => replication?.snapshotAt !== undefined;

/** Begins a replication, or begins its initiation again; what was shipped before is kept. */
export function initiate(live: Live, server: SourceServer): void {
  const { now, world } = live;
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
  const fate = stallOf(world.faults, server);
  const step = fate === undefined ? -1 : failingStep(fate.error);
  enter(live, server, 'INITIATING', step < 0 ? INITIATION : (step + 0.5) * STEP);
  if (fate !== undefined && step >= 0) replication.fate = fate;
}

/** The present state of the replication has come to its end. */
export function happen(live: Live, server: SourceServer, at: number): void {
  const { replication } = server;
  if (replication?.until !== at) return;
  if (isShipping(replication)) live.places.free();
  const { fate, state } = replication;
  if (fate !== undefined) {
    if (isShipping(replication)) replication.done = shippedShare(replication, at);
    replication.stalled = { ...fate, during: state };
    enter(live, server, 'STALLED');
    return;
  }
  switch (state) {
    case 'INITIATING':
    case 'CONTINUOUS':
      queueUp(live, server);
      return;
    case 'INITIAL_SYNC':
      replication.synced = true;
      replication.done = 0;
      enter(live, server, 'CREATING_SNAPSHOT', CREATING_SNAPSHOT);
      return;
    case 'CREATING_SNAPSHOT':
      replication.snapshotAt = at;
      if (server.state === 'NOT_READY') server.state = 'READY_FOR_TEST';
      enter(live, server, 'CONTINUOUS', REST);
      return;
    case 'SHIPPING_SNAPSHOT':
      replication.snapshotAt = replication.since;
      replication.done = 0;
      enter(live, server, 'CONTINUOUS', REST);
      return;
    case 'STOPPED':
    case 'PAUSED':
    case 'STALLED':
    case 'DISCONNECTED':
    case 'PENDING_SNAPSHOT_SHIPPING':
  }
}

/** Gives free places to those that wait to ship. */
export function shipWaiting(live: Live): void {
  for (let server = live.places.next(); server !== undefined; server = live.places.next()) ship(live, server);
}

function ship(live: Live, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { now, world } = live;
  replication.shipments += 1;
  replication.span = Math.max(1, Math.round(spanOf(server.machine, replication) * (1 - replication.done)));
  replication.firstByteAt ??= now;
  const fate = stallOf(world.faults, server);
  const state = replication.synced ? 'SHIPPING_SNAPSHOT' : 'INITIAL_SYNC';
  enter(live, server, state, fate === undefined ? replication.span : Math.ceil(replication.span / 2));
  if (fate !== undefined) replication.fate = fate;
}

function queueUp(live: Live, server: SourceServer): void {
  enter(live, server, 'PENDING_SNAPSHOT_SHIPPING');
  live.places.wait(server, live.now);
}

export function pause(live: Live, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { state } = replication;
  leave(live, replication);
  replication.pausedIn = state;
  enter(live, server, 'PAUSED');
}

export function resume(live: Live, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { pausedIn } = replication;
  delete replication.pausedIn;
  if (pausedIn === 'INITIATING' || pausedIn === 'STALLED') initiate(live, server);
  else if (pausedIn === 'CREATING_SNAPSHOT') enter(live, server, pausedIn, CREATING_SNAPSHOT);
  else queueUp(live, server);
}

/** Ships everything again, as a new key for the copies demands. */
export function resync(live: Live, server: SourceServer): void {
  const { replication } = server;
  if (replication === undefined) return;
  leave(live, replication);
  replication.synced = false;
  replication.done = 0;
  delete replication.snapshotAt;
  if (server.state === 'READY_FOR_TEST') server.state = 'NOT_READY';
  if (replication.state === 'PAUSED') {
    if (replication.pausedIn !== 'INITIATING') replication.pausedIn = 'PENDING_SNAPSHOT_SHIPPING';
  } else if (replication.state !== 'INITIATING' && replication.state !== 'STALLED') queueUp(live, server);
}

/** Ends the replication for good, or until it is begun anew. */
export function halt(live: Live, server: SourceServer, state: 'STOPPED' | 'DISCONNECTED'): void {
  const { now } = live;
  server.replication ??= {
    state,
    initiatedAt: now,
    since: now,
    done: 0,
    span: 0,
    shipments: 0,
    synced: false,
  };
  leave(live, server.replication);
  delete server.replication.snapshotAt;
  delete server.replication.stalled;
  delete server.replication.pausedIn;
  enter(live, server, state);
}

/** Keeps what was shipped so far, and gives the place back. */
function leave({ now, places }: Live, replication: Replication): void {
  if (!isShipping(replication)) return;
  replication.done = shippedShare(replication, now);
  places.free();
}

function enter(live: Live, server: SourceServer, state: ReplicationState, length?: number): void {
  const { replication } = server;
  if (replication === undefined) return;
  const { now } = live;
  replication.state = state;
  replication.since = now;
  delete replication.fate;
  delete replication.until;
  if (length !== undefined) {
    replication.until = now + length;
    live.agenda.add({ at: replication.until, kind: 'replication', server: server.id, job: 0 });
  }
  recount(live.mgn, server);
}
