import type { SourceServer } from '@aws-sdk/client-mgn';
import type { MgnApi } from './api.ts';
import { readServers } from './steps/job-outcome.ts';

/** The most ids that a call to associate or disassociate takes (domain, MGN: rules). */
const MAX_IDS_PER_ASSOCIATION = 50;

interface Queue {
  readonly send: SendBatch;
  readonly items: QueuedId[];
}

interface QueuedId {
  readonly id: string;
  readonly done: (error: unknown) => void;
}

/** Sends ids in one call; resolves to the errors by id. Rejects only if the call failed for all of them. */
export type SendBatch = (ids: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

/**
 * Collects ids for the same call. A call is made once it is full, or once every task that could still add an id waits
 * for a call itself or has ended. So no timer is needed.
 */
export class CallBatcher {
  readonly #queues = new Map<string, Queue>();
  /** Tasks in progress that may still add an id. */
  #running = 0;

  /** Runs a task that may add ids. Calls wait until it has ended. */
  async runTask<T>(task: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await task();
    } finally {
      this.#running -= 1;
      this.#flushIfAllWait();
    }
  }

  /**
   * Adds an id to the next call of a kind, and waits for the call. Use it inside `runTask` only.
   * @param key identifies the kind of call
   * @throws the error of the call for this id
   */
  async add(key: string, id: string, send: SendBatch): Promise<void> {
    const error = await new Promise<unknown>((done) => {
      const queue = this.#queues.get(key) ?? { send, items: [] };
      this.#queues.set(key, queue);
      queue.items.push({ id, done });
      this.#running -= 1;
      if (queue.items.length >= MAX_IDS_PER_ASSOCIATION) void this.#flush(key);
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
    // All of their tasks continue now: count them before the first one ends.
    this.#running += items.length;
    for (const { id, done } of items) done(failures.get(id));
  }
}

/** The most ids that DescribeSourceServers takes. */
const MAX_IDS_PER_LOOKUP = 200;

interface PendingLookup {
  readonly id: string;
  readonly answer: (server: SourceServer | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/** Looks up the current state of servers. Lookups that are requested during a call share the next one. */
export class ServerLookups {
  readonly #api: MgnApi;
  #pending: PendingLookup[] = [];
  #busy = false;

  constructor(api: MgnApi) {
    this.#api = api;
  }

  /** Reads a server; undefined if none has that id. */
  lookUp(id: string): Promise<SourceServer | undefined> {
    return new Promise((answer, fail) => {
      this.#pending.push({ id, answer, fail });
      // Lookups of the same turn share a call.
      queueMicrotask(() => {
        void this.#next();
      });
    });
  }

  async #next(): Promise<void> {
    if (this.#busy || this.#pending.length === 0) return;
    this.#busy = true;
    const lookups = this.#pending.splice(0, MAX_IDS_PER_LOOKUP);
    try {
      const servers = await readServers([...new Set(lookups.map(({ id }) => id))], this.#api);
      const byId = new Map(servers.map((server) => [server.sourceServerID, server]));
      for (const { id, answer } of lookups) answer(byId.get(id));
    } catch (error) {
      for (const { fail } of lookups) fail(error);
    } finally {
      this.#busy = false;
      void this.#next();
    }
  }
}
