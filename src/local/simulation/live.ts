import type { Agenda } from './agenda.ts';
import type { MgnSimulation } from '../mgn/simulation.ts';
import type { Queue } from './queue.ts';
import type { World } from './world.ts';

/** What the lives of jobs and runs need of the simulation they are part of. */
export interface Live {
  readonly world: World;
  readonly agenda: Agenda;
  readonly queue: Queue;
  /** The other service, from its first use on. */
  mgn(): MgnSimulation;
  /** A run has given back its place among those that replicate. */
  freePlace(): void;
}
