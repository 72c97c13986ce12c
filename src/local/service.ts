import type { IncomingMessage } from 'node:http';
import type { LocalClock } from './clock.ts';
import { LocalError, unwritable } from './error.ts';
import { Dice } from './faults/dice.ts';
import type { Faults } from './faults/faults.ts';
import { simulatedFaults } from './faults/simulated.ts';
import { handle } from './http/handle.ts';
import type { Reply } from './http/server.ts';
import { defaultExport, readDatacentre } from './inventory/datacentre.ts';
import { DEFAULT_QUOTAS } from './mgn/quotas.ts';
import type { MgnOptions } from './mgn/quotas.ts';
import type { Desk } from './operations/desk.ts';
import { spelling } from './operations/spelling.ts';
import type { Spelling, WireStyle } from './operations/spelling.ts';
import type { LoadResult } from './options.ts';
import { State } from './storage/state.ts';

export interface ServiceOptions {
  readonly folder: string;
  readonly clock: LocalClock;
  readonly speed: number;
  readonly wireStyle: WireStyle;
  readonly region: string | undefined;
  readonly faults: Faults;
  readonly mgn: MgnOptions;
  /** Throws where this process has lost the folder to another. */
  readonly guard: () => void;
}

const DAY = 86_400_000;
/** Furthest that time moves in one step. */
const FURTHEST = 10 * 366 * DAY;

/** The service behind the wire: its state, and what is to go wrong with it. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #state: State;
  readonly #spell: Spelling;
  #dice: Dice;
  #latency = 0;

  private constructor(options: ServiceOptions, state: State) {
    this.#options = options;
    this.#state = state;
    this.#spell = spelling(options.wireStyle);
    this.#dice = new Dice({});
  }

  /** @throws LocalError BROKEN_STATE, BAD_FAULTS */
  static async open(options: ServiceOptions): Promise<Service> {
    const { folder, clock, speed, guard, faults } = options;
    if (!(speed > 0 && speed <= 1e6)) {
      throw new LocalError(
        'BAD_TIME',
        `the speed ${speed} is not above 0 and at most 1000000`,
        'choose another speed',
      );
    }
    const state = await State.open({ folder, clock, speed, initial: defaultDatacentre, guard });
    try {
      const service = new Service(options, state);
      service.setFaults(faults);
      service.#prepareMgn();
      return service;
    } catch (error) {
      state.close();
      throw error;
    }
  }

  /** The time that answers carry. Never throws. */
  now(): number {
    try {
      return this.#state.present().now;
    } catch {
      // A disk that takes no more entries stops the time, not the answers.
      return this.#state.shownTime;
    }
  }

  /** Answers a request of the API. Never rejects. */
  async reply(request: IncomingMessage): Promise<Reply> {
    const { region, clock, mgn } = this.#options;
    const faults = { dice: this.#dice, latency: this.#latency };
    const quotas = { ...DEFAULT_QUOTAS, ...mgn.quotas };
    return handle(request, { region, clock, quotas, faults, desk: () => this.#desk() });
  }

  #desk(): Desk {
    const world = this.#state.present();
    return {
      world,
      spell: this.#spell,
      commit: (command) => {
        this.#state.commit(command);
      },
    };
  }

  #prepareMgn(): void {
    if (this.#options.mgn.initialized !== true || this.#state.present().mgn !== undefined) return;
    this.#state.commit({ do: 'mgn', mgn: { do: 'initialize' } });
  }

  advance(milliseconds: number): number {
    if (!Number.isFinite(milliseconds) || milliseconds < 0 || milliseconds > FURTHEST) {
      const message = `time cannot move by ${milliseconds} milliseconds`;
      throw new LocalError('BAD_TIME', message, 'choose a time from 0 up to ten years');
    }
    return this.#write((state) => state.advance(Math.floor(milliseconds)).now);
  }

  async load(source: string | Uint8Array): Promise<LoadResult> {
    const datacentre = await readDatacentre(source, this.now());
    this.#write((state) => {
      state.replaceDatacentre(datacentre);
    });
    return { loaded: datacentre.machines.length, skipped: datacentre.skipped };
  }

  async reset(): Promise<void> {
    const datacentre = await defaultDatacentre(this.#options.clock.now());
    this.#write((state) => {
      state.restart(datacentre);
      this.#prepareMgn();
    });
  }

  /** @throws LocalError UNWRITABLE */
  #write<T>(change: (state: State) => T): T {
    try {
      return change(this.#state);
    } catch (cause) {
      throw unwritable(this.#options.folder, cause);
    }
  }

  setFaults(faults: Faults): void {
    const world = this.#state.present();
    const simulated = simulatedFaults(faults);
    const unknown = simulated.unhealthyConnectors.find(
      (id) => !world.connectors.some(({ connectorId }) => connectorId === id),
    );
    if (unknown !== undefined) {
      const known = world.connectors.map(({ connectorId }) => connectorId).join(', ');
      throw new LocalError('BAD_FAULTS', `there is no connector ${unknown}`, `the connectors are ${known}`);
    }
    this.#dice = new Dice(faults);
    this.#latency = faults.latency ?? 0;
    if (JSON.stringify(simulated) !== JSON.stringify(world.faults)) {
      this.#state.commit({ do: 'faults', faults: simulated });
    }
  }

  close(): void {
    this.#state.close();
  }
}

async function defaultDatacentre(now: number): ReturnType<typeof readDatacentre> {
  return readDatacentre(await defaultExport(), now);
}
