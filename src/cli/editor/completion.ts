import type { Argument, Command, Option } from 'commander';
import { EXIT } from '../../core/error.ts';
import { renderBash, renderZsh } from '../../report/editor/completion-bash-zsh.ts';
import { renderFish } from '../../report/editor/completion-fish.ts';
import type { ArgumentNode, CommandNode, FlagNode, ValueKind } from '../../report/editor/completion.ts';
import { allExplanations } from '../../report/explanations/index.ts';
import { schemaNames } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';
import { environmentVariable, isRepeatable } from '../flags.ts';

const RENDERERS = { bash: renderBash, zsh: renderZsh, fish: renderFish };

/** `landfall completion SHELL`: a script made from the commands as they are declared. */
export function completion(context: Context, program: Command, [shell]: readonly string[]): number {
  const tree = commandTree(program, {
    'explain <id>': allExplanations().map(({ id }) => id),
    'schema <name>': schemaNames(),
  });
  context.print(RENDERERS[shell as keyof typeof RENDERERS](tree));
  return EXIT.done;
}

/** Of flags and arguments, what the names in their own declarations do not tell: by `command flag` or flag alone. */
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
  'runs <name>': 'name',
  'run <names>': 'name',
};

/** Values that no declaration names, by the place where they stand. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/** The commands of the program as plain data, for completion and for the reference. Hidden ones are left out. */
export function commandTree(command: Command, more: Choices = {}, path: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  return {
    path,
    description: command.description(),
    flags: help
      .visibleOptions(command)
      .flatMap((option) => (option.long === undefined ? [] : [flagNode(option, path, more)])),
    args: command.registeredArguments.map((argument) => argumentNode(argument, path, more)),
    commands: commands.map((one) => commandTree(one, more, [...path, one.name()])),
  };
}

function flagNode(option: Option, path: readonly string[], more: Choices): FlagNode {
  const long = option.long ?? '';
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
    choices: option.argChoices ?? more[[...path, long].join(' ')] ?? [],
    repeatable: isRepeatable(option),
    ...(shown !== undefined && !option.negate && { fallback: String(shown) }),
    ...(variable !== undefined && { variable }),
  };
}

function argumentNode(argument: Argument, path: readonly string[], more: Choices): ArgumentNode {
  const place = [...path, `<${argument.name()}>`].join(' ');
  return {
    name: argument.name(),
    required: argument.required,
    variadic: argument.variadic,
    description: argument.description,
    kind: kindOf(path, `<${argument.name()}>`, `<${argument.name()}>`),
    choices: argument.argChoices ?? more[place] ?? [],
  };
}

function kindOf(path: readonly string[], what: string, value: string): ValueKind {
  const kind = KINDS[[...path, what].join(' ')] ?? KINDS[what];
  if (kind !== undefined) return kind;
  if (/file|csv|export/i.test(value)) return 'file';
  return /folder|dir/i.test(value) ? 'folder' : 'text';
}
