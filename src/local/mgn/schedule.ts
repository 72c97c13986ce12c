import { EventQueue, SlotQueue } from '../simulation/queues.ts';
import type { SharedAccount } from '../simulation/account.ts';
import type { SourceServer } from './records.ts';
import type { MgnAccount } from './account.ts';

/** What the rules of replications and jobs use of the simulation. */
export interface MgnSimulationContext {
  readonly account: SharedAccount;
  /** The time of the current event. */
  readonly now: number;
  readonly mgn: MgnAccount;
  readonly events: EventQueue<MgnEvent>;
  /** The servers that wait for one of the slots of shipments. */
  readonly slots: SlotQueue<WaitingServer>;
}

const EVENT_KINDS = ['participant', 'job', 'replication'] as const;

export interface MgnEvent {
  readonly at: number;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** The id of the server; absent for an event of a job. */
  readonly server?: string;
  /** The number of the job; absent for an event of a replication. */
  readonly job?: number;
}

export function createMgnEventQueue(): EventQueue<MgnEvent> {
  return new EventQueue<MgnEvent>(
    EVENT_KINDS,
    ({ job: jobA = 0, server: serverA = '' }, { job = 0, server = '' }) =>
      jobA === job ? serverA < server : jobA < job,
  );
}

/** Servers whose snapshots are shipped at the same time (domain: MGN rules). */
const MAX_SHIPMENTS = 50;

export interface WaitingServer {
  readonly since: number;
  readonly server: SourceServer;
}

/** Servers ship their snapshots in the order in which they began to wait. */
export function createShipmentSlots(): SlotQueue<WaitingServer> {
  return new SlotQueue<WaitingServer>({
    slots: MAX_SHIPMENTS,
    isEarlier: (a, b) => (a.since === b.since ? a.server.id < b.server.id : a.since < b.since),
    isWaiting: ({ since, server: { replication } }) =>
      replication?.state === 'PENDING_SNAPSHOT_SHIPPING' && replication.since === since,
  });
}
