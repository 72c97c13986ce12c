import { Heap } from '../simulation/heap.ts';

/** What is to happen of itself, in the order in which things at the same instant happen. */
const KINDS = ['participant', 'job', 'replication'] as const;

export interface Event {
  readonly at: number;
  readonly kind: (typeof KINDS)[number];
  /** The server; empty for an event of a job. */
  readonly server: string;
  /** Number of the job; 0 for an event of a replication. */
  readonly job: number;
}

/** Compared by content only, so that an agenda rebuilt from a state file runs off in the same order. */
function before(a: Event, b: Event): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.kind !== b.kind) return KINDS.indexOf(a.kind) < KINDS.indexOf(b.kind);
  return a.job !== b.job ? a.job < b.job : a.server < b.server;
}

/** Events to come. One that no longer applies stays in; whoever takes it finds that out. */
export class Agenda {
  readonly #heap = new Heap(before);

  add(event: Event): void {
    this.#heap.push(event);
  }

  /** The next event up to and including the instant `until`. */
  take(until: number): Event | undefined {
    const next = this.#heap.peek();
    return next !== undefined && next.at <= until ? this.#heap.pop() : undefined;
  }
}
