import { createHash } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Command } from '../simulation/simulation.ts';
import { readLines } from './lines.ts';

/** One line of the journal: an accepted command, or, without a command, only the time. */
export interface JournalEntry {
  /** The virtual time of the command. */
  readonly at: number;
  /** Virtual minus real time. */
  readonly offset: number;
  /** The latest virtual time that answers may contain before the next entry is written. */
  readonly until: number;
  readonly command?: Command;
}

const checksumOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** The journal of one generation, open for appending. Only the process that holds the folder opens it. */
export class Journal {
  readonly #file: number;
  #size: number;

  /** @param intact the size of the complete lines, in bytes; an incomplete last line of a killed process is removed */
  constructor(path: string, intact: number) {
    this.#file = openSync(path, 'a', 0o600);
    this.#size = intact;
    if (fstatSync(this.#file).size > intact) ftruncateSync(this.#file, intact);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Appends an entry. When it returns, the operating system has the entry, so a killed process cannot lose it. When it
   * throws, no part of the entry is in the file.
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
 * Yields the entries of a journal, each with the size of the file up to its end, in bytes.
 * @throws Error if the checksum of a complete line does not match
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
