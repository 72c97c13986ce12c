import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { CommonFlags } from '../flags.ts';

/** A command's work: its exit code comes back. */
export type Run<Flags> = (
  context: Context,
  flags: Flags,
  args: readonly string[],
) => number | Promise<number>;

/** Makes `command` do what `load()` resolves to, with its flags, the environment's and the arguments. */
export type Registrar = <Flags>(command: Command, load: () => Promise<Run<Flags & CommonFlags>>) => void;
