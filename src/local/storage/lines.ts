import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK = 1 << 20;

/** Yields the complete lines of a file, and keeps only one chunk in memory. A last line without a line break is left out. */
export function* readLines(path: string): Generator<string> {
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
