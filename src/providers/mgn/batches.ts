/** Ids that an associate call takes (domain, MGN: rules). */
const MOST = 50;

interface Queue {
  readonly send: Send;
  readonly items: Item[];
}

interface Item {
  readonly id: string;
  readonly done: (error: unknown) => void;
}

/** Sends ids together; resolves to the errors of those that failed. Never throws for one of them alone. */
export type Send = (ids: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

/**
 * Gathers ids that go into the same call. There is no timer: a call is made once it is full, or once every deed that
 * might still add to it either waits for a call itself or is over.
 */
export class Batches {
  readonly #queues = new Map<string, Queue>();
  /** Deeds that go on at the moment, and may come to add an id. */
  #running = 0;

  /** Does something that may add ids. Calls wait for it as long as it is not over. */
  async during<T>(deed: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await deed();
    } finally {
      this.#running -= 1;
      this.#flushIfAllWait();
    }
  }

  /**
   * Adds an id to the next call of a kind; to be used inside `during` only.
   * @param key what tells one kind of call from another
   * @throws what the call failed with for this id
   */
  async add(key: string, id: string, send: Send): Promise<void> {
    const error = await new Promise<unknown>((done) => {
      const queue = this.#queues.get(key) ?? { send, items: [] };
      this.#queues.set(key, queue);
      queue.items.push({ id, done });
      this.#running -= 1;
      if (queue.items.length >= MOST) void this.#flush(key);
      else this.#flushIfAllWait();
    });
    if (error !== undefined) throw error as Error;
  }

  #flushIfAllWait(): void {
    if (this.#running > 0) return;
    for (const key of [...this.#queues.keys()]) void this.#flush(key);
  }

  async #flush(key: string): Promise<void> {
    const queue = this.#queues.get(key);
    if (queue === undefined) return;
    this.#queues.delete(key);
    const { send, items } = queue;
    let failures: ReadonlyMap<string, unknown>;
    try {
      failures = await send(items.map(({ id }) => id));
    } catch (error) {
      failures = new Map(items.map(({ id }) => [id, error]));
    }
    // All of them go on from here: none must think itself the last one.
    this.#running += items.length;
    for (const { id, done } of items) done(failures.get(id));
  }
}
