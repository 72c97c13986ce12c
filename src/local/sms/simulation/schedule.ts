import type { MgnSimulation } from '../../mgn/simulation.ts';
import { Heap } from './heap.ts';
import type { Job, Run } from './records.ts';
import type { SimulatedWorld } from './world.ts';

/** What the lives of jobs and runs need of the simulation they are part of. */
export interface SimulationContext {
  readonly world: SimulatedWorld;
  readonly events: EventQueue;
  readonly queue: RunQueue;
  /** The other service, from its first use on. */
  mgn(): MgnSimulation;
  /** A run has given back its place among those that replicate. */
  releaseRunSlot(): void;
}

/** What is to happen of itself, in the order in which things at the same instant happen. */
const EVENT_KINDS = ['import', 'end', 'expire', 'give-up', 'gone', 'due'] as const;

export interface SimulationEvent {
  readonly at: number;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** Number of the job; 0 for an event of the catalogue. */
  readonly job: number;
  /** Number of the run; 0 for an event of the job. */
  readonly run: number;
}

/** Compared by content only, so that an events rebuilt from a state file runs off in the same order. */
function isEarlierEvent(a: SimulationEvent, b: SimulationEvent): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.kind !== b.kind) return EVENT_KINDS.indexOf(a.kind) < EVENT_KINDS.indexOf(b.kind);
  return a.job !== b.job ? a.job < b.job : a.run < b.run;
}

/** Events to come. One that no longer applies stays in; whoever takes it finds that out. */
export class EventQueue {
  readonly #heap = new Heap(isEarlierEvent);

  add(kind: SimulationEvent['kind'], at: number, job = 0, run = 0): void {
    this.#heap.push({ at, kind, job, run });
  }

  /** The next event up to and including the instant `until`. */
  take(until: number): SimulationEvent | undefined {
    const next = this.#heap.peek();
    return next !== undefined && next.at <= until ? this.#heap.pop() : undefined;
  }
}

interface WaitingRun {
  readonly at: number;
  readonly job: Job;
  readonly run: Run;
}

const isEarlierRun = (a: WaitingRun, b: WaitingRun) =>
  a.at !== b.at
    ? a.at < b.at
    : a.job.number !== b.job.number
      ? a.job.number < b.job.number
      : a.run.number < b.run.number;

/**
 * Runs that are due and wait for a place, first due first served. One line for each vCenter,
 * so that a vCenter whose connector is down holds nobody else up.
 */
export class RunQueue {
  readonly #lines = new Map<string, Heap<WaitingRun>>();

  add(job: Job, run: Run): void {
    const { managerId } = job.machine;
    const line = this.#lines.get(managerId) ?? new Heap(isEarlierRun);
    this.#lines.set(managerId, line);
    line.push({ at: run.scheduledAt, job, run });
  }

  /** Takes out the run that has waited longest in a vCenter that is `served`. */
  take(served: (managerId: string) => boolean): { job: Job; run: Run } | undefined {
    let best: WaitingRun | undefined;
    for (const [managerId, line] of this.#lines) {
      const first = this.#first(line);
      if (first === undefined) this.#lines.delete(managerId);
      else if ((best === undefined || isEarlierRun(first, best)) && served(managerId)) best = first;
    }
    if (best !== undefined) this.#lines.get(best.job.machine.managerId)?.pop();
    return best;
  }

  /** Runs that were deleted or moved while they waited are dropped when they come up. */
  #first(line: Heap<WaitingRun>): WaitingRun | undefined {
    for (let top = line.peek(); top !== undefined; top = line.peek()) {
      if (top.run.waiting === true && top.run.scheduledAt === top.at) return top;
      line.pop();
    }
    return undefined;
  }
}
