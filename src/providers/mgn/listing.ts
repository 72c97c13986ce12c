/** A list that is read once, and again when it is out of date. */
export class Listing<T> {
  readonly #read: () => Promise<readonly T[]>;
  #list: Promise<readonly T[]> | undefined;

  constructor(read: () => Promise<readonly T[]>) {
    this.#read = read;
  }

  /** As it was read last. */
  known(): Promise<readonly T[]> {
    return this.#list ?? this.anew();
  }

  /** As it is now. What cannot be read is read again by who asks next. */
  anew(): Promise<readonly T[]> {
    const list = this.#read();
    this.#list = list;
    list.catch(() => {
      if (this.#list === list) this.#list = undefined;
    });
    return list;
  }

  /** Somebody else has read it. */
  seen(list: readonly T[]): void {
    this.#list = Promise.resolve(list);
  }
}
