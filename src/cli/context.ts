import type { Command } from 'commander';
import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import type { WorkflowEvent, Workspace } from '../core/environment.ts';
import { EXIT, type ExitCode } from '../core/error.ts';
import { renderValidationText } from '../report/validation/validation.ts';
import type { InvalidManifests } from '../workflow/manifests.ts';
import { printEvent, readingProgress } from './events.ts';
import type { CommonFlags } from './flags.ts';
import type { Host, Output } from './host.ts';

/** What every command gets besides its own flags; workflow functions take it as their workspace. */
export interface Context extends Workspace {
  readonly host: Host;
  readonly onEvent: (event: WorkflowEvent) => void;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** Whether lines may be redrawn in place if a stream is a terminal; not in the log of a pipeline. */
  readonly canRedraw: boolean;
  /** Colours for stdout and for stderr: each may or may not be a terminal. */
  readonly colors: Colors;
  readonly errorColors: Colors;
  /** The width of stdout and of stderr in characters: that of a terminal; a pipe takes whole lines. */
  readonly columns: number;
  readonly errorColumns: number;
  /** Data: goes to stdout. */
  readonly print: (text: string) => void;
  /** Words about the run: go to stderr, unless `--quiet`. */
  readonly log: (text: string) => void;
}

/** Colours are for terminals: `NO_COLOR` and `--no-color` turn them off, `FORCE_COLOR` on (no-color.org, force-color.org). */
export function colorsFor(output: Output, env: Host['env'], wanted: boolean): Colors {
  // Read here too: an error may come before the flags have been read.
  const unwanted = /^(1|true|yes)$/i.test(env['LANDFALL_NO_COLOR'] ?? '');
  const off = !wanted || unwanted || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const on = output.isTerminal || !['', '0', undefined].includes(env['FORCE_COLOR']);
  return picocolors.createColors(!off && on);
}

function widthOf({ isTerminal, columns }: Output): number {
  return isTerminal ? columns : Infinity;
}

/** Whether a pipeline runs the program: `CI` is set, and not to a value that denies it. */
function isPipeline({ CI = '' }: Host['env']): boolean {
  return !/^(|0|false|no)$/i.test(CI);
}

/** Returns the host without questions, with `--no-input` and in a pipeline. */
function withoutPrompts(host: Host, input: boolean): Host {
  if (input && !isPipeline(host.env)) return host;
  const others: { -readonly [Key in keyof Host]: Host[Key] } = { ...host };
  delete others.ask;
  return others;
}

export function createContext(host: Host, flags: CommonFlags): Context {
  const context: Context = {
    host: withoutPrompts(host, flags.input),
    canRedraw: !isPipeline(host.env) && host.env['TERM'] !== 'dumb',
    ...(flags.project !== undefined && { projectFile: flags.project }),
    verbose: flags.verbose ?? false,
    quiet: flags.quiet ?? false,
    colors: colorsFor(host.stdout, host.env, flags.color),
    errorColors: colorsFor(host.stderr, host.env, flags.color),
    columns: widthOf(host.stdout),
    errorColumns: widthOf(host.stderr),
    print: (text) => {
      host.stdout.write(text);
    },
    log: (text) => {
      if (flags.quiet !== true) host.stderr.write(text);
    },
    onEvent: (event) => {
      showReading(event);
      printEvent(context, event);
    },
  };
  const showReading = readingProgress(context);
  return context;
}

/** Prints what is wrong with the manifests on stderr. Returns the exit code of the run. */
export function showInvalidManifests(
  { host, errorColors }: Context,
  { validation }: InvalidManifests,
): ExitCode {
  host.stderr.write(renderValidationText(validation, { colors: errorColors }));
  return EXIT.error;
}

/** The function of a command. Returns its exit code. */
export type CommandAction<Flags> = (
  context: Context,
  flags: Flags,
  args: readonly string[],
) => number | Promise<number>;

/** Makes `command` run the function that `load()` resolves to, with its flags, those of the environment, and the arguments. */
export type RegisterCommand = <Flags>(
  command: Command,
  load: () => Promise<CommandAction<Flags & CommonFlags>>,
) => void;
