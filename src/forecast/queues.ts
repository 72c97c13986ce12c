import type { Instant } from '../core/time.ts';

interface Queued<Item> {
  readonly at: number;
  readonly order: number;
  readonly item: Item;
}

/** Items by time, and those of the same time in the order in which they were added: a binary heap. */
export class EventQueue<Item> {
  readonly #heap: Queued<Item>[] = [];
  #count = 0;
  /** The time of the item that was taken last. */
  now: Instant = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The time of the next item; undefined: there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  add(at: number, item: Item): void {
    const heap = this.#heap;
    const added = { at, order: (this.#count += 1), item };
    let place = heap.length;
    heap.push(added);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(added, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = added;
  }

  take(): Queued<Item> | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.now = first.at;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(moved: Queued<Item>): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, moved)) break;
      heap[place] = child;
      place = 2 * place + (isRight ? 2 : 1);
    }
    heap[place] = moved;
  }
}

function isBefore(one: Queued<unknown>, other: Queued<unknown>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * A line that all transfers share in equal parts. What each of them has sent since the beginning is the same for all, so
 * that the order in which they end never changes.
 */
export class SharedLine {
  readonly #bandwidth: number;
  readonly #ends = new EventQueue<number>();
  /** What a transfer has sent that was there from the beginning, in GiB. */
  #sent = 0;
  #since: Instant = 0;
  /** Changes with each transfer that begins or ends: `nextSent` of an earlier version no longer holds. */
  version = 0;

  /** @param bandwidth in GiB for each millisecond */
  constructor(bandwidth: number) {
    this.#bandwidth = bandwidth;
  }

  add(transfer: number, size: number, now: Instant): void {
    this.#advance(now);
    this.#ends.add(this.#sent + size, transfer);
    this.version += 1;
  }

  /** When the next transfer ends if no other one begins; undefined: there is none. */
  nextSent(now: Instant): Instant | undefined {
    const { next, size } = this.#ends;
    if (next === undefined) return undefined;
    this.#advance(now);
    return now + Math.max(0, next - this.#sent) * (size / this.#bandwidth);
  }

  /** Removes the transfers that have ended, and returns them. */
  takeSent(now: Instant): readonly number[] {
    this.#advance(now);
    const sent: number[] = [];
    // What rounding leaves would take less than a millisecond.
    const rest = this.#bandwidth / Math.max(1, this.#ends.size);
    while ((this.#ends.next ?? Number.POSITIVE_INFINITY) <= this.#sent + rest) {
      const ended = this.#ends.take();
      if (ended !== undefined) sent.push(ended.item);
    }
    this.version += 1;
    return sent;
  }

  #advance(now: Instant): void {
    const { size } = this.#ends;
    if (size > 0) this.#sent += ((now - this.#since) * this.#bandwidth) / size;
    this.#since = now;
  }
}
