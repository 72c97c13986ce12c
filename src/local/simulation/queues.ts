/** A binary heap: `peek` and `pop` return the item that is before all others. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let hole = items.push(item) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !this.#before(item, above)) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(last);
    return top;
  }

  #sink(item: T): void {
    const items = this.#items;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      let below = items[child];
      const right = items[child + 1];
      if (below !== undefined && right !== undefined && this.#before(right, below)) {
        below = right;
        child += 1;
      }
      if (below === undefined || !this.#before(below, item)) break;
      items[hole] = below;
      hole = child;
    }
    items[hole] = item;
  }
}

/** Future events, the earliest first. An event that no longer applies stays in the queue; its handler ignores it. */
export class EventQueue<E extends { readonly at: number; readonly kind: string }> {
  readonly #heap: Heap<E>;

  /**
   * @param kinds all kinds, in the order in which events of the same time happen
   * @param isEarlier orders events of the same time and kind. It compares their content only, so that a queue that is
   *   rebuilt from a state file has the same order.
   */
  constructor(kinds: readonly E['kind'][], isEarlier: (a: E, b: E) => boolean) {
    this.#heap = new Heap((a, b) => {
      if (a.at !== b.at) return a.at < b.at;
      return a.kind === b.kind ? isEarlier(a, b) : kinds.indexOf(a.kind) < kinds.indexOf(b.kind);
    });
  }

  add(event: E): void {
    this.#heap.push(event);
  }

  /** Takes the next event up to and including the time `until`. */
  take(until: number): E | undefined {
    const next = this.#heap.peek();
    return next !== undefined && next.at <= until ? this.#heap.pop() : undefined;
  }
}

interface SlotOptions<T> {
  readonly slots: number;
  readonly isEarlier: (a: T, b: T) => boolean;
  /** Whether an item still waits; `startNext` removes the others. */
  readonly isWaiting: (item: T) => boolean;
  /** The line that an item waits in: lines do not block each other. */
  readonly lineOf?: (item: T) => string;
}

/** Items that wait for one of a fixed number of slots, the earliest first. */
export class SlotQueue<T> {
  readonly #options: SlotOptions<T>;
  readonly #lines = new Map<string, Heap<T>>();
  #taken = 0;

  constructor(options: SlotOptions<T>) {
    this.#options = options;
  }

  add(item: T): void {
    const name = this.#lineOf(item);
    const line = this.#lines.get(name) ?? new Heap(this.#options.isEarlier);
    this.#lines.set(name, line);
    line.push(item);
  }

  /** Takes a slot for an item that is not in the queue. */
  occupy(): void {
    this.#taken += 1;
  }

  release(): void {
    this.#taken -= 1;
  }

  /** Removes the earliest item of a line that is served, and gives it a slot; returns nothing if no slot is free. */
  startNext(isServed: (line: string) => boolean = () => true): T | undefined {
    if (this.#taken >= this.#options.slots) return undefined;
    let best: T | undefined;
    for (const [name, line] of this.#lines) {
      const first = this.#firstOf(line);
      if (first === undefined) this.#lines.delete(name);
      else if ((best === undefined || this.#options.isEarlier(first, best)) && isServed(name)) best = first;
    }
    if (best === undefined) return undefined;
    this.#lines.get(this.#lineOf(best))?.pop();
    this.#taken += 1;
    return best;
  }

  #lineOf(item: T): string {
    return this.#options.lineOf?.(item) ?? '';
  }

  #firstOf(line: Heap<T>): T | undefined {
    let first = line.peek();
    for (; first !== undefined && !this.#options.isWaiting(first); first = line.peek()) line.pop();
    return first;
  }
}
