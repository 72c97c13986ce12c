import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { omitUndefined } from '../collections.ts';
import { type LocalClock, VirtualTime } from '../clock.ts';
import type { SimulatedFaults } from '../faults.ts';
import type { Datacentre } from '../inventory/datacentre.ts';
import { Inventory } from '../simulation/account.ts';
import { type Command, type SimulatedAccount, Simulation } from '../simulation/simulation.ts';
import { createSmsAccount } from '../sms/simulation/account.ts';
import {
  activateGeneration,
  brokenState,
  type Generation,
  readGeneration,
  readAccount,
  writeGeneration,
} from './generation.ts';
import { Journal, readJournal } from './json-lines.ts';

/** How far the time in answers may be ahead of the journal, in milliseconds of real time. */
const TIME_LEASE = 1000;
/** A journal is compacted into a new generation when it is larger than this, in bytes, and larger than its account. */
const MAX_JOURNAL_SIZE = 32 << 20;
/** The same size when a folder is opened: no client waits for an answer then. */
const MAX_JOURNAL_SIZE_AT_START = 1 << 20;

export interface StateOptions {
  readonly folder: string;
  /** Whether nothing is written to the folder: the state ends with the process. */
  readonly inMemory: boolean;
  readonly clock: LocalClock;
  readonly speed: number;
  /** Whether SMS has imported its catalogue in a folder without a state. */
  readonly imported: boolean;
  /** Throws if another process has taken over the folder. Not called for a state in memory. */
  readonly guard: () => void;
}

/** What a new state begins with. */
interface InitialState {
  readonly datacentre: Datacentre;
  /** The virtual time, and virtual minus real time. */
  readonly now: number;
  readonly offset: number;
  readonly faults?: SimulatedFaults;
}

/** The simulated account and its time, stored in a folder. Only one process may have a folder open. */
export class StateStore {
  readonly #options: StateOptions;
  #simulation: Simulation;
  #time: VirtualTime;
  /** Absent if the state is in memory only. */
  #files: { readonly generation: Generation; readonly journal: Journal } | undefined;
  #until: number;
  /** A journal up to this size could not be compacted, in bytes. */
  #uncompactable = 0;

  private constructor(options: StateOptions, loaded: LoadedState) {
    this.#options = options;
    this.#simulation = loaded.simulation;
    this.#time = new VirtualTime(options.clock, options.speed, loaded.offset, loaded.floor);
    const { generation, journalSize } = loaded;
    if (generation !== undefined) {
      const journal = new Journal(join(options.folder, generation.journal), journalSize);
      this.#files = { generation, journal };
    }
    this.#until = loaded.floor;
  }

  /**
   * Opens the state of a folder. Returns nothing for a folder without a state.
   * @throws LocalError BROKEN_STATE
   */
  static openExisting(options: StateOptions): StateStore | undefined {
    const { folder, inMemory } = options;
    const generation = inMemory ? undefined : readGeneration(folder);
    if (generation === undefined) return undefined;
    const state = new StateStore(options, loadGeneration(folder, generation));
    // The next start then has a shorter journal to read.
    state.#compactBeyond(Math.max(MAX_JOURNAL_SIZE_AT_START, generation.account.bytes / 4));
    return state;
  }

  /** Creates a state, in a folder without one. */
  static create(options: StateOptions, { datacentre, now, offset, faults }: InitialState): StateStore {
    const { folder, inMemory } = options;
    const account = newAccount(datacentre, now, options.imported);
    if (faults !== undefined) account.faults = faults;
    const first = inMemory ? undefined : writeGeneration(folder, account, offset, undefined, false);
    if (first !== undefined) activateGeneration(folder, first);
    const simulation = new Simulation(account);
    return new StateStore(options, { simulation, generation: first, offset, floor: now, journalSize: 0 });
  }

  /** Returns the account at the current time, after all events that are due. */
  currentAccount(): SimulatedAccount {
    const now = this.#time.now();
    if (now > this.#until) this.#append(now);
    this.#simulation.advanceTo(now);
    return this.#simulation.account;
  }

  /** Returns virtual minus real time, in milliseconds. */
  offset(): number {
    return this.#time.offset();
  }

  /** The time that an answer may contain even if nothing can be written. */
  get shownTime(): number {
    return Math.min(this.#time.now(), Math.max(this.#until, this.#simulation.account.now));
  }

  /** Writes the command to disk, then executes it, at the time of the last `currentAccount()`. */
  commit(command: Command): void {
    this.#append(this.#simulation.account.now, command);
    this.#simulation.execute(command);
    this.#compactBeyond(Math.max(MAX_JOURNAL_SIZE, this.#files?.generation.account.bytes ?? 0));
  }

  /** Advances the virtual time. */
  advance(milliseconds: number): SimulatedAccount {
    this.currentAccount();
    this.#time.advance(milliseconds);
    this.#append(this.#time.now());
    return this.currentAccount();
  }

  /** Replaces the VMs and connectors of the account; the catalogue lists them at once. Jobs stay. */
  replaceDatacentre({ machines, connectors }: Datacentre): void {
    const account = this.currentAccount();
    const change = {
      inventory: new Inventory(machines),
      connectors: [...connectors],
      catalog:
        account.catalog.status === 'NOT_IMPORTED'
          ? account.catalog
          : ({ status: 'AVAILABLE', modifiedAt: account.now, listed: true } as const),
    };
    this.#compact({ ...account, ...change }, this.#time.offset(), false);
    Object.assign(account, change);
    this.#simulation.startWaiting();
  }

  /** Resets the account to a data centre, without jobs and in real time. Faults stay. */
  restart(datacentre: Datacentre): void {
    const now = this.#options.clock.now();
    const account = {
      ...newAccount(datacentre, now, this.#options.imported),
      faults: this.#simulation.account.faults,
    };
    this.#compact(account, 0, false);
    this.#time = new VirtualTime(this.#options.clock, this.#options.speed, 0, now);
    this.#simulation = new Simulation(account);
  }

  close(): void {
    const now = this.#time.now();
    try {
      if (now !== this.#until) this.#append(now, undefined, now);
    } catch {
      // Without this entry, the time continues a little later than it stopped, which does no harm.
    }
    this.#files?.journal.close();
  }

  #append(at: number, command?: Command, until = at + TIME_LEASE * this.#time.speed): void {
    if (this.#files !== undefined) {
      this.#options.guard();
      const offset = this.#time.offset();
      this.#files.journal.append(omitUndefined({ at, offset, until, command }));
    }
    this.#until = until;
  }

  /** Compacts a journal that is larger than `bytes`. If that fails, the journal stays in use, and it tries again later. */
  #compactBeyond(bytes: number): void {
    const size = this.#files?.journal.size ?? 0;
    if (size <= Math.max(bytes, this.#uncompactable)) return;
    try {
      this.#compact(this.#simulation.account, this.#time.offset(), true);
    } catch {
      this.#uncompactable = 2 * size;
    }
  }

  /** Starts a new generation with an account. When it throws, the old generation is still the current one. */
  #compact(account: SimulatedAccount, offset: number, sameInventory: boolean): void {
    const { folder, guard } = this.#options;
    if (this.#files === undefined) {
      this.#until = account.now;
      return;
    }
    guard();
    const generation = writeGeneration(folder, account, offset, this.#files.generation, sameInventory);
    const journal = new Journal(join(folder, generation.journal), 0);
    try {
      activateGeneration(folder, generation);
    } catch (cause) {
      journal.close();
      throw cause;
    }
    this.#files.journal.close();
    this.#files = { generation, journal };
    this.#until = account.now;
  }
}

interface LoadedState {
  readonly simulation: Simulation;
  /** Absent if the state is in memory only. */
  readonly generation: Generation | undefined;
  readonly offset: number;
  readonly floor: number;
  readonly journalSize: number;
}

/** Reads the current generation and applies its journal. */
function loadGeneration(folder: string, generation: Generation): LoadedState {
  try {
    const { inventory, account, journal } = generation;
    const at = ({ name, checksum }: Generation['account']) => ({ path: join(folder, name), checksum });
    const simulation = new Simulation(readAccount(at(inventory), at(account)));
    let { offset } = generation;
    let floor = simulation.account.now;
    let journalSize = 0;
    const path = join(folder, journal);
    if (existsSync(path)) {
      for (const { entry, size } of readJournal(path)) {
        simulation.advanceTo(entry.at);
        if (entry.command !== undefined) simulation.execute(entry.command);
        offset = entry.offset;
        floor = entry.until;
        journalSize = size;
      }
    }
    return { simulation, generation, offset, floor, journalSize };
  } catch (cause) {
    throw brokenState(folder, cause);
  }
}

function newAccount({ machines, connectors }: Datacentre, now: number, imported: boolean): SimulatedAccount {
  const tokenKey = randomBytes(32).toString('hex');
  return createSmsAccount(new Inventory(machines), [...connectors], now, tokenKey, imported);
}
