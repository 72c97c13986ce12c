import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { omitUndefined } from '../objects.ts';
import { type LocalClock, VirtualTime } from '../clock.ts';
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
import { Journal, readJournal } from './journal.ts';

/** Time in answers may run ahead of the journal by this much real time. */
const TIME_LEASE = 1000;
/** A journal is folded into a new generation when it is larger than this, and than the account it belongs to. */
const MAX_JOURNAL_SIZE = 32 << 20;
/** The same when a folder is opened, where nobody waits for an answer yet. */
const MAX_JOURNAL_SIZE_AT_START = 1 << 20;

export interface StateOptions {
  readonly folder: string;
  readonly clock: LocalClock;
  readonly speed: number;
  /** What a folder without a state begins with. */
  readonly initial: (now: number) => Promise<Datacentre>;
  /** Throws where this process has lost the folder to another. */
  readonly guard: () => void;
}

/** The simulated service and its time, kept in a folder. Only one process may have a folder open. */
export class StateStore {
  readonly #options: StateOptions;
  #simulation: Simulation;
  #time: VirtualTime;
  #generation: Generation;
  #journal: Journal;
  #until: number;
  /** A journal up to this size could not be folded. */
  #unfoldable = 0;

  private constructor(options: StateOptions, loaded: LoadedState) {
    this.#options = options;
    this.#simulation = loaded.simulation;
    this.#time = new VirtualTime(options.clock, options.speed, loaded.offset, loaded.floor);
    this.#generation = loaded.generation;
    this.#journal = new Journal(join(options.folder, loaded.generation.journal), loaded.journalSize);
    this.#until = loaded.floor;
  }

  /** @throws LocalError BROKEN_STATE */
  static async open(options: StateOptions): Promise<StateStore> {
    const { folder, clock } = options;
    const generation = readGeneration(folder);
    if (generation !== undefined) {
      const state = new StateStore(options, loadGeneration(folder, generation));
      // Whoever opens the folder next need not go through all of this again.
      state.#foldBeyond(Math.max(MAX_JOURNAL_SIZE_AT_START, generation.account.bytes / 4));
      return state;
    }
    const now = clock.now();
    const account = newAccount(await options.initial(now), now);
    const first = writeGeneration(folder, account, 0, undefined, false);
    activateGeneration(folder, first);
    const simulation = new Simulation(account);
    return new StateStore(options, { simulation, generation: first, offset: 0, floor: now, journalSize: 0 });
  }

  /** The account as it is now: everything that was due by now has happened. */
  currentAccount(): SimulatedAccount {
    const now = this.#time.now();
    if (now > this.#until) this.#append(now);
    this.#simulation.advanceTo(now);
    return this.#simulation.account;
  }

  /** The time an answer may carry, even if nothing more can be written. */
  get shownTime(): number {
    return Math.min(this.#time.now(), Math.max(this.#until, this.#simulation.account.now));
  }

  /** Writes the command to disk, then executes it, at the time of the last `present()`. */
  commit(command: Command): void {
    this.#append(this.#simulation.account.now, command);
    this.#simulation.execute(command);
    this.#foldBeyond(Math.max(MAX_JOURNAL_SIZE, this.#generation.account.bytes));
  }

  /** Moves the virtual time forward. */
  advance(milliseconds: number): SimulatedAccount {
    this.currentAccount();
    this.#time.advance(milliseconds);
    this.#append(this.#time.now());
    return this.currentAccount();
  }

  /** Gives the account new VMs and connectors; the catalogue lists them at once. Jobs stay. */
  replaceDatacentre({ machines, connectors }: Datacentre): void {
    const account = this.currentAccount();
    const change = {
      inventory: new Inventory(machines),
      connectors: [...connectors],
      catalog: { status: 'AVAILABLE', modifiedAt: account.now, listed: true } as const,
    };
    this.#fold({ ...account, ...change }, this.#time.offset(), false);
    Object.assign(account, change);
    this.#simulation.startWaiting();
  }

  /** Begins again with another datacentre, without jobs and in real time. What goes wrong stays. */
  restart(datacentre: Datacentre): void {
    const now = this.#options.clock.now();
    const account = { ...newAccount(datacentre, now), faults: this.#simulation.account.faults };
    this.#fold(account, 0, false);
    this.#time = new VirtualTime(this.#options.clock, this.#options.speed, 0, now);
    this.#simulation = new Simulation(account);
  }

  close(): void {
    const now = this.#time.now();
    try {
      if (now !== this.#until) this.#append(now, undefined, now);
    } catch {
      // Without this entry time resumes a little later than it stopped: nothing to fail for.
    }
    this.#journal.close();
  }

  #append(at: number, command?: Command, until = at + TIME_LEASE * this.#time.speed): void {
    this.#options.guard();
    const offset = this.#time.offset();
    this.#journal.append(omitUndefined({ at, offset, until, command }));
    this.#until = until;
  }

  /** Folds a journal that has grown beyond so many bytes. If that fails the journal is as good, and tried again later. */
  #foldBeyond(bytes: number): void {
    if (this.#journal.size <= Math.max(bytes, this.#unfoldable)) return;
    try {
      this.#fold(this.#simulation.account, this.#time.offset(), true);
    } catch {
      this.#unfoldable = 2 * this.#journal.size;
    }
  }

  /** Begins a new generation with the account as it is to be. When it throws, the old one is still in force. */
  #fold(account: SimulatedAccount, offset: number, sameInventory: boolean): void {
    const { folder, guard } = this.#options;
    guard();
    const generation = writeGeneration(folder, account, offset, this.#generation, sameInventory);
    const journal = new Journal(join(folder, generation.journal), 0);
    try {
      activateGeneration(folder, generation);
    } catch (cause) {
      journal.close();
      throw cause;
    }
    this.#journal.close();
    this.#journal = journal;
    this.#generation = generation;
    this.#until = account.now;
  }
}

interface LoadedState {
  readonly simulation: Simulation;
  readonly generation: Generation;
  readonly offset: number;
  readonly floor: number;
  readonly journalSize: number;
}

/** The last generation with its journal applied. */
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

function newAccount({ machines, connectors }: Datacentre, now: number): SimulatedAccount {
  return createSmsAccount(new Inventory(machines), [...connectors], now, randomBytes(32).toString('hex'));
}
