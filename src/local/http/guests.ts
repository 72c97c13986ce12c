import type { ServerResponse } from 'node:http';

/**
 * Programs that use an endpoint which another one started for itself: each keeps a request open,
 * whose connection ends with the program, and the endpoint stays up until the last has gone.
 */
export class Guests {
  readonly #present = new Set<ServerResponse>();
  #whenGone: (() => void)[] = [];
  #closed = false;

  /** Answers the head only, and keeps the connection; turns away whoever comes after the last has gone. */
  admit(response: ServerResponse): void {
    if (this.#closed) {
      response.writeHead(409).end();
      return;
    }
    this.#present.add(response);
    response.once('close', () => {
      this.#present.delete(response);
      for (const tell of this.#whenGone.splice(0)) tell();
    });
    response.writeHead(200);
    response.flushHeaders();
  }

  /** Resolves when nobody is there, and nobody comes any more. */
  async gone(): Promise<void> {
    while (this.#present.size > 0) await new Promise<void>((resolve) => this.#whenGone.push(resolve));
    this.#closed = true;
  }
}
