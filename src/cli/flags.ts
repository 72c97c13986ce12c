import { type Command, type CommanderError, InvalidArgumentError, Option } from 'commander';
import ms, { type StringValue } from 'ms';
import { LandfallError } from '../core/error.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Host } from './host.ts';

/** Flags that every command has. */
export interface CommonFlags {
  readonly project?: string;
  readonly color: boolean;
  /** `--no-input` makes it false. */
  readonly input: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Flags of a command about the account of a target, with or without a project. */
export interface AccountFlags {
  readonly target?: string;
  /** The folder with the state of the built-in endpoint, instead of a project. */
  readonly state?: string;
  /** With `state`: the region of the endpoint. */
  readonly region?: string;
  readonly format: 'text' | 'json';
}

/** Flags of a command about VMs, which its arguments name. */
export interface VmFlags {
  readonly target?: readonly string[];
  readonly format: 'text' | 'json';
}

export function addCommonFlags(command: Command): Command {
  const hasInput = command.options.some((option) => option.attributeName() === 'input');
  if (!hasInput)
    command.option(
      '--no-input',
      'never ask (also: CI); commands that need approval then need --auto-approve',
    );
  return command
    .option('--project <file>', 'the project file (default: landfall.yaml here or in a folder above)')
    .option('--no-color', 'no colours (also: NO_COLOR)')
    .option('--quiet', 'print only results, no progress')
    .option('--verbose', 'also print unchanged VMs and API calls');
}

/**
 * Copies flags that are given before a command (`landfall --quiet plan`) from its parent commands to the command. A flag
 * that is given after the command takes precedence.
 */
export function inheritFlags(command: Command): void {
  for (let above = command.parent; above !== null; above = above.parent) {
    for (const option of above.options) {
      const name = option.attributeName();
      if (above.getOptionValueSource(name) !== 'cli' || command.getOptionValueSource(name) === 'cli')
        continue;
      command.setOptionValueWithSource(name, above.getOptionValue(name), 'cli');
    }
  }
}

export function addSelectionFlags(command: Command): Command {
  return command
    .option('--target <name>', 'only this target; a name or a glob, repeatable', collect)
    .option('--wave <name>', 'only this wave; a name or a glob, repeatable', collect)
    .option(
      '--vm <name>',
      'only this VM, by name, wave/name or label; a name or a glob, repeatable',
      collect,
    );
}

/** Adds the flags of commands that change a target. */
export function addLockFlags(command: Command): Command {
  return command
    .option(
      '--lock-timeout <span>',
      'how long to wait for a lock that another run holds (default: 0)',
      parseTimeSpan,
    )
    .addOption(
      new Option('--lock <choice>', 'whether to lock the targets').choices(['true', 'false']).default('true'),
    )
    .option('--no-lock', 'do not lock the targets; use it only if no other run changes them');
}

export function formatFlag(...formats: readonly [string, ...string[]]): Option {
  return new Option('--format <format>', 'what to print').choices(formats).default(formats[0]);
}

/** @param cut which part of the output is cut if it does not fit */
export function maxBytesFlag(cut: string): Option {
  return new Option(
    '--max-bytes <bytes>',
    `how large --format markdown may be, from 10000 up; ${cut} are cut to fit (default: 65536, which GitHub takes)`,
  ).argParser(parsePositiveInteger);
}

/** The flag that bounds how often a stalled replication is retried. */
export function maxAttemptsFlag(): Option {
  return new Option(
    '--max-attempts <count>',
    'retry a stalled replication of AWS MGN at most this many times (default: 3); 0 retries none',
  ).argParser(parseWholeNumber);
}

/** Reads a whole number from 1 up. */
export const parsePositiveInteger = (text: string): number => parseInteger(text, 1);

/** Reads a whole number from 0 up. */
export const parseWholeNumber = (text: string): number => parseInteger(text, 0);

function parseInteger(text: string, least: number): number {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`Give a whole number from ${least} up.`);
}

/** Reads a TCP port; 0 is any free one. */
export function parsePort(text: string): number {
  const number = parseWholeNumber(text);
  if (number > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return number;
}

/** Reads a number above 0. */
export function parsePositiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('Give a number above 0.');
  return number;
}

/** Parses a duration with its unit (`90s`, `30m`, `12h`, `7d`) to milliseconds; undefined: it has no unit, or is none. */
export function parseSpan(text: string): number | undefined {
  const span = /[a-z]/i.test(text) ? ms(text as StringValue) : NaN;
  return span > 0 ? span : undefined;
}

/** Reads a duration with its unit, in milliseconds. */
export function parseTimeSpan(text: string): number {
  const span = parseSpan(text);
  if (span === undefined) throw new InvalidArgumentError('Give a span with its unit: 10s, 5m, 1h.');
  return span;
}

/** Reads a share from 0 to 1. */
export function parseRate(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('Give a share from 0 to 1.');
  return number;
}

export function collect(value: string, sofar: readonly string[] | undefined): readonly string[] {
  return [...(sofar ?? []), value];
}

/**
 * Reads names of which only some are allowed, one at a time or with commas between them; spaces may stand for hyphens, as
 * on the screen.
 */
export function collectOf<Name extends string>(allowed: readonly Name[]) {
  return (text: string, sofar: readonly Name[] | undefined): readonly Name[] => {
    const names = text.split(',').map((part) => {
      const name = allowed.find((one) => one === part.trim().replaceAll(' ', '-'));
      if (name === undefined) throw new InvalidArgumentError(`Allowed choices are ${allowed.join(', ')}.`);
      return name;
    });
    return [...(sofar ?? []), ...names];
  };
}

/**
 * Lets `LANDFALL_<FLAG>` stand for a flag that the command line leaves out, for pipelines:
 * `LANDFALL_FORMAT=json`, `LANDFALL_WAVE=sdsc-01,sdsc-02`, `LANDFALL_AUTO_APPROVE=true`.
 */
export function applyEnvironment(command: Command, env: Host['env']): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const variable = environmentVariable(option);
    if (variable === undefined) continue;
    const text = env[variable];
    // An empty --policies-from would hold a pull request to no policies but its own.
    if (text === undefined || (text === '' && option.long !== '--policies-from')) continue;
    if (command.getOptionValueSource(name) === 'cli' || conflictsWithCommandLine(command, option)) continue;
    command.setOptionValueWithSource(name, valueOf(option, text, variable), 'env');
  }
}

/** Whether the command line has a flag that conflicts with this one. */
function conflictsWithCommandLine(command: Command, option: Option): boolean {
  return command.options.some(
    (other) =>
      command.getOptionValueSource(other.attributeName()) === 'cli' &&
      (conflictsOf(other).includes(option.attributeName()) ||
        conflictsOf(option).includes(other.attributeName())),
  );
}

/** The conflicts of an option, which commander's types do not declare. */
function conflictsOf(option: Option): readonly string[] {
  return (option as { readonly conflictsWith?: readonly string[] }).conflictsWith ?? [];
}

const WITHOUT_ENVIRONMENT_VARIABLE = new WeakSet<Option>();

/** Marks a flag without an environment variable, because a flag of the same name means something else in other commands. */
export function withoutEnvironmentVariable(option: Option): Option {
  WITHOUT_ENVIRONMENT_VARIABLE.add(option);
  return option;
}

/** Returns the environment variable of a flag; undefined: it has none. */
export function environmentVariable(option: Option): string | undefined {
  if (WITHOUT_ENVIRONMENT_VARIABLE.has(option)) return undefined;
  return `LANDFALL_${option.name().replace(/-/g, '_').toUpperCase()}`;
}

/** Returns the environment variables of the flags of a command and of all commands below it. */
export function environmentVariables(command: Command): readonly string[] {
  const own = command.options.flatMap((option) => environmentVariable(option) ?? []);
  return [...own, ...command.commands.flatMap(environmentVariables)];
}

/** Splits a list at its commas, and leaves out empty parts. */
function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function valueOf(option: Option, text: string, variable: string): unknown {
  if (!option.required && !option.optional) {
    if (/^(1|true|yes)$/i.test(text)) return !option.negate;
    if (/^(0|false|no)$/i.test(text)) return option.negate;
    throw invalidValue(text, variable, 'Give true or false');
  }
  if (text === '') throw invalidValue(text, variable, 'Give a git revision, or unset the variable');
  if (!option.parseArg) return text;
  const values = option.parseArg === collect ? listOf(text) : [text];
  try {
    return values.reduce<unknown>((sofar, value) => option.parseArg?.(value, sofar), undefined);
  } catch (error) {
    throw invalidValue(text, variable, (error as Error).message.replace(/\.$/, ''));
  }
}

/** Makes a command and all commands below it throw errors like all others of the program, instead of printing them. */
export function throwUsageErrors(command: Command): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 || error.code === 'commander.help' ? error : usageError(error, command);
  });
  for (const below of command.commands) throwUsageErrors(below);
}

/** Converts an error of commander to one with the layout of all others: what is wrong, and what to do. */
function usageError({ message }: CommanderError, command: Command): LandfallError {
  const text = message.replace(/^error: /, '');
  const help = `\`${fullName(command)} --help\` lists ${command.commands.length > 0 ? 'the commands' : 'arguments and flags'}`;
  const unknown = /^(unknown (?:option|command)) '(.*?)'(?:\n\(Did you mean (.*)\?\))?$/s.exec(text);
  if (unknown !== null) {
    const [, what = '', name, suggestion] = unknown;
    const remedy = suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`;
    return new LandfallError('USAGE', `${what} ${JSON.stringify(name)}`, { remedy });
  }
  const ofFlag = /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)\.$/s.exec(text);
  const ofArgument = /^command-argument value '(.*)' is invalid for argument '(\w+)'\. (.*)\.$/s.exec(text);
  if (ofFlag !== null) return invalidValue(ofFlag[2] ?? '', ofFlag[1] ?? '', ofFlag[3] ?? '');
  if (ofArgument !== null)
    return invalidValue(ofArgument[1] ?? '', `the argument ${ofArgument[2] ?? ''}`, ofArgument[3] ?? '');
  const what = text.replace(/\.$/, '').replaceAll("'", '"');
  return new LandfallError('USAGE', what, { remedy: remedyFor(text) ?? help });
}

/**
 * Returns the error for a value, one of several or the only one, that a flag, a variable or an argument does not take.
 * @param allowed which values it takes, as commander and the parsers of flags word it
 */
function invalidValue(value: string, place: string, allowed: string): LandfallError {
  const choices = /^Allowed choices are (.*)$/.exec(allowed)?.[1]?.split(', ');
  const wrong = value.split(/, */).find((part) => choices?.includes(part) === false) ?? value;
  const remedy =
    choices === undefined
      ? allowed.charAt(0).toLowerCase() + allowed.slice(1)
      : didYouMean(wrong, choices, `give one of ${choices.join(', ')}`);
  return new LandfallError('USAGE', `${JSON.stringify(wrong)} is not a value of ${place}`, { remedy });
}

/** Returns the fix for a file or a name behind a command that reads the whole project. */
function remedyFor(text: string): string | undefined {
  const command = /^too many arguments for '(validate|plan|drift)'/.exec(text)?.[1];
  if (command === undefined) return undefined;
  const narrow = command === 'validate' ? '' : ', and --wave NAME selects waves';
  return `leave the argument out: it reads the wave files in landfall.yaml${narrow}; see \`landfall ${command} --help\``;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
