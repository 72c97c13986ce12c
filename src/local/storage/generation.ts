import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { errnoOf, LocalError, toUnwritableError } from '../errors.ts';
import { omitUndefined } from '../objects.ts';
import {
  addMgnRecord,
  mgnRecords,
  readMgn,
  storedMgn,
  type StoredMgn,
  type StoredMgnRecord,
} from '../mgn/snapshot.ts';
import { Inventory, type Machine } from '../world/world.ts';
import type { Job } from '../sms/records.ts';
import type { SimulatedWorld } from '../simulation.ts';
import { readRecords, writeRecords } from './lines.ts';

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

const statePath = (folder: string) => join(folder, 'state.json');

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (cause) {
    throw toUnwritableError(folder, cause);
  }
}

/**
 * The generation that is in force; undefined in a folder without a state.
 * @throws LocalError BROKEN_STATE
 */
export function readGeneration(folder: string): Generation | undefined {
  let text: string;
  try {
    text = readFileSync(statePath(folder), 'utf8');
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
  world: SimulatedWorld,
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
      : writeStoredFile(folder, `inventory-${number}.jsonl`, world.inventory.machines);
  const stored = writeStoredFile(folder, `world-${number}.jsonl`, worldRecords(world));
  return { format: FORMAT, version: VERSION, number, inventory, world: stored, journal, offset };
}

/**
 * Puts a generation into force with one rename, so that a process killed at any moment leaves the old one or
 * the new one.
 */
export function activateGeneration(folder: string, generation: Generation): void {
  const text = `${JSON.stringify(generation, undefined, 2)}\n`;
  writeFileAtomic(statePath(folder), text, { mode: 0o600, fsync: false });
  try {
    removeOldFiles(folder, generation);
  } catch {
    // What could not be removed is in nobody's way; the next generation tries again.
  }
}

function writeStoredFile(folder: string, name: string, records: Iterable<unknown>): StoredFile {
  return { name, ...writeRecords(join(folder, name), records) };
}

/** Removes the files of other generations. */
function removeOldFiles(folder: string, { inventory, world, journal }: Generation): void {
  const kept = [inventory.name, world.name, journal];
  for (const name of readdirSync(folder)) {
    if (/^(inventory|world|journal)-\d+\.jsonl$/.test(name) && !kept.includes(name))
      rmSync(join(folder, name), { force: true });
  }
}

/** Forgets the state, whatever it is. */
export function removeState(folder: string): void {
  rmSync(statePath(folder), { force: true });
}

type SnapshotHeader = Pick<
  SimulatedWorld,
  'now' | 'catalog' | 'connectors' | 'faults' | 'runCount' | 'tokenKey'
> & {
  readonly mgn?: StoredMgn;
};

/** A job without its machine, where the inventory has that machine. */
type StoredJob = Omit<Job, 'machine'> & { readonly machine?: Machine; readonly serverId?: string };

/** A world, apart from its inventory, as records: what is true of all of it, then each job, then those of MGN. */
function* worldRecords(world: SimulatedWorld): Generator<SnapshotHeader | StoredJob | StoredMgnRecord> {
  const { now, catalog, connectors, faults, runCount, tokenKey, mgn } = world;
  const header = { now, catalog, connectors, faults, runCount, tokenKey };
  yield { ...header, ...omitUndefined({ mgn: mgn && storedMgn(mgn) }) };
  for (const job of world.jobs) {
    const { machine, ...rest } = job;
    yield world.inventory.get(machine.serverId) === machine ? { ...rest, serverId: machine.serverId } : job;
  }
  if (mgn !== undefined) yield* mgnRecords(mgn, world.inventory);
}

/** @throws Error where a file is not as it was written */
export function readWorld(
  inventoryFile: { path: string; checksum: string },
  worldFile: { path: string; checksum: string },
): SimulatedWorld {
  const machines = [...readRecords(inventoryFile.path, inventoryFile.checksum)] as Machine[];
  const records = readRecords(worldFile.path, worldFile.checksum);
  const { mgn: stored, ...header } = records.next().value as SnapshotHeader;
  const mgn = stored === undefined ? undefined : readMgn(stored);
  const world: SimulatedWorld = {
    ...header,
    ...omitUndefined({ mgn }),
    inventory: new Inventory(machines),
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
  };
  for (const record of records as Generator<StoredJob | StoredMgnRecord>) {
    if ('mgnServer' in record || 'mgnJob' in record) {
      if (mgn === undefined) throw new Error('a record of MGN stands in a state without it');
      addMgnRecord(mgn, record, world.inventory);
      continue;
    }
    const { serverId, ...rest } = record;
    const machine = rest.machine ?? (serverId === undefined ? undefined : world.inventory.get(serverId));
    if (machine === undefined) throw new Error(`job ${rest.id} has no server`);
    addJob(world, { ...rest, machine });
  }
  return world;
}

function addJob(world: SimulatedWorld, job: Job): void {
  world.jobs.push(job);
  world.jobsById.set(job.id, job);
  world.latestJobs.set(job.machine.serverId, job);
}
