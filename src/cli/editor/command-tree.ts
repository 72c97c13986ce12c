import type { Argument, Command, Option } from 'commander';
import { environmentVariable } from '../flags.ts';

/** What the value of a flag or argument is. All but `file`, `folder` and `text` are names of the project. */
type ValueKind = 'file' | 'folder' | 'wave' | 'vm' | 'target' | 'name' | 'address' | 'text';

export interface FlagNode {
  /** `--format`, with its dashes. */
  readonly long: string;
  readonly short?: string;
  /** `<format>`, where the flag takes a value. */
  readonly value?: string;
  readonly description: string;
  readonly kind: ValueKind;
  readonly choices: readonly string[];
  /** The default value as the help shows it. */
  readonly fallback?: string;
  /** The environment variable that sets the flag. */
  readonly variable?: string;
}

export interface ArgumentNode {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly description: string;
  readonly kind: ValueKind;
  readonly choices: readonly string[];
}

/** A command, its flags and arguments, and the commands below it. */
export interface CommandNode {
  /** The words of the command after the program's name: `['catalog', 'list']`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly flags: readonly FlagNode[];
  readonly args: readonly ArgumentNode[];
  readonly commands: readonly CommandNode[];
}

/** Returns the command and all commands below it, the command itself first. */
export function flattenCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(flattenCommands)];
}

/** Returns a command of the program as plain data, for completion and for the reference, without hidden commands. */
export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  return {
    path,
    description: command.description(),
    flags: help
      .visibleOptions(command)
      .flatMap((option) => (option.long === undefined ? [] : [flagNode(option, option.long, path)])),
    args: command.registeredArguments.map((argument) => argumentNode(argument, path)),
    commands: commands.map((one) => commandTree(one, [...path, one.name()])),
  };
}

function flagNode(option: Option, long: string, path: readonly string[]): FlagNode {
  const value = /[<[].*[>\]]/.exec(option.flags)?.[0];
  const variable = environmentVariable(option);
  const shown =
    option.defaultValueDescription ?? (option.defaultValue as string | number | boolean | undefined);
  return {
    long,
    ...(option.short !== undefined && { short: option.short }),
    ...(value !== undefined && { value }),
    description: option.description,
    kind: kindOf(path, long, value ?? ''),
    choices: option.argChoices ?? [],
    ...(shown !== undefined && !option.negate && { fallback: String(shown) }),
    ...(variable !== undefined && { variable }),
  };
}

function argumentNode(argument: Argument, path: readonly string[]): ArgumentNode {
  const place = `<${argument.name()}>`;
  return {
    name: argument.name(),
    required: argument.required,
    variadic: argument.variadic,
    description: argument.description,
    kind: kindOf(path, place, place),
    choices: argument.argChoices ?? [],
  };
}

/** The kinds that the name of a value does not tell, by `command flag` or by flag. */
const KINDS: Readonly<Record<string, ValueKind>> = {
  '--target': 'target',
  '--wave': 'wave',
  '--vm': 'vm',
  '--replace': 'address',
  'catalog list --vm': 'text',
  'show <plan>': 'file',
  'apply <plan>': 'file',
  'init <folder>': 'folder',
  'mgn init <target>': 'target',
  'status <names>': 'name',
  'describe <name>': 'name',
  'output <names>': 'name',
  'runs <name>': 'name',
  'run <names>': 'name',
};

function kindOf(path: readonly string[], place: string, value: string): ValueKind {
  const kind = KINDS[[...path, place].join(' ')] ?? KINDS[place];
  if (kind !== undefined) return kind;
  if (/file|csv|export/i.test(value)) return 'file';
  return /folder|dir/i.test(value) ? 'folder' : 'text';
}
