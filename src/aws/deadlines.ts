/** Something that can be ended. */
interface Call {
  destroy(error: Error): unknown;
}

/**
 * Ends calls that take too long, by one timer for all of them: a timer for each costs as much as the call's own
 * share of node:http, and nearly none ever fires.
 */
export class Deadlines {
  readonly #patience: number;
  /** Calls in flight, oldest first, and when they began. */
  readonly #calls = new Map<Call, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param patience how long a call may take, in milliseconds; it may get a quarter more */
  constructor(patience: number) {
    this.#patience = patience;
  }

  begin(call: Call): void {
    this.#calls.set(call, performance.now());
    // The connection keeps the process alive as long as it takes, the timer need not.
    this.#timer ??= setInterval(() => {
      this.#sweep();
    }, this.#patience / 4).unref();
  }

  end(call: Call): void {
    this.#calls.delete(call);
  }

  #sweep(): void {
    const latest = performance.now() - this.#patience;
    for (const [call, began] of this.#calls) {
      if (began > latest) break;
      this.#calls.delete(call);
      // The SDK knows a timeout by its name, and tries again.
      call.destroy(
        Object.assign(new Error(`no answer for ${this.#patience / 1000} s`), { name: 'TimeoutError' }),
      );
    }
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
