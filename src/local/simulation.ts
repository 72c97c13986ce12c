import type { SimulatedFaults } from './faults/simulated-faults.ts';
import type { MgnCommand } from './mgn/commands.ts';
import { MgnSimulation } from './mgn/simulation.ts';
import { createMgnWorld, type MgnWorld } from './mgn/world.ts';
import type { SmsCommand } from './sms/simulation/commands.ts';
import { SmsSimulation } from './sms/simulation/simulation.ts';
import type { SmsWorld } from './sms/simulation/world.ts';

/** The state of both services. */
export interface SimulatedWorld extends SmsWorld {
  /** Present from the first use of MGN on. */
  mgn?: MgnWorld;
}

/** An accepted change. The journal contains commands: executing them again at the same times gives the same world. */
export type Command =
  | SmsCommand
  | { readonly do: 'faults'; readonly faults: SimulatedFaults }
  | { readonly do: 'mgn'; readonly mgn: MgnCommand };

/** The simulation of both services, which share the inventory, the faults and the time. */
export class Simulation {
  readonly world: SimulatedWorld;
  readonly #sms: SmsSimulation;
  #mgn: MgnSimulation | undefined;

  constructor(world: SimulatedWorld) {
    this.world = world;
    this.#sms = new SmsSimulation(world);
    if (world.mgn !== undefined) this.#mgn = new MgnSimulation(world, world.mgn);
  }

  /** Processes all events up to `time`. */
  advanceTo(time: number): void {
    this.#sms.advanceTo(time);
    this.#mgn?.advanceTo(this.world.now);
  }

  /** Executes a command at the current time, with its immediate consequences. */
  execute(command: Command): void {
    if (command.do === 'faults') this.world.faults = command.faults;
    else if (command.do === 'mgn') this.#useMgn().execute(command.mgn);
    else this.#sms.execute(command);
    this.startWaiting();
    this.advanceTo(this.world.now);
  }

  /** Gives free slots to the runs of SMS that wait. */
  startWaiting(): void {
    this.#sms.startWaiting();
  }

  #useMgn(): MgnSimulation {
    const { world } = this;
    world.mgn ??= createMgnWorld(world.now);
    return (this.#mgn ??= new MgnSimulation(world, world.mgn));
  }
}
