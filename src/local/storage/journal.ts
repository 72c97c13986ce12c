import { createHash } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Command } from '../simulation/simulation.ts';
import { readLines } from './lines.ts';

/** One line of the journal: a command that was accepted, or only that time has passed. */
export interface JournalEntry {
  /** The virtual time at which it happened. */
  readonly at: number;
  /** Virtual minus real time. */
  readonly offset: number;
  /** The latest virtual time that may be shown before the next entry is written. */
  readonly until: number;
  readonly command?: Command;
}

const checksumOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** The journal of one generation, opened for appending by the one process that holds the folder. */
export class Journal {
  readonly #file: number;
  #size: number;

  /** Whatever a killed process left of its last line is cut off. */
  constructor(path: string, intact: number) {
    this.#file = openSync(path, 'a', 0o600);
    this.#size = intact;
    if (fstatSync(this.#file).size > intact) ftruncateSync(this.#file, intact);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * The entry is with the operating system when this returns: a killed process cannot lose it.
   * When it throws, nothing of the entry is left.
   */
  append(entry: JournalEntry): void {
    const text = JSON.stringify(entry);
    const line = Buffer.from(`${checksumOf(text)} ${text}\n`);
    try {
      for (let done = 0; done < line.length;) done += writeSync(this.#file, line, done);
    } catch (cause) {
      ftruncateSync(this.#file, this.#size);
      throw cause;
    }
    this.#size += line.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * The entries of a journal, each with the size of the file up to and with it.
 * @throws Error where a complete line is not as it was written
 */
export function* readJournal(path: string): Generator<{ entry: JournalEntry; size: number }> {
  let size = 0;
  for (const line of readLines(path)) {
    const text = line.slice(9);
    if (line.slice(0, 9) !== `${checksumOf(text)} `) throw new Error(`a line of ${path} is garbled`);
    size += Buffer.byteLength(line) + 1;
    yield { entry: JSON.parse(text) as JournalEntry, size };
  }
}
