import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { errnoOf, LocalError, toUnwritableError } from '../errors.ts';
import { omitUndefined } from '../collections.ts';
import {
  addMgnRecord,
  mgnRecords,
  readMgn,
  storedMgn,
  type StoredMgn,
  type StoredMgnRecord,
} from '../mgn/snapshot.ts';
import { Inventory, type Machine, type StoredObject } from '../simulation/account.ts';
import type { App, Job } from '../sms/records.ts';
import type { SimulatedAccount } from '../simulation/simulation.ts';
import { readRecords, writeRecords } from './json-lines.ts';

const FORMAT = 'landfall-local';
/** 2: with MGN. 3: the file of the account, which was called `world` before. */
const VERSION = 3;

interface StoredFile {
  readonly name: string;
  readonly checksum: string;
  readonly bytes: number;
}

/** The content of `state.json`: it names the files that are the current state. All other files are obsolete. */
export interface Generation {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly number: number;
  readonly inventory: StoredFile;
  readonly account: StoredFile;
  readonly journal: string;
  /** Virtual minus real time when it was written. */
  readonly offset: number;
}

const statePath = (folder: string) => join(folder, 'state.json');

/** The file with the name of the region whose state is in the folder itself. */
export const HOME_REGION_FILE = 'home-region';
/** The folders with the states of other regions. */
export const REGION_FOLDER = /^region-([a-z\d-]+)$/;

/** Names that the endpoint gives to files, also to temporary ones, and the folder of the locks on its targets. */
const OWN_NAMES = /^(state\.json|home-region|region-|\.?lock-|(inventory|account|world|journal)-\d|locks$)/;

/**
 * Creates the folder of a state, readable by its owner only.
 * @throws LocalError FOREIGN_FOLDER for a folder with files of others and none of the endpoint's; UNWRITABLE
 */
export function makeFolder(folder: string): void {
  try {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    if (names.length > 0 && !names.some((name) => OWN_NAMES.test(name))) {
      throw new LocalError(
        'FOREIGN_FOLDER',
        `${folder} has files, but no state of the built-in endpoint`,
        'give an empty folder, or one that does not exist yet',
      );
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (cause) {
    throw toUnwritableError(folder, cause);
  }
}

/**
 * Reads which files are the current state of a folder. Returns nothing for a folder without a state.
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
      'use that version, or delete the state with `landfall local reset`',
    );
  }
  const { world, ...generation } = parsed as Generation & { readonly world?: StoredFile };
  return world === undefined ? generation : { ...generation, account: world };
}

export function brokenState(folder: string, cause?: unknown): LocalError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const remedy = 'delete the state with `landfall local reset`';
  return new LocalError('BROKEN_STATE', `the state in ${folder} cannot be read${why}`, remedy, { cause });
}

/**
 * Writes the files of a new generation, with an empty journal. `activateGeneration` makes it the current one.
 * @param account the account to write
 * @param previous the current generation
 * @param sameInventory whether the account has the inventory of `previous`, whose file is then used again
 */
export function writeGeneration(
  folder: string,
  account: SimulatedAccount,
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
      : writeStoredFile(folder, `inventory-${number}.jsonl`, account.inventory.machines);
  const stored = writeStoredFile(folder, `account-${number}.jsonl`, accountRecords(account));
  return { format: FORMAT, version: VERSION, number, inventory, account: stored, journal, offset };
}

/**
 * Makes a generation the current one, with one rename: a process that is killed at any moment leaves the old one or
 * the new one.
 */
export function activateGeneration(folder: string, generation: Generation): void {
  const text = `${JSON.stringify(generation, undefined, 2)}\n`;
  writeFileAtomic(statePath(folder), text, { mode: 0o600, fsync: false });
  try {
    removeOldFiles(folder, generation);
  } catch {
    // Obsolete files do no harm; the next generation tries again to remove them.
  }
}

function writeStoredFile(folder: string, name: string, records: Iterable<unknown>): StoredFile {
  return { name, ...writeRecords(join(folder, name), records) };
}

/** Removes the files of other generations. */
function removeOldFiles(folder: string, { inventory, account, journal }: Generation): void {
  const kept = [inventory.name, account.name, journal];
  for (const name of readdirSync(folder)) {
    if (/^(inventory|account|world|journal)-\d+\.jsonl$/.test(name) && !kept.includes(name))
      rmSync(join(folder, name), { force: true });
  }
}

/** Removes the states of all regions of a folder, even if they cannot be read. */
export function removeState(folder: string): void {
  rmSync(join(folder, HOME_REGION_FILE), { force: true });
  for (const name of readdirSync(folder))
    if (REGION_FOLDER.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  rmSync(statePath(folder), { force: true });
}

type SnapshotHeader = Pick<
  SimulatedAccount,
  'now' | 'catalog' | 'connectors' | 'faults' | 'runCount' | 'tokenKey'
> & {
  readonly mgn?: StoredMgn;
  /** Absent if there never was one. */
  readonly apps?: { readonly count: number; readonly all: readonly App[] };
};

/** A bucket of S3 with its objects. */
interface StoredBucket {
  readonly bucket: string;
  readonly createdAt: number;
  readonly objects: readonly (readonly [string, StoredObject])[];
}

/** A job; its machine is stored only if the inventory does not contain it. */
type StoredJob = Omit<Job, 'machine'> & { readonly machine?: Machine; readonly serverId?: string };

/** Yields an account without its inventory as records: a header, then buckets, jobs and the records of MGN. */
function* accountRecords(
  account: SimulatedAccount,
): Generator<SnapshotHeader | StoredBucket | StoredJob | StoredMgnRecord> {
  const { now, catalog, connectors, faults, runCount, tokenKey, mgn, apps, appCount } = account;
  const header = { now, catalog, connectors, faults, runCount, tokenKey };
  const stored = appCount === 0 ? {} : { apps: { count: appCount, all: [...apps.values()] } };
  yield { ...header, ...stored, ...omitUndefined({ mgn: mgn && storedMgn(mgn) }) };
  for (const [bucket, { createdAt, objects }] of account.buckets)
    yield { bucket, createdAt, objects: [...objects] };
  for (const job of account.jobs) {
    const { machine, ...rest } = job;
    yield account.inventory.get(machine.serverId) === machine ? { ...rest, serverId: machine.serverId } : job;
  }
  if (mgn !== undefined) yield* mgnRecords(mgn, account.inventory);
}

/**
 * Reads an account from its two files.
 * @throws Error if a checksum does not match
 */
export function readAccount(
  inventoryFile: { path: string; checksum: string },
  accountFile: { path: string; checksum: string },
): SimulatedAccount {
  const machines = [...readRecords(inventoryFile.path, inventoryFile.checksum)] as Machine[];
  const records = readRecords(accountFile.path, accountFile.checksum);
  const { mgn: stored, apps, ...header } = records.next().value as SnapshotHeader;
  const mgn = stored === undefined ? undefined : readMgn(stored);
  const account: SimulatedAccount = {
    ...header,
    ...omitUndefined({ mgn }),
    inventory: new Inventory(machines),
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
    apps: new Map(apps?.all.map((app) => [app.id, app])),
    appCount: apps?.count ?? 0,
    buckets: new Map(),
  };
  for (const record of records as Generator<StoredBucket | StoredJob | StoredMgnRecord>) {
    if ('bucket' in record) {
      account.buckets.set(record.bucket, { createdAt: record.createdAt, objects: new Map(record.objects) });
      continue;
    }
    if ('mgnServer' in record || 'mgnJob' in record) {
      if (mgn === undefined) throw new Error('the state has a record of MGN, but MGN was never initialised');
      addMgnRecord(mgn, record, account.inventory);
      continue;
    }
    const { serverId, ...rest } = record;
    const machine = rest.machine ?? (serverId === undefined ? undefined : account.inventory.get(serverId));
    if (machine === undefined) throw new Error(`job ${rest.id} has no server`);
    addJob(account, { ...rest, machine });
  }
  return account;
}

function addJob(account: SimulatedAccount, job: Job): void {
  account.jobs.push(job);
  account.jobsById.set(job.id, job);
  account.latestJobs.set(job.machine.serverId, job);
}
