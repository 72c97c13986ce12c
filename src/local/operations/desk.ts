import type { Command } from '../simulation/commands.ts';
import type { World } from '../simulation/world.ts';
import type { Spelling } from './spelling.ts';

/** What an operation works with: the world as it is now, and the one way to change it. */
export interface Desk {
  readonly world: World;
  readonly spell: Spelling;
  /** Writes the command to the journal and carries it out; returns only when a crash can no longer lose it. */
  commit(command: Command): void;
}
