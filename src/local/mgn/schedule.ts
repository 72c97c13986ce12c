import { Heap } from '../sms/simulation/heap.ts';
import type { SimulatedWorld } from '../sms/simulation/world.ts';
import type { SourceServer } from './records.ts';
import type { MgnWorld } from './world.ts';

/** What replications and jobs need of the simulation they are part of. */
export interface MgnSimulationContext {
  readonly world: SimulatedWorld;
  /** The time of what happens. */
  readonly now: number;
  readonly mgn: MgnWorld;
  readonly events: MgnEventQueue;
  readonly slots: ShipmentSlots;
}

/** What is to happen of itself, in the order in which things at the same instant happen. */
const EVENT_KINDS = ['participant', 'job', 'replication'] as const;

export interface MgnEvent {
  readonly at: number;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** The server; empty for an event of a job. */
  readonly server: string;
  /** Number of the job; 0 for an event of a replication. */
  readonly job: number;
}

/** Compared by content only, so that an events rebuilt from a state file runs off in the same order. */
function isEarlierEvent(a: MgnEvent, b: MgnEvent): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.kind !== b.kind) return EVENT_KINDS.indexOf(a.kind) < EVENT_KINDS.indexOf(b.kind);
  return a.job !== b.job ? a.job < b.job : a.server < b.server;
}

/** Events to come. One that no longer applies stays in; whoever takes it finds that out. */
export class MgnEventQueue {
  readonly #heap = new Heap(isEarlierEvent);

  add(event: MgnEvent): void {
    this.#heap.push(event);
  }

  /** The next event up to and including the instant `until`. */
  take(until: number): MgnEvent | undefined {
    const next = this.#heap.peek();
    return next !== undefined && next.at <= until ? this.#heap.pop() : undefined;
  }
}

/** Servers whose snapshots are shipped at the same time (domain: MGN rules). */
const MAX_SHIPMENTS = 50;

interface WaitingServer {
  readonly since: number;
  readonly server: SourceServer;
}

const isEarlierServer = (a: WaitingServer, b: WaitingServer) =>
  a.since !== b.since ? a.since < b.since : a.server.id < b.server.id;

/** Those that ship their snapshots, and those that wait for it, first come first served. */
export class ShipmentSlots {
  readonly #line = new Heap(isEarlierServer);
  #taken = 0;

  enqueue(server: SourceServer, since: number): void {
    this.#line.push({ since, server });
  }

  /** The server that may ship now; its place counts as taken. */
  startNext(): SourceServer | undefined {
    while (this.#taken < MAX_SHIPMENTS) {
      const first = this.#line.pop();
      if (first === undefined) return undefined;
      const { replication } = first.server;
      // Those that were stopped or paused while they waited are dropped when they come up.
      if (replication?.state !== 'PENDING_SNAPSHOT_SHIPPING' || replication.since !== first.since) continue;
      this.#taken += 1;
      return first.server;
    }
    return undefined;
  }

  occupy(): void {
    this.#taken += 1;
  }

  release(): void {
    this.#taken -= 1;
  }
}
