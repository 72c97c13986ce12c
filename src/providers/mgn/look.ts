import type { SourceServer } from '@aws-sdk/client-mgn';
import type { MgnApi } from './api.ts';
import { readServers } from './launch-job.ts';

/** Servers that one call asks for: the longest list of ids that DescribeSourceServers takes. */
const MOST = 200;

interface Asked {
  readonly id: string;
  readonly answer: (server: SourceServer | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/** Looks at servers as they are now. Who asks while a call is under way is served by the next one, together. */
export class Looks {
  readonly #api: MgnApi;
  #asked: Asked[] = [];
  #busy = false;

  constructor(api: MgnApi) {
    this.#api = api;
  }

  /** A server as it is now; undefined where there is none of that id. */
  look(id: string): Promise<SourceServer | undefined> {
    return new Promise((answer, fail) => {
      this.#asked.push({ id, answer, fail });
      // Who asks in the same turn is in the same call.
      queueMicrotask(() => {
        void this.#next();
      });
    });
  }

  async #next(): Promise<void> {
    if (this.#busy || this.#asked.length === 0) return;
    this.#busy = true;
    const asked = this.#asked.splice(0, MOST);
    try {
      const servers = await readServers([...new Set(asked.map(({ id }) => id))], this.#api);
      const byId = new Map(servers.map((server) => [server.sourceServerID, server]));
      for (const { id, answer } of asked) answer(byId.get(id));
    } catch (error) {
      for (const { fail } of asked) fail(error);
    } finally {
      this.#busy = false;
      void this.#next();
    }
  }
}
