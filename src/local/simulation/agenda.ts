import { Heap } from './heap.ts';

/** What is to happen of itself, in the order in which things at the same instant happen. */
const KINDS = ['import', 'end', 'expire', 'give-up', 'gone', 'due'] as const;

export interface Event {
  readonly at: number;
  readonly kind: (typeof KINDS)[number];
  /** Number of the job; 0 for an event of the catalogue. */
  readonly job: number;
  /** Number of the run; 0 for an event of the job. */
  readonly run: number;
}

/** Compared by content only, so that an agenda rebuilt from a state file runs off in the same order. */
function before(a: Event, b: Event): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.kind !== b.kind) return KINDS.indexOf(a.kind) < KINDS.indexOf(b.kind);
  return a.job !== b.job ? a.job < b.job : a.run < b.run;
}

/** Events to come. One that no longer applies stays in; whoever takes it finds that out. */
export class Agenda {
  readonly #heap = new Heap(before);

  add(kind: Event['kind'], at: number, job = 0, run = 0): void {
    this.#heap.push({ at, kind, job, run });
  }

  /** The next event up to and including the instant `until`. */
  take(until: number): Event | undefined {
    const next = this.#heap.peek();
    return next !== undefined && next.at <= until ? this.#heap.pop() : undefined;
  }
}
