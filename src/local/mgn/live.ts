import type { World } from '../simulation/world.ts';
import type { Agenda } from './agenda.ts';
import type { Places } from './places.ts';
import type { MgnWorld } from './world.ts';

/** What replications and jobs need of the simulation they are part of. */
export interface Live {
  readonly world: World;
  /** The time of what happens. */
  readonly now: number;
  readonly mgn: MgnWorld;
  readonly agenda: Agenda;
  readonly places: Places;
}
