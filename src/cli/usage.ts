import type { Command, CommanderError } from 'commander';
import { LandfallError } from '../core/error.ts';
import { didYouMean } from '../core/suggest.ts';

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
  if (ofArgument !== null) {
    return invalidValue(ofArgument[1] ?? '', `the argument ${ofArgument[2] ?? ''}`, ofArgument[3] ?? '');
  }
  const what = text.replace(/\.$/, '').replaceAll("'", '"');
  return new LandfallError('USAGE', what, { remedy: remedyFor(text) ?? help });
}

/**
 * Returns the error for a value that a flag, a variable or an argument does not take.
 * @param allowed which values it takes, as commander and the parsers of flags word it
 */
export function invalidValue(value: string, place: string, allowed: string): LandfallError {
  const choices = /^Allowed choices are (.*)$/.exec(allowed)?.[1]?.split(', ');
  const remedy =
    choices === undefined
      ? allowed.charAt(0).toLowerCase() + allowed.slice(1)
      : didYouMean(value, choices, `give one of ${choices.join(', ')}`);
  return new LandfallError('USAGE', `${JSON.stringify(value)} is not a value of ${place}`, { remedy });
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
