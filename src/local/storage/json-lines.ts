import { createHash } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Command } from '../simulation/simulation.ts';

const CHUNK = 1 << 20;

/** Yields the complete lines of a file, and keeps only one chunk in memory. A last line without a line break is left out. */
function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.allocUnsafe(CHUNK);
    let rest = '';
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, size))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}

/** Writes a file of JSON lines, readable by its owner only. */
export function writeRecords(path: string, records: Iterable<unknown>): { checksum: string; bytes: number } {
  const file = openSync(path, 'w', 0o600);
  try {
    const sum = createHash('sha256');
    let bytes = 0;
    let pending = '';
    const flush = () => {
      const chunk = Buffer.from(pending);
      pending = '';
      sum.update(chunk);
      for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
      bytes += chunk.length;
    };
    for (const record of records) {
      pending += `${JSON.stringify(record)}\n`;
      if (pending.length > CHUNK) flush();
    }
    flush();
    return { checksum: sum.digest('hex'), bytes };
  } finally {
    closeSync(file);
  }
}

/**
 * Yields the records of a file that `writeRecords` wrote.
 * @throws Error if the checksum does not match
 */
export function* readRecords(path: string, checksum: string): Generator {
  const sum = createHash('sha256');
  for (const line of readLines(path)) {
    sum.update(line).update('\n');
    yield JSON.parse(line) as unknown;
  }
  if (sum.digest('hex') !== checksum) throw new Error(`the checksum of ${path} is wrong`);
}

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
