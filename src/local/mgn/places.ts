import { Heap } from '../simulation/heap.ts';
import type { SourceServer } from './records.ts';

/** Servers whose snapshots are shipped at the same time (domain: MGN rules). */
const PLACES = 50;

interface Waiting {
  readonly since: number;
  readonly server: SourceServer;
}

const before = (a: Waiting, b: Waiting) =>
  a.since !== b.since ? a.since < b.since : a.server.id < b.server.id;

/** Those that ship their snapshots, and those that wait for it, first come first served. */
export class Places {
  readonly #line = new Heap(before);
  #taken = 0;

  wait(server: SourceServer, since: number): void {
    this.#line.push({ since, server });
  }

  /** The server that may ship now; its place counts as taken. */
  next(): SourceServer | undefined {
    while (this.#taken < PLACES) {
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

  take(): void {
    this.#taken += 1;
  }

  free(): void {
    this.#taken -= 1;
  }
}
