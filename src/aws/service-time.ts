import type { Clock, Instant } from '../core/time.ts';

/** The service's own time, as the `Date` header of its latest answer gave it, to the second. */
export class ServiceTime {
  readonly #clock: Clock;
  #header: string | undefined;
  #heard: Instant | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of an answer's `Date` header; one that is missing or no date changes nothing. */
  hear(header: string | undefined): void {
    // Many answers come in the same second.
    if (header === this.#header) return;
    this.#header = header;
    const instant = Date.parse(header ?? '');
    if (!Number.isNaN(instant)) this.#heard = instant;
  }

  /** The latest known time of the service; the machine's own until there is an answer. */
  now(): Instant {
    return this.#heard ?? this.#clock.now();
  }
}
