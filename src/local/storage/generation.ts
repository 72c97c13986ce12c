import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { errnoOf, LocalError, unwritable } from '../error.ts';
import type { World } from '../simulation/world.ts';
import { writeRecords } from './lines.ts';
import { recordsOf } from './snapshot.ts';

const FORMAT = 'landfall-local';
/** 2: with MGN. */
const VERSION = 2;

interface StoredFile {
  readonly name: string;
  readonly checksum: string;
  readonly bytes: number;
}

/** What `state.json` says: which files of the folder are the state. All others are leftovers. */
export interface Generation {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly number: number;
  readonly inventory: StoredFile;
  readonly world: StoredFile;
  readonly journal: string;
  /** Virtual minus real time when it was written. */
  readonly offset: number;
}

const pointer = (folder: string) => join(folder, 'state.json');

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/**
 * The generation that is in force; undefined in a folder without a state.
 * @throws LocalError BROKEN_STATE
 */
export function readGeneration(folder: string): Generation | undefined {
  let text: string;
  try {
    text = readFileSync(pointer(folder), 'utf8');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw brokenState(folder, cause);
  }
  let parsed: Partial<Record<keyof Generation, unknown>> | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (cause) {
    throw brokenState(folder, cause);
  }
  if (parsed?.format !== FORMAT || typeof parsed.version !== 'number') throw brokenState(folder);
  if (parsed.version > VERSION) {
    throw new LocalError(
      'BROKEN_STATE',
      `the state in ${folder} was written by a newer landfall`,
      'use that version, or start afresh with `landfall local reset`',
    );
  }
  return parsed as Generation;
}

export function brokenState(folder: string, cause?: unknown): LocalError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const remedy = 'start afresh with `landfall local reset`';
  return new LocalError('BROKEN_STATE', `the state in ${folder} cannot be read${why}`, remedy, { cause });
}

/**
 * Writes the files of a new generation, with an empty journal; it is not in force yet.
 * @param world as it is to be
 * @param previous the generation in force; its inventory is kept if the world still has the same one
 */
export function writeGeneration(
  folder: string,
  world: World,
  offset: number,
  previous: Generation | undefined,
  sameInventory: boolean,
): Generation {
  const number = (previous?.number ?? 0) + 1;
  const journal = `journal-${number}.jsonl`;
  writeFileSync(join(folder, journal), '', { mode: 0o600 });
  const inventory =
    previous !== undefined && sameInventory
      ? previous.inventory
      : store(folder, `inventory-${number}.jsonl`, world.inventory.machines);
  const stored = store(folder, `world-${number}.jsonl`, recordsOf(world));
  return { format: FORMAT, version: VERSION, number, inventory, world: stored, journal, offset };
}

/**
 * Puts a generation into force with one rename, so that a process killed at any moment leaves the old one or
 * the new one.
 */
export function enforce(folder: string, generation: Generation): void {
  const text = `${JSON.stringify(generation, undefined, 2)}\n`;
  writeFileAtomic(pointer(folder), text, { mode: 0o600, fsync: false });
  try {
    sweep(folder, generation);
  } catch {
    // What could not be removed is in nobody's way; the next generation tries again.
  }
}

function store(folder: string, name: string, records: Iterable<unknown>): StoredFile {
  return { name, ...writeRecords(join(folder, name), records) };
}

/** Removes the files of other generations. */
function sweep(folder: string, { inventory, world, journal }: Generation): void {
  const kept = [inventory.name, world.name, journal];
  for (const name of readdirSync(folder)) {
    if (/^(inventory|world|journal)-\d+\.jsonl$/.test(name) && !kept.includes(name))
      rmSync(join(folder, name), { force: true });
  }
}

/** Forgets the state, whatever it is. */
export function removeState(folder: string): void {
  rmSync(pointer(folder), { force: true });
}
