import { Heap } from './heap.ts';
import type { Job, Run } from './records.ts';

interface Waiting {
  readonly at: number;
  readonly job: Job;
  readonly run: Run;
}

const before = (a: Waiting, b: Waiting) =>
  a.at !== b.at
    ? a.at < b.at
    : a.job.number !== b.job.number
      ? a.job.number < b.job.number
      : a.run.number < b.run.number;

/**
 * Runs that are due and wait for a place, first due first served. One line for each vCenter,
 * so that a vCenter whose connector is down holds nobody else up.
 */
export class Queue {
  readonly #lines = new Map<string, Heap<Waiting>>();

  add(job: Job, run: Run): void {
    const { managerId } = job.machine;
    const line = this.#lines.get(managerId) ?? new Heap(before);
    this.#lines.set(managerId, line);
    line.push({ at: run.scheduledAt, job, run });
  }

  /** Takes out the run that has waited longest in a vCenter that is `served`. */
  take(served: (managerId: string) => boolean): { job: Job; run: Run } | undefined {
    let best: Waiting | undefined;
    for (const [managerId, line] of this.#lines) {
      const first = this.#first(line);
      if (first === undefined) this.#lines.delete(managerId);
      else if ((best === undefined || before(first, best)) && served(managerId)) best = first;
    }
    if (best !== undefined) this.#lines.get(best.job.machine.managerId)?.pop();
    return best;
  }

  /** Runs that were deleted or moved while they waited are dropped when they come up. */
  #first(line: Heap<Waiting>): Waiting | undefined {
    for (let top = line.peek(); top !== undefined; top = line.peek()) {
      if (top.run.waiting === true && top.run.scheduledAt === top.at) return top;
      line.pop();
    }
    return undefined;
  }
}
