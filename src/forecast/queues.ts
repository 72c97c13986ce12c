import type { Instant } from '../core/time.ts';

/**
 * Items by time, and those of the same time in the order in which they were added: a binary heap. Its parts are in arrays
 * of their own: a forecast of 10,000 VMs adds a million items.
 */
export class EventQueue<Item> {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #items: Item[] = [];
  #count = 0;
  /** The time of the item that was taken last. */
  now: Instant = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The time of the next item; undefined: there is none. */
  get next(): number | undefined {
    return this.#times[0];
  }

  add(at: number, item: Item): void {
    const order = (this.#count += 1);
    let place = this.#items.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      // Of two of the same time, the one that is added is the later one.
      if ((this.#times[above] ?? 0) <= at) break;
      this.#move(above, place);
      place = above;
    }
    this.#put(place, at, order, item);
  }

  take(): Item | undefined {
    const [first] = this.#items;
    const [at, order, item] = [this.#times.pop(), this.#orders.pop(), this.#items.pop()];
    if (first === undefined || at === undefined || order === undefined || item === undefined)
      return undefined;
    this.now = this.#times[0] ?? at;
    if (this.#items.length > 0) this.#sink(at, order, item);
    return first;
  }

  #sink(at: number, order: number, item: Item): void {
    let place = 0;
    for (let child = 1; child < this.#items.length; child = 2 * place + 1) {
      if (
        child + 1 < this.#items.length &&
        this.#isBefore(child + 1, this.#times[child] ?? 0, this.#orders[child] ?? 0)
      )
        child += 1;
      if (!this.#isBefore(child, at, order)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(place, at, order, item);
  }

  #isBefore(place: number, at: number, order: number): boolean {
    const time = this.#times[place] ?? 0;
    return time < at || (time === at && (this.#orders[place] ?? 0) < order);
  }

  #move(from: number, to: number): void {
    const item = this.#items[from];
    if (item !== undefined) this.#put(to, this.#times[from] ?? 0, this.#orders[from] ?? 0, item);
  }

  #put(place: number, at: number, order: number, item: Item): void {
    this.#times[place] = at;
    this.#orders[place] = order;
    this.#items[place] = item;
  }
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
      if (ended !== undefined) sent.push(ended);
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
